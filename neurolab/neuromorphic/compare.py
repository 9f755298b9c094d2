"""One network on every target, and how far they agree.

    mismatch of two spike trains    spikes that only one has / spikes that one or both have
    of two targets                  the worst over the nodes that spike
    accuracy                        class with the largest mean read-out over time
    synops                          spikes times the synapses that each reaches, an input

    target    what runs
    torch     ``GraphNet``, in floats of 64 bits: what the others are compared with
    nengo     Nengo's simulator
    brian2    Brian2
    chip      ``ChipNet``, whole numbers
    loihi     the emulator of nengo-loihi, if inputs are spikes; its mismatch is that against
              ``chip`` with a step from layer to layer

Where a target gives spikes only, what lies behind the last of them is computed here.

What follows, and is tested: a network without spikes in common has mismatch 1, with itself 0; the
read-out from a target's spikes is that of the module.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9, of one network on many targets
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.spiking.chain import run_layer

from .chip_net import ChipNet
from .energy import Operations, costs_of, energy_step
from .graph_net import GraphNet, in_doubles
from .nir import Unsupported
from .paths import synapses

Spikes = dict[str, Tensor]  # node that spikes -> (T, B, N)


class Row(NamedTuple):
    """What a target did with the examples."""

    target: str
    accuracy: float
    mismatch: float  # worst node, against torch
    synops: float  # an example
    energy: float  # nJ an example, see ``energy``
    note: str = ""


def mismatch(a: Spikes, b: Spikes) -> float:
    """Spikes of one alone over all, in the worst node."""
    worst = 0.0
    for name, z in a.items():
        union = int(((z > 0) | (b[name] > 0)).sum())
        alone = int((z != b[name]).sum())
        worst = max(worst, alone / union if union else 0.0)
    return worst


@torch.no_grad()
def on_torch(net: GraphNet, x: Tensor) -> Spikes:
    _, _, kept = in_doubles(net)(x.double(), keep=tuple(net.spiking))
    return {name: z.flatten(2) for name, z in kept.items()}


def one_by_one(run: Callable, net: GraphNet, x: Tensor) -> Spikes:
    """A target that takes one example at a time."""
    found = [run(net, example) for example in x.unbind(1)]
    return {name: torch.stack([f[name] for f in found], 1) for name in net.spiking}


def on_nengo(net: GraphNet, x: Tensor) -> Spikes:
    from . import nengo

    return one_by_one(nengo.run, net, x)


def on_brian2(net: GraphNet, x: Tensor) -> Spikes:
    from . import brian2

    return brian2.run_all(net, x)


def on_loihi(net: GraphNet, x: Tensor) -> Spikes:
    from . import loihi

    if not isinstance(net, ChipNet):
        raise TypeError(f"net: a ChipNet is needed, got {type(net).__name__}")
    return one_by_one(loihi.run, net, x)


@torch.no_grad()
def read_out(net: GraphNet, spikes: Spikes) -> Tensor:
    """What leaves the graph (T, B, ...), from the spikes inside it."""
    upstream, grown = set(net.spiking), True
    while grown:
        more = {a for a, b in [*net.edges, *net.back] if b in upstream} - upstream
        upstream, grown = upstream | more, bool(more)
    seen = {n: z.view(*z.shape[:2], *net.shapes[n]).double() for n, z in spikes.items()}
    for name in net.order:
        if name in upstream or name == net.source:
            continue
        given = [seen[a] for a, b in net.edges if b == name and a in seen]
        if len(given) != sum(b == name for _, b in net.edges):
            raise Unsupported(
                f"graph: {name} needs more than spikes, a read-out of spikes has none"
            )
        total = sum(given[1:], given[0])
        if name == net.target:
            return total
        seen[name], _ = run_layer(in_doubles(net.of[name]), total)
    return seen[net.target]


def measured(
    target: str, net: GraphNet, x: Tensor, y: Tensor, spikes: Spikes, reference: Spikes, note=""
) -> Row:
    """Accuracy, agreement and costs of what a target did."""
    right = (read_out(net, spikes).mean(0).flatten(1).argmax(1) == y).double().mean()
    steps, count = x.shape[:2]
    reach, done = synapses(plain(net), tuple(x.shape[2:])), Operations(0.0, 0.0, 0.0)
    for name, fanout in reach.items():
        z = x.flatten(2).double() if name == net.source else spikes[name]
        ones = (z == 1).sum((0, 1)).double()
        others = (z != 0).sum((0, 1)).double() - ones
        done = done._replace(
            acs=done.acs + float(ones @ fanout), macs=done.macs + float(others @ fanout)
        )
    neurons = sum(z.shape[2] for z in spikes.values())
    done = Operations(done.macs / count, done.acs / count, float(steps * neurons))
    costs = costs_of("int8" if isinstance(net, ChipNet) else "float32", "SRAM")
    energy = float(energy_step(done, costs)) / 1000
    worst = mismatch(spikes, reference)
    return Row(target, float(right), worst, done.acs + done.macs, energy, note)


def plain(net: GraphNet) -> GraphNet:
    """The network with weights that ways can be followed through."""
    return net.origin if isinstance(net, ChipNet) else net


def compare(graph, x: Tensor, y: Tensor, targets=("nengo", "brian2", "loihi")) -> list[Row]:
    """One row a target, torch first; a target that cannot run the graph says why in its note.

    Args:
        graph: ``nir.NIRGraph``, with its time step.
        x: inputs (T, B, ...).
        y: classes (B,).
    """
    net = GraphNet(graph)
    reference = on_torch(net, x)
    rows = [measured("torch", net, x, y, reference, reference)]
    for target in targets:
        try:
            if target == "loihi":
                rows += _chip_rows(graph, net, x, y, reference)
                continue
            run = {"nengo": on_nengo, "brian2": on_brian2}[target]
            rows.append(measured(target, net, x, y, run(net, x), reference))
        except (Unsupported, ImportError) as error:
            rows.append(Row(target, *[float("nan")] * 4, note=str(error)))
    return rows


def _chip_rows(graph, net: GraphNet, x: Tensor, y: Tensor, reference: Spikes) -> list[Row]:
    """The chip's arithmetic in torch, and the emulator where it can take the input."""
    chip = ChipNet(graph)
    rows = [measured("chip", chip, x, y, on_torch(chip, x), reference)]
    if not bool(((x == 0) | (x == 1)).all()):
        why = "the emulator takes spikes, this network is given currents"
        return [*rows, Row("loihi", *[float("nan")] * 4, note=why)]
    chip = ChipNet(graph, hops=True)
    exact, found = on_torch(chip, x), on_loihi(chip, x)
    note = (
        "mismatch against the chip's arithmetic in torch, where layers hear each other a step late"
    )
    return [*rows, measured("loihi", chip, x, y, found, exact, note)]
