"""Layers one behind the other over time: ``nn.Sequential`` for layers that have a state.

    x_0 = x,     x_l, state_l = layer_l(x_{l-1}, state_l)

    symbol     meaning                                              shape
    x          what comes in                                        (T, B, ...)
    x_l        what leaves layer l                                  (T, B, ...)

A layer of torch (nn.Linear, nn.Conv2d, nn.Flatten, ...) knows no time: all time steps go through it
as one batch. Any other layer is called with its state and gives the next one back, as those of this
room do. Neurons behind a convolution see their (C, H, W) as one axis.

What follows, and is tested: it is the layers called by hand, and may be cut anywhere.

Reference: why spiking layers are run over whole sequences, layer by layer: Fang et al. (2023),
doi:10.1126/sciadv.adi1480
"""

from collections.abc import Sequence

from torch import Tensor, nn

from .neurons import Neurons


class Chain(nn.Module):
    """Layers one behind the other.

    Args:
        layers: of torch.nn, or called as ``layer(x, state)`` with an answer (x, state).
    """

    def __init__(self, *layers: nn.Module):
        super().__init__()
        for k, layer in enumerate(layers):
            if not isinstance(layer, nn.Module) or isinstance(layer, nn.RNNBase):
                needed = "a layer without time, or one called as layer(x, state)"
                raise TypeError(f"layers: {needed} is needed, got {type(layer).__name__} as {k}")
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor, state: Sequence | None = None, record: bool = False) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, ...).
            record: whether to give back what leaves each layer, too.

        Returns:
            what leaves the last layer (T, B, ...) and the states, None for layers without one;
            with ``record`` also a list of what leaves each layer.
        """
        state = [None] * len(self.layers) if state is None else list(state)
        if len(state) != len(self.layers):
            raise ValueError(f"state: {len(self.layers)} are needed, one a layer, got {len(state)}")
        if x.ndim < 3:
            raise ValueError(f"x: axes (T, B, ...) are needed, got shape {tuple(x.shape)}")
        seen = []
        for k, layer in enumerate(self.layers):
            x, state[k] = run_layer(layer, x, state[k])
            seen.append(x)
        return (x, state, seen) if record else (x, state)


def knows_time(layer: nn.Module) -> bool:
    """Whether a layer is called with its state."""
    return not type(layer).__module__.startswith("torch.nn.")


def run_layer(layer: nn.Module, x: Tensor, state: object = None) -> tuple:
    """What leaves a layer (T, B, ...) for x (T, B, ...), and its state."""
    if not knows_time(layer):
        return layer(x.flatten(0, 1)).unflatten(0, x.shape[:2]), None
    if isinstance(layer, Neurons) and x.ndim > 3:
        z, state = layer(x.flatten(2), state)
        return z.view(x.shape), state
    return layer(x, state)
