"""The figures' specs hold together, and what they show is what theory says."""

import math

import numpy as np
import pytest

import neurolab
from neurolab.live import FIGURES
from neurolab.live.figure import handle, mark, slider

FIGURE = pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)


def ends(figure):
    """The start, and both ends of every slider."""
    yield figure.params
    for i in figure.inputs:
        for end in ("min", "max"):
            yield figure.params | {i["name"]: i[end]}


@FIGURE
def test_columns_of_the_spec_are_answered_at_both_ends_of_every_slider(figure):
    for params in ends(figure):
        data = figure.simulate(**params)
        for panel in figure.panels:
            for one in panel["marks"]:
                lengths = {len(data[c]) for c in one["columns"].values()}
                assert len(lengths) <= 1, (panel["name"], one["mark"], params)
        for h in figure.handles:
            assert all(isinstance(at, int | float) or len(data[at]) >= 1 for at in (h["x"], h["y"]))
        assert all(len(data[c]) > 50 for c, _ in figure.table)
        assert data["summary"].endswith(".") and "nan" not in data["summary"]


@FIGURE
def test_first_picture_lies_within_its_frame(figure):
    """The untouched figure shows the finding: every labelled mark has something inside."""
    data = figure.simulate(**figure.params)
    for panel in figure.panels:
        (left, right), (low, high) = panel["x"]["domain"], panel["y"]["domain"]
        for one in panel["marks"]:
            if not {"x", "y"} <= one["columns"].keys():
                continue
            x, y = (np.array(data[one["columns"][c]]) for c in "xy")
            inside = (left <= x) & (x <= right) & (low <= y) & (y <= high)
            assert inside.any(), (panel["name"], one.get("label"))


@FIGURE
def test_handles_set_sliders_that_exist(figure):
    assert figure.handles
    for h in figure.handles:
        assert set(h["sets"].values()) <= figure.params.keys()
        assert 0 <= h["panel"] < len(figure.panels)


@FIGURE
def test_labelled_marks_differ_without_colour(figure):
    """Two lines, or two kinds of spikes, of one panel never share their dashes."""
    for panel in figure.panels:
        marks = [m for m in panel["marks"] if m.get("label")]
        for kinds in ({"line", "ruleX", "ruleY"}, {"spikes"}):
            dashes = [m["options"].get("strokeDasharray") for m in marks if m["mark"] in kinds]
            assert len(set(dashes)) == len(dashes), (panel["name"], kinds)


def test_oja_ends_on_the_long_axis_with_length_one():
    for angle in (0, 30, 75, 120):
        params = FIGURES["oja"].params | {"angle": angle, "start": angle + 60, "rate": 0.005}
        data = FIGURES["oja"].simulate(**params)
        found = math.atan2(data["end_y"][0], data["end_x"][0])
        assert abs(math.cos(found - math.radians(angle))) > 0.995
        assert data["length"][-1] == pytest.approx(1, abs=0.03)


def test_hebb_grows_at_the_rate_of_the_largest_eigenvalue():
    """Theory against the driver, averaged over what its few inputs happen to be."""
    for correlation in (-0.6, 0.0, 0.6):
        params = {"correlation": correlation, "start": 45, "rate": 0.002}
        data = FIGURES["hebb"].simulate(**params)
        x = np.array([data["x1"], data["x2"]])
        largest = np.linalg.eigvalsh(x @ x.T / x.shape[1])[-1]
        w = np.array([[1], [1]]) / math.sqrt(2)
        second_moment = x @ x.T / x.shape[1]
        values, axes = np.linalg.eigh(second_moment)
        grown = np.exp(0.002 * 500 * values) * (axes.T @ w)[:, 0]
        assert data["length"][-1] == pytest.approx(np.linalg.norm(grown), rel=0.02)
        assert largest == pytest.approx(1 + abs(correlation), rel=0.15)


def test_lif_fires_at_the_rate_of_theory_and_never_below_threshold():
    simulate = FIGURES["lif"].simulate
    for current in (1.5, 2.0, 3.0):
        spikes = simulate(current, 10)["spikes"]
        period = 10 * math.log(current / (current - 1))
        assert np.diff(spikes).mean() == pytest.approx(period, rel=0.03)
    assert simulate(1.0, 2)["spikes"] == []


def test_live_lists_figures_and_refuses_what_it_does_not_know():
    assert set(neurolab.live()) == {"hebb", "oja", "lif", "stdp"}
    assert "Oja's rule" in repr(neurolab.live())
    with pytest.raises(ValueError, match="no live figure 'ojja'; there are hebb, oja, lif, stdp"):
        neurolab.live("ojja")
    with pytest.raises(TypeError, match="has no parameter 'speed'; it has angle, stretch"):
        neurolab.live("oja", speed=1)
    with pytest.raises(ValueError, match=r"rate must be from 0.001 to 0.2, got 3"):
        neurolab.live("oja", rate=3)
    with pytest.raises(TypeError, match=r"rate must be a number from .* got 'fast'"):
        neurolab.live("oja", rate="fast")


def test_a_spec_that_cannot_work_is_refused():
    with pytest.raises(ValueError, match=r"slider rate: value .* is not on the grid"):
        slider("rate", "Rate", 0, 0.4, 0.1, 0.5)
    with pytest.raises(ValueError, match="colour 'red' is none of a, b, c"):
        mark("line", "red", x="t", y="v")
    with pytest.raises(ValueError, match="sets no slider"):
        handle("Thing", "x", "y")
