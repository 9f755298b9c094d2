"""Networks of neurons that fire once, trained by the exact gradient of their spike times.

    t_0 = inputs,   t_l = fire([t_{l-1}, pulses_l], w_l),   decision = argmin over outputs of t_L
    loss = -log p(y),     p = softmax(-t_L)

    symbol    meaning                                             shape          unit
    t_l       when the neurons of a layer fire, inf: never        (B, O)         1
    pulses    synchronisation pulses: inputs that fire at the     (P,)           1
              same, learned times in every example
    w         weights (to, from), those of the pulses last        (O, I + P)     threshold / 1
    p         of each class: who fires first is right             (B, C)         -

``fire`` is ``temporal.causal_spikes`` with the gradient ``temporal.causal_gradient``; on the CPU
``neurolab.kernels.temporal`` computes the same numbers.

First weights are normal with standard deviation sigma = sqrt(2 / (I + P + O)), their means are
``mean`` sigma and, for pulses, ``pulse_mean`` sigma; first pulses lie evenly from 0 to 1. Without
pulses, or positive means, many neurons never fire.

In the loss an output that never fires stands at ``late``, and has no gradient. What follows, and is
tested: XOR of times is learned; the gradient of the loss by inputs, weights and pulses equals
finite differences to 1e-5; silent neurons come back by the penalty alone.

Where it differs from the paper: means of the first weights may differ from layer to layer.

Reference: Comsa et al. (2019), arXiv:1907.13223
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from neurolab.kernels import switch

from . import temporal
from .temporal import Fired, TemporalParams

FARTHEST = 80.0  # decay times |t|: beyond, exp leaves single precision


class Fire(torch.autograd.Function):
    """The spike times; ``way`` computes them: ``temporal``, or the fast core."""

    @staticmethod
    def forward(t_in, w, params, way):
        return tuple(way.causal_spikes(t_in, w, params))

    @staticmethod
    def setup_context(ctx, inputs, output):
        t_in, w, ctx.params, ctx.way = inputs
        ctx.mark_non_differentiable(*output[1:])
        ctx.save_for_backward(t_in, w, *output)

    @staticmethod
    @once_differentiable
    def backward(ctx, g, *_):
        t_in, w, *fired = ctx.saved_tensors
        return *ctx.way.causal_gradient(g, t_in, w, Fired(*fired), ctx.params), None, None

    @staticmethod
    def vmap(info, in_dims, *inputs):
        """One by one."""
        out = []
        for k in range(info.batch_size):
            pairs = zip(inputs, in_dims, strict=True)
            out.append(Fire.apply(*(x if d is None else x.select(d, k) for x, d in pairs)))
        return tuple(torch.stack(x) for x in zip(*out, strict=True)), (0, 0, 0)


def fire(t_in: Tensor, w: Tensor, params: TemporalParams | None = None) -> Tensor:
    """When each neuron fires (B, O), inf: never; t_in (B, I), w (O, I).

    Raises:
        TypeError, ValueError: an argument of another kind, shape or dtype, or nan; by its name.
    """
    params = params or TemporalParams()
    check(t_in, w, params)
    reason = switch.obstacle([t_in, w])
    switch.note("exact spike times", reason)
    way: ModuleType = temporal
    if reason is None:
        from neurolab.kernels import temporal as way
    return Fire.apply(t_in, w, params, way)[0]


def check(t_in: Tensor, w: Tensor, params: TemporalParams) -> None:
    """Refuse what ``fire`` cannot take, by name."""
    for name, x in (("t_in", t_in), ("w", w)):
        if not (isinstance(x, Tensor) and x.is_floating_point()):
            kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise TypeError(f"{name}: a tensor of floats is needed, got {kind}")
    if t_in.ndim != 2 or w.ndim != 2 or t_in.shape[1] != w.shape[1] or w.shape[1] == 0:
        given = f"{tuple(t_in.shape)} and {tuple(w.shape)}"
        raise ValueError(f"t_in, w: (B, I) and (O, I) with I > 0 are needed, got {given}")
    if t_in.dtype != w.dtype or t_in.device != w.device:
        given = f"{t_in.dtype} on {t_in.device} and {w.dtype} on {w.device}"
        raise ValueError(f"t_in, w: one dtype and device are needed, got {given}")
    if getattr(torch._C, "_are_functorch_transforms_active", bool)() or t_in.is_meta:
        return
    if not bool(torch.isfinite(w).all()):
        raise ValueError("w: finite numbers are needed, got some that are not")
    farthest = FARTHEST / params.decay
    if not bool(((t_in == math.inf) | (t_in.abs() <= farthest)).all()):  # nan is neither
        raise ValueError(
            f"t_in: times up to {farthest:.4g} from 0, or inf for never, are needed, got others"
        )


class TemporalLayer(nn.Module):
    """Neurons that fire once, with synchronisation pulses of their own.

    Args:
        inputs, units, pulses: sizes I, O, P.
        mean, pulse_mean: of the first weights, in their standard deviations.
        generator: draws the first weights.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        pulses: int = 10,
        params: TemporalParams | None = None,
        mean: float = 0.0,
        pulse_mean: float = 8.0,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        for name, size, least in (
            ("inputs", inputs, 1),
            ("units", units, 1),
            ("pulses", pulses, 0),
        ):
            if isinstance(size, bool) or not isinstance(size, int) or size < least:
                raise ValueError(
                    f"{name}: a whole number of at least {least} is needed, got {size!r}"
                )
        self.params = params or TemporalParams()
        sigma = math.sqrt(2 / (inputs + pulses + units))
        w = torch.randn(units, inputs + pulses, generator=generator)
        w[:, :inputs] += mean
        w[:, inputs:] += pulse_mean
        self.weight = nn.Parameter(sigma * w)
        self.pulses = nn.Parameter(torch.arange(1.0, pulses + 1) / (pulses + 1))

    def forward(self, t_in: Tensor) -> Tensor:
        """Spike times (B, O) from those of the inputs (B, I)."""
        if t_in.ndim != 2:
            raise ValueError(f"t_in: (B, I) is needed, got {tuple(t_in.shape)}")
        pulses = self.pulses.expand(len(t_in), -1)
        return fire(torch.cat([t_in, pulses], 1), self.weight, self.params)


class TemporalNetwork(nn.Module):
    """Layers of ``sizes[1:]`` neurons on ``sizes[0]`` inputs.

    Options are those of ``TemporalLayer``, for all layers or, as a tuple, one for each.
    """

    def __init__(self, sizes: Sequence[int], **options):
        super().__init__()
        if len(sizes) < 2:
            raise ValueError(f"sizes: at least two are needed, got {tuple(sizes)}")
        for name, value in options.items():
            if isinstance(value, tuple) and len(value) != len(sizes) - 1:
                raise ValueError(
                    f"{name}: {len(sizes) - 1} values are needed, one a layer, got {len(value)}"
                )
        self.layers = nn.ModuleList()
        for k, (inputs, units) in enumerate(pairwise(sizes)):
            own = {n: v[k] if isinstance(v, tuple) else v for n, v in options.items()}
            self.layers.append(TemporalLayer(inputs, units, **own))

    def forward(self, t_in: Tensor) -> Tensor:
        """Spike times (B, C) of the outputs."""
        return self.all_times(t_in)[-1]

    def all_times(self, t_in: Tensor) -> list[Tensor]:
        """Spike times of each layer, (B, O) each; the outputs are the last."""
        times = []
        for layer in self.layers:
            times.append(t_in := layer(t_in))
        return times


def first_spike(t: Tensor) -> Tensor:
    """(B,) the output that fires first; -1 if none does."""
    when, who = t.min(1)
    return torch.where(when < math.inf, who, -1)


def first_spike_loss(t: Tensor, y: Tensor, late: float = 100.0) -> Tensor:
    """Mean over the batch of -log softmax(-t)[y]; t (B, C), y (B,)."""
    if t.ndim != 2 or y.shape != t.shape[:1]:
        given = f"{tuple(t.shape)} and {tuple(y.shape)}"
        raise ValueError(f"t, y: (B, C) and (B,) are needed, got {given}")
    return nn.functional.cross_entropy(-torch.where(t < math.inf, t, late), y)
