"""What a node of a NIR graph becomes here: a layer, by the convention of the tool that made it.

    convention   steps                                  resets
    neurolab     exactly, as ``neurolab.spiking``       as the metadata say, else to v_reset
    euler        by Euler's method                      to v_reset
    norse        as ``LIFBoxCell`` and ``LIFCell``,     to v_reset
                 whose spikes add to the current at
                 once; by Euler's method; version
                 1.1.0 writes tau times its step
    snntorch     as ``Leaky`` and ``Synaptic``,         by subtraction of the threshold,
                 by Euler's method; its step is         a step later
                 always 0.1 ms

    node                         layer, and what it computes in a step of dt
    Linear, Affine, Conv1d,      those of torch
    Conv2d, AvgPool2d, Flatten
    Scale, Threshold             s x;  1 if x > threshold
    LIF, IF, CubaLIF             ``Neurons`` behind a factor, in units of v_threshold - v_leak
    LI, CubaLI, I                ``Leaky``: the same without spikes
    Delay                        ``Wait``: x(t - delay), shared between two steps where it is not
                                 a whole number of them

What follows, and is tested: each node against its equation written as a loop.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

import numpy as np
import torch
from torch import Tensor, nn

from neurolab.spiking import NEURONS, CurrentLIFParams, LIFParams, Neurons
from neurolab.spiking.exprel import exprel

from .cells import CELL, LAGGING_CELL, CellParams
from .layers import Leaky, Scale, Threshold, Wait
from .nir import MS, Unsupported


def _tensor(x) -> Tensor:
    return torch.as_tensor(np.asarray(x, dtype=np.float32))


def _exact(dt: float, tau: np.ndarray) -> np.ndarray:
    return np.exp(-dt / tau)


def _euler(dt: float, tau: np.ndarray) -> np.ndarray:
    return 1 - dt / tau


def _norse(dt: float, tau: np.ndarray) -> np.ndarray:
    return 1 - dt / (tau / dt)


LEFT = {"neurolab": _exact, "euler": _euler, "norse": _norse, "snntorch": _euler}


class Reader:
    """Turns nodes into layers.

    Args:
        dt: time step in ms.
        convention: one of ``LEFT``.
    """

    def __init__(self, dt: float, convention: str):
        if convention not in LEFT:
            allowed = ", ".join(LEFT)
            raise ValueError(f"convention: one of {allowed} is needed, got {convention!r}")
        self.dt, self.convention = dt * MS, convention
        self.left = LEFT[convention]

    def layer(self, node) -> nn.Module:
        """The layer of a node.

        Raises:
            Unsupported: names the node that has none.
        """
        name = type(node).__name__
        make = getattr(self, f"_{name.lower()}", None)
        if make is None:
            raise Unsupported(f"graph: no layer is known for a node of type {name}")
        return make(node)

    def _linear(self, node) -> nn.Module:
        bias = getattr(node, "bias", None)
        if np.ndim(node.weight) != 2:
            given = np.shape(node.weight)
            raise Unsupported(f"graph: weights of two axes (to, from) are needed, got {given}")
        made = nn.Linear(node.weight.shape[1], node.weight.shape[0], bias is not None)
        return _filled(made, node.weight, bias)

    _affine = _linear

    def _conv2d(self, node) -> nn.Module:
        flat = np.ndim(node.weight) == 3
        out, into, *kernel = node.weight.shape
        sizes = [_plain(x) for x in (node.stride, node.padding, node.dilation)]
        kind, groups = nn.Conv1d if flat else nn.Conv2d, int(node.groups)
        return _filled(kind(into * groups, out, kernel, *sizes, groups), node.weight, node.bias)

    _conv1d = _conv2d

    def _avgpool2d(self, node) -> nn.Module:
        return nn.AvgPool2d(*(_plain(x) for x in (node.kernel_size, node.stride, node.padding)))

    def _flatten(self, node) -> nn.Module:
        return nn.Flatten()

    def _scale(self, node) -> nn.Module:
        return Scale(_tensor(node.scale))

    def _threshold(self, node) -> nn.Module:
        return Threshold(_tensor(node.threshold))

    def _delay(self, node) -> nn.Module:
        return Wait(_tensor(np.asarray(node.delay) / self.dt))

    def _membrane(self, node, tau) -> tuple:
        """What is left of v in a step, and what a current adds."""
        tau = np.asarray(tau, dtype=float)
        left = self.left(self.dt, tau)
        return left, (1 - left) * node.r

    def _filter(self, node) -> tuple:
        """What is left of a synaptic current in a step, and what an input adds."""
        keep = self.left(self.dt, np.asarray(node.tau_syn, dtype=float))
        if self.convention == "norse":
            return keep, np.asarray(node.w_in, dtype=float)
        return keep, (1 - keep) * node.w_in

    def _joint(self, node) -> tuple:
        """The gain of a current that fades within the step, where the step is exact."""
        left, gain = self._membrane(node, node.tau_mem)
        if self.convention == "neurolab":
            a, b = self.dt / np.asarray(node.tau_mem), self.dt / np.asarray(node.tau_syn)
            gain = left * a * np.vectorize(exprel)(a - b) * node.r
        return left, gain

    def _li(self, node) -> nn.Module:
        _no_leak(node)
        return Leaky(*(_tensor(x) for x in self._membrane(node, node.tau)))

    def _i(self, node) -> nn.Module:
        return Leaky(_tensor(np.ones_like(node.r)), _tensor(self.dt * node.r))

    def _cubali(self, node) -> nn.Module:
        _no_leak(node)
        (left, gain), (keep, into) = self._joint(node), self._filter(node)
        return Leaky(_tensor(left), _tensor(gain * into), _tensor(keep))

    def _lif(self, node) -> nn.Module:
        return self._cells(node, *self._membrane(node, node.tau), 0.0)

    def _if(self, node) -> nn.Module:
        return self._cells(node, np.ones_like(node.r), self.dt * node.r, 0.0)

    def _cubalif(self, node) -> nn.Module:
        (left, gain), (keep, into) = self._joint(node), self._filter(node)
        return self._cells(node, left, gain * into, keep)

    def _cells(self, node, decay, gain, keep) -> nn.Module:
        """Spiking cells; those that ``NEURONS`` has are these."""
        rest = np.asarray(getattr(node, "v_leak", np.zeros_like(node.v_threshold)), dtype=float)
        unit = np.asarray(node.v_threshold, dtype=float) - rest
        if (unit <= 0).any():
            raise Unsupported("graph: v_threshold above v_leak is needed, got one that is not")
        reset = (np.asarray(node.v_reset, dtype=float) - rest) / unit
        said = node.metadata.get("neurolab", {}).get("reset", "value")
        subtract = self.convention == "snntorch" or str(_plain(said)) == "subtract"
        if self.convention == "neurolab" and subtract and not reset.any() and (unit == 1).all():
            own = self._own(node, gain, keep)
            if own is not None:
                return own
        values = {"decay": decay, "gain": gain / unit, "keep": keep, "reset": reset}
        values = {n: _tensor(np.broadcast_to(x, unit.shape).reshape(-1)) for n, x in values.items()}
        kind = LAGGING_CELL if self.convention == "snntorch" else CELL
        return Neurons(kind, CellParams(**values, subtract=float(subtract)), self.dt / MS)

    def _own(self, node, gain, keep) -> Neurons | None:
        """LIF or current-based LIF of ``NEURONS``, if that is what the numbers say."""
        dt = self.dt / MS
        if np.ndim(keep) == 0:
            if hasattr(node, "tau") and (np.asarray(node.r) == 1).all():
                return Neurons(NEURONS["lif"], LIFParams(_same(node.tau / MS)), dt)
            return None
        if np.allclose((1 - keep) * node.w_in, 1, rtol=1e-12, atol=0) and (node.r == 1).all():
            taus = CurrentLIFParams(_same(node.tau_mem / MS), _same(node.tau_syn / MS))
            return Neurons(NEURONS["current_lif"], taus, dt)
        return None


def _same(x: np.ndarray) -> float | Tensor:
    """One number where all are equal."""
    x = np.asarray(x, dtype=float).reshape(-1)
    x = np.array([float(f"{value:.12g}") for value in x])  # ms that were written as s
    return float(x[0]) if (x == x[0]).all() else _tensor(x)


def _no_leak(node) -> None:
    if np.any(node.v_leak):
        raise Unsupported("graph: a leaky integrator with v_leak = 0 is needed, got another")


def _plain(x):
    """Python's own numbers, words and pairs, as torch wants them."""
    if isinstance(x, bytes):
        return x.decode()
    if isinstance(x, str):
        return x
    x = np.asarray(x)
    if x.dtype.kind in "SUO":
        return _plain(x.item())
    return tuple(x.tolist()) if x.ndim else x.item()


def _filled(layer: nn.Module, weight, bias) -> nn.Module:
    with torch.no_grad():
        layer.weight.copy_(_tensor(weight))
        if bias is not None:
            layer.bias.copy_(_tensor(bias))
    return layer
