"""From a network to Nengo: our own neurons as a neuron type, any graph as a ``nengo.Network``.

    node of the graph        object of Nengo
    input                    a Node that presents x
    weights, flatten, means  a Node that passes on, behind a connection with their matrix
    bias                     a Node with a constant output
    neurons                  an Ensemble of ``StepNeurons``, gain 1 and bias 0
    Leaky, Wait, ...         a Node that calls the layer, one step at a time
    an edge                  a connection without synapse, so within the step
    an edge in a loop        one with Lowpass(0), so a step later

Nengo's spikes are of height 1 / dt (s); connections take that away again where weights are ours.

``StepNeurons`` may stand in any model of Nengo: gains and biases for given rates are found from
the neurons' measured rates, as Nengo does for its own.

What follows, and is tested: the spikes of the network are those of the module, step for step, in
floats of 64 bits; nengo's own LIF is ``lif_nengo_step``.

References: Bekolay et al. (2014), doi:10.3389/fninf.2013.00048; Eliasmith & Anderson (2003), Neural
Engineering
"""

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import nengo
import numpy as np
import torch
from nengo.neurons import NeuronType, settled_firingrate
from nengo.params import Parameter
from torch import Tensor, nn

from neurolab.spiking import Neurons
from neurolab.spiking.chain import knows_time, run_layer
from neurolab.spiking.family import NEURONS, Neuron

from .graph_net import GraphNet, in_doubles, sizes
from .nir import MS


class StepNeurons(NeuronType):
    """Neurons of Nengo that are stepped by one of ours.

    Args:
        kind: a row of ``NEURONS`` or ``CONVENTIONS``, or of ``cells``.
        params: of that row, each a number or an array (N,); None means its defaults.
        scale: current of ours for a current of 1 in Nengo.
    """

    negative = False
    spiking = True

    kind = Parameter("kind", default=NEURONS["lif"], readonly=True)
    params = Parameter("params", default=None, optional=True, readonly=True)
    scale = Parameter("scale", default=1.0, readonly=True)

    def __init__(
        self, kind: Neuron = NEURONS["lif"], params: object | None = None, scale: float = 1.0
    ):
        super().__init__()
        self.kind, self.scale = kind, scale
        self.params = kind.params() if params is None else params

    @property
    def probeable(self) -> tuple[str, ...]:
        return ("output", *self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.kind.start(self.params)._fields)

    def make_state(self, n_neurons: int, rng=None, dtype=None) -> dict[str, np.ndarray]:
        start = self.kind.start(self.params)._asdict()
        return {n: np.zeros(n_neurons) + np.asarray(x, dtype=float) for n, x in start.items()}

    def step(self, dt: float, J: np.ndarray, output: np.ndarray, **state: np.ndarray) -> None:
        """One step of ``dt`` s, in place."""
        before = type(self.kind.start(self.params))(**{n: state[n] for n in self._names})
        z, after = self.kind.step(self.scale * J, before, self.params, dt / MS)
        output[...] = z / dt
        for name, x in after._asdict().items():
            state[name][...] = x

    def rates(self, x, gain, bias) -> np.ndarray:
        """Measured rates (Hz) at represented values x."""
        J = self.current(x, gain, bias)
        state = self.make_state(J.shape[-1]) | {"output": np.zeros(J.shape)}
        for name in self._names:
            state[name] = np.broadcast_to(state[name], J.shape).copy()
        return settled_firingrate(self.step, J, state, settle_time=0.2, sim_time=1.0)


class _Placed(StepNeurons):
    """Neurons with the gain and bias of a network that is there already.

    Nengo would ask for the largest rates and intercepts that belong to them, which takes a run of
    101 times as many neurons, and keep them as information.
    """

    def max_rates_intercepts(self, gain, bias) -> tuple[None, None]:
        return None, None


class Made(NamedTuple):
    """A network and what to look at."""

    network: nengo.Network
    probes: dict  # name of a node of the graph -> Probe; "output" is what leaves it
    dt: float  # s


def to_nengo(net: GraphNet, x: Tensor | np.ndarray, label: str = "neurolab") -> Made:
    """The network of Nengo for one input x (T, ...), shown again from the start behind its end.

    Args:
        net: ``GraphNet`` (``from_nir`` makes one of a graph, ``to_nir`` a graph of a module).
    """
    rows = np.asarray(x, dtype=float).reshape(len(x), -1)
    dt = net.dt * MS
    objects, probes = {}, {}
    behind = {a for a, _ in net.back if knows_time(net.of[a])}  # spikes that act a step later
    late = {a for a, _ in net.back} - behind
    arrows = [(a, b, b in late) for a, b in net.edges]
    arrows += [(a, b, a in behind) for a, b in net.back]
    with nengo.Network(label=label, seed=0) as network:
        present = nengo.processes.PresentInput(rows, presentation_time=dt)
        objects[net.source] = nengo.Node(present, label=net.source)
        for name in net.order[1:]:
            if name == net.target:
                objects[name] = nengo.Node(size_in=int(np.prod(_shape(net, name))), label=name)
            else:
                objects[name] = _object(net.of[name], name, net)
        for a, b, later in arrows:
            pre, height = objects[a], 1.0
            if isinstance(pre, nengo.Ensemble):
                pre, height = pre.neurons, dt
            post, table = objects[b], height
            if isinstance(post, nengo.Ensemble):
                post = post.neurons
            elif b in net.of and not knows_time(net.of[b]):
                table = height * matrix(net.of[b], _shape(net, a))
            synapse = nengo.Lowpass(0) if later else None
            nengo.Connection(pre, post, transform=table, synapse=synapse)
        for name in net.spiking:
            probes[name] = nengo.Probe(objects[name].neurons, synapse=None)
        probes["output"] = nengo.Probe(objects[net.target], synapse=None)
    return Made(network, probes, dt)


@contextlib.contextmanager
def numpy_left_alone() -> Iterator[None]:
    """numpy's own generator as it was: Nengo draws a number from it even where seeds are given."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)


def run(net: GraphNet, x: Tensor) -> dict[str, Tensor]:
    """Spikes of every node that spikes and the "output", {name: (T, N)}, for one input (T, ...)."""
    made = to_nengo(net, x)
    options = {"progress_bar": False, "optimize": False, "seed": 0}
    with numpy_left_alone(), nengo.Simulator(made.network, dt=made.dt, **options) as simulator:
        simulator.run_steps(len(x), progress_bar=False)
        found = {n: torch.as_tensor(simulator.data[p].copy()) for n, p in made.probes.items()}
    return {n: (y * made.dt).round() if n in net.spiking else y for n, y in found.items()}


def matrix(layer: nn.Module, shape: tuple[int, ...]) -> np.ndarray:
    """(to, from) of a layer without time, its bias left out."""
    x = torch.eye(int(np.prod(shape)), dtype=torch.float64).view(-1, *shape)
    with torch.no_grad():
        layer = in_doubles(layer)
        return (layer(x) - layer(torch.zeros_like(x))).flatten(1).T.numpy()


def _shape(net: GraphNet, name: str) -> tuple[int, ...]:
    """What leaves a node."""
    return sizes(net.nodes[name].output_type)


def _object(layer: nn.Module, name: str, net: GraphNet) -> nengo.Node | nengo.Ensemble:
    shape = _shape(net, name)
    size = int(np.prod(shape))
    if isinstance(layer, Neurons):
        values = {
            n: x.detach().double().numpy() if isinstance(x, Tensor) else x
            for n, x in vars(layer.params).items()
        }
        cells = _Placed(layer.kind, layer.kind.params(**values))
        ones, zeros = np.ones(size), np.zeros(size)
        options = {"gain": ones, "bias": zeros, "encoders": np.ones((size, 1))}
        return nengo.Ensemble(size, 1, neuron_type=cells, label=name, **options)
    if knows_time(layer):
        return nengo.Node(_Stepped(in_doubles(layer), shape), size_in=size, label=name)
    node = nengo.Node(size_in=size, label=name)
    into = sizes(net.nodes[name].input_type)
    with torch.no_grad():
        bias = in_doubles(layer)(torch.zeros(1, *into, dtype=torch.float64)).flatten().numpy()
    if bias.any():
        nengo.Connection(nengo.Node(bias, label=f"{name}.bias"), node, synapse=None)
    return node


class _Stepped:
    """A layer called with one step after the other."""

    def __init__(self, layer: nn.Module, shape: tuple[int, ...]):
        self.call, self.shape, self.state = partial(run_layer, layer), shape, None

    def __call__(self, t: float, x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            given = torch.as_tensor(x.copy()).view(1, 1, *self.shape)
            y, self.state = self.call(given, self.state)
        return y.flatten().numpy()
