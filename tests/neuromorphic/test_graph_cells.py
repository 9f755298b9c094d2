"""Cells by their constants against the steps that have times, and graph layers against loops."""

import math

import pytest
import torch

from neurolab.neuromorphic.cells import CELL, LAGGING_CELL, CellParams
from neurolab.neuromorphic.layers import Leaky, Scale, Threshold, Wait
from neurolab.spiking import NEURONS, LIFParams, Neurons, SnnTorchParams, SpikingJellyParams
from neurolab.spiking.family import CONVENTIONS

DRIVE = 4 * torch.rand(80, 2, 5, generator=torch.Generator().manual_seed(0))
DECAY = math.exp(-1 / 20)


@pytest.mark.parametrize(
    ("mine", "params", "row", "theirs", "size"),
    [
        (CELL, CellParams(DECAY, 1 - DECAY), NEURONS["lif"], LIFParams(20.0), 1.0),
        (
            CELL,
            CellParams(0.75, 0.25, subtract=0.0),
            CONVENTIONS["spikingjelly"],
            SpikingJellyParams(4.0),
            1.0,
        ),
        (
            LAGGING_CELL,
            CellParams(0.9, 1.0),
            CONVENTIONS["snntorch"],
            SnnTorchParams(0.9),
            0.1,
        ),
    ],
)
def test_with_their_constants_it_is_the_step_with_times(mine, params, row, theirs, size):
    found, _ = Neurons(mine, params)(size * DRIVE)
    expected, _ = Neurons(row, theirs)(size * DRIVE)
    assert 0.05 < expected.mean() < 0.95 and torch.equal(found, expected)


def test_a_reset_may_go_anywhere():
    params = CellParams(1.0, 1.0, reset=0.25, subtract=0.0)
    _, _, kept = Neurons(CELL, params)(torch.full((12, 1, 1), 0.3), keep=("v",))
    expected, v = [], 0.0
    for _ in range(12):
        v = v + 0.3
        v = 0.25 if v > 1 else v
        expected.append(v)
    torch.testing.assert_close(kept["v"].flatten(), torch.tensor(expected))


def test_a_leaky_sum_is_its_loop_and_may_be_cut():
    layer = Leaky(torch.tensor([0.9, 0.5]), torch.tensor([0.2, 1.0]), torch.tensor([0.7, 0.0]))
    x = DRIVE[..., :2]
    v = i = torch.zeros(2, 2)
    expected = []
    for now in x:
        i = torch.tensor([0.7, 0.0]) * i + now
        v = torch.tensor([0.9, 0.5]) * v + torch.tensor([0.2, 1.0]) * i
        expected.append(v)
    torch.testing.assert_close(layer(x)[0], torch.stack(expected))
    first, state = layer(x[:30])
    torch.testing.assert_close(torch.cat([first, layer(x[30:], state)[0]]), torch.stack(expected))


def test_channels_wait_as_long_as_they_should():
    ramp = torch.arange(20.0)[:, None, None].expand(20, 1, 3)
    layer = Wait(torch.tensor([0.0, 2.0, 3.5]))
    late, _ = layer(ramp)
    torch.testing.assert_close(late[6:, 0], ramp[6:, 0] - torch.tensor([0.0, 2.0, 3.5]))
    first, state = layer(ramp[:7])
    assert torch.equal(torch.cat([first, layer(ramp[7:], state)[0]]), late)


def test_factors_and_thresholds():
    x = torch.tensor([[[0.5, 2.0]]])
    assert Scale(torch.tensor([2.0, 3.0]))(x)[0].tolist() == [[[1.0, 6.0]]]
    assert Threshold(torch.tensor([0.5, 1.0]))(x)[0].tolist() == [[[0.0, 1.0]]]
