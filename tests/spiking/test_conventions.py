"""LIF as other libraries step it: against their recorded outputs, and mapped on ours.

The records and how they were made: ``tests/spiking/peers``.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from neurolab.spiking import (
    CONVENTIONS,
    CurrentLIFParams,
    LIFParams,
    LIFState,
    RefractoryLIFParams,
    SnnTorchParams,
    SpikingJellyParams,
    lif_step,
)

PEERS = Path(__file__).parent / "peers"
# Record: row, and its settings.
RECORDS = {
    "snntorch": ("snntorch", SnnTorchParams),
    "norse": ("norse", CurrentLIFParams),
    "spikingjelly": ("spikingjelly", SpikingJellyParams),
    "spikingjelly_at_threshold": ("spikingjelly", SpikingJellyParams),
}


def run(kind, x, params, dt=1.0):
    """Spikes and potentials (T, N) from rest."""
    state, spikes, potentials = kind.start(params), [], []
    state = type(state)(*(f + 0 * x[0] for f in state))
    for x_t in x:
        z, state = kind.step(x_t, state, params, dt)
        spikes.append(z)
        potentials.append(state.v)
    return np.array(spikes), np.array(potentials)


@pytest.mark.parametrize("name", RECORDS)
def test_equals_what_the_library_answered(name):
    row, make = RECORDS[name]
    record = json.loads((PEERS / f"{name}.json").read_text())
    settings = {k: v for k, v in record["settings"].items() if k != "dt"}
    z, v = run(CONVENTIONS[row], np.array(record["x"]), make(**settings))
    want = np.array(record["z"])
    assert 0.03 < want.mean() < 0.8, "silent or saturated, nothing would be compared"
    assert (z == want).all()
    np.testing.assert_allclose(v, record["v"], atol=1e-6)  # Norse keeps a part in float32


def test_the_records_tell_the_conventions_apart():
    """Ours, with the same decay and the scaled input, misses them."""
    for name in ("snntorch", "spikingjelly"):
        record = json.loads((PEERS / f"{name}.json").read_text())
        beta = record["settings"].get("beta", 1 - 1 / record["settings"].get("tau", 2))
        x, state, spikes = np.array(record["x"]), LIFState(0.0, -1.0), []
        scale = 1 - beta if name == "snntorch" else 1
        for x_t in x / scale:
            z, state = lif_step(x_t, state, LIFParams(-1 / math.log(beta)), 1.0)
            spikes.append(z)
        assert (np.array(spikes) != record["z"]).any()


def test_spikingjelly_fires_at_the_threshold_and_ours_does_not():
    z, state = CONVENTIONS["spikingjelly"].step(2.0, LIFState(0.0, -1.0), SpikingJellyParams(), 1.0)
    assert (z, state.v, state.u) == (1, 0, 0)
    z, state = lif_step(2.0, LIFState(0.0, -1.0), LIFParams(1 / math.log(2)), 1.0)
    assert state.u == pytest.approx(0, abs=1e-15)
    assert lif_step(1.0, LIFState(1.0, 0.0), LIFParams(), 1.0)[0] == 0


# ---- how they map on ours ------------------------------------------------------------------------


def ours(current, tau, dt=1.0):
    state, spikes, before = LIFState(0.0, -1.0), [], []
    for i in current:
        z, state = lif_step(i, state, LIFParams(tau), dt)
        spikes.append(z)
        before.append(state.u + 1)
    return np.array(spikes), np.array(before)


def test_below_threshold_all_are_ours_with_another_decay_and_scale():
    rng = np.random.default_rng(0)
    i = rng.uniform(-1, 0.9, 80)
    beta, tau, dt = 0.9, 8.0, 0.5
    still = RefractoryLIFParams(tau=tau, t_ref=3.0)
    found = {
        "snntorch": (run(CONVENTIONS["snntorch"], (1 - beta) * i, SnnTorchParams(beta)), beta),
        "spikingjelly": (run(CONVENTIONS["spikingjelly"], i, SpikingJellyParams(tau)), 1 - 1 / tau),
        "brian2": (run(CONVENTIONS["brian2"], i, still, dt), math.exp(-dt / tau)),
    }
    for name, ((spikes, v), decay) in found.items():
        fired, want = ours(i, -1 / math.log(decay))
        assert spikes.sum() == fired.sum() == 0
        np.testing.assert_allclose(v, want, atol=1e-13, err_msg=name)
    synaptic, x = [], 0.3 * i
    held = 0.0
    for x_t in x:
        synaptic.append(held + x_t)
        held = (1 - dt / 5) * synaptic[-1]
    spikes, v = run(CONVENTIONS["norse"], x, CurrentLIFParams(tau, 5.0), dt)
    fired, want = ours(synaptic, -1 / math.log(1 - dt / tau))
    assert spikes.sum() == fired.sum() == 0
    np.testing.assert_allclose(v, want, atol=1e-13)


def test_snntorch_is_ours_with_the_last_spike_taken_from_the_current():
    rng, beta = np.random.default_rng(1), 0.9
    x = rng.uniform(-0.1, 0.5, 300)
    spikes, v = run(CONVENTIONS["snntorch"], x, SnnTorchParams(beta))
    last = np.concatenate([[0.0], spikes[:-1]])
    fired, before = ours(x / (1 - beta) - last, -1 / math.log(beta))
    assert 20 < spikes.sum() < 250
    assert (spikes == fired).all()
    np.testing.assert_allclose(v, before, atol=1e-12)


def test_brian2_counts_the_step_of_the_spike_as_refractory():
    """Its period is that of the step plus one less than t_ref / dt steps."""
    period = {}
    for t_ref in (0.0, 1.0, 3.0):
        z, _ = run(CONVENTIONS["brian2"], np.full(200, 2.0), RefractoryLIFParams(10.0, t_ref))
        period[t_ref] = set(np.diff(np.flatnonzero(z)))
    free = math.ceil(10 * math.log(2))
    assert period == {0.0: {free}, 1.0: {free}, 3.0: {free + 2}}


def test_the_reset_of_snntorch_is_hidden_from_the_gradient():
    v = torch.tensor([1.3], dtype=torch.float64, requires_grad=True)
    kind = CONVENTIONS["snntorch"]
    _, state = kind.step(0.0, kind.start(None)._replace(v=v, u=v - 1), SnnTorchParams(0.9), 1.0)
    (gradient,) = torch.autograd.grad(state.v, v)
    assert gradient == 0.9
