"""What every neuron promises. A new row of NEURONS or CONVENTIONS is tested here at once."""

import math
import random
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from neurolab.core import Gaussian
from neurolab.spiking import (
    CONVENTIONS,
    NEURONS,
    LIFParams,
    Neurons,
    QIFParams,
    RefractoryLIFParams,
)
from tests.live.conftest import node  # noqa: F401
from tests.live.programs import driver, program

ROWS = NEURONS | CONVENTIONS
NAMES = pytest.mark.parametrize("name", ROWS)


def fired(name, steps=250):
    """A current (T, 2, 3) around the row's drive, its layer, and what came out."""
    layer = Neurons(ROWS[name]).double()
    current = ROWS[name].drive * (0.6 + torch.rand(steps, 2, 3).double())
    return layer, current, layer(current)


@pytest.fixture(scope="module")
def runs():
    torch.manual_seed(0)
    return {name: fired(name) for name in ROWS}


@NAMES
def test_fires_at_its_drive_and_layer_is_the_step_in_a_loop(name, runs):
    _, current, (spikes, end) = runs[name]
    assert set(spikes.unique().tolist()) == {0, 1}
    assert (spikes.sum(0) >= 1).all(), "silent, every other test would be empty"
    row, kind = ROWS[name], type(end)
    state = row.start(row.params())
    state = kind(*(torch.zeros(2, 3).double() + x for x in state))
    for t in range(len(current)):
        z, state = row.step(current[t], state, row.params(), row.dt)
        assert torch.equal(spikes[t], z)
    for a, b in zip(state, end, strict=True):
        torch.testing.assert_close(a, b)


@NAMES
@pytest.mark.parametrize("cut", [0, 90])
def test_continued_sequence_equals_one_run(name, runs, cut):
    layer, current, (whole, end) = runs[name]
    first, middle = layer(current[:cut])
    second, last = layer(current[cut:], middle)
    assert torch.equal(torch.cat([first, second]), whole)
    for a, b in zip(last, end, strict=True):
        torch.testing.assert_close(a, b)


@NAMES
def test_states_and_params_have_the_names_of_the_contract(name):
    row = ROWS[name]
    state = row.start(row.params())
    assert state._fields[0] == "v"
    assert state._fields[-1] == "u"
    assert state.u < 0, "at rest it is below its threshold"
    assert {*row.positive, *row.ordered} <= {field.name for field in fields(row.params)}
    with pytest.raises(AttributeError):  # frozen
        setattr(row.params(), fields(row.params)[0].name, 1.0)


@NAMES
def test_silence_at_rest_stays_at_rest(name):
    layer = Neurons(ROWS[name]).double()
    spikes, state = layer(torch.zeros(200, 1, 1).double())
    assert (spikes == 0).all()
    for found, rest in zip(state, ROWS[name].start(ROWS[name].params()), strict=True):
        assert found.item() == pytest.approx(rest, rel=1e-9, abs=1e-12)


@NAMES
def test_a_spike_is_where_u_rose_above_zero(name, runs):
    layer, current, _ = runs[name]
    spikes, _, kept = layer(current, keep=("u",))
    assert (kept["u"][spikes == 1] > 0).all() or name == "spikingjelly"
    assert (spikes[kept["u"] < 0] == 0).all()


@NAMES
def test_neurons_do_not_see_each_other(name, runs):
    layer, current, (spikes, _) = runs[name]
    assert torch.equal(layer(current[:, 1:, 2:])[0], spikes[:, 1:, 2:])


@NAMES
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_and_device_follow(name, dtype):
    layer = Neurons(ROWS[name]).to(dtype)
    spikes, state = layer(torch.ones(4, 2, 3, dtype=dtype))
    assert {spikes.dtype, *(f.dtype for f in state)} == {dtype}
    assert {spikes.shape[1:], *(f.shape for f in state)} == {(2, 3)}
    spikes, state = layer(torch.ones(4, 2, 3, dtype=dtype, device="meta"))
    assert {spikes.device.type, *(f.device.type for f in state)} == {"meta"}


@NAMES
def test_empty_batch_and_empty_sequence(name):
    layer = Neurons(ROWS[name])
    assert layer(torch.zeros(4, 0, 3))[0].shape == (4, 0, 3)
    spikes, state = layer(torch.zeros(0, 2, 3))
    assert spikes.shape == (0, 2, 3)
    for found, rest in zip(state, ROWS[name].start(ROWS[name].params()), strict=True):
        torch.testing.assert_close(found, torch.full((2, 3), float(rest)))


@NAMES
def test_the_surrogate_changes_gradients_and_nothing_else(name, runs):
    layer, current, _ = runs[name]
    _, state = layer(current[:150])
    spikes, _ = layer(current[150:175], state)
    gradients = []
    for surrogate in (None, Gaussian()):
        x = current[150:175].clone().requires_grad_()
        out, _ = Neurons(ROWS[name], surrogate=surrogate).double()(x, state)
        assert torch.equal(out.detach(), spikes)
        (gradient,) = torch.autograd.grad(out.sum(), x)
        assert gradient.isfinite().all()
        assert gradient.abs().sum() > 0
        gradients.append(gradient)
    assert not torch.allclose(*gradients)


@NAMES
def test_gradient_of_one_step_is_the_surrogate_times_du_di(name, runs):
    """From a state on the way up: dz/di = psi(u) du/di, and du/di by finite differences."""
    row, (_, current, _) = ROWS[name], runs[name]
    _, state = Neurons(row).double()(current[:5])
    psi, h = Gaussian(0.7), 1e-5 * row.drive
    x = current[5].clone().requires_grad_()
    z, after = row.step(x, state, row.params(), row.dt, psi)
    (got,) = torch.autograd.grad(z.sum(), x)
    more, less = (row.step(x.detach() + s * h, state, row.params(), row.dt)[1].u for s in (1, -1))
    want = psi.derivative(after.u.detach()) * (more - less) / (2 * h)
    if "left" in state._fields:
        want = torch.where(state.left > row.dt / 2, 0.0, want)
    if name in ("hodgkin_huxley", "fitzhugh_nagumo"):
        want = torch.where(state.u > 0, 0.0, want)
    assert want.abs().sum() > 0
    torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-12)


@NAMES
def test_maps_over_a_further_axis_by_vmap(name, runs):
    """Values and per-sample gradients."""
    layer, current, _ = runs[name]
    x = current[:15].unflatten(2, (3, 1)).movedim(2, 0)  # (3, T, 2, 1)

    def total(x):
        spikes, state = layer(x)
        return spikes.sum() + (state.u * state.u).sum(), state.u

    gradients, together = torch.func.vmap(torch.func.grad(total, has_aux=True))(x)
    for k in range(3):
        alone = x[k].clone().requires_grad_()
        answer, u = total(alone)
        torch.testing.assert_close(together[k], u.detach())
        torch.testing.assert_close(gradients[k], torch.autograd.grad(answer, alone)[0])
    assert gradients.abs().sum() > 0


# ---- floats, arrays, tensors, the page -----------------------------------------------------------


def samples(name):
    """Rows of current, state and step, from a run and scattered around it."""
    row, rng = ROWS[name], random.Random(name)
    state, rows = row.start(row.params()), []
    for k in range(1200):
        current = row.drive * rng.uniform(0, 2)
        if k % 6 == 0:
            scattered = [x * rng.uniform(0.95, 1.05) for x in state]
            rows.append([current, *scattered, row.dt * rng.uniform(0.2, 1)])
        z, after = row.step(current, state, row.params(), row.dt)
        if z:
            rows.append([current, *state, row.dt])
        state = after
    return row, rows


def flat(answer):
    return [answer[0], *answer[1]]


@NAMES
def test_floats_arrays_and_tensors_agree(name):
    row, rows = samples(name)
    kind = type(row.start(row.params()))

    def run(x, *rest):
        return flat(row.step(x, kind(*rest[:-1]), row.params(), rest[-1]))

    floats = np.array([run(*r) for r in rows]).T
    assert 0 < floats[0].sum() < len(rows)
    columns = np.array(rows).T
    np.testing.assert_allclose(np.array(run(*columns)), floats, rtol=1e-11, atol=1e-13)
    tensors = torch.stack(run(*torch.from_numpy(columns))).numpy()
    np.testing.assert_allclose(tensors, floats, rtol=1e-11, atol=1e-13)


@NAMES
def test_the_page_computes_the_same(node, name):  # noqa: F811
    """The step and the start, in the plain and in the checked program."""
    row, rows = samples(name)
    start = row.start(row.params())
    kind, params = type(start).__name__, row.params.__name__
    letters = [f"x{k}" for k in range(len(start) + 2)]
    out = ", ".join(f"state.{field}" for field in start._fields)
    rest = ", ".join(f"rest.{field}" for field in start._fields)
    body = (
        f"z, state = {row.step.__name__}(x0, {kind}({', '.join(letters[1:-1])}), {params}(), "
        f"{letters[-1]})\nrest = {row.start.__name__}({params}())\nreturn [z, {out}, {rest}]"
    )
    names = f"{kind}, {params}, {row.step.__name__}, {row.start.__name__}"
    text = driver(body, f"from neurolab.spiking import {names}", ", ".join(letters))
    want = [flat(row.step(r[0], type(start)(*r[1:-1]), row.params(), r[-1])) for r in rows]
    want = np.array([[*w, *start] for w in want], dtype=float)
    for checked in (False, True):
        found = np.array(node.answers(program(text, checked), rows), dtype=float)
        np.testing.assert_allclose(found, want, rtol=1e-11, atol=1e-13)


@NAMES
def test_each_neuron_may_have_its_own_constants(name):
    """A tensor (N,) in a field equals one layer for each of its values."""
    row = ROWS[name]
    field = next(f.name for f in fields(row.params) if f.name in row.positive or f.name == "a")
    values = getattr(row.params(), field) * torch.tensor([0.99, 0.995, 1.0]).double()
    current = row.drive * (0.6 + torch.rand(120, 2, 3).double())
    together, _, kept = Neurons(row, replace(row.params(), **{field: values}))(current, keep=("v",))
    assert (kept["v"].std(0) > 0).all()
    for n, value in enumerate(values.tolist()):
        alone = Neurons(row, replace(row.params(), **{field: value}))
        spikes, _, path = alone(current[:, :, n : n + 1], keep=("v",))
        assert torch.equal(together[:, :, n : n + 1], spikes)
        torch.testing.assert_close(kept["v"][:, :, n : n + 1], path["v"])


# ---- what is refused -----------------------------------------------------------------------------


@NAMES
def test_every_setting_is_checked(name):
    row = ROWS[name]
    for field in fields(row.params):
        for bad in (math.nan, math.inf, "fast", True, torch.ones(2, 2)):
            with pytest.raises(ValueError, match=f"{field.name}: a finite number or tensor"):
                Neurons(row, replace(row.params(), **{field.name: bad}))
    for field in row.positive:
        for bad in (0.0, -2.0, torch.tensor([1.0, -1.0])):
            with pytest.raises(ValueError, match=f"{field}: a number above 0 is needed"):
                Neurons(row, replace(row.params(), **{field: bad}))
    for dt in (0.0, -1.0, math.nan, math.inf, "1", True):
        with pytest.raises(ValueError, match="dt: a positive number of ms is needed"):
            Neurons(row, dt=dt)
    other = NEURONS["qif" if name != "qif" else "lif"].params()
    with pytest.raises(TypeError, match=f"params: {row.params.__name__} is needed, got "):
        Neurons(row, other)


@pytest.mark.parametrize("name", [n for n in ROWS if ROWS[n].largest])
def test_a_step_that_is_unstable_is_refused_and_the_largest_is_not(name):
    row = ROWS[name]
    largest = float(row.largest(row.params()))
    with pytest.raises(ValueError, match=r"dt: at most .* ms, beyond the step is unstable; got"):
        Neurons(row, dt=1.01 * largest)
    drive = torch.full((600, 1, 1), row.drive * max(1, largest / row.dt)).double()
    spikes, state = Neurons(row, dt=largest).double()(drive)
    assert spikes.sum() > 2
    assert all(part.isfinite().all() for part in state)


@NAMES
def test_bad_input_says_what_is_wrong(name, runs):
    layer, current, (_, state) = runs[name]
    for bad in (math.nan, math.inf):
        broken = current.clone()
        broken[3, 1, 2] = bad
        with pytest.raises(ValueError, match="current: finite numbers are needed, got 1 that are"):
            layer(broken)
    with pytest.raises(ValueError, match=r"current: floats of shape \(T, B, N\) .* \(2, 3\)"):
        layer(current[0])
    with pytest.raises(ValueError, match=r"current: floats .* torch.int64"):
        layer(current.long())
    with pytest.raises(ValueError, match=r"state: .* \(2, 2\) needed, got \(2, 3\)"):
        layer(current[:, :, :2], state)
    with pytest.raises(ValueError, match="keep: 'x' is not a field"):
        layer(current, keep="x")
    with pytest.raises(ValueError, match="learn: 'x' is not a field of the params; it has"):
        Neurons(ROWS[name], learn=("x",))


def test_other_refusals_say_what_is_wrong():
    with pytest.raises(ValueError, match=r"reset: less than peak is needed, got 12.0 and 10.0"):
        Neurons(NEURONS["qif"], QIFParams(reset=12.0))
    with pytest.raises(ValueError, match=r"t_ref: a number of ms from 0 is needed, got -1.0"):
        Neurons(NEURONS["refractory_lif"], RefractoryLIFParams(t_ref=-1.0))
    with pytest.raises(ValueError, match="params: with these it has no rest without current"):
        Neurons(NEURONS["izhikevich"], replace(NEURONS["izhikevich"].params(), b=0.4))
    layer = Neurons(params=LIFParams(tau=torch.tensor([10.0, 20.0])))
    with pytest.raises(ValueError, match=r"as many neurons as constants .* got 3, but tau has 2"):
        layer(torch.zeros(4, 1, 3))
    with pytest.raises(ValueError, match=r"float32 is needed, as tau has it, got torch.float64"):
        layer(torch.zeros(4, 1, 2).double())
