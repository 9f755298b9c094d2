"""Layers to compare both ways, for the tests of this folder."""

import torch

from neurolab import kernels
from neurolab.spiking import NEURONS, Neurons, Recurrent, RecurrentState

KINDS = ["lif", "alif", "current_lif"]


def drive(kind, *shape, dtype=torch.float64):
    scale = {"lif": 6.0, "alif": 6.0, "current_lif": 2.0}[kind]
    return scale * (torch.randn(shape, dtype=dtype) + 0.3)


def start(layer, batch, units, dtype=torch.float64):
    state = layer.neurons if isinstance(layer, Recurrent) else layer
    like = torch.zeros(batch, units, dtype=dtype)
    kind = type(state.start(like))
    neurons = kind(*(torch.rand_like(like).requires_grad_() for _ in kind._fields))
    if not isinstance(layer, Recurrent):
        return neurons
    return RecurrentState(neurons, (torch.rand_like(like) < 0.3).to(dtype).requires_grad_())


def leaves(layer, x, state):
    neurons, z = state if isinstance(layer, Recurrent) else (state, None)
    parts = [x, *neurons[:-1], *layer.parameters()]  # no step looks at the last field, u
    return parts if z is None else [*parts, z]


def run(layer, x, state, keep):
    """Outputs, and the gradient of a random sum of all of them by all inputs."""
    z, end, *kept = layer(x, state, keep=keep)
    parts = [z, *(end.neurons if isinstance(layer, Recurrent) else end)]
    parts += [end.z] if isinstance(layer, Recurrent) else []
    parts += [kept[0][name] for name in keep] if keep else []
    torch.manual_seed(7)
    loss = sum((p * torch.randn(p.shape).to(p.dtype)).sum() for p in parts)
    return parts, torch.autograd.grad(loss, leaves(layer, x, state), allow_unused=True)


def same(layer, x, state, keep=(), spikes=True, **tolerance):
    assert all(": fast core" in line for line in kernels.explain(layer, x))
    fast = run(layer, x, state, keep)
    with kernels.disable():
        slow = run(layer, x, state, keep)
    if spikes:
        assert 0 < fast[0][0].sum() < fast[0][0].numel(), "silent or saturated, an empty test"
        silent = [g for g in slow[1] if g.abs().sum() == 0]
        alone = fast[0][0].shape[2] == 1  # without recurrent weight: no gradient by it and by z
        assert len(silent) <= 2 * alone
    for a, b in zip(fast[0] + list(fast[1]), slow[0] + list(slow[1]), strict=True):
        torch.testing.assert_close(a, b, **tolerance)


def recurrent(kind, inputs, units, surrogate=None, dtype=torch.float64):
    layer = Recurrent(inputs, units, Neurons(NEURONS[kind], surrogate=surrogate)).to(dtype)
    with torch.no_grad():
        layer.weight[0].abs_()  # one that is sure to fire
    return layer
