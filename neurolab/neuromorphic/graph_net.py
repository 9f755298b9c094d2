"""A NIR graph as a torch module: the way in for networks from other tools.

    x_n(t) = sum over edges m -> n of y_m(t)                  forward edges
           + sum over edges m -> n of y_m(t - 1)              edges that close a loop
    y_n, state_n = layer_n(x_n, state_n)

    symbol    meaning                                     shape
    x, y      what goes into a node, what leaves it       (T, B, ...)

Nodes outside of loops run over the whole sequence at once, those in a loop step by step. An edge
closes a loop if it leads back to a node on the way from the input to it. Graphs inside a graph are
taken apart.

What follows, and is tested: a module, exported and read again, has the spikes it had; graphs that
Norse and snnTorch made have the spikes they had there; a sequence may be cut anywhere.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

import copy
from graphlib import TopologicalSorter
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.spiking import Neurons
from neurolab.spiking.by_core import refuse_nan
from neurolab.spiking.chain import knows_time, run_layer

from .loop_steps import joined, one_step, stepper
from .nodes import Reader


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
        self.source, self.target = _only(nodes, "Input"), _only(nodes, "Output")
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
        state = GraphState({}, {}) if state is None else state
        states, last, seen = dict(state.nodes), dict(state.last), {self.source: x}
        for group in self.groups:
            if len(group) > 1:
                self._loop(group, seen, states, last, keep)
                continue
            (name,) = group
            given = self._into(name, seen)
            if name == self.target:
                seen[name] = given
            elif any(name == a for a, _ in self.back):  # a node that leads back to itself
                self._loop(group, seen, states, last, keep)
            elif name != self.source:
                seen[name], states[name] = run_layer(self.of[name], given, states.get(name))
        out = seen[self.target]
        after = GraphState(states, last)
        return (out, after, {n: seen[n] for n in keep}) if keep else (out, after)

    def _into(self, name: str, seen: dict) -> Tensor | None:
        given = [seen[a] for a, b in self.edges if b == name and a in seen]
        return sum(given[1:], given[0]) if given else None

    def _loop(self, group: list, seen: dict, states: dict, last: dict, keep: tuple) -> None:
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
        runs = self._steppers(group, outside, steps, leaves)
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


def flat(graph, prefix: str = "") -> tuple[dict, list]:
    """Nodes by name and edges, graphs inside the graph taken apart."""
    nodes, edges, ends = {}, [], {}
    for name, node in graph.nodes.items():
        full = f"{prefix}{name}"
        if type(node).__name__ != "NIRGraph":
            nodes[full] = node
            ends[name] = (full, full)
            continue
        inside, between = flat(node, f"{full}.")
        into, out = _only(inside, "Input"), _only(inside, "Output")
        first = [b for a, b in between if a == into]
        final = [a for a, b in between if b == out]
        nodes |= {n: x for n, x in inside.items() if n not in (into, out)}
        edges += [(a, b) for a, b in between if a != into and b != out]
        ends[name] = (first, final)
    for a, b in graph.edges:
        starts, stops = ends[a][1], ends[b][0]
        starts = [starts] if isinstance(starts, str) else starts
        stops = [stops] if isinstance(stops, str) else stops
        edges += [(start, stop) for start in starts for stop in stops]
    return nodes, list(dict.fromkeys(edges))


def in_doubles(layer: nn.Module) -> nn.Module:
    """A copy in floats of 64 bits; the layer stays as it is."""
    return copy.deepcopy(layer).double()


def sizes(kind: dict) -> tuple[int, ...]:
    """The shape that NIR notes for what goes into a node or leaves it."""
    (shape,) = kind.values()
    return tuple(int(n) for n in shape)


def _only(nodes: dict, kind: str) -> str:
    found = [name for name, node in nodes.items() if type(node).__name__ == kind]
    if len(found) != 1:
        raise ValueError(f"graph: one node of type {kind} is needed, got {len(found)}")
    return found[0]


def ordered(nodes: dict, edges: list, source: str) -> tuple[list[str], list]:
    """Names in an order in which they can be run, and the edges that close loops."""
    after = {name: [b for a, b in edges if a == name] for name in nodes}
    back, on_way, done = [], [source], set()
    stack = [(source, iter(after[source]))]
    while stack:
        name, rest = stack[-1]
        for following in rest:
            if following in on_way:
                back.append((name, following))
            elif following not in done:
                on_way.append(following)
                stack.append((following, iter(after[following])))
                break
        else:
            stack.pop()
            on_way.remove(name)
            done.add(name)
    reached = {n for n in nodes if n in done}
    sorter = TopologicalSorter({n: [] for n in nodes if n in reached})
    for a, b in edges:
        if (a, b) not in back and a in reached:
            sorter.add(b, a)
    order = list(sorter.static_order())
    return [source, *(n for n in order if n != source)], back


def grouped(order: list[str], edges: list, back: list) -> list[list[str]]:
    """The nodes of each loop together, all others alone, in an order in which they can be run."""
    place = {name: k for k, name in enumerate(order)}
    groups = [{name} for name in order]
    for end, start in back:  # what lies between the two
        down, up = {start}, {end}
        for name in order[place[start] :]:
            down |= {name} if any(b == name and a in down for a, b in edges) else set()
        for name in reversed(order[: place[end] + 1]):
            up |= {name} if any(a == name and b in up for a, b in edges) else set()
        whole = down & up
        whole |= set().union(*(g for g in groups if g & whole))
        groups = [whole, *(g for g in groups if not g & whole)]
    which = {name: k for k, group in enumerate(groups) for name in group}
    sorter = TopologicalSorter({k: [] for k in range(len(groups))})
    for a, b in edges:
        if a in which and b in which and which[a] != which[b]:
            sorter.add(which[b], which[a])
    return [sorted(groups[k], key=place.__getitem__) for k in sorter.static_order()]


def from_nir(graph, dt: float | None = None, convention: str = "neurolab") -> GraphNet:
    """The network of a ``nir.NIRGraph``, or of the file with this name."""
    if not hasattr(graph, "nodes"):
        import nir

        graph = nir.read(str(graph))
    return GraphNet(graph, dt, convention)
