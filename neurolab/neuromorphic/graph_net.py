"""A NIR graph as a torch module: the way in for networks from other tools.

    x_n(t) = sum over edges m -> n of y_m(t)                  forward edges
           + sum over edges m -> n of y_m(t - 1)              edges that close a loop
    y_n, state_n = layer_n(x_n, state_n)

    symbol    meaning                                     shape
    x, y      what goes into a node, what leaves it       (T, B, ...)

Nodes outside of loops run over the whole sequence at once, those in a loop step by step. An edge
closes a loop if it leads back to a node on the way from the input to it. Graphs inside a graph are
taken apart. Where nothing is learned a long sequence goes through in blocks.

What follows, and is tested: a module, exported and read again, has the spikes it had; graphs that
Norse and snnTorch made have the spikes they had there; a sequence may be cut anywhere.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

import copy
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from neurolab.spiking import Neurons
from neurolab.spiking.by_core import refuse_nan, room
from neurolab.spiking.chain import knows_time

from .graph_order import flat, grouped, only, ordered, sizes
from .loop_steps import MANY, joined, one_step, over_time, stepper
from .nodes import Reader

BLOCK = 2**21  # numbers that a node gives in a block of time


class GraphState(NamedTuple):
    nodes: dict  # name -> state of its layer
    last: dict  # name -> (B, ...) what it gave at the last step, where a loop closes


class GraphNet(nn.Module):
    """A network that a NIR graph describes.

    Args:
        graph: ``nir.NIRGraph`` with one input and one output.
        dt: time step in ms; None means that of the graph's metadata, which ours have.
        convention: how neurons are stepped, see ``nodes``.

    Attributes:
        spiking: names of the nodes that spike, in order.
    """

    def __init__(self, graph, dt: float | None = None, convention: str = "neurolab"):
        super().__init__()
        nodes, edges = flat(graph)
        self.nodes = nodes
        self.source, self.target = only(nodes, "Input"), only(nodes, "Output")
        known = graph.metadata.get("neurolab", {}).get("dt") if graph.metadata else None
        if dt is None and known is None:
            raise ValueError("dt: this graph does not say its time step, ms are needed; got None")
        self.dt = float(known) if dt is None else dt
        self.order, self.back = ordered(nodes, edges, self.source)
        self.edges = [edge for edge in edges if edge not in self.back]
        reader, ends = Reader(self.dt, convention), (self.source, self.target)
        self.names = [name for name in self.order if name not in ends]
        with torch.random.fork_rng(devices=[]):  # first weights are drawn, and replaced
            self.layers = nn.ModuleList(reader.layer(nodes[name]) for name in self.names)
        self.of = dict(zip(self.names, self.layers, strict=True))
        self.spiking = [n for n in self.names if isinstance(self.of[n], Neurons)]
        self.groups = grouped(self.order, self.edges, self.back)
        self.widest = max(int(np.prod(sizes(node.output_type))) for node in nodes.values())
        self.shapes = {n: sizes(nodes[n].output_type) for n in self.spiking}
        self.outputs = {a: sizes(nodes[a].output_type) for a, _ in self.back}
        self.inputs = {a: sizes(nodes[a].input_type) for a, _ in self.back}

    def forward(self, x: Tensor, state: GraphState | None = None, keep: tuple = ()) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, ...).
            keep: names of nodes whose outputs to return.

        Returns:
            what the graph's output gets (T, B, ...) and the last state; with ``keep`` also
            {name: (T, B, ...)}.
        """
        for name in keep:
            if name not in self.of:
                raise ValueError(f"keep: {name!r} is not a node; there are {self.names}")
        state, runs = GraphState({}, {}) if state is None else state, {}
        block = max(MANY, BLOCK // (self.widest * max(1, x.shape[1])))
        dense = torch.is_grad_enabled() or x.shape[:2].numel() < MANY
        if torch.is_grad_enabled() or x.device.type != "cpu" or len(x) <= block:
            out, after, seen = self._through(x, state, keep, runs, dense)
            return (out, after, seen) if keep else (out, after)
        whole: dict[str, Tensor] = {}
        for t in range(0, len(x), block):
            out, state, seen = self._through(x[t : t + block], state, keep, runs, dense)
            for name, y in {self.target: out, **seen}.items():
                if t == 0:
                    whole[name] = room(len(x), *y.shape[1:], like=y)
                whole[name][t : t + block] = y
        out = whole.pop(self.target)
        return (out, state, whole) if keep else (out, state)

    def _through(self, x: Tensor, state: GraphState, keep: tuple, runs: dict, dense: bool) -> tuple:
        """All nodes for a block of time; ``runs`` holds the steppers from block to block."""
        states, last, seen = dict(state.nodes), dict(state.last), {self.source: x}
        for group in self.groups:
            if len(group) > 1:
                self._loop(group, seen, states, last, keep, runs)
                continue
            (name,) = group
            given = self._into(name, seen)
            if name == self.target:
                seen[name] = given
            elif any(name == a for a, _ in self.back):  # a node that leads back to itself
                self._loop(group, seen, states, last, keep, runs)
            elif name != self.source:
                run = runs.setdefault(name, over_time(self.of[name], dense))
                seen[name], states[name] = run(given, states.get(name))
        return seen[self.target], GraphState(states, last), {n: seen[n] for n in keep}

    def _into(self, name: str, seen: dict) -> Tensor | None:
        given = [seen[a] for a, b in self.edges if b == name and a in seen]
        return sum(given[1:], given[0]) if given else None

    def _loop(
        self, group: list, seen: dict, states: dict, last: dict, keep: tuple, runs: dict
    ) -> None:
        """The nodes of a loop step by step."""
        outside = {n: self._into(n, seen) for n in group}
        leaves = {a for a, b in self.edges if b not in group} | set(keep)
        found: dict[str, list] = {n: [] for n in group if n in leaves}
        before = {n: [a for a, b in self.edges if b == n] for n in group}
        behind = {n: [a for a, b in self.back if b == n] for n in group}
        for a, _ in self.back:  # before the first step there was silence, which a bias hears
            if a in group and a not in last and not knows_time(self.of[a]):
                silent = seen[self.source].new_zeros(1, *self.inputs[a])
                last[a] = self.of[a](silent).expand(seen[self.source].shape[1], *self.outputs[a])
        steps = len(seen[self.source])
        if group[0] not in runs:
            runs |= self._steppers(group, outside, steps, leaves)
        for t in range(steps):
            now: dict[str, Tensor] = {}
            for n in group:
                parts = [] if outside[n] is None else [outside[n][t]]
                parts += [now[a] for a in before[n] if a in now]
                parts += [last[a] for a in behind[n] if a in last]
                y, states[n] = runs[n](sum(parts[1:], parts[0]), states.get(n))
                now[n] = y
                if n in found:
                    found[n].append(y)
            last |= {a: now[a] for a, _ in self.back if a in now}
        for n in group:
            for part in states[n] if isinstance(self.of[n], Neurons) else ():
                refuse_nan(f"x: {n}", part)
        seen |= {n: joined(runs[n], ys) for n, ys in found.items()}

    def _steppers(self, group: list, outside: dict, steps: int, kept: set) -> dict:
        """How each node of a loop runs a step: quickly, where nothing has to be learned."""
        learning = torch.is_grad_enabled()
        runs = {}
        for n in group:
            into = [a for a, b in (*self.edges, *self.back) if b == n]
            of_spikes = outside[n] is None and len(into) == 1 and into[0] in self.spiking
            how = steps, of_spikes, n in kept
            runs[n] = one_step(self.of[n]) if learning else stepper(self.of[n], *how)
        return runs

    def extra_repr(self) -> str:
        return f"dt={self.dt} ms, nodes: {', '.join(self.names)}"


def in_doubles(layer: nn.Module) -> nn.Module:
    """A copy in floats of 64 bits; the layer stays as it is."""
    return copy.deepcopy(layer).double()


def from_nir(graph, dt: float | None = None, convention: str = "neurolab") -> GraphNet:
    """The network of a ``nir.NIRGraph``, or of the file with this name."""
    if not hasattr(graph, "nodes"):
        import nir

        graph = nir.read(str(graph))
    return GraphNet(graph, dt, convention)
