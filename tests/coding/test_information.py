"""Information on channels where it is known: by pen and paper or by summing probabilities."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm, poisson

from neurolab.coding.information import (
    joint,
    panzeri_treves,
    plug_in,
    possible,
    quadratic,
    time_bins,
    words,
)

ESTIMATES = {
    "plug-in": lambda s, r: plug_in(joint(s, r)),
    "PT": lambda s, r: panzeri_treves(joint(s, r)),
    "QE": quadratic,
}


def entropy(*p):
    return -sum(q * math.log2(q) for q in p if q > 0)


def draw(p, trials, seed):
    """``trials`` responses to each stimulus, by rows of p(r | s)."""
    chance = torch.Generator().manual_seed(seed)
    r = torch.multinomial(torch.as_tensor(p), trials, replacement=True, generator=chance)
    s = torch.arange(len(p)).repeat_interleave(trials)
    return s, r.flatten()


# ---- exact tables --------------------------------------------------------------------------------


def test_binary_symmetric_channel():
    for e in (0.0, 0.1, 0.35, 0.5):
        table = torch.tensor([[1 - e, e], [e, 1 - e]]).double()
        assert plug_in(table) == pytest.approx(1 - entropy(e, 1 - e), abs=1e-7)


def test_erasure_channel_with_uneven_stimuli():
    """I = (1 - e) H(s)."""
    p, e = torch.tensor([0.5, 0.3, 0.2]).double(), 0.25
    table = torch.cat([torch.diag(p * (1 - e)), (p * e)[:, None]], 1)
    assert plug_in(table) == pytest.approx(0.75 * entropy(0.5, 0.3, 0.2))
    assert plug_in(p[:, None] * torch.rand(1, 7).double()) == pytest.approx(0, abs=1e-12)


# ---- from trials ---------------------------------------------------------------------------------


def counts_channel():
    """Poisson counts of 4 stimuli: p(r | s), and the information by summing."""
    k = np.arange(25)
    return np.array([poisson.pmf(k, m) for m in (1.0, 2.5, 5.0, 8.0)])


def times_channel(jitter=2.0, width=1.0):
    """A spike at 10, 14, 18 or 22 ms with Gaussian jitter, in bins: the mass of each bin."""
    edges = np.arange(0, 33) * width
    return np.array([np.diff(norm.cdf(edges, m, jitter)) for m in (10.0, 14.0, 18.0, 22.0)])


def unrelated_channel():
    return np.full((4, 16), 1 / 16)


CHANNELS = [counts_channel, times_channel, unrelated_channel]


@pytest.mark.parametrize("channel", CHANNELS)
def test_few_trials_say_too_much_and_corrections_take_most_of_it_away(channel):
    """100 experiments of 30 trials a stimulus; the mean of each estimate against the truth."""
    p = channel() / channel().sum(1, keepdims=True)
    truth = plug_in(torch.as_tensor(p))
    found = {
        name: np.mean([f(*draw(p, 30, seed)) for seed in range(100)])
        for name, f in ESTIMATES.items()
    }
    excess = {name: value - truth for name, value in found.items()}
    assert excess["plug-in"] > 0.1
    assert abs(excess["PT"]) < excess["plug-in"] / 4, excess
    assert abs(excess["QE"]) < excess["plug-in"] / 4, excess


def test_excess_of_plug_in_is_the_first_order_term():
    """Responses all likely: 3 x 15 free frequencies over 2 n ln 2."""
    p, trials = unrelated_channel(), 200
    mean = np.mean([ESTIMATES["plug-in"](*draw(p, trials, seed)) for seed in range(200)])
    assert mean == pytest.approx(45 / (2 * 4 * trials * math.log(2)), rel=0.05)


@pytest.mark.parametrize("name", ESTIMATES)
def test_many_trials_give_the_truth(name):
    p = times_channel()
    p /= p.sum(1, keepdims=True)
    found = ESTIMATES[name](*draw(p, 30_000, 0))
    assert found == pytest.approx(plug_in(torch.as_tensor(p)), abs=0.01)


def test_possible_counts_what_was_not_seen():
    """64 equally likely responses, 64 trials: about 40 are seen; and all are, with many trials."""
    p = torch.full((64,), 1 / 64).double()
    seen, likely = [], []
    for seed in range(50):
        chance = torch.Generator().manual_seed(seed)
        r = torch.multinomial(p, 64, replacement=True, generator=chance)
        row = torch.bincount(r, minlength=64).double()
        seen.append(int((row > 0).sum()))
        likely.append(possible(row))
        assert seen[-1] <= likely[-1] <= 64
    assert np.mean(seen) == pytest.approx(64 * (1 - (63 / 64) ** 64), abs=1.5)
    assert np.mean(likely) > np.mean(seen) + 10
    assert possible(torch.tensor([500.0, 400.0, 0.0, 0.0])) == 2
    assert possible(torch.zeros(5)) == 0


# ---- responses -----------------------------------------------------------------------------------


def test_bins_of_times_and_words():
    t = torch.tensor([0.0, 0.9, 1.0, 7.5, math.inf, -0.5])
    assert time_bins(t, 1.0).tolist() == [0, 0, 1, 7, 8, -1]
    assert time_bins(torch.full((3,), math.inf), 1.0).tolist() == [0, 0, 0]
    z = torch.tensor([[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]])
    a, b, c, d = words(z).tolist()
    assert a == c and len({a, b, d}) == 3


def test_a_word_never_tells_less_than_its_count():
    """Every word of 4 bins, independent spikes: all 16 words by their probabilities."""
    z = torch.tensor([[k >> j & 1 for j in range(4)] for k in range(16)])
    p = torch.rand(3, 1, 4).double()
    table = torch.where(z[None] > 0, p, 1 - p).prod(-1)
    counts = torch.stack([table[:, z.sum(1) == n].sum(1) for n in range(5)], 1)
    assert plug_in(table) > plug_in(counts) + 0.01


def test_bad_trials_are_refused_by_name():
    s = torch.zeros(5, dtype=torch.long)
    with pytest.raises(ValueError, match=r"response: whole numbers .* got torch.int64 \(4,\)"):
        joint(s, s[:4])
    with pytest.raises(ValueError, match=r"response: .* got torch.float32 \(5,\)"):
        joint(s, s.float())
    with pytest.raises(ValueError, match=r"stimulus: .* got torch.int64 \(0,\)"):
        joint(s[:0], s[:0])
    with pytest.raises(ValueError, match="stimulus: at least 4 trials are needed, got 3"):
        quadratic(s[:3], s[:3])
