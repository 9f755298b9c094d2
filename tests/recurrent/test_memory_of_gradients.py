"""Bytes alive at once: linear in the length for BPTT, flat for what runs forward in time."""

import pytest
import torch

from neurolab.core.live_bytes import LiveBytes
from neurolab.recurrent import (
    VanillaWeights,
    bptt_gradient,
    rtrl_gradient,
    rtrl_start,
    rtrl_step,
    snap_gradient,
    snap_start,
    snap_step,
    truncated_gradient,
    truncated_start,
    truncated_step,
    uoro_gradient,
    uoro_start,
    uoro_step,
)

B, I = 2, 3  # noqa: E741
BY = {
    "rtrl": (rtrl_start, rtrl_step, rtrl_gradient),
    "snap": (snap_start, snap_step, snap_gradient),
    "uoro": (uoro_start, lambda x, s, w: uoro_step(x, s, w, torch.ones_like(s.h)), uoro_gradient),
    "truncated": (
        lambda h, w: truncated_start(h),
        lambda x, s, w: truncated_step(x, s, w, 5),
        truncated_gradient,
    ),
}


def peak(way, steps, units=8):
    x, h = torch.randn(steps, B, I), torch.zeros(B, units)
    weights = VanillaWeights(torch.randn(units, I), torch.randn(units, units), torch.zeros(units))
    with LiveBytes().before(x, h, *weights) as bytes:
        if way == "bptt":
            bptt_gradient(x, h, weights, lambda t, h: h)
        else:
            start, step, gradient = BY[way]
            state, total = start(h, weights), [torch.zeros_like(w) for w in weights]
            for x_t in x:
                state = step(x_t, state, weights)
                for sum_, part in zip(total, gradient(state.h, state, weights), strict=True):
                    sum_ += part
                    del part
    return bytes.peak


@pytest.mark.parametrize("way", BY)
def test_what_runs_forward_needs_the_same_at_any_length(way):
    short, long = peak(way, 20), peak(way, 200)
    assert short > 500, "nothing is counted"
    assert long == short


def test_bptt_keeps_one_state_for_each_step():
    """Exactly: batch times units times 4 bytes a step."""
    assert peak("bptt", 200) - peak("bptt", 100) == 100 * B * 8 * 4


def test_rtrl_grows_with_the_cube_of_the_units():
    small, large = peak("rtrl", 5, 40), peak("rtrl", 5, 80)
    assert 7 < large / small < 8.2
    assert peak("snap", 5, 80) / peak("snap", 5, 40) < 4.2
