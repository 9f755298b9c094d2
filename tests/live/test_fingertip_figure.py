"""The figure of a press runs the patch of the package, and reads its order as the package does."""

import math

import numpy as np
import pytest
import torch

from neurolab.coding.fingertip import (
    CURVATURES,
    FingertipParams,
    Patch,
    afferent_drive,
    nearest_template,
    places,
)
from neurolab.core.random import seeded
from neurolab.live import skin
from neurolab.live.figures import fingertip

PARAMS = FingertipParams()
KINDS = [(45.0 * d, c) for c in CURVATURES for d in range(8)]


def shown(**moved):
    return fingertip.simulate(**(fingertip.FIGURE.params | moved))


def hand():
    """The figure's afferents as the package's."""
    x, y, prefer, sensitivity = torch.tensor(skin.finger(seeded(2))[0], dtype=torch.float64).T
    return Patch(torch.stack([x, y], 1), prefer, sensitivity)


def times(kinds, pace=1.0):
    """First spikes (B, N) without jitter, through the package's tensors."""
    force, curvature = torch.tensor(kinds, dtype=torch.float64).T
    return pace * PARAMS.rise / afferent_drive(hand(), force.deg2rad(), curvature, PARAMS)


def first(t, count):
    """Times of the first ``count`` of a row, the others silent."""
    late = t.kthvalue(count, 1, keepdim=True).values
    return torch.where(t <= late, t, math.inf)


@pytest.mark.parametrize("moved", [{}, {"force": 315, "curvature": 0}, {"pace": 1.7, "force": 200}])
def test_times_are_those_of_the_package(moved):
    data = shown(jitter=0, **moved)
    settings = fingertip.FIGURE.params | moved
    want = times([(settings["force"], settings["curvature"])], settings["pace"])[0]
    np.testing.assert_allclose(data["time"], want, rtol=1e-9)
    jitter = np.array(shown(jitter=4, **moved)["time"]) - data["time"]
    np.testing.assert_allclose(jitter, 2 * (np.array(shown(**moved)["time"]) - data["time"]))
    assert jitter.std() == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize("elapsed", [12, 18, 50])
def test_distances_are_those_of_the_package(elapsed):
    """As many of the first spikes from each of the 24 orders as the press has so far."""
    known = times(KINDS)
    for force, curvature, pace in ((90, 100, 1), (225, 200, 0.7), (0, 0, 1.4)):
        data = shown(force=force, curvature=curvature, pace=pace, elapsed=elapsed)
        t = torch.tensor(data["time"], dtype=torch.float64)
        seen = places(torch.where(t <= elapsed, t, math.inf)[None])
        template = places(first(known, int((t <= elapsed).sum())))
        off = (template - seen).square().mean(1).sqrt().view(3, 8)
        ours = [data[c][:8] for c in ("off_flat", "off_bent", "off_sharp")]
        np.testing.assert_allclose(ours, off, atol=1e-9)
        assert data["kind"] == nearest_template(seen, template).tolist()
        assert [data[c][8] for c in ("off_flat", "off_bent", "off_sharp")] == [r[0] for r in ours]


def test_settings_and_afferents_are_those_of_the_package():
    afferents = skin.finger(seeded(2))[0]
    grid = torch.cartesian_prod(*[(torch.arange(8).double() + 0.5) / 8 - 0.5] * 2) * PARAMS.size
    np.testing.assert_allclose([(a.x, a.y) for a in afferents], grid)
    assert (PARAMS.side, PARAMS.size, PARAMS.spread) == (skin.SIDE, skin.SIZE, skin.SPREAD)
    assert list(CURVATURES) == fingertip.CURVATURES
    used = fingertip.HAND._asdict()
    assert used == {name: getattr(PARAMS, name) for name in used}
    many = [a for seed in range(40) for a in skin.finger(seeded(seed))[0]]
    turn = np.array([a.prefer for a in many])
    assert abs(np.exp(1j * turn).mean()) < 3 / math.sqrt(len(many))
    assert np.log([a.sensitivity for a in many]).std() == pytest.approx(PARAMS.spread, rel=0.05)


def test_dots_are_the_afferents_that_have_fired():
    for elapsed in (0, 10, 18, 50):
        data = shown(elapsed=elapsed)
        fired = sum(t <= elapsed for t in data["time"])
        assert len(data["before_x"]) + len(data["fresh_x"]) == fired == len(data["nearest_x"])
        assert len(data["unlit_x"]) == 2 * (64 - fired)
        rows = data["before_row"] + data["fresh_row"] + data["later_row"]
        assert len(rows) == sum(t <= 50 for t in data["time"]) and len({*rows}) == len(rows)
    order = np.argsort(data["before_t"])
    assert (np.diff(np.array(data["before_r"])[order]) < 0).all()


def test_slower_presses_keep_the_order():
    slow, quick = shown(jitter=0, pace=2, elapsed=40), shown(jitter=0, pace=0.5, elapsed=10)
    assert slow["place"] == quick["place"] and slow["off_bent"] == quick["off_bent"]
