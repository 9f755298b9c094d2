"""What the readers find on channels where it is known, and how sure they are."""

import math

import pytest
import torch

from neurolab.dendrites import (
    binned,
    decoded_bits,
    information_gap,
    linear_readout,
    without_spikes,
)


def test_bits_of_a_channel_that_errs():
    s = torch.arange(2).repeat(500)
    told = s.clone()
    told[:250] = 1 - told[:250]  # 125 errors of each
    p = 0.25
    want = 1 + p * math.log2(p) + (1 - p) * math.log2(1 - p)
    assert decoded_bits(s, told) == pytest.approx(want)
    assert decoded_bits(s, s) == 1 and decoded_bits(s, 0 * s) == 0


def test_reader_is_least_squares():
    """With next to no ridge: another solver, with a column of ones."""
    f, s = torch.randn(200, 5).double(), torch.arange(200) % 3
    f[:, 0] += s
    fresh = torch.randn(100, 5).double()
    ones = torch.cat([f, torch.ones(200, 1)], 1)
    target = torch.nn.functional.one_hot(s).double()
    w = torch.linalg.lstsq(ones, target).solution
    want = (torch.cat([fresh, torch.ones(100, 1)], 1) @ w).argmax(1)
    assert torch.equal(linear_readout(f, s, fresh, ridge=1e-12), want)
    assert (linear_readout(f, s, f) == s).double().mean() > 0.4


def test_spikes_are_cut_out_and_nothing_else():
    """Written out for each time and trial."""
    v = torch.randn(60, 40)
    z = (torch.rand(60, 40) < 0.05).float()
    z[:, 0], z[:3, 1], z[:, 2] = 1, 1, 0
    found = without_spikes(v, z, 2, 4)
    for n in range(40):
        near = [t for t in range(60) if z[max(0, t - 4) : t + 3, n].any()]
        left = [t for t in range(60) if t not in near]
        for t in range(60):
            past, future = [k for k in left if k <= t], [k for k in left if k >= t]
            if left:
                assert found[t, n] == v[past[-1] if past else future[0], n]
    assert torch.equal(found[:, 2], v[:, 2]) and found[:, 0].unique().numel() == 1


def test_bins_are_means_in_order():
    x = torch.arange(10.0)[:, None].expand(-1, 3)
    assert binned(x, 3).tolist() == [[1.0, 4.0, 7.0]] * 3
    with pytest.raises(ValueError, match="bins"):
        binned(x, 11)


def told(n, errs, seed):
    chance = torch.Generator().manual_seed(seed)
    s = torch.randint(4, (n,), generator=chance)
    wrong = torch.rand(n, generator=chance) < errs
    return s, torch.where(wrong, torch.randint(4, (n,), generator=chance), s)


def test_gap_of_what_is_the_same_is_nothing():
    s, read = told(300, 0.3, 0)
    assert information_gap(s, read, read, torch.Generator().manual_seed(0), 50) == (0, 0, 0)


def test_interval_is_as_wide_as_repeated_experiments_spread():
    """Ninety-five of a hundred lie within 1.96 standard deviations on either side."""
    gaps, widths = [], []
    for k in range(60):
        s, good = told(400, 0.2, 2 * k)
        bad = torch.where(
            torch.rand(400, generator=torch.Generator().manual_seed(k)) < 0.5, good, 0
        )
        found = information_gap(s, good, bad, torch.Generator().manual_seed(k), 60)
        gaps.append(found.bits)
        widths.append(found.high - found.low)
    spread = 2 * 1.96 * torch.tensor(gaps).std().item()
    assert sum(widths) / 60 == pytest.approx(spread, rel=0.35)
    assert min(gaps) > 0.2


def test_refuses_shapes_that_differ():
    with pytest.raises(ValueError, match="v, z"):
        without_spikes(torch.zeros(3, 2), torch.zeros(2, 3), 1, 1)
