"""A network in Loihi's whole numbers: weights of 8 bits, decays of 12, thresholds of 17.

    w_chip = 2^(6 + e) 2^(9 - bits) round(w g S / (2^(6 + e) 2^(9 - bits))),    cut to -256 .. 254
    threshold = 64 round(S / 64),     S = 254 2^(6 + e) / max |w g|

    symbol    meaning                                                unit
    w         weight of the network                                  threshold distances
    g         what of a current a step adds to the potential         -
    S         a threshold distance in the numbers of the chip        -
    e         exponent of the layer, the largest of 0 .. -6 with     -
              which S fits, and q if all synapses of a neuron are
              used at once

All neurons of a node share S and e. A mean over pixels (AvgPool2d) becomes a sum and smaller
weights. What follows the last neurons stays with the host, in floats. If what comes in is not
spikes, the host multiplies it with the weights of the first layer and rounds the products.

A chip resets to 0, whatever the network did: where it subtracted, ``compare`` says what that costs.

``ChipNet`` learns: its weights are floats behind the rounding, through which the gradient passes.

What follows, and is tested: weights, decays and thresholds are whole and in range; spikes are those
of nengo-loihi's emulator; with 8 bits a network learned as floats loses little, learned so, less.

Reference: Davies et al. (2018), doi:10.1109/MM.2018.112130359
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv1d, conv2d, linear

from neurolab.core.surrogate import Surrogate
from neurolab.spiking import Neurons

from .cells import constants_of, resets_of
from .chip import CHIP, MOST_MANTISSA, Q_BITS, STEP, UNIT, ChipParams, to_nearest
from .graph_net import GraphNet
from .nir import Unsupported

WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d)


class Whole(nn.Module):
    """Weights in whole numbers: (T, B, ...) spikes to q (T, B, ...), no bias."""

    def __init__(self, layer: nn.Module, factor: Tensor, scale: float, unit: float, bits: int):
        super().__init__()
        self.late = False  # whether q comes a step later
        self.weight = nn.Parameter(layer.weight.detach().double() * factor)
        self.scale, self.unit, self.step = scale, unit, 2.0 ** (9 - bits)
        self.conv = None
        if not isinstance(layer, nn.Linear):
            run = conv1d if isinstance(layer, nn.Conv1d) else conv2d
            names = ("stride", "padding", "dilation", "groups")
            self.conv = run, {name: getattr(layer, name) for name in names}

    @property
    def whole(self) -> Tensor:
        """The weights that the chip has."""
        x = to_nearest(self.weight * (self.scale / (self.unit * self.step)))
        return x.clamp(-256 / self.step, 256 / self.step - 1) * (self.unit * self.step)

    def sums(self, x: Tensor) -> Tensor:
        """q of the spikes of the same step."""
        if self.conv is None:
            return to_nearest(linear(x, self.whole))
        run, options = self.conv
        return to_nearest(run(x.flatten(0, 1), self.whole, **options)).unflatten(0, x.shape[:2])

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        q = self.sums(x)
        if not self.late:
            return q, None
        before = torch.zeros_like(q[:1]) if state is None else state
        return torch.cat([before, q])[:-1], q[-1:]


class SumPool(nn.Module):
    """Sums over patches of maps (T, B, C, H, W)."""

    def __init__(self, pool: nn.AvgPool2d):
        super().__init__()
        self.options = (pool.kernel_size, pool.stride, pool.padding)
        self.size = area(pool)

    def forward(self, x: Tensor, state: None = None) -> tuple[Tensor, None]:
        sums = self.size * avg_pool2d(x.flatten(0, 1), *self.options)
        return to_nearest(sums).unflatten(0, x.shape[:2]), None


def area(pool: nn.AvgPool2d) -> int:
    k = pool.kernel_size
    return k * k if isinstance(k, int) else k[0] * k[1]


class ChipNet(GraphNet):
    """The network of a graph in whole numbers; called as ``GraphNet`` is.

    Args:
        graph, dt, convention: see ``GraphNet``.
        bits: of a weight, 2 to 8.
        hops: whether a spike takes a step from layer to layer, as on the chip.
        surrogate: what the gradient of a spike sees, see ``core.surrogate``.

    Attributes:
        host: names of the nodes that the chip does not run.
        origin: the network before rounding.

    Raises:
        Unsupported: a neuron has no weights before it; weights could lead out of the chip's range;
            or there is a node that is no sum of spikes before the last neurons.
    """

    def __init__(
        self,
        graph,
        dt: float | None = None,
        convention: str = "neurolab",
        bits: int = 8,
        hops: bool = False,
        surrogate: Surrogate | None = None,
    ):
        super().__init__(graph, dt, convention)
        if not isinstance(bits, int) or isinstance(bits, bool) or not 2 <= bits <= 8:
            raise ValueError(f"bits: a whole number from 2 to 8 is needed, got {bits!r}")
        if not self.spiking:
            raise Unsupported("graph: a node that spikes is needed, this one has none")
        self.bits, self.surrogate = bits, surrogate
        self._origin = (GraphNet(graph, dt, convention),)  # its weights are not this one's
        arrows = [*self.edges, *self.back]
        self.before = {n: [a for a, b in arrows if b == n] for n in self.names}
        pools: dict[str, int] = {}
        for name in self.spiking:
            for source in self.before[name]:
                self._follow(name, source, pools)
        for name in self.spiking:
            self._quantise(name, pools)
            for source in self.before[name]:
                self.of[source].late = hops and (source, name) not in self.back
        for name in pools:
            if isinstance(self.of[name], nn.AvgPool2d):
                self.of[name] = SumPool(self.of[name])
        used = {a for n in self.spiking for a in self.before[n]} | set(self.spiking) | set(pools)
        self.host = [n for n in self.names if n not in used]
        self.layers = nn.ModuleList(self.of[n] for n in self.names)
        self.layers.double()

    @property
    def origin(self) -> GraphNet:
        return self._origin[0]

    def sender(self, weights: str) -> str:
        """Whose spikes a node of weights multiplies: a node that spikes, or the input."""
        while weights not in (self.source, *self.spiking):
            weights = self.before[weights][0]
        return weights

    def _follow(self, name: str, source: str, pools: dict[str, int]) -> None:
        """Back from the weights of a neuron to spikes; how many spikes a mean was over."""
        if not isinstance(self.of.get(source), WEIGHTS):
            given = type(self.of[source]).__name__ if source in self.of else "the input itself"
            raise Unsupported(f"graph: weights are needed before {name}, got {given}")
        size, at = 1, self.before[source]
        while at and at[0] not in (self.source, *self.spiking):
            layer = self.of[at[0]]
            if len(at) != 1 or not isinstance(layer, nn.AvgPool2d | nn.Flatten):
                given = " and ".join(type(self.of[n]).__name__ for n in at)
                raise Unsupported(f"graph: sums of spikes are needed before {source}, got {given}")
            size *= area(layer) if isinstance(layer, nn.AvgPool2d) else 1
            pools[at[0]] = 1
            at = self.before[at[0]]
        pools[source] = size

    def _quantise(self, name: str, pools: dict[str, int]) -> None:
        cells = self.of[name]
        decay, gain, keep = constants_of(cells)
        if resets_of(cells)[0].any():
            raise Unsupported("graph: neurons that reset to their rest are needed, got others")
        shape = self.shapes[name]
        sources = self.before[name]
        factors = {s: _per_row(gain, self.of[s], shape) / pools[s] for s in sources}
        most = max(
            float((self.of[s].weight.detach().double() * factors[s]).abs().max()) for s in sources
        )
        reach = max(
            float((self.of[s].weight.detach().double() * factors[s]).abs().flatten(1).sum(1).max())
            for s in sources
        )
        for exponent in range(0, -7, -1):
            scale = 254 * 2.0 ** (6 + exponent) / (most or 1.0)
            if scale <= STEP * MOST_MANTISSA and scale * reach < 2**Q_BITS:
                break
        else:
            if scale * reach >= 2**Q_BITS:
                raise Unsupported(
                    f"graph: all synapses of a neuron of {name} together must stay below "
                    f"2^{Q_BITS} on a chip, got {scale * reach:.0f}"
                )
            scale = float(STEP * MOST_MANTISSA)  # weights too small for all 8 bits
        biases = torch.zeros(shape, dtype=torch.float64)
        for s in sources:
            layer = self.of[s]
            self.of[s] = Whole(layer, factors[s], scale, 2.0 ** (6 + exponent), self.bits)
            if layer.bias is not None:
                bias = layer.bias.detach().double()
                biases += bias.view(-1, *[1] * (len(shape) - 1)) if len(shape) > 1 else bias
        flat = (biases.reshape(-1) * gain.expand(biases.numel()) * scale).round()
        params = ChipParams(
            decay_i=(UNIT - 1 - UNIT * keep).round().clamp(0, UNIT - 1),
            decay_v=(UNIT * (1 - decay)).round().clamp(0, UNIT - 1),
            threshold=float(max(1, round(scale / STEP)) * STEP),
            bias=flat,
        )
        self.of[name] = Neurons(CHIP, params, self.dt, self.surrogate)

    def forward(self, x: Tensor, state=None, keep: tuple = ()) -> tuple:
        """As ``GraphNet``, in floats of 64 bits."""
        return super().forward(x.double(), state, keep)


def _per_row(gain: Tensor, layer: nn.Module, shape: tuple[int, ...]) -> Tensor:
    """What each row of the weights is multiplied by."""
    if isinstance(layer, nn.Linear):
        return gain.reshape(-1, 1)
    rows = gain.expand(int(torch.tensor(shape).prod())).reshape(shape[0], -1)
    if not torch.equal(rows, rows[:, :1].expand_as(rows)):
        raise Unsupported("graph: neurons of a channel must share their constants on a chip")
    return rows[:, 0].reshape(-1, *[1] * (layer.weight.ndim - 1))
