"""A ``ChipNet`` on the emulator of nengo-loihi, and any Nengo network on it.

    node of the net          there
    neurons                  one block: decays, thresholds, biases, refractory times as they are
    weights before them      synapses of that block, whole numbers, one axon for each neuron before
    the input                spikes from outside
    host                     not run: what it needs is recorded

A spike takes one step from block to block, as in a ``ChipNet`` with ``hops``; within a loop it is
the step that loops have anyway.

nengo-loihi 1.1 calls ``np.array(copy=False)`` for what numpy 2 calls ``copy=None``; ``ready`` gives
its two modules a numpy that still understands it. Nothing else of it is changed.

What follows, and is tested: spikes and potentials are those of ``ChipNet``, number for number.

References: nengo-loihi, github.com/nengo/nengo-loihi; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from typing import Any, NamedTuple

import nengo_loihi
import nengo_loihi.block
import nengo_loihi.neurons
import numpy as np
import torch
from nengo_loihi.block import Axon, LoihiBlock, Synapse
from nengo_loihi.builder import Model
from nengo_loihi.emulator import EmulatorInterface
from nengo_loihi.inputs import SpikeInput
from nengo_loihi.probe import LoihiProbe
from torch import Tensor

from neurolab.spiking.chain import run_layer

from .chip_net import ChipNet, Whole


class _Numpy:
    """numpy in which ``array(..., copy=False)`` means "only if needed", as it did before 2.0."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def array(self, *args, **options):
        if options.get("copy", True) is False:
            options["copy"] = None
        return np.array(*args, **options)


def ready() -> None:
    """Lets nengo-loihi run with numpy 2; may be called again and again."""
    if int(np.__version__.split(".")[0]) >= 2:
        nengo_loihi.block.np = nengo_loihi.neurons.np = _Numpy()


class Built(NamedTuple):
    """What the emulator is given."""

    model: Model
    source: SpikeInput
    blocks: dict  # name of a node -> its block


def matrix(net: ChipNet, name: str, inputs: tuple[int, ...]) -> np.ndarray:
    """Whole weights (from, to) of a node of weights and of the sums before it."""
    size = int(np.prod(inputs))
    x = torch.eye(size, dtype=torch.float64).view(1, size, *inputs)
    path, at = [name], net.before[name][0]
    while at not in (net.source, *net.spiking):
        path.append(at)
        at = net.before[at][0]
    with torch.no_grad():
        for node in reversed(path):
            layer = net.of[node]
            x = layer.sums(x) if isinstance(layer, Whole) else run_layer(layer, x)[0]
    return x.view(size, -1).numpy()


def build(net: ChipNet, inputs: tuple[int, ...]) -> Built:
    """Blocks, synapses and axons of a net for inputs of this shape."""
    ready()
    model = Model(dt=net.dt / 1000)
    source = SpikeInput(int(np.prod(inputs)))
    model.add_input(source)
    blocks: dict[str, LoihiBlock] = {}
    for name in net.spiking:
        cells = net.of[name].params
        count = int(np.prod(net.shapes[name]))
        block = LoihiBlock(count, label=name)
        part = block.compartment
        for theirs, ours in (("decay_u", "decay_i"), ("decay_v", "decay_v"), ("vth", "threshold")):
            setattr(part, theirs, _whole(getattr(cells, ours), count))
        part.bias, part.refract_delay = _whole(cells.bias, count), _whole(cells.t_ref, count)
        part.scale_u = part.scale_v = False
        part.vmin, part.vmax = -(2**23) + 1, 2**23 - 1
        model.add_block(block)
        blocks[name] = block
    for name in net.spiking:
        for weights in net.before[name]:
            origin = net.sender(weights)
            shape = inputs if origin == net.source else net.shapes[origin]
            table = matrix(net, weights, shape)
            synapse = Synapse(len(table))
            synapse._set_weights_indices(
                np.round(table).astype(np.int32), weight_dtype=np.int32, compression=3
            )
            blocks[name].add_synapse(synapse)
            axon = Axon(len(table))
            axon.target = synapse
            (source if origin == net.source else blocks[origin]).add_axon(axon)
    return Built(model, source, blocks)


def _whole(x: float | Tensor, count: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(x, dtype=np.float64), count).round().astype(np.int32)


def run(net: ChipNet, x: Tensor, keep: tuple[str, ...] = ()) -> dict[str, Tensor]:
    """Spikes of every node that spikes, {name: (T, N)}, for spikes (T, ...) that come in.

    Args:
        keep: ("voltage",) records potentials too, as "NAME.voltage".

    Raises:
        ValueError: what comes in is not spikes.
    """
    if not bool(((x == 0) | (x == 1)).all()):
        raise ValueError("x: spikes (T, ...) of 0 and 1 are needed, got other numbers")
    built = build(net, tuple(x.shape[1:]))
    probes = {}
    for name, block in built.blocks.items():
        for key in ("spiked", *keep):
            probe = LoihiProbe(target=block, key=key)
            built.model.add_probe(probe)
            probes[name, key] = probe
    for t, row in enumerate(x.flatten(1)):
        built.source.add_spikes(t + 1, row.nonzero()[:, 0].tolist())
    with EmulatorInterface(built.model, seed=0) as emulator:
        emulator.run_steps(len(x))
        found = {}
        for (name, key), probe in probes.items():
            seen = torch.as_tensor(np.asarray(emulator.collect_probe_output(probe))).double()
            found[name if key == "spiked" else f"{name}.{key}"] = seen
    return found
