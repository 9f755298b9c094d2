"""Sines seen at random times: what the times and the values are, and what can be known of them."""

import math

import pytest
import torch

from neurolab.tasks import blind_rmse, irregular_sines, thinned


def test_values_are_those_of_a_sine_at_these_times():
    """A sine is told by its recurrence: x(t + s) + x(t - s) = 2 cos(2 pi s / P) x(t)."""
    x, t, period, phase = irregular_sines(300, 20, seed=1)
    angle = 2 * math.pi * (t.double() / period + phase)
    torch.testing.assert_close(x[..., 0], angle.sin().float(), atol=1e-4, rtol=0)
    assert x.shape == (20, 300, 1) and t.shape == (20, 300)
    assert (t.diff(dim=0) >= 0).all() and t[0].min() > 0
    assert 500 <= period.min() < 510 and 960 < period.max() <= 1000


def test_gaps_are_exponential():
    """Mean, spread and median of the waiting times; frequencies are uniform."""
    _, t, period, _ = irregular_sines(2000, 20, gap=40.0, seed=2)
    gaps = torch.cat([t[:1], t.diff(dim=0)]).flatten()
    assert gaps.mean().item() == pytest.approx(40, rel=0.02)
    assert gaps.std().item() == pytest.approx(40, rel=0.03)
    assert gaps.median().item() == pytest.approx(40 * math.log(2), rel=0.03)
    assert (1 / period).mean().item() == pytest.approx(1.5 / 1000, rel=0.01)


def test_thinned_streams_are_the_same_sines_looked_at_less_often():
    whole = irregular_sines(400, 40, seed=3)
    half = thinned(whole, 0.5, seed=4)
    assert half.t.shape == (20, 400) and torch.equal(half.period, whole.period)
    for b in (0, 7):
        at = {float(t): float(x) for t, x in zip(whole.t[:, b], whole.x[:, b, 0], strict=True)}
        assert [at[float(t)] for t in half.t[:, b]] == half.x[:, b, 0].tolist()
        assert len(set(half.t[:, b].tolist())) == 20
    assert (half.t.diff(dim=0) > 0).all()
    assert not torch.equal(half.t.diff(dim=0)[:, 0], half.t.diff(dim=0)[:, 1])
    wide = half.t.diff(dim=0)
    assert wide.mean().item() == pytest.approx(80, rel=0.05)
    assert wide.std().item() == pytest.approx(80, rel=0.1)  # still as of an exponential
    assert torch.equal(thinned(whole, 0.0, seed=5).t, whole.t)


def test_who_does_not_know_the_gap_errs_by_the_closed_form():
    """Drawn gaps: the mean over them is the best answer, its error the spread about it."""
    chance = torch.Generator().manual_seed(0)
    for gap, period in ((40.0, 600.0), (80.0, 600.0), (300.0, 600.0)):
        gaps = -gap * torch.log1p(-torch.rand(50_000, generator=chance, dtype=torch.float64))
        now = torch.arange(20, dtype=torch.float64)[:, None] / 20
        spread = torch.sin(2 * math.pi * (now + gaps / period)).var(1, unbiased=False).mean()
        assert blind_rmse(period, gap) == pytest.approx(float(spread.sqrt()), rel=0.01)
    both = blind_rmse(torch.tensor([600.0, 900.0]), 40.0)
    each = [blind_rmse(p, 40.0) for p in (600.0, 900.0)]
    assert both == pytest.approx(math.sqrt((each[0] ** 2 + each[1] ** 2) / 2))
    assert blind_rmse(600.0, 1e9) == pytest.approx(math.sqrt(0.5))


def test_the_seed_decides():
    a, b, c = (irregular_sines(5, 6, seed=s) for s in (1, 1, 2))
    assert torch.equal(a.x, b.x) and not torch.equal(a.t, c.t)
    assert torch.equal(thinned(a, 0.5, 1).t, thinned(b, 0.5, 1).t)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("count", {"count": 0}),
        ("samples", {"count": 1, "samples": 1}),
        ("gap", {"count": 1, "gap": 0.0}),
        ("shortest", {"count": 1, "shortest": 900.0, "longest": 500.0}),
    ],
)
def test_wrong_settings_are_refused_by_name(name, options):
    with pytest.raises(ValueError, match=name):
        irregular_sines(**options)


@pytest.mark.parametrize("dropped", (-0.1, 0.95, 2.0))
def test_too_little_may_not_be_left(dropped):
    with pytest.raises(ValueError, match="dropped"):
        thinned(irregular_sines(2, 10), dropped)
