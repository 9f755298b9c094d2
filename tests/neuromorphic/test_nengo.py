"""Our networks and neurons in Nengo itself."""

import numpy as np
import pytest
import torch
from graph_nets import NETS, louder

from neurolab.neuromorphic import from_nir, to_nir
from neurolab.spiking import NEURONS, ALIFParams, LIFParams, Neurons, RefractoryLIFParams
from neurolab.spiking.family import CONVENTIONS

nengo = pytest.importorskip("nengo")
from neurolab.neuromorphic import nengo as target  # noqa: E402


@pytest.mark.parametrize("name", NETS)
def test_a_network_has_the_spikes_of_the_module(name):
    make, size, shape = NETS[name]
    torch.manual_seed(1)
    net = from_nir(to_nir(louder(make()), shape)).double()
    x = size * (torch.rand(60, *shape) < 0.3).double()
    with torch.no_grad():
        out, _, ours = net(x[:, None], keep=tuple(net.spiking))
    theirs = target.run(net, x)
    for node in net.spiking:
        z = ours[node][:, 0].flatten(1)
        assert 0 < z.mean() < 1 and torch.equal(z, theirs[node])
    torch.testing.assert_close(theirs["output"], out[:, 0].flatten(1))


def test_a_network_is_built_without_measuring_rates(monkeypatch):
    """They are information for nobody, and take as long as a second of 101 times the neurons."""
    monkeypatch.setattr(target.StepNeurons, "rates", lambda *_: pytest.fail("rates were measured"))
    make, _, shape = NETS[next(iter(NETS))]
    target.run(from_nir(to_nir(make(), shape)), torch.zeros(3, *shape))


@pytest.mark.parametrize("t_ref", [0.0, 2.0, 3.3])
def test_their_lif_is_our_step_of_it(t_ref):
    drive = 3 * np.random.default_rng(0).random((400, 7))
    with nengo.Network() as network:
        node = nengo.Node(nengo.processes.PresentInput(drive, 0.001))
        cells = nengo.LIF(
            tau_rc=0.01, tau_ref=t_ref / 1000, initial_state={"voltage": nengo.dists.Choice([0])}
        )
        options = {"gain": np.ones(7), "bias": np.zeros(7), "encoders": np.ones((7, 1))}
        theirs = nengo.Ensemble(7, 1, neuron_type=cells, **options)
        nengo.Connection(node, theirs.neurons, synapse=None)
        seen = nengo.Probe(theirs.neurons), nengo.Probe(theirs.neurons, "voltage")
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run_steps(400, progress_bar=False)
    spikes, voltage = (simulator.data[p] for p in seen)
    ours, _, kept = Neurons(CONVENTIONS["nengo"], RefractoryLIFParams(10.0, t_ref), 1.0)(
        torch.as_tensor(drive)[:, None], keep=("v",)
    )
    assert 0.02 < ours.mean() < 0.9
    np.testing.assert_array_equal(ours[:, 0].numpy(), (spikes / 1000).round())
    np.testing.assert_allclose(kept["v"][:, 0].numpy(), voltage, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "params"), [("lif", LIFParams(20.0)), ("alif", ALIFParams(20.0, 100.0, 0.3))]
)
def test_our_neurons_represent_a_value_in_an_ensemble(kind, params):
    cells = target.StepNeurons(NEURONS[kind], params)
    with nengo.Network(seed=1) as network:
        value = nengo.Node(0.5)
        rates, places = nengo.dists.Uniform(40, 90), nengo.dists.Uniform(-0.9, 0.9)
        group = nengo.Ensemble(60, 1, neuron_type=cells, max_rates=rates, intercepts=places)
        nengo.Connection(value, group)
        seen = nengo.Probe(group, synapse=0.05)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run(1.0, progress_bar=False)
    assert np.abs(simulator.data[seen][500:] - 0.5).mean() < 0.12


def test_rates_are_those_of_the_formula():
    cells = target.StepNeurons(NEURONS["lif"], LIFParams(20.0))
    drive = np.array([0.5, 1.5, 2.0, 3.0])
    found = cells.rates(1.0, drive, np.zeros(4))[0]
    # the period, with the mean lateness of the grid
    period = 20 * np.log(drive[1:] / (drive[1:] - 1)) + 1 / (2 * drive[1:])
    assert found[0] == 0
    np.testing.assert_allclose(found[1:], 1000 / period, rtol=0.03)


def test_a_neuron_type_says_what_can_be_looked_at():
    cells = target.StepNeurons(NEURONS["alif"])
    assert cells.probeable == ("output", "v", "a", "u")
