"""The LIF neuron against closed forms, and its layer against the bare step."""

import math

import numpy as np
import pytest
import torch

from neurolab.core import SURROGATES, FastSigmoid, Gaussian
from neurolab.spiking import LIF, LIFParams, LIFState, lif_step

TAU = 20.0  # ms
PARAMS = LIFParams(tau=TAU)


def spike_times(current, duration, dt):
    """Of one neuron per current (N,), from rest: a list of arrays in ms."""
    current = np.asarray(current)
    state, train = LIFState(v=0 * current, u=0 * current - 1), []
    for _ in range(round(duration / dt)):
        z, state = lif_step(current, state, PARAMS, dt)
        train.append(z)
    return [dt * (1 + np.flatnonzero(z)) for z in np.array(train).T]


def period(current):
    return TAU * np.log(current / (current - 1))


def test_f_i_curve_is_the_closed_form_within_one_percent():
    current = np.array([1.05, 1.2, 1.5, 2.0, 3.0])
    trains = spike_times(current, 2000.0, dt=0.05)
    rate = np.array([1000 / np.diff(t).mean() for t in trains])
    np.testing.assert_allclose(rate, 1000 / period(current), rtol=0.01)


def test_first_spike_comes_at_the_first_grid_point_past_the_closed_form():
    current, dt = np.array([1.1, 1.7, 2.9]), 0.1
    first = np.array([t[0] for t in spike_times(current, 100.0, dt)])
    late = first - period(current)
    assert (late > 0).all()
    assert (late <= dt * (1 + 1e-9)).all()


def test_period_converges_to_first_order_with_the_predicted_constant():
    """The reset loses the lateness d of a spike: period + d / i, where d is dt / 2 on average."""
    current = np.linspace(1.3, 2.7, 57)  # many, so that lateness is spread evenly over a step
    for dt in (0.4, 0.2, 0.1):
        measured = [np.diff(t).mean() for t in spike_times(current, 4000.0, dt)]
        excess = ((measured - period(current)) / (dt / (2 * current))).mean()
        assert excess == pytest.approx(1, abs=0.1), dt


@pytest.mark.parametrize("current", [-2.0, 0.0, 0.5, 1.0])
def test_never_fires_at_or_below_the_threshold(current):
    assert len(spike_times([current], 2000.0, dt=1.0)[0]) == 0


def test_is_exact_below_threshold_at_any_step():
    """v(t) = i (1 - exp(-t / tau)), whatever dt."""
    for dt in (0.1, 1.0, 7.0):
        state = LIFState(v=0.0, u=-1.0)
        for _ in range(10):
            _, state = lif_step(0.8, state, PARAMS, dt)
        assert state.v == pytest.approx(0.8 * (1 - math.exp(-10 * dt / TAU)), rel=1e-12)
        assert state.u == pytest.approx(state.v - 1)


def test_reset_subtracts_the_threshold_and_keeps_the_overshoot():
    z, state = lif_step(30.0, LIFState(0.9, -0.1), PARAMS, 2.0)
    before = 30 + (0.9 - 30) * math.exp(-2 / TAU)
    assert z == 1
    assert state.v == pytest.approx(before - 1)
    assert state.u == pytest.approx(before - 1)
    assert state.v > 1, "one spike a step at most, however large the overshoot"


def test_floats_arrays_and_tensors_agree():
    rng = np.random.default_rng(0)
    i, v, u = rng.uniform(0, 60, 500), rng.uniform(-1, 1, 500), rng.uniform(-2, 0, 500)

    def run(i, v, u):
        z, state = lif_step(i, LIFState(v, u), PARAMS, 0.5)
        return z, *state

    floats = np.array([run(*row) for row in zip(i.tolist(), v.tolist(), u.tolist(), strict=True)]).T
    assert 0 < floats[0].sum() < 500, "no spike, or nothing but spikes, would compare nothing"
    np.testing.assert_allclose(np.array(run(i, v, u)), floats, rtol=1e-12, atol=1e-15)
    tensors = torch.stack(run(*map(torch.from_numpy, (i, v, u)))).numpy()
    np.testing.assert_allclose(tensors, floats, rtol=1e-12, atol=1e-15)
    assert (tensors[0] == floats[0]).all()


# ---- the layer -----------------------------------------------------------------------------------


@pytest.fixture
def layer():
    return LIF(inputs=5, units=3).double()


@pytest.fixture
def x():
    return 5 * torch.randn(40, 2, 5).double()


def test_layer_is_the_step_in_a_loop(layer, x):
    spikes, end, kept = layer(x, keep=("v", "u"))
    assert 0 < spikes.sum() < spikes.numel(), "silent or saturated, this test would be empty"
    rest = torch.zeros(2, 3).double()
    state = LIFState(rest, rest - 1)
    for t in range(40):
        z, state = lif_step(x[t] @ layer.weight.T, state, LIFParams(), 1.0)
        torch.testing.assert_close(spikes[t], z)
        torch.testing.assert_close(kept["v"][t], state.v)
        torch.testing.assert_close(kept["u"][t], state.u)
    torch.testing.assert_close(end.v, state.v)


@pytest.mark.parametrize("cut", [0, 1, 17, 40])
def test_continued_sequence_equals_one_run(layer, x, cut):
    whole, end = layer(x)
    assert whole.sum() > 0
    first, middle = layer(x[:cut])
    second, last = layer(x[cut:], middle)
    assert torch.equal(torch.cat([first, second]), whole)
    torch.testing.assert_close(last.v, end.v)
    torch.testing.assert_close(last.u, end.u)


def test_batch_members_do_not_see_each_other(layer, x):
    together = layer(x)[0]
    assert together.sum() > 0
    assert torch.equal(together[:, 1:], layer(x[:, 1:])[0])


def test_empty_batch_and_empty_sequence(layer):
    assert layer(torch.zeros(4, 0, 5).double())[0].shape == (4, 0, 3)
    spikes, state = layer(torch.zeros(0, 2, 5).double())
    assert spikes.shape == (0, 2, 3)
    assert state.v.shape == (2, 3)


def test_gradient_of_one_step_is_the_surrogate_by_hand():
    """dE/dw for E = sum(s z): s psi(u) (1 - decay) x."""
    x, s = torch.randn(1, 2, 5).double(), torch.randn(2, 3).double()
    for surrogate in (kind() for kind in SURROGATES.values()):
        layer = LIF(5, 3, surrogate=surrogate).double()
        spikes, state = layer(30 * x)
        assert spikes.sum() > 0
        (s * spikes).sum().backward()
        psi = surrogate.derivative(state.u.detach())
        want = (1 - math.exp(-1 / 20)) * (s * psi).T @ (30 * x[0])
        torch.testing.assert_close(layer.weight.grad, want)


def test_the_surrogate_changes_gradients_and_nothing_else(x):
    def run(surrogate):
        torch.manual_seed(1)
        layer = LIF(5, 3, surrogate=surrogate).double()
        spikes, _ = layer(x)
        spikes.sum().backward()
        return spikes.detach(), layer.weight.grad

    default, named, other = run(None), run(FastSigmoid()), run(Gaussian())
    assert default[0].sum() > 0
    assert torch.equal(default[0], other[0])
    torch.testing.assert_close(default[1], named[1])
    assert (default[1] - other[1]).abs().max() > 0.1


def test_reset_is_hidden_from_the_gradient(layer, x):
    """Else dv/dv over a step would be decay (1 - psi(u)), not decay."""
    v = torch.full((2, 3), 0.9, dtype=torch.float64, requires_grad=True)
    current = torch.full((2, 3), 30.0, dtype=torch.float64)
    z, state = lif_step(current, LIFState(v, v - 1), PARAMS, 1.0)
    assert z.sum() == 6
    (gradient,) = torch.autograd.grad(state.v.sum(), v)
    torch.testing.assert_close(gradient, torch.full_like(v, math.exp(-1 / TAU)))


def test_per_sample_gradients_by_torch_func(layer, x):
    weight = layer.weight.detach()

    def loss(weight, x):
        return torch.func.functional_call(layer, {"weight": weight}, x[:, None])[0].sum()

    together = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 1))(weight, x)
    for k in range(2):
        spikes, _ = layer(x[:, k : k + 1])
        (alone,) = torch.autograd.grad(spikes.sum(), layer.weight)
        assert alone.abs().sum() > 0
        torch.testing.assert_close(together[k], alone)


def test_another_step_may_be_given(x):
    def lif_zero_step(current, state, params, dt, surrogate=None):
        z, after = lif_step(current, state, params, dt, surrogate)
        return z, after._replace(v=after.v * (1 - z))

    layer = LIF(5, 3, step=lif_zero_step).double()
    spikes, _, kept = layer(4 * x, keep=("v",))
    assert spikes.sum() > 0
    assert (kept["v"][spikes == 1] == 0).all()


def test_learns_to_fire_at_a_wanted_rate():
    """The surrogate points the right way: the loss falls to a tenth."""
    layer, x = LIF(10, 4), torch.rand(50, 8, 10)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    losses = []
    for _ in range(60):
        loss = ((layer(x)[0].mean(0) - 0.1) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 10


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_follows(dtype):
    layer = LIF(5, 3).to(dtype)
    spikes, state = layer(torch.randn(4, 2, 5, dtype=dtype))
    assert spikes.dtype == state.v.dtype == state.u.dtype == dtype


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64])
def test_spikes_may_come_as_whole_numbers(dtype):
    layer, x = LIF(5, 3), (torch.rand(30, 2, 5) < 0.5).to(dtype)
    assert torch.equal(layer(x)[0], layer(x.float())[0])


def test_runs_on_the_meta_device():
    """No CPU tensor is made on the way, so the device follows the weights and the input."""
    spikes, state = LIF(5, 3).to("meta")(torch.zeros(4, 2, 5, device="meta"))
    assert spikes.device.type == state.v.device.type == "meta"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_gpu_equals_cpu(layer, x):
    want = layer(x)[0]
    assert want.sum() > 0
    assert torch.equal(layer.cuda()(x.cuda())[0].cpu(), want)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"params": LIFParams(tau=0.0)}, "tau: a positive number of ms is needed, got 0.0"),
        ({"params": LIFParams(tau=-5.0)}, "tau: .* got -5.0"),
        ({"params": LIFParams(tau=math.nan)}, "tau: .* got nan"),
        ({"dt": 0.0}, "dt: a positive number of ms is needed, got 0.0"),
        ({"dt": -1}, "dt: .* got -1"),
        ({"inputs": 0}, "inputs: a whole number of at least 1 is needed, got 0"),
        ({"units": 2.5}, "units: .* got 2.5"),
    ],
)
def test_bad_settings_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        LIF(**({"inputs": 5, "units": 3} | arguments))


def test_bad_input_says_what_is_wrong(layer):
    with pytest.raises(ValueError, match=r"x: three axes \(T, B, I\) .* \(4, 5\)"):
        layer(torch.zeros(4, 5).double())
    with pytest.raises(ValueError, match="x: 5 inputs on the last axis are needed, got 6"):
        layer(torch.zeros(4, 2, 6).double())
    small = torch.zeros(1, 3).double()
    with pytest.raises(ValueError, match=r"state: .*\(2, 3\) is needed, got \(1, 3\)"):
        layer(torch.zeros(4, 2, 5).double(), LIFState(small, small))
    with pytest.raises(ValueError, match=r"keep: 'w' .*\['v', 'u'\]"):
        layer(torch.zeros(4, 2, 5).double(), keep=("w",))


@pytest.mark.slow
def test_compiles_in_one_graph():
    """The step with its surrogate, values and gradients."""
    torch.compiler.reset()
    current = torch.linspace(0, 60, 64).double()
    state = LIFState(torch.linspace(-1, 1, 64).double(), torch.zeros(64).double())

    def run(current):
        return lif_step(current, state, PARAMS, 0.5, Gaussian())

    a, b = current.clone().requires_grad_(), current.clone().requires_grad_()
    (z, after), (z_eager, after_eager) = torch.compile(run, fullgraph=True)(a), run(b)
    assert 0 < z.sum() < 64
    torch.testing.assert_close(z, z_eager)
    torch.testing.assert_close(after.v, after_eager.v)
    (z.sum() + after.v.sum()).backward()
    (z_eager.sum() + after_eager.v.sum()).backward()
    torch.testing.assert_close(a.grad, b.grad)
