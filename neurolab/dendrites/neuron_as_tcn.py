"""A neuron as a deep network: a causal convolution over time fitted to its inputs and outputs.

    h_1(t) = relu(b_1 + sum_s W_1(s) x(t - s)),      s = 0 .. window - 1
    h_l(t) = relu(b_l + sum_s W_l(s) h_{l-1}(t - s)),      s = 0 .. later - 1
    v(t)   = b + w . h_depth(t)

    symbol   meaning                                                shape       unit
    x        synapses of each site that a spike comes to            (T, B, I)   -
    h        layers of units                                        (T, B, U)   -
    v        potential of the soma, as fitted                       (T, B)      that of the data
    depth    number of layers with a rectifier; 0: a linear filter  ()          -

How deep such a network must be to say what a neuron does is a measure of how much the neuron
computes: a linear filter is enough for a passive one under weak currents, not for one with NMDA
receptors.

What follows, and is tested: nothing looks ahead; an input is remembered for window + (depth - 1)
(later - 1) steps and no longer; with depth 0 it is a convolution, and fitted by least squares to a
passive tree it is the impulse response that the cable equation gives.

Where it differs from the source: there the network also tells spikes, has 7 layers of 128 units and
sees 1278 synapses of a detailed pyramidal cell; here it tells the potential of a small tree.

Reference: Beniaguev, Segev & London (2021), doi:10.1016/j.neuron.2021.07.002
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad


class NeuronTCN(nn.Module):
    """A temporal convolution network with one output.

    Args:
        inputs: sites I.
        depth: layers with a rectifier; 0 for a linear filter.
        units: of each such layer.
        window: steps that the first layer looks back over, the present one included.
        later: the same of each further layer.
    """

    def __init__(self, inputs: int, depth: int, units: int = 16, window: int = 60, later: int = 3):
        super().__init__()
        sizes = {"inputs": inputs, "units": units, "window": window, "later": later}
        for name, size in sizes.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        if not isinstance(depth, int) or depth < 0:
            raise ValueError(f"depth: a whole number from 0 is needed, got {depth!r}")
        layers = []
        for k in range(max(depth, 1)):
            to = units if depth else 1
            layers.append(nn.Conv1d(inputs if k == 0 else units, to, later if k else window))
        self.layers, self.depth = nn.ModuleList(layers), depth
        self.out = nn.Linear(units, 1) if depth else nn.Identity()

    @property
    def memory(self) -> int:
        """Steps after which an input no longer counts."""
        return 1 + sum(layer.kernel_size[0] - 1 for layer in self.layers)

    def forward(self, x: Tensor) -> Tensor:
        """The potential (T, B) that inputs (T, B, I) lead to."""
        inputs = self.layers[0].in_channels
        if x.ndim != 3 or x.shape[2] != inputs:
            needed, given = f"(T, B, I = {inputs})", tuple(x.shape)
            raise ValueError(f"x: a shape {needed} is needed, got {given}")
        h = x.permute(1, 2, 0)  # (B, I, T)
        for layer in self.layers:
            h = layer(pad(h, (layer.kernel_size[0] - 1, 0)))
            if self.depth:
                h = torch.relu(h)
        return self.out(h.permute(2, 0, 1))[..., 0]
