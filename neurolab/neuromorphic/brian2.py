"""From a network to Brian2: arrays for ``brian2_network``, which also runs without neurolab.

    node of the graph                    there
    neurons                              a group
    what lies between two of them:       synapses with weights and delays: where a spike of step t
    weights, means, delays               is heard at t + k, with the weight it has there
    synaptic filters (LI) before         the current of the group, if all have one time constant
    a bias                               of the group
    an input of spikes                   a group that fires as it did
    any other input                      currents that were multiplied beforehand

What follows, and is tested: the spikes are those of the module in floats of 64 bits, on Brian2's
numpy and cython targets and as a standalone program.

Reference: Stimberg, Brette & Goodman (2019), doi:10.7554/eLife.47314
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from neurolab.spiking import Neurons

from . import brian2_network
from .cells import constants_of, resets_of
from .graph_net import GraphNet
from .layers import Leaky
from .nir import Unsupported
from .paths import Way, heard, split, through, ways


def spec(net: GraphNet, x: Tensor) -> dict[str, Any]:
    """The specification of a network and of what is to come in, x (T, B, ...): a copy for each."""
    rows = x.double().flatten(1)  # one example behind the other
    spikes = bool(((rows == 0) | (rows == 1)).all())
    names = [*(["input"] if spikes else []), *(_plain(n) for n in net.spiking)]
    made: dict[str, Any] = {"steps": len(rows), "dt": net.dt, "groups": np.array(names)}
    if spikes:
        at, which = rows.nonzero(as_tuple=True)
        made |= {"input.n": rows.shape[1], "input.i": which.numpy(), "input.t": at.numpy()}
    links: list[str] = []
    for name in net.spiking:
        made |= _group(net, name)
        for way in ways(net, name):
            _connect(net, x, way, spikes, links, made)
        own, copies = _plain(name), x.shape[1]
        made[f"{own}.n"] *= copies
        for field in ("decay", "gain", "keep", "reset", "bias"):
            made[f"{own}.{field}"] = np.tile(made[f"{own}.{field}"], copies)
    return made | {"links": np.array(links, dtype=str)}


def _plain(name: str) -> str:
    """A name that Brian2 takes."""
    return "cells_" + "".join(c if c.isalnum() else "_" for c in name)


def _group(net: GraphNet, name: str) -> dict[str, Any]:
    cells: Neurons = net.of[name]
    count = int(np.prod(net.shapes[name]))
    decay, gain, keep = constants_of(cells)
    reset, subtract = resets_of(cells)
    own = _plain(name)
    values = {"decay": decay, "gain": gain, "keep": keep, "reset": reset}
    filled = {f"{own}.{n}": np.broadcast_to(x, count).astype(float) for n, x in values.items()}
    return filled | {f"{own}.n": count, f"{own}.subtract": subtract, f"{own}.bias": np.zeros(count)}


def _connect(net: GraphNet, x: Tensor, way: Way, spikes: bool, links: list, made: dict) -> None:
    """Adds the synapses of one way, or the currents that an input leads to."""
    own, inputs, copies = _plain(way.target), tuple(x.shape[2:]), np.arange(x.shape[1])[:, None]
    if way.origin == net.source and not spikes:
        layers, filters = split(net, way)
        silent = through(layers, torch.zeros_like(x[:1, :1], dtype=torch.float64))[-1].flatten()
        drive = (through(layers, x.double()).flatten(2) - silent).flatten(1)
        made[f"{own}.drive"] = made.get(f"{own}.drive", 0.0) + drive.numpy()
        bias = silent
    else:
        w, bias, filters = heard(net, way, inputs)
        delay, i, j = (part.numpy() for part in w.nonzero(as_tuple=True))
        link = f"link_{len(links)}"
        links += [link] if len(i) else []
        start = "input" if way.origin == net.source else _plain(way.origin)
        before, behind = w.shape[1:]
        made |= {f"{link}.from": start, f"{link}.to": own}
        made |= {f"{link}.i": (i + before * copies).ravel()}
        made |= {f"{link}.j": (j + behind * copies).ravel()}
        made[f"{link}.w"] = np.tile(w.numpy()[delay, i, j], len(copies))
        # one that acts a step later needs no delay where its target has already been stepped
        order = [net.source, *net.spiking]
        late = way.looped and order.index(way.origin) < order.index(way.target)
        made[f"{link}.delay"] = np.tile(delay + late, len(copies))
    if filters and bias.any():
        raise Unsupported("graph: no bias beside a synaptic filter is needed, got one")
    for layer in filters:
        _absorb(layer, own, made)
    made[f"{own}.bias"] = made[f"{own}.bias"] + bias.numpy()


def _absorb(layer: Leaky, own: str, made: dict) -> None:
    """A filter of one time constant before the cells becomes that of their current."""
    decay, gain = layer.decay.double().flatten(), layer.gain.double().flatten()
    if layer.keep is not None or made[f"{own}.keep"].any():
        raise Unsupported("graph: one synaptic filter before a neuron is needed, got two")
    if not (torch.equal(decay, decay[:1].expand_as(decay)) and (gain == gain[0]).all()):
        raise Unsupported("graph: a synaptic filter of one time constant is needed, got several")
    made[f"{own}.keep"] = made[f"{own}.keep"] + float(decay[0])
    made[f"{own}.gain"] = made[f"{own}.gain"] * float(gain[0])


def run(net: GraphNet, x: Tensor, target: str = "numpy", folder: str | None = None) -> dict:
    """Spikes of every node that spikes, {name: (T, N)}, for one input (T, ...)."""
    found = run_all(net, x[:, None], target, folder)
    return {name: z[:, 0] for name, z in found.items()}


def run_all(net: GraphNet, x: Tensor, target: str = "numpy", folder: str | None = None) -> dict:
    """The same for many inputs (T, B, ...) at once, {name: (T, B, N)}."""
    found = brian2_network.run(spec(net, x), target, folder)
    return {
        name: torch.as_tensor(found[_plain(name)]).unflatten(1, (x.shape[1], -1))
        for name in net.spiking
    }


def export(net: GraphNet, x: Tensor, file: str | Path) -> None:
    """A program (FILE, ending in .py) and its arrays (beside it, .npz), for Brian2 alone."""
    file = Path(file)
    if file.suffix != ".py":
        raise ValueError(f"file: a name that ends in .py is needed, got {str(file)!r}")
    np.savez_compressed(file.with_suffix(".npz"), **spec(net, x[:, None]))
    file.write_text(Path(brian2_network.__file__).read_text(encoding="utf-8"), encoding="utf-8")
