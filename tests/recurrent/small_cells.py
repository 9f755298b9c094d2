"""Small recurrent networks, vanilla and others, a loss, and the gradient that autograd finds."""

import torch

from neurolab.core import FastSigmoid
from neurolab.recurrent import VanillaWeights, vanilla_cell
from neurolab.spiking import LIFParams, LIFState, lif_step

INPUTS, N, B, T = 3, 4, 2, 12


def vanilla_weights(strength=1.0, seed=0, units=N, inputs=INPUTS):
    chance = torch.Generator().manual_seed(seed)

    def drawn(*size):
        return torch.randn(*size, generator=chance, dtype=torch.float64)

    recurrent = strength * drawn(units, units) / units**0.5
    return VanillaWeights(drawn(units, inputs), recurrent, 0.3 * drawn(units))


def plain_cell(x, h, weights):
    """The vanilla cell under another name, so that nothing written out is used."""
    return torch.tanh(weights[0] @ x + weights[1] @ h + weights[2])


def gated_cell(x, h, weights):
    """A unit opens itself to what comes in: two matrices a unit for each source."""
    w_in, w, g_in, g = weights
    gate = torch.sigmoid(g_in @ x + g @ h)
    return gate * h + (1 - gate) * torch.tanh(w_in @ x + w @ h)


def spiking_cell(x, h, weights):
    """Leaky neurons: potentials and spikes lie side by side in the state."""
    units = len(h) // 2
    v, z = h[:units], h[units:]
    now = LIFState(v, v - 1)
    current = weights[0] @ x + weights[1] @ z
    z, now = lif_step(current, now, LIFParams(5.0), 1.0, FastSigmoid(1.0))
    return torch.cat([now.v, z])


def case(name, strength=1.0, steps=T):
    """(cell, weights, x (T, B, I), start, error) of a cell by name."""
    chance = torch.Generator().manual_seed(1)
    weights = vanilla_weights(strength)
    x = torch.randn(steps, B, INPUTS, generator=chance, dtype=torch.float64)
    size = 2 * N if name == "spiking" else N
    start = torch.zeros(B, size, dtype=torch.float64)
    target = torch.randn(steps, B, size, generator=chance, dtype=torch.float64)
    if name == "gated":
        other = vanilla_weights(strength, seed=5)
        weights = (weights.weight, weights.recurrent, other.weight, other.recurrent)
    if name == "spiking":
        x = 4 * x.abs()
        weights = (weights.weight.abs(), 4 * weights.recurrent)
    cell = {"vanilla": vanilla_cell, "plain": plain_cell}.get(name)
    cell = cell or {"gated": gated_cell, "spiking": spiking_cell}[name]
    return cell, weights, x, start, lambda t, h: h - target[t]


CASES = ("vanilla", "plain", "gated", "spiking")


def by_autograd(cell, weights, x, start, error, only=None):
    """BPTT by autograd, example by example; ``only`` one step's loss."""
    weights = [w.clone().requires_grad_() for w in weights]
    if isinstance(cell, type(vanilla_cell)) and cell is vanilla_cell:
        weights = VanillaWeights(*weights)
    h, states = list(start), []
    for x_t in x:
        h = [cell(x_b, h_b, weights) for x_b, h_b in zip(x_t, h, strict=True)]
        states.append(torch.stack(h))
    owed = [error(t, s.detach()) * (only is None or t == only) for t, s in enumerate(states)]
    total = sum((e * s).sum() for e, s in zip(owed, states, strict=True))
    return torch.autograd.grad(total, list(weights)), states[-1].detach()


def angle(found, wanted):
    """Degrees between two gradients."""
    a, b = (torch.cat([part.flatten() for part in tree]) for tree in (found, wanted))
    return float(torch.rad2deg(torch.arccos((a @ b / a.norm() / b.norm()).clamp(-1, 1))))


def same(found, wanted, tolerance=1e-10):
    for a, b in zip(found, wanted, strict=True):
        assert b.abs().max() > 1e-3, "no gradient, nothing is tested"
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)
