"""Our rules inside Nengo, beside Nengo's own and beside a loop."""

import numpy as np
import pytest

from neurolab.hebbian.bcm import BCMState, bcm_step
from neurolab.hebbian.stdp import STDPParams, STDPState, stdp_step

nengo = pytest.importorskip("nengo")
from neurolab.neuromorphic import nengo_rules  # noqa: E402
from neurolab.neuromorphic.nengo_rules import StepRule  # noqa: E402

STEPS, DT = 300, 0.001


def learned(kind, weights, synapse=0.005):
    """Weights (T, 3, 5) under a rule, and spikes of both sides, (T, 5) and (T, 3)."""
    with nengo.Network(seed=0) as network:
        node = nengo.Node(lambda t: 1 + np.sin(7 * t))
        pre = nengo.Ensemble(5, 1, seed=1)
        post = nengo.Ensemble(3, 1, seed=2, bias=np.full(3, 1.5), gain=np.ones(3))
        nengo.Connection(node, pre, synapse=None)
        between = nengo.Connection(
            pre.neurons, post.neurons, transform=weights, synapse=0.005, learning_rule_type=kind
        )
        probes = [nengo.Probe(between, "weights"), *(nengo.Probe(e.neurons) for e in (pre, post))]
    with nengo.Simulator(network, progress_bar=False, optimize=False) as simulator:
        simulator.run_steps(STEPS, progress_bar=False)
        w, x, y = (simulator.data[p].copy() for p in probes)
    return w, x, y


@pytest.fixture
def weights():
    return 0.002 * np.random.default_rng(0).random((3, 5))


def test_oja_is_that_of_nengo(weights):
    ours = learned(StepRule(nengo_rules.oja(1e-5)), weights)
    theirs = learned(nengo.Oja(1e-5, beta=1.0), weights)
    assert ours[1].any() and ours[2].any()
    assert np.abs(theirs[0][-1] - weights).max() > 1e-3
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9, atol=1e-15)


def test_bcm_is_the_loop_over_the_spikes_of_nengo(weights):
    w, x, y = learned(StepRule(nengo_rules.bcm(1e-9, tau=0.05)), weights)
    keep = np.exp(-DT / 0.005)
    seen_x, seen_y = np.zeros(5), np.zeros(3)
    state, now, expected = BCMState(np.zeros((3, 1))), weights.copy(), []
    for t in range(STEPS):
        seen_x, seen_y = keep * seen_x + (1 - keep) * x[t], keep * seen_y + (1 - keep) * y[t]
        expected.append(now)
        change, state = bcm_step(seen_x[None], seen_y[:, None], state, 1e-9 * DT, 0.05 / DT)
        now = now + change
    assert np.abs(now - weights).max() > 1e-6
    np.testing.assert_allclose(w, expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), (0.0005, 0.0015)])
def test_stdp_is_the_loop_and_keeps_bounds(weights, bounds):
    params = STDPParams(2e-4, 1.2e-4, 20.0, 30.0)
    w, x, y = learned(StepRule(nengo_rules.stdp(params), bounds=bounds), weights)
    state, now, expected = STDPState(np.zeros((1, 5)), np.zeros((3, 1))), weights.copy(), []
    for t in range(STEPS):
        expected.append(now)
        change, state = stdp_step(DT * x[t][None], DT * y[t][:, None], state, params, 1.0)
        now = np.clip(now + change, *bounds)
    assert (np.diff(w, axis=0) > 0).any() and (np.diff(w, axis=0) < 0).any()
    np.testing.assert_allclose(w, expected, rtol=1e-9, atol=1e-12)


def error_of(kind):
    """Decoded value (T, 1) and decoders (T, 1, 60) while an ensemble learns to say the square."""
    with nengo.Network(seed=0) as network:
        node = nengo.Node(lambda t: np.sin(9 * t))
        group, out = nengo.Ensemble(60, 1, seed=1), nengo.Node(size_in=1)
        wrong = nengo.Node(size_in=1)
        nengo.Connection(node, group, synapse=None)
        taught = nengo.Connection(
            group.neurons, out, transform=np.zeros((1, 60)), learning_rule_type=kind
        )
        nengo.Connection(out, wrong, synapse=None)
        nengo.Connection(node, wrong, function=lambda x: -(x**2), synapse=None)
        nengo.Connection(wrong, taught.learning_rule, synapse=None)
        probes = nengo.Probe(wrong), nengo.Probe(taught, "weights")
    with nengo.Simulator(network, progress_bar=False, optimize=False) as simulator:
        simulator.run_steps(3000, progress_bar=False)
        return tuple(simulator.data[p].copy() for p in probes)


def test_pes_is_that_of_nengo_and_lowers_the_error():
    wrong, decoders = error_of(StepRule(nengo_rules.pes(5e-4)))
    theirs = error_of(nengo.PES(5e-4))
    np.testing.assert_allclose(decoders, theirs[1], rtol=1e-9, atol=1e-15)
    untaught = 3 / 8  # mean of sin^4
    assert np.square(wrong[-700:]).mean() < 0.1 * untaught


def test_what_cannot_be_is_refused_by_name():
    with pytest.raises(ValueError, match="bounds: the first must be the smaller one, got"):
        StepRule(nengo_rules.oja(1.0), bounds=(1, 0))
    with pytest.raises(ValueError, match="synapse: this rule reads spikes"):
        StepRule(nengo_rules.stdp(), synapse=0.01)
