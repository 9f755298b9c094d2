"""What the two experiments on stability show their networks, and what they measure."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments import contracting_digits as digits
from neurolab.experiments import recurrent_denoiser as denoiser
from neurolab.recurrent import Operator


def test_pieces_are_rows_or_pixels_in_the_order_of_reading():
    x = torch.rand(3, 8, 8)
    rows, pixels = digits.pieces(x, 8), digits.pieces(x, 1)
    for k in range(8):
        torch.testing.assert_close(rows[k], x[:, k])
    assert pixels.shape == (64, 3, 1)
    torch.testing.assert_close(pixels[19, :, 0], x[:, 2, 3])


@pytest.mark.parametrize("units", (4, 16))
def test_the_lstm_has_at_least_as_many_parameters_and_no_unit_to_spare(units):
    config = digits.Config(units=units)
    ours, lstm = (digits.reader(config, way) for way in digits.WAYS)
    smaller = digits.Reader(digits.LSTM(8, lstm.out.in_features - 1), lstm.out.in_features - 1)
    assert smaller.count() < ours.count() <= lstm.count()


def test_the_jacobian_is_that_of_the_differential_equation():
    net = digits.reader(digits.Config(modules=2, units=3, tau=2.0), "assembly").net.double()
    weight, between = torch.block_diag(*net.within()), net.between()

    def flow(x):
        return (-x + weight @ torch.tanh(x) + between @ x) / 2.0

    x = torch.randn(6, dtype=torch.float64)
    found = digits.jacobians(net, x[None])[0]
    torch.testing.assert_close(torch.func.jacrev(flow)(x).detach(), found.detach())


def test_a_bar_stands_still_and_moves_on():
    config = replace(denoiser.Config(), hold=4, noise=0.0)
    noisy, clean = denoiser.films(config, 5, 12, 0)
    assert torch.equal(noisy, clean) and noisy.shape == (12, 5, 1, 8, 8)
    moved = (clean[1:] != clean[:-1]).flatten(1).any(1)
    assert moved.tolist() == [k % 4 == 3 for k in range(11)]
    assert (clean.sum((2, 3, 4)) == 8).all()
    loud = denoiser.films(replace(config, noise=0.7), 5, 12, 0)[0]
    assert (loud - clean).std().item() == pytest.approx(0.7, rel=0.05)


def test_the_norm_of_a_network_is_that_of_the_dense_matrix():
    net = denoiser.network(denoiser.Config(channels=2, size=5), "free")
    dense = Operator(net.of_state, (5, 5)).dense(net.of_state.weight.detach())
    assert denoiser.norm(net) == pytest.approx(torch.linalg.matrix_norm(dense, 2).item(), rel=1e-5)
