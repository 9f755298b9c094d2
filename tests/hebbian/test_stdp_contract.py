"""What every rule on spikes promises. A new row of STDP_RULES is tested here at once."""

import math
import random
from dataclasses import fields

import numpy as np
import pytest
import torch

from neurolab.hebbian import (
    BOUNDS,
    STDP_RULES,
    BoundsParams,
    PlasticSynapses,
    STDPParams,
    TripletParams,
    hard_bounds_step,
    soft_bounds_step,
)
from tests.live.conftest import node  # noqa: F401
from tests.live.programs import driver, program

NAMES = pytest.mark.parametrize("name", STDP_RULES)
BUILDS = pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
FREE = {"bounds_step": BOUNDS["none"]}


def inputs_of(name, steps=60, batch=2, inputs=4, units=3, dtype=torch.float64):
    """Spikes and reward; for the voltage rule a potential around its thresholds."""
    spikes = (torch.rand(steps, batch, inputs + units) < 0.2).to(dtype)
    pre, post = spikes[..., :inputs], spikes[..., inputs:]
    if name == "voltage":
        post = -65 + 90 * post + 5 * torch.randn(post.shape, dtype=dtype)
    reward = torch.rand(steps, batch, dtype=dtype) - 0.3
    return (pre, post, reward) if "reward" in STDP_RULES[name].inputs else (pre, post)


def layer_of(name, dtype=torch.float64, **settings):
    return PlasticSynapses(4, 3, STDP_RULES[name], **settings).to(dtype)


@NAMES
def test_layer_is_the_step_synapse_by_synapse(name):
    row, layer = STDP_RULES[name], layer_of(name, dt=0.5, **FREE)
    before, given = layer.weight.clone(), inputs_of(name)
    change, _ = layer(*given)
    torch.testing.assert_close(layer.weight, before + change)
    for n, i in ((0, 0), (2, 3), (1, 2)):
        want = 0.0
        for b in range(2):
            state = row.start
            for t in range(60):
                x = [given[0][t, b, i], given[1][t, b, n], *(r[t, b] for r in given[2:])]
                dw, state = row.step(*(v.item() for v in x), state, row.params(), 0.5)
                want += dw / 2
        assert want != 0
        assert change[n, i].item() == pytest.approx(want, rel=1e-9)


@NAMES
@pytest.mark.parametrize("bounds_step", BOUNDS.values(), ids=BOUNDS)
@pytest.mark.parametrize("cut", [0, 1, 23, 60])
def test_continued_sequence_equals_one_run(name, bounds_step, cut):
    whole = layer_of(name, bounds_step=bounds_step)
    parts = layer_of(name, bounds_step=bounds_step)
    parts.weight.copy_(whole.weight)
    given = inputs_of(name)
    _, end = whole(*given)
    _, middle = parts(*(x[:cut] for x in given))
    _, last = parts(*(x[cut:] for x in given), state=middle)
    torch.testing.assert_close(parts.weight, whole.weight)
    for a, b in zip(last, end, strict=True):
        torch.testing.assert_close(a, b)


@NAMES
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_weights_stay_in_bounds(name, kind):
    """Amplitudes 100 times the default: a free weight would be far away."""
    bounds, row = BoundsParams(-0.2, 0.3), STDP_RULES[name]
    sizes = {f.name: 100 * f.default for f in fields(row.params) if f.name.startswith("a")}
    params = row.params(**sizes)
    free = layer_of(name, bounds=bounds, params=params, **FREE)
    free(*inputs_of(name, steps=200))
    assert free.weight.abs().max() > 1
    layer = layer_of(name, bounds=bounds, bounds_step=BOUNDS[kind], params=params)
    for _ in range(5):
        layer(*inputs_of(name, steps=200))
        assert layer.weight.min() >= -0.2 - 1e-12
        assert layer.weight.max() <= 0.3 + 1e-12
    assert layer.weight.std() > 0


@NAMES
def test_hard_bounds_hold_the_weight_at_the_end_it_runs_into(name):
    """The same spikes, once from the middle and once from the end toward which they push."""
    given = inputs_of(name)
    free = layer_of(name, **FREE)
    free.weight.fill_(0.5)
    change, _ = free(*given)
    held = layer_of(name, bounds=BoundsParams(0.5 - 1e-9, 0.5 + 1e-9))
    held.weight.fill_(0.5)
    held(*given)
    assert change.abs().max() > 1e-6
    assert (held.weight - 0.5).abs().max() <= 1.001e-9


@NAMES
def test_silence_changes_nothing(name):
    layer, given = layer_of(name), inputs_of(name)
    before = layer.weight.clone()
    quiet = [torch.zeros_like(x) for x in given]
    if name == "voltage":
        quiet[1] = quiet[1] - 70.6
    change, _ = layer(*quiet)
    assert (change == 0).all() and torch.equal(layer.weight, before)


@NAMES
def test_the_change_is_the_mean_over_the_batch(name):
    given = inputs_of(name)
    changes = []
    for part in (slice(0, 2), slice(0, 1), slice(1, 2)):
        layer = layer_of(name, **FREE)
        changes.append(layer(*(x[:, part] for x in given))[0])
    torch.testing.assert_close(changes[0], (changes[1] + changes[2]) / 2, rtol=1e-9, atol=1e-12)


@NAMES
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_and_device_follow(name, dtype):
    layer = layer_of(name, dtype)
    given = inputs_of(name, dtype=dtype)
    change, state = layer(*given)
    assert {change.dtype, layer.weight.dtype, *(x.dtype for x in state)} == {dtype}
    layer(given[0].bool(), *given[1:])
    change, state = layer.to("meta")(*(x.to("meta") for x in given))
    assert {x.device.type for x in (change, layer.weight, *state)} == {"meta"}


@NAMES
@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_gpu_equals_cpu(name):
    cpu, gpu, given = layer_of(name), layer_of(name), inputs_of(name)
    gpu.weight.copy_(cpu.weight)
    want, _ = cpu(*given)
    found, _ = gpu.cuda()(*(x.cuda() for x in given))
    torch.testing.assert_close(found.cpu(), want)


@NAMES
def test_an_empty_sequence_changes_nothing(name):
    layer = layer_of(name)
    change, _ = layer(*(x[:0] for x in inputs_of(name)))
    assert change.shape == (3, 4) and (change == 0).all()


@NAMES
def test_weights_are_saved_and_take_no_gradient(name):
    layer = layer_of(name)
    assert list(layer.state_dict()) == ["weight"] and not list(layer.parameters())
    given = [x.requires_grad_() for x in inputs_of(name)]
    assert not layer(*given)[0].requires_grad


# ---- floats, arrays, tensors, the page -----------------------------------------------------------


def samples(name):
    row, rng = STDP_RULES[name], random.Random(name)
    rows = []
    for _ in range(200):
        given = [float(rng.random() < 0.5), float(rng.random() < 0.5), rng.uniform(-1, 1)]
        given = given[: len(row.inputs)]
        state = [rng.random() + rest for rest in row.start]
        if name == "voltage":
            given[1] = rng.uniform(-90, 30)
            state[1:] = [rng.uniform(-90, -30), rng.uniform(-90, -30)]
        rows.append([*given, *state, rng.uniform(0.1, 3)])
    return row, rows


def run(row, *x):
    k = len(row.inputs)
    dw, state = row.step(*x[:k], type(row.start)(*x[k:-1]), row.params(), x[-1])
    return [dw, *state]


@NAMES
def test_floats_arrays_and_tensors_agree(name):
    row, rows = samples(name)
    floats = np.array([run(row, *x) for x in rows]).T
    columns = np.array(rows).T
    np.testing.assert_allclose(np.array(run(row, *columns)), floats, rtol=1e-11, atol=1e-15)
    tensors = torch.stack(run(row, *torch.from_numpy(columns))).numpy()
    np.testing.assert_allclose(tensors, floats, rtol=1e-11, atol=1e-15)
    assert (floats.std(axis=1) > 0).all()


@NAMES
@BUILDS
def test_the_page_computes_the_same(node, name, checked):  # noqa: F811
    row, rows = samples(name)
    kind, step, params = type(row.start), row.step.__name__, row.params.__name__
    letters = "abcdefgh"[: len(rows[0])]
    k = len(row.inputs)
    record = f"{kind.__name__}({', '.join(letters[k:-1])})"
    out = ", ".join(f"state.{field}" for field in kind._fields)
    given = ", ".join(letters[:k])
    body = f"dw, state = {step}({given}, {record}, {params}(), {letters[-1]})\nreturn [dw, {out}]"
    head = f"from neurolab.hebbian import {kind.__name__}, {params}, {step}"
    text = program(driver(body, head, ", ".join(letters)), checked)
    found = np.array(node.answers(text, rows), dtype=float)
    np.testing.assert_allclose(found, [run(row, *x) for x in rows], rtol=1e-11, atol=1e-15)


@BUILDS
@pytest.mark.parametrize("step", [hard_bounds_step, soft_bounds_step])
def test_the_page_computes_the_same_bounds(node, step, checked):  # noqa: F811
    head = f"from neurolab.hebbian import BoundsParams, {step.__name__}"
    body = f"return {step.__name__}(a, b, BoundsParams(-0.5, 1.5))"
    rng = random.Random(0)
    rows = [[rng.uniform(-1, 1), rng.uniform(-0.5, 1.5)] for _ in range(200)]
    found = node.answers(program(driver(body, head), checked), rows)
    want = [step(*x, BoundsParams(-0.5, 1.5)) for x in rows]
    np.testing.assert_allclose(found, want, rtol=1e-12)
    assert len(set(want)) > 100


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"inputs": 0}, ValueError, "inputs: a whole number of at least 1 is needed, got 0"),
        ({"units": 2.5}, ValueError, "units: .* got 2.5"),
        ({"dt": 0.0}, ValueError, "dt: a positive number of ms is needed, got 0.0"),
        ({"params": TripletParams()}, TypeError, "params: STDPParams is needed, got TripletParams"),
        ({"params": STDPParams(tau_plus=0.0)}, ValueError, "tau_plus: a positive .* got 0.0"),
        ({"params": STDPParams(a_plus=math.nan)}, ValueError, "a_plus: a finite .* got nan"),
        ({"bounds": BoundsParams(1.0, 1.0)}, ValueError, "bounds: low below high.* got 1.0 and 1"),
        ({"bounds": BoundsParams(0.0, math.inf)}, ValueError, "bounds: .* got 0.0 and inf"),
    ],
)
def test_bad_settings_say_what_is_wrong(settings, error, message):
    with pytest.raises(error, match=message):
        PlasticSynapses(**({"inputs": 4, "units": 3} | settings))


@NAMES
def test_every_time_constant_is_checked(name):
    row = STDP_RULES[name]
    times = [f.name for f in fields(row.params) if f.name.startswith("tau")]
    assert len(times) >= 2
    for time in times:
        with pytest.raises(ValueError, match=f"{time}: .* got -2.0"):
            layer_of(name, params=row.params(**{time: -2.0}))


@NAMES
def test_bad_input_says_what_is_wrong(name):
    layer, given = layer_of(name), list(inputs_of(name))
    before = layer.weight.clone()
    row = STDP_RULES[name]
    for k, argument in enumerate(row.inputs):
        bad = [x.clone() for x in given]
        bad[k][(3, 1) if argument == "reward" else (3, 1, 2)] = math.nan
        with pytest.raises(ValueError, match=f"{argument}: finite numbers .* got 1 nan"):
            layer(*bad)
        bad = list(given)
        bad[k] = given[k][:, 0]
        with pytest.raises(ValueError, match=rf"{argument}: shape \(T, B.* got \("):
            layer(*bad)
        bad[k] = given[k][:-1]
        with pytest.raises(ValueError, match=r": \(T, B\) = .* is needed as in pre, got"):
            layer(*bad)
        bad[k] = given[k].float()
        with pytest.raises(TypeError, match=f"{argument}: torch.float64 .* got torch.float32"):
            layer(*bad)
    with pytest.raises(ValueError, match=r"pre: shape \(T, B, 4\) is needed, got \(60, 2, 3\)"):
        layer(given[0][..., :3], *given[1:])
    with pytest.raises(ValueError, match="pre: a batch of at least 1 is needed, got 0"):
        layer(*(x[:, :0] for x in given))
    with pytest.raises(TypeError, match=f"state: {type(row.start).__name__} is needed, got tuple"):
        layer(*given, state=(0.0, 0.0))
    assert torch.equal(layer.weight, before), "a refused call must leave the weight alone"


def test_reward_is_asked_for_and_only_where_it_belongs():
    pre, post, reward = inputs_of("reward")
    with pytest.raises(ValueError, match=r"reward: a tensor \(T, B\) is needed by this rule, got"):
        layer_of("reward")(pre, post)
    with pytest.raises(ValueError, match="reward: this rule takes"):
        layer_of("pair")(pre, post, reward)
