"""What every synapse promises. A new row of SYNAPSES is tested here at once."""

import math
import random
from dataclasses import fields

import numpy as np
import pytest
import torch

from neurolab.spiking import (
    FACILITATING,
    SYNAPSES,
    AlphaParams,
    ExponentialParams,
    NMDAParams,
    Synapses,
    TsodyksMarkramParams,
    magnesium_block,
)
from tests.live.conftest import node  # noqa: F401
from tests.live.programs import driver, program

NAMES = pytest.mark.parametrize("name", SYNAPSES)


@pytest.fixture
def x():
    return (torch.rand(40, 2, 5) < 0.3).double()


@NAMES
def test_layer_is_the_step_in_a_loop(name, x):
    row = SYNAPSES[name]
    layer = Synapses(5, 3, row, dt=0.5).double()
    current, _ = layer(x)
    assert current.shape == (40, 2, 3) and current.abs().sum() > 0
    state = row.start
    for t in range(40):
        g, state = row.step(x[t], state, row.params(), 0.5)
        g = torch.as_tensor(g).expand(2, 5).double()  # alpha's first answer is the number 0
        torch.testing.assert_close(current[t], g @ layer.weight.T)


@NAMES
@pytest.mark.parametrize("short_term", [None, FACILITATING], ids=["static", "facilitating"])
@pytest.mark.parametrize("cut", [0, 1, 17, 40])
def test_continued_sequence_equals_one_run(name, x, short_term, cut):
    layer = Synapses(5, 3, SYNAPSES[name], short_term=short_term).double()
    whole, end = layer(x)
    first, middle = layer(x[:cut])
    second, last = layer(x[cut:], middle)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    for a, b in zip((*last.kernel, *last.short_term), (*end.kernel, *end.short_term), strict=True):
        torch.testing.assert_close(a, b)


@NAMES
def test_no_spikes_no_current_and_a_resting_state(name):
    current, state = Synapses(5, 3, SYNAPSES[name], short_term=FACILITATING)(torch.zeros(30, 2, 5))
    assert (current == 0).all()
    for field, rest in zip(state.kernel, SYNAPSES[name].start, strict=True):
        assert (field == rest).all()


@NAMES
def test_batch_members_do_not_see_each_other(name, x):
    layer = Synapses(5, 3, SYNAPSES[name]).double()
    torch.testing.assert_close(layer(x)[0][:, 1:], layer(x[:, 1:])[0])


@NAMES
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_and_device_follow(name, dtype):
    layer = Synapses(5, 3, SYNAPSES[name], short_term=FACILITATING).to(dtype)
    for spikes in (torch.ones(4, 2, 5, dtype=dtype), torch.ones(4, 2, 5, dtype=torch.bool)):
        current, state = layer(spikes)
        assert {current.dtype, *(f.dtype for f in (*state.kernel, *state.short_term))} == {dtype}
    current, _ = layer.to("meta")(torch.zeros(4, 2, 5, device="meta", dtype=dtype))
    assert current.device.type == "meta"


@NAMES
def test_empty_batch_and_empty_sequence(name):
    layer = Synapses(5, 3, SYNAPSES[name])
    assert layer(torch.zeros(4, 0, 5))[0].shape == (4, 0, 3)
    current, state = layer(torch.zeros(0, 2, 5))
    assert current.shape == (0, 2, 3)
    assert all(field.shape == (2, 5) for field in state.kernel)


@NAMES
def test_gradient_of_weight_and_input(name):
    """Linear in the weight: the gradient is the kernel's output, summed."""
    layer = Synapses(5, 3, SYNAPSES[name]).double()
    x = torch.rand(12, 2, 5).double().requires_grad_()
    layer(x)[0].sum().backward()
    row, state, total = SYNAPSES[name], SYNAPSES[name].start, 0
    for x_t in x.detach():
        g, state = row.step(x_t, state, row.params(), 1.0)
        total = total + torch.as_tensor(g).expand(2, 5).sum(0)
    torch.testing.assert_close(layer.weight.grad, total.expand(3, 5))
    few = torch.rand(4, 1, 5).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: layer(x)[0], (few,))


def test_short_term_plasticity_comes_before_the_kernel(x):
    layer = Synapses(5, 3, short_term=FACILITATING).double()
    released = Synapses(5, 5, SYNAPSES["tsodyks_markram"], FACILITATING).double()
    plain = Synapses(5, 3).double()
    with torch.no_grad():
        released.weight.copy_(torch.eye(5))
        plain.weight.copy_(layer.weight)
    torch.testing.assert_close(layer(x)[0], plain(released(x)[0])[0])


# ---- floats, arrays, tensors, the page -----------------------------------------------------------


def samples(name):
    row, rng = SYNAPSES[name], random.Random(name)
    width = 1 + len(row.start)
    rows = [[rng.random() for _ in range(width)] + [rng.uniform(0.1, 3)] for _ in range(200)]
    return row, [[float(r[0] < 0.5), *r[1:]] for r in rows]


def flat(answer):
    return [answer[0], *answer[1]]


@NAMES
def test_floats_arrays_and_tensors_agree(name):
    row, rows = samples(name)
    kind = type(row.start)

    def run(x, *rest):
        return flat(row.step(x, kind(*rest[:-1]), row.params(), rest[-1]))

    floats = np.array([run(*r) for r in rows]).T
    columns = np.array(rows).T
    np.testing.assert_allclose(np.array(run(*columns)), floats, rtol=1e-12, atol=1e-15)
    tensors = torch.stack(run(*torch.from_numpy(columns))).numpy()
    np.testing.assert_allclose(tensors, floats, rtol=1e-12, atol=1e-15)
    assert (floats.std(axis=1) > 0).all()


@NAMES
@pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
def test_the_page_computes_the_same(node, name, checked):  # noqa: F811
    row, rows = samples(name)
    kind, step, params = type(row.start), row.step.__name__, row.params.__name__
    letters = "abcd"[: len(row.start) + 2]
    record = f"{kind.__name__}({', '.join(letters[1:-1])})"
    out = ", ".join(f"state.{field}" for field in kind._fields)
    body = f"g, state = {step}(a, {record}, {params}(), {letters[-1]})\nreturn [g, {out}]"
    head = f"from neurolab.spiking import {kind.__name__}, {params}, {step}"
    text = program(driver(body, head, ", ".join(letters)), checked)
    want = [flat(row.step(r[0], kind(*r[1:-1]), row.params(), r[-1])) for r in rows]
    np.testing.assert_allclose(
        np.array(node.answers(text, rows), dtype=float), np.array(want), rtol=1e-12, atol=1e-15
    )


def test_the_page_computes_the_same_block(node):  # noqa: F811
    head = "from neurolab.spiking import magnesium_block"
    text = program(driver("return magnesium_block(a, b)", head))
    rows = [[v, m] for v in (-80.0, -20.5, 0.0, 33.0) for m in (0.0, 1.0, 2.5)]
    found = node.answers(text, rows)
    np.testing.assert_allclose(found, [magnesium_block(*r) for r in rows], rtol=1e-12)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"inputs": 0}, ValueError, "inputs: a whole number of at least 1 is needed, got 0"),
        ({"units": 1.5}, ValueError, "units: .* got 1.5"),
        ({"dt": 0.0}, ValueError, "dt: a positive number of ms is needed, got 0.0"),
        ({"params": AlphaParams()}, TypeError, "params: ExponentialParams is needed, got Alpha"),
        ({"params": ExponentialParams(0.0)}, ValueError, "tau: a positive number .* got 0.0"),
        ({"params": ExponentialParams(math.nan)}, ValueError, "tau: .* got nan"),
        (
            {"short_term": TsodyksMarkramParams(use=1.5)},
            ValueError,
            "use: a number above 0 and at most 1 is needed, got 1.5",
        ),
        (
            {"short_term": TsodyksMarkramParams(tau_facil=-1.0)},
            ValueError,
            "tau_facil: a number of ms from 0 is needed, got -1.0",
        ),
        (
            {"kind": SYNAPSES["nmda"], "params": NMDAParams(5.0, 5.0)},
            ValueError,
            "tau_decay: more ms than tau_rise are needed, got 5.0 beside tau_rise = 5.0",
        ),
    ],
)
def test_bad_settings_say_what_is_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        Synapses(**({"inputs": 5, "units": 3} | arguments))


@NAMES
def test_every_setting_is_checked(name):
    row = SYNAPSES[name]
    for field in fields(row.params):
        with pytest.raises(ValueError, match=f"{field.name}: .* got -2.0"):
            Synapses(5, 3, row, row.params(**{field.name: -2.0}))


def test_bad_input_says_what_is_wrong(x):
    layer = Synapses(5, 3).double()
    with pytest.raises(ValueError, match=r"x: spikes of shape \(T, B, I = 5\) .* got \(40, 5\)"):
        layer(x[:, 0])
    with pytest.raises(ValueError, match=r"x: .* got \(40, 2, 4\)"):
        layer(x[..., :4])
    bad = x.clone()
    bad[3, 1, 2] = math.nan
    with pytest.raises(ValueError, match="x: finite numbers are needed, got 1 that are nan"):
        layer(bad)
    _, state = layer(x[:, :1])
    with pytest.raises(ValueError, match=r"state: .* \(2, 5\) needed, got \(1, 5\)"):
        layer(x, state)
