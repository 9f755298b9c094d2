"""Sums of sines, read back by a Fourier transform."""

import pytest
import torch

from neurolab import tasks


def test_a_second_holds_the_frequencies_and_no_others():
    y = tasks.sums_of_sines(1000, outputs=4, seed=1).double()
    size = torch.fft.rfft(y, dim=0).abs() / 500 * 2**0.5  # of sine f at row f; 4 sines: root 4/2
    there = torch.tensor([1, 2, 3, 5])
    assert ((size[there] >= 0.5 - 1e-6) & (size[there] <= 2 + 1e-6)).all()
    size[there] = 0
    assert size.max() < 1e-4
    assert y.mean(0).abs().max() < 1e-6


def test_sizes_and_phases_are_spread_over_their_ranges():
    y = tasks.sums_of_sines(200, outputs=2000, frequencies=[5.0], seed=2).double()
    wave = torch.fft.rfft(y, dim=0)[1] / 100 * 2**-0.5
    assert abs(float(wave.abs().mean()) - 1.25) < 0.05
    assert wave.angle().mean().abs() < 0.2 and wave.angle().std() > 1.7


def test_the_step_of_time_and_the_seed():
    fine, coarse = tasks.sums_of_sines(100, dt=0.5), tasks.sums_of_sines(50, dt=1.0)
    torch.testing.assert_close(fine[::2], coarse)
    assert torch.equal(coarse, tasks.sums_of_sines(50))
    assert not torch.equal(coarse, tasks.sums_of_sines(50, seed=1))


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"outputs": 0}, {"dt": -1.0}, {"frequencies": ()}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        tasks.sums_of_sines(**{"steps": 10, **wrong})
