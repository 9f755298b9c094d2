"""Spike times of Brian2 itself, on its numpy target: LIF, Izhikevich, Hodgkin-Huxley.

Brian2 is copyleft and used here only as it stands, by its own language. It stamps a spike with the
beginning of its step, we with the end: hence the + 1.
"""

import numpy as np
import pytest

from neurolab.spiking import (
    CHATTERING,
    CONVENTIONS,
    FAST_SPIKING,
    NEURONS,
    REGULAR_SPIKING,
    HodgkinHuxleyParams,
    RefractoryLIFParams,
    hodgkin_huxley_start,
    izhikevich_start,
)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def brian2():
    """On the target that needs no compiler."""
    brian2 = pytest.importorskip("brian2", reason="Brian2 is not installed")
    brian2.prefs.codegen.target = "numpy"
    brian2.start_scope()
    return brian2


def brian(brian2, equations, current, steps, dt, method, start, names, **group):
    """Numbers of the steps in which each neuron fires, and the last of ``v``."""
    brian2.defaultclock.dt = dt * brian2.ms
    ms = brian2.ms  # in the equations
    drive = brian2.TimedArray(np.array(current), dt=dt * ms)  # (T, N)
    spaces = {**names, "drive": drive, "ms": ms}
    neurons = brian2.NeuronGroup(
        len(current[0]), equations, method=method, namespace=spaces, **group
    )
    for name, x in start.items():
        setattr(neurons, name, x)
    monitor = brian2.SpikeMonitor(neurons)
    network = brian2.Network(neurons, monitor)
    network.run(steps * dt * ms, namespace=spaces)
    trains = monitor.spike_trains()
    return [np.round(trains[n] / (dt * ms)).astype(int) for n in trains], np.array(neurons.v)


def ours(kind, current, params, dt, steps):
    state, train = kind.start(params), []
    state = type(state)(*(part + 0 * current[0] for part in state))
    for k in range(steps):
        z, state = kind.step(current[k], state, params, dt)
        train.append(z)
    return [np.flatnonzero(z) for z in np.array(train).T], state


def changing(means, spread, steps, seed=0):
    rng = np.random.default_rng(seed)
    return np.array(means) + spread * rng.normal(size=(steps, len(means)))


def same(found, want):
    assert all(len(times) > 3 for times in want), "hardly a spike, hardly a test"
    for a, b in zip(found, want, strict=True):
        np.testing.assert_array_equal(a, b)


def test_exact_lif_with_reset_to_zero_and_refractory_time(brian2):
    steps, dt = 1500, 0.5
    current = changing([1.05, 1.5, 3.0], 0.5, steps)
    for t_ref in (0.0, 2.0, 3.5):
        want, v = brian(
            brian2,
            "dv/dt = (drive(t, i) - v) / (10 * ms) : 1 (unless refractory)",
            *(current, steps, dt, "exact", {}, {}),
            threshold="v > 1",
            reset="v = 0",
            refractory=t_ref * brian2.ms,
        )
        params = RefractoryLIFParams(10.0, t_ref)
        found, state = ours(CONVENTIONS["brian2"], current, params, dt, steps)
        same(found, want)
        np.testing.assert_allclose(state.v, v, atol=1e-9)


@pytest.mark.parametrize("params", [REGULAR_SPIKING, FAST_SPIKING, CHATTERING])
def test_izhikevich(params, brian2):
    steps, dt = 2000, 0.25
    current, rest = changing([6.0, 10.0, 15.0], 4.0, steps), izhikevich_start(params)
    want, v = brian(
        brian2,
        """dv/dt = (0.04 * v**2 + 5 * v + 140 - w + drive(t, i)) / ms : 1
        dw/dt = a * (b * v - w) / ms : 1""",
        *(current, steps, dt, "euler", {"v": rest.v, "w": rest.w}),
        {"a": params.a, "b": params.b, "c": params.c, "d": params.d},
        threshold="v > 30",
        reset="v = c; w += d",
    )
    found, state = ours(NEURONS["izhikevich"], current, params, dt, steps)
    same(found, want)
    np.testing.assert_allclose(state.v, v, rtol=1e-6)


def test_hodgkin_huxley(brian2):
    """Its exponential Euler holds everything but the variable itself at the old step.

    Ours takes the new gates for v, so both err, in their own ways, and meet as dt falls: spike
    times within 0.1 ms at 0.005 ms, and the gap falls with dt.
    """
    p, rest = HodgkinHuxleyParams(), hodgkin_huxley_start(HodgkinHuxleyParams())
    equations = """
    dv/dt = (drive(t, i) - 120 * m**3 * h * (v - 50) - 36 * n**4 * (v + 77)
             - 0.3 * (v + 54.387)) / ms : 1
    dm/dt = (am * (1 - m) - 4 * exp(-(v + 65) / 18) * m) / ms : 1
    dh/dt = (0.07 * exp(-(v + 65) / 20) * (1 - h) - h / (1 + exp(-(v + 35) / 10))) / ms : 1
    dn/dt = (an * (1 - n) - 0.125 * exp(-(v + 65) / 80) * n) / ms : 1
    am = 1 / exprel(-(v + 40) / 10) : 1
    an = 0.1 / exprel(-(v + 55) / 10) : 1
    """
    start, gaps = {name: getattr(rest, name) for name in "vmhn"}, []
    coarse = np.repeat(changing([8.0, 12.0, 20.0], 5.0, 50), 100, axis=0)  # held for 1 ms each
    for dt in (0.01, 0.005):
        steps = round(50 / dt)
        current = np.repeat(coarse, round(0.01 / dt), axis=0)
        want, _ = brian(
            brian2,
            equations,
            *(current, steps, dt, "exponential_euler", start, {}),
            threshold="v > 0",
            refractory="v > 0",
        )
        found, _ = ours(NEURONS["hodgkin_huxley"], current, p, dt, steps)
        assert [len(times) for times in found] == [len(times) for times in want]
        assert sum(len(times) for times in want) > 8
        gaps.append(dt * np.abs(np.concatenate(found) - np.concatenate(want)).max())
    assert gaps[1] < 0.1, "ms"
    assert gaps[1] < 0.7 * gaps[0]
