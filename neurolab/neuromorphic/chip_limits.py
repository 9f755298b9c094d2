"""Does a network fit on a chip of Loihi, on how many cores, and if not, why?

    of a core       most       taken by
    compartments    1024       neurons
    in-axons        4096       neurons before, each once, of all layers that send spikes to it
    out-axons       4096       a neuron, once for each core that it sends to
    memory          2^20 bits  synapses: n weights of a neuron before fill
                               ceil((8 m + 10) / 64) words of 64 bits for each m = 64 of them
    a chip          128        cores

A layer is cut into equal parts, as few as hold its neurons and their synapses; all parts need all
neurons before. What cannot be cut further: more than 4096 neurons before a neuron; a neuron whose
synapses fill a core; more than 4096 axons from the neurons of a core.

What follows, and is tested: what one core needs is what nengo-loihi reckons for the same block.

Reference: Davies et al. (2018), doi:10.1109/MM.2018.112130359
"""

import math
from typing import NamedTuple

import numpy as np

from .chip_net import ChipNet, Whole

COMPARTMENTS, AXONS, MEMORY, CORES = 1024, 4096, 2**20, 128
WORD, HEAD, RUN = 64, 10, 64  # bits of a word, of the head of a run of weights; weights in a run


class Needed(NamedTuple):
    """What a layer needs on each of its cores."""

    layer: str
    neurons: int
    cores: int
    compartments: int  # a core
    in_axons: int  # a core
    out_axons: int  # a core
    bits: int  # of synapses, a core


class Fit(NamedTuple):
    layers: list[Needed]
    problems: list[str]

    @property
    def cores(self) -> int:
        return sum(layer.cores for layer in self.layers)

    def table(self) -> str:
        """In Markdown, one line a layer; what does not fit stands below."""
        head = ["layer", "neurons", "cores", "compartments", "in-axons", "out-axons", "memory"]
        lines = [head, ["---"] + ["---:"] * 6]
        for row in self.layers:
            part = f"{100 * row.bits / MEMORY:.0f} %"
            sizes = (row.neurons, row.cores, row.compartments, row.in_axons, row.out_axons)
            lines.append([row.layer, *(f"{n:,}" for n in sizes), part])
        text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        end = "".join(f"\n- {problem}" for problem in self.problems)
        fits = f"{self.cores} of {CORES} cores of one chip." if not end else "It does not fit:"
        return f"{text}\n\n{fits}{end}"


def synapse_bits(weights: int) -> int:
    """Memory of the weights that one neuron before has on a core."""
    full, rest = divmod(weights, RUN)
    words = full * math.ceil((8 * RUN + HEAD) / WORD)
    return WORD * (words + (math.ceil((8 * rest + HEAD) / WORD) if rest else 0))


def fits(net: ChipNet, inputs: tuple[int, ...]) -> Fit:
    """What each layer needs, and what stands in the way.

    Args:
        inputs: shape of an input without time and batch.
    """
    cores, rows, problems = {}, {}, []
    feeds: dict[str, list[str]] = {name: [] for name in net.spiking}
    for name in net.spiking:
        neurons, axons, one = int(np.prod(net.shapes[name])), 0, 0
        for weights in net.before[name]:
            origin = net.sender(weights)
            shape = inputs if origin == net.source else net.shapes[origin]
            axons += int(np.prod(shape))
            one += _fan_in(net.of[weights], shape)
            if origin != net.source:
                feeds[origin].append(name)
        parts = max(1, math.ceil(neurons / COMPARTMENTS))
        while parts < neurons and _bits(net, name, inputs, math.ceil(neurons / parts)) > MEMORY:
            parts += 1
        size = math.ceil(neurons / parts)
        bits = _bits(net, name, inputs, size)
        cores[name] = parts
        rows[name] = (neurons, size, axons, bits)
        if axons > AXONS:
            problems.append(f"{name}: {axons:,} neurons before, a core listens to {AXONS:,}")
        if bits > MEMORY:
            problems.append(f"{name}: the synapses of one neuron take {bits:,} of {MEMORY:,} bits")
    layers = []
    for name, (neurons, size, axons, bits) in rows.items():
        out = size * sum(cores[target] for target in feeds[name])
        if out > AXONS:
            problems.append(f"{name}: {out:,} axons leave a core, {AXONS:,} may")
        layers.append(Needed(name, neurons, cores[name], size, axons, out, bits))
    found = Fit(layers, problems)
    if found.cores > CORES:
        problems.append(f"all layers: {found.cores} cores, a chip has {CORES}")
    return found


def _fan_in(layer: Whole, shape: tuple[int, ...]) -> int:
    """Synapses of a neuron."""
    return int(np.prod(shape)) if layer.conv is None else layer.weight[0].numel()


def _bits(net: ChipNet, name: str, inputs: tuple[int, ...], size: int) -> int:
    """Memory of the synapses of ``size`` neurons of a layer."""
    total = 0
    for weights in net.before[name]:
        origin = net.sender(weights)
        before = int(np.prod(inputs if origin == net.source else net.shapes[origin]))
        layer = net.of[weights]
        if layer.conv is None:
            total += before * synapse_bits(size)
        else:  # synapses spread evenly over the neurons before
            each = size * _fan_in(layer, (before,)) / before
            total += before * synapse_bits(max(1, math.ceil(each)))
    return total
