"""Online learning of decoders: a closed form, and Nengo's own rule."""

import math

import numpy as np
import pytest
import torch

from neurolab.nef import Adaptive, Ensemble, pes_step


def test_with_steady_rates_the_error_falls_as_an_exponential():
    a, d, kappa, n = torch.tensor([50.0, 120.0, 0.0]), torch.zeros(3), 5e-4, 3
    errors = []
    for _ in range(300):
        error = a @ d - 1.0
        errors.append(abs(float(error)))
        d = d + pes_step(a, error, kappa, n, 1.0)
    rate = kappa / n * float(a @ a) / 1000
    expected = (1 - rate) ** 200
    assert errors[200] == pytest.approx(expected, rel=1e-3)
    assert expected == pytest.approx(math.exp(-rate * 200), rel=0.05) and d[2] == 0


@pytest.mark.slow
def test_it_learns_a_function_it_was_not_solved_for():
    adaptive = Adaptive(Ensemble(120, seed=1).double(), 1, kappa=5e-4, tau_syn=20.0)
    error, lost = torch.zeros(1).double(), []
    for t in range(20_000):
        x = torch.tensor([math.sin(2 * math.pi * t / 2000)]).double()
        value, _ = adaptive.step(x, error)
        error = value - x**2
        lost.append(float(error**2))
    early, late = np.mean(lost[:2000]) ** 0.5, np.mean(lost[-2000:]) ** 0.5
    assert late < 0.12 < early


def test_a_step_is_that_of_nengo():
    nengo = pytest.importorskip("nengo")
    ensemble = Ensemble(30, seed=3).double()
    steps, kappa = 200, 1e-3
    t = np.arange(steps) / 1000
    x, wanted = np.sin(2 * np.pi * 2 * t)[:, None], np.cos(2 * np.pi * t)[:, None]
    with nengo.Network(seed=0) as network:
        node = nengo.Node(nengo.processes.PresentInput(x, 0.001))
        goal = nengo.Node(nengo.processes.PresentInput(wanted, 0.001))
        cells = nengo.LIF(
            tau_rc=0.02, tau_ref=0.002, initial_state={"voltage": nengo.dists.Choice([0])}
        )
        arrays = {n: getattr(ensemble, n).numpy() for n in ("encoders", "gain", "bias")}
        group = nengo.Ensemble(30, 1, **arrays, neuron_type=cells, normalize_encoders=False)
        out, error = nengo.Node(size_in=1), nengo.Node(size_in=1)
        nengo.Connection(node, group, synapse=None)
        learned = nengo.Connection(
            group.neurons,
            out,
            transform=np.zeros((1, 30)),
            synapse=0.005,
            learning_rule_type=nengo.PES(kappa, pre_synapse=nengo.Lowpass(0.005)),
        )
        nengo.Connection(goal, error, transform=-1, synapse=None)
        nengo.Connection(error, learned.learning_rule, synapse=None)
        weights = nengo.Probe(learned, "weights")
        spikes = nengo.Probe(group.neurons)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run_steps(steps, progress_bar=False)
    adaptive, fired, learned = Adaptive(ensemble, 1, kappa), [], []
    for k in range(steps):
        _, z = adaptive.step(torch.as_tensor(x[k]), -torch.as_tensor(wanted[k]))
        fired.append(z.numpy())
        learned.append(adaptive.weights[:, 0].numpy().copy())
    np.testing.assert_array_equal(np.stack(fired), (simulator.data[spikes] / 1000).round())
    theirs, ours = simulator.data[weights][1:, 0], np.stack(learned)[:-1]  # seen a step later
    assert np.abs(theirs).max() > 1e-3
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="tau_syn: a number of ms above 0"):
        Adaptive(Ensemble(5), 1, tau_syn=0.0)
    with pytest.raises(ValueError, match="kappa: a number from 0"):
        Adaptive(Ensemble(5), 1, kappa=-1.0)
