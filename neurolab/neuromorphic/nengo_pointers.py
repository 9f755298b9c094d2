"""Nengo's own networks for pointers and actions, to set beside ``nef``'s.

    convolution_in_nengo    nengo-spa's CircularConvolution
    memory_in_nengo         its ThresholdingAssocMem, or WTAAssocMem where words inhibit each other
    selection_in_nengo      its BasalGanglia and Thalamus

Nengo draws its own neurons, or takes those of ``like``, a module of ``nef``: then both must give
the same numbers, Nengo's a step later. Synapses are those of ``nef``: 5 ms, and 2 and 8 ms in the
basal ganglia. For ``like`` the convolution is built from Nengo's Product and the matrices of
``nef``: Nengo's own network (4.1.0) keeps products that are always 0, and their noise.

Tested: all three, with the same neurons and with neurons of their own.

Reference: Bekolay et al. (2014), doi:10.3389/fninf.2013.00048
"""

import math
import warnings
from collections.abc import Sequence

import nengo
import nengo_spa
import numpy as np
import torch
from torch import Tensor

from neurolab.nef import ActionSelection, AssociativeMemory, Convolution, Ensemble

from .nengo import numpy_left_alone


def put_into(theirs: Sequence, ours: Sequence[Ensemble]) -> None:
    """Give Nengo's ensembles the neurons, and the points to solve for, of ours."""
    for group, ensemble in zip(theirs, ours, strict=True):
        group.encoders, group.gain, group.bias = (
            getattr(ensemble, name).double().numpy() for name in ("encoders", "gain", "bias")
        )
        group.eval_points = (ensemble.points / ensemble.radius).double().numpy()
        group.normalize_encoders = False
        group.neuron_type = nengo.LIF(
            tau_rc=ensemble.tau / 1000,
            tau_ref=ensemble.t_ref / 1000,
            initial_state={"voltage": nengo.dists.Choice([0])},
        )


def simulated(network: nengo.Network, steps: int, seed: int, *probes) -> list[Tensor]:
    options = {"progress_bar": False, "seed": seed}
    with numpy_left_alone(), warnings.catch_warnings():
        warnings.simplefilter("ignore", nengo.exceptions.NengoWarning)  # gains given: as intended
        simulator = nengo.Simulator(network, **options)
    with numpy_left_alone(), simulator:
        simulator.run_steps(steps, progress_bar=False)
        return [torch.as_tensor(simulator.data[probe].copy()) for probe in probes]


def shown(x: Tensor) -> nengo.Node:
    return nengo.Node(nengo.processes.PresentInput(np.asarray(x, dtype=float), 0.001))


def convolution_in_nengo(
    a: Tensor, b: Tensor, neurons: int = 100, seed: int = 0, like: Convolution | None = None
) -> Tensor:
    """Filtered a * b (T, d) of pointers (T, d), by squares of this many neurons."""
    d = a.shape[1]
    with nengo.Network(seed=seed) as network:
        first, second, out = shown(a), shown(b), nengo.Node(size_in=d)
        if like is None:
            net = nengo_spa.networks.CircularConvolution(2 * neurons, d)
            nengo.Connection(first, net.input_a, synapse=None)
            nengo.Connection(second, net.input_b, synapse=None)
            nengo.Connection(net.output, out, synapse=None)
        else:
            count, radius = len(like.of_a) // 2, like.ensembles[0].radius
            size = 2 * like.squares.shape[1]
            net = nengo.networks.Product(size, count, input_magnitude=radius / math.sqrt(2))
            put_into(net.sq1.ea_ensembles + net.sq2.ea_ensembles, like.ensembles)
            into = [math.sqrt(2) * m[:count].double().numpy() for m in (like.of_a, like.of_b)]
            back = 2 * like.back[:, :count].double().numpy()
            nengo.Connection(first, net.input_a, transform=into[0], synapse=None)
            nengo.Connection(second, net.input_b, transform=into[1], synapse=None)
            nengo.Connection(net.output, out, transform=back, synapse=None)
        seen = nengo.Probe(out, synapse=0.005)
    return simulated(network, len(a), seed, seen)[0]


def memory_in_nengo(
    x: Tensor,
    words: Tensor,
    threshold: float = 0.3,
    neurons: int = 50,
    inhibition: float = 0.0,
    seed: int = 0,
    like: AssociativeMemory | None = None,
) -> Tensor:
    """Filtered output (T, d) of a clean-up memory of these words (M, d), for pointers x (T, d)."""
    rows, keys = words.double().numpy(), [f"W{m}" for m in range(len(words))]
    with numpy_left_alone(), nengo_spa.Network(seed=seed) as network:
        known = nengo_spa.Vocabulary(rows.shape[1], strict=False)
        for key, row in zip(keys, rows, strict=True):
            known.add(key, row)
        if inhibition:
            memory = nengo_spa.WTAAssocMem(
                threshold, known, mapping=keys, n_neurons=neurons, inhibit_scale=inhibition
            )
        else:
            memory = nengo_spa.ThresholdingAssocMem(
                threshold, known, mapping=keys, n_neurons=neurons
            )
        if like is not None:
            put_into(memory.selection.thresholding.ea_ensembles, like.ensembles)
        nengo.Connection(shown(x), memory.input, synapse=None)
        seen = nengo.Probe(memory.output)  # its synapse stands before the output
    return simulated(network, len(x), seed, seen)[0]


def selection_in_nengo(
    use: Tensor,
    neurons: int = 100,
    relays: int = 50,
    seed: int = 0,
    like: ActionSelection | None = None,
) -> tuple[Tensor, Tensor]:
    """Filtered thalamus and GPi, (T, M) each, for uses (T, M)."""
    count = use.shape[1]
    with nengo_spa.Network(seed=seed) as network:
        ganglia = nengo_spa.BasalGanglia(count, n_neurons_per_ensemble=neurons)
        thalamus = nengo_spa.Thalamus(count, neurons_action=relays)
        thalamus.connect_bg(ganglia)
        if like is not None:
            nuclei = (ganglia.strD1, ganglia.strD2, ganglia.stn, ganglia.gpe, ganglia.gpi)
            put_into([e for nucleus in nuclei for e in nucleus.ea_ensembles], like.ensembles)
            put_into(thalamus.actions.ea_ensembles, like.relay_ensembles)
        nengo.Connection(shown(use), ganglia.input, synapse=0.002)
        passed = nengo.Probe(thalamus.output, synapse=0.005)
        held = nengo.Probe(ganglia.output, synapse=0.008)
    passed, held = simulated(network, len(use), seed, passed, held)
    return passed, -held / 3.0  # their output is weighted by -3
