"""One equation, four readers: Python floats, numpy, torch, and the page's program in node."""

import functools
import random
from itertools import chain

import numpy as np
import pytest
import torch

from neurolab.hebbian import (
    BCMState,
    STDPParams,
    STDPState,
    bcm_step,
    hebb_step,
    oja_step,
    stdp_step,
)
from neurolab.live import FIGURES
from neurolab.live.to_js import parameters_of, translate
from neurolab.spiking import LIFParams, LIFState, lif_step
from tests.live.programs import driver, program

BUILDS = pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
SETTINGS = 6  # random ones of a figure, beside the ends of its sliders

# ---- steps ---------------------------------------------------------------------------------------

INPUTS = 1000  # random ones of a step
STEPS = {  # name: (the step of scalars or arrays, ranges of its arguments)
    "lif": (
        lambda a, b, c, d, e: lif_step(a, LIFState(b, c), LIFParams(tau=d), e),
        [(0, 60), (-1, 1), (-2, 0), (2, 50), (0.1, 1)],
    ),
    "hebb": (lambda a, b, c: hebb_step(a, b, c), [(-2, 2), (-2, 2), (0, 0.2)]),
    "oja": (lambda a, b, c, d: oja_step(a, b, c, d), [(-2, 2), (-2, 2), (-2, 2), (0, 0.2)]),
    "bcm": (
        lambda a, b, c, d, e: bcm_step(a, b, BCMState(c), d, e),
        [(-2, 2), (-2, 2), (0, 4), (0, 0.2), (1, 200)],
    ),
    "stdp": (
        lambda a, b, c, d, e, f: stdp_step(
            a, b, STDPState(c, d), STDPParams(tau_plus=e, tau_minus=f), 1.0
        ),
        [(0, 1), (0, 1), (0, 5), (0, 5), (2, 40), (2, 40)],
    ),
}
CALLS = """
from neurolab.hebbian import BCMState, STDPParams, STDPState
from neurolab.hebbian import bcm_step, hebb_step, oja_step, stdp_step
from neurolab.spiking import LIFParams, LIFState, lif_step


def lif(a, b, c, d, e):
    z, state = lif_step(a, LIFState(b, c), LIFParams(tau=d), e)
    return [z, state.v, state.u]


def hebb(a, b, c):
    return [hebb_step(a, b, c)]


def oja(a, b, c, d):
    return [oja_step(a, b, c, d)]


def bcm(a, b, c, d, e):
    dw, state = bcm_step(a, b, BCMState(c), d, e)
    return [dw, state.theta]


def stdp(a, b, c, d, e, f):
    dw, state = stdp_step(a, b, STDPState(c, d), STDPParams(tau_plus=e, tau_minus=f), 1.0)
    return [dw, state.p, state.q]
"""
STEP = pytest.mark.parametrize("name", STEPS)


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, tuple) else [x]


@functools.cache
def samples(name):
    """Columns of random arguments, and the step's answers to them as floats, one row an answer."""
    step, ranges = STEPS[name]
    rng = random.Random(name)
    columns = [[rng.uniform(*limits) for _ in range(INPUTS)] for limits in ranges]
    return columns, np.array([flat(step(*row)) for row in zip(*columns, strict=True)]).T


@STEP
def test_float_numpy_and_torch_agree(name):
    columns, floats = samples(name)
    arrays = np.array(flat(STEPS[name][0](*map(np.array, columns))))
    tensors = flat(STEPS[name][0](*(torch.tensor(c, dtype=torch.float64) for c in columns)))
    np.testing.assert_allclose(arrays, floats, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(torch.stack(tensors).numpy(), floats, rtol=1e-12, atol=1e-15)


@BUILDS
@STEP
def test_float_and_node_agree(node, name, checked):
    columns, floats = samples(name)
    letters = ", ".join("abcdef"[: len(columns)])
    text = program(driver(f"return {name}({letters})", CALLS, letters), checked)
    found = node.answers(text, [list(row) for row in zip(*columns, strict=True)])
    np.testing.assert_allclose(np.array(found, dtype=float).T, floats, rtol=1e-12, atol=1e-15)


@STEP
def test_the_samples_say_something(name):
    """Every output varies, and of the neurons some fire and some do not."""
    _, floats = samples(name)
    assert (floats.std(axis=1) > 0).all()
    if name == "lif":
        assert set(floats[0]) == {0.0, 1.0} and 100 < floats[0].sum() < INPUTS - 100


# ---- figures -------------------------------------------------------------------------------------

FIGURE = pytest.mark.parametrize("name", FIGURES)


@functools.cache
def settings(name):
    """The start, both ends of every slider, and random settings on the sliders' grids."""
    figure, rng = FIGURES[name], random.Random(name)

    def drawn(i):
        steps = round((i["max"] - i["min"]) / i["step"])
        return i["min"] + rng.randint(0, steps) * i["step"]

    ends = [figure.params | {i["name"]: i[end]} for i in figure.inputs for end in ("min", "max")]
    return [figure.params, *ends] + [
        {i["name"]: drawn(i) for i in figure.inputs} for _ in range(SETTINGS)
    ]


@functools.cache
def answer(name, at):
    """Of Python, at one of the settings."""
    return FIGURES[name].simulate(**settings(name)[at])


def differences(a, b, where=""):
    """Where two answers differ: names, lengths and texts exactly, numbers by more than 1e-9."""
    if isinstance(b, dict):
        if a.keys() != b.keys():
            return [f"{where}: {a.keys()} and {b.keys()}"]
        return list(chain(*(differences(a[k], b[k], f"{where}.{k}") for k in b)))
    if isinstance(b, list | tuple):
        if len(a) != len(b):
            return [f"{where}: {len(a)} and {len(b)} items"]
        return list(chain(*(differences(a[k], b[k], f"{where}[{k}]") for k in range(len(b)))))
    if isinstance(b, float | int) and not isinstance(b, bool):
        return [] if abs(a - b) <= 1e-9 * max(1, abs(b)) else [f"{where}: {a} and {b}"]
    return [] if a == b else [f"{where}: {a!r} and {b!r}"]


def in_node(node, name, checked, many):
    """Of the first so many settings: values, the answer of node, that of Python."""
    figure, some = FIGURES[name], settings(name)[:many]
    text = translate({name: figure.driver}, checked)
    rows = [[values[p] for p in parameters_of(figure.driver)] for values in some]
    for at, found in enumerate(node.answers(text, rows, name)):
        assert not isinstance(found, Exception), f"{some[at]}: {found}"
        yield some[at], found, answer(name, at)


@FIGURE
def test_first_picture_in_node_is_that_in_python(node, name):
    """Both builds, the untouched figure; all the rest is tested by the slow tests below."""
    for checked in (False, True):
        ((values, found, expected),) = in_node(node, name, checked, 1)
        assert not differences(found, expected), values


@pytest.mark.slow
@BUILDS
@FIGURE
def test_figure_in_node_is_the_figure_in_python(node, name, checked):
    """Same numbers, same number of spikes, same sentence, at every setting."""
    seen = 0
    for values, found, expected in in_node(node, name, checked, None):
        assert not differences(found, expected), values
        seen += 1
    assert seen == len(settings(name))


def is_whole(figure, data, params):
    for panel in figure.panels:
        for one in panel["marks"]:
            lengths = {len(data[c]) for c in one["columns"].values()}
            assert len(lengths) <= 1, (panel["name"], one["mark"], params)
    for h in figure.handles:
        assert all(isinstance(at, int | float) or len(data[at]) >= 1 for at in (h["x"], h["y"]))
    assert all(len(data[c]) > 50 for c, _ in figure.table)
    assert data["summary"].endswith(".") and "nan" not in data["summary"]


@FIGURE
def test_columns_of_the_spec_are_answered(name):
    is_whole(FIGURES[name], answer(name, 0), FIGURES[name].params)


@pytest.mark.slow
@FIGURE
def test_columns_of_the_spec_are_answered_at_every_setting(name):
    for at, params in enumerate(settings(name)):
        is_whole(FIGURES[name], answer(name, at), params)


@pytest.mark.slow
@FIGURE
def test_the_settings_say_something(name):
    """Every slider changes the picture, and the sentences differ."""
    start, *others = answers = [answer(name, at) for at in range(len(settings(name)))]
    figure = FIGURES[name]
    for k, i in enumerate(figure.inputs):
        ends = others[2 * k : 2 * k + 2]
        assert any(differences_anywhere(start, end) for end in ends), i["name"]
    assert len({one["summary"] for one in answers}) > 5


def differences_anywhere(a, b):
    return any(a[k] != b[k] for k in b if k != "summary")


def test_differences_sees_every_kind():
    """The comparison itself: each of these must count."""
    answer = {"v": [0.0, 1.0], "text": "one"}
    for other in (
        {"v": [0.0, 1.0 + 1e-8], "text": "one"},
        {"v": [0.0], "text": "one"},
        {"v": [0.0, 1.0], "text": "One"},
        {"v": [0.0, 1.0]},
        {"v": [0.0, float("nan")], "text": "one"},
    ):
        assert differences(answer, other) and differences(other, answer)
    assert not differences(answer, {"v": (0, 1.0 + 1e-10), "text": "one"})


@FIGURE
def test_sliders_are_the_arguments(name):
    figure = FIGURES[name]
    assert parameters_of(figure.driver) == [i["name"] for i in figure.inputs]
