"""What experiments share that put e-prop beside backpropagation through time (BPTT)."""

import math

import torch
from torch import Tensor

from neurolab.core import exponential_trace
from neurolab.eprop import EProp, RateParams


def rate_cost(z: Tensor, rates: RateParams, dt: float) -> Tensor:
    """The loss of ``eprop.rates`` for autograd, on spikes (T, B, N)."""
    keep = math.exp(-dt / rates.tau_r)
    fading = keep ** torch.arange(1, len(z) + 1)[:, None]
    heard = exponential_trace(z.mean(1), rates.tau_r, dt)
    r = rates.target * fading + (1 - keep) * 1000 / dt * heard
    return rates.cost / 2 * (r - rates.target).square().sum()


def saved(way: str, net: EProp, adam: torch.optim.Adam) -> dict:
    """Weights and what Adam remembers, by name."""
    kept = {}
    for name, p in net.named_parameters():
        kept[f"{way}.{name}"] = p.detach().clone()
        for field, value in adam.state.get(p, {}).items():
            kept[f"{way}.{name}.{field}"] = value.clone()
    return kept


def restore(way: str, net: EProp, adam: torch.optim.Adam, state: dict) -> None:
    fields = ("step", "exp_avg", "exp_avg_sq")
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(state[f"{way}.{name}"])
            if f"{way}.{name}.step" in state:
                adam.state[p] = {f: state[f"{way}.{name}.{f}"].clone() for f in fields}
