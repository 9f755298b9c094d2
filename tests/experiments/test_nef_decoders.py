"""Values in spikes: the law of the error, and Nengo beside ours."""

import math

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.nef_decoders import Config, drift, period, run, signal


def test_the_measures():
    t = torch.arange(4000) / 1000
    turn = torch.stack([torch.cos(2 * math.pi * t / 0.8), torch.sin(2 * math.pi * t / 0.8)], 1)
    assert period(turn) == pytest.approx(0.8, rel=1e-3)
    ramp = (0.1 * t)[:, None]
    assert drift(ramp) == pytest.approx(0.1, abs=1e-6)


def test_the_signal_is_slow_and_small():
    x = signal(Config(), torch.Generator().manual_seed(0))[:, 0]
    power = torch.fft.rfft(x).abs().square()
    slow = torch.fft.rfftfreq(len(x), 0.001) <= 6
    assert power[slow].sum() > 0.98 * power.sum() and x.abs().max() <= 1


@pytest.mark.slow
def test_more_neurons_err_less_and_ours_move_as_those_of_nengo():
    pytest.importorskip("nengo")
    *_, end = run(Config(sizes=(25, 100, 400), repeats=2, neurons=150, seconds=3.0))
    found = end.metrics
    assert found["slope"] == pytest.approx(-0.5, abs=0.12)
    assert 0 < found["channel"] < 0.1 and 0 < found["square"] < 0.1
    assert found["drift"] < 0.2 and found["drift_nengo"] < 0.2
    assert found["period"] == pytest.approx(1.0, rel=0.1)
    assert found["period_nengo"] == pytest.approx(found["period"], rel=0.1)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(Refused, match="sizes must be two numbers or more, rising"):
        Config(sizes=(100, 50))
