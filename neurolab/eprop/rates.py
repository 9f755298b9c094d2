"""Firing-rate regularisation, online: neurons that fire too much or too little are pulled back.

    r_j <- lam r_j + (1 - lam) mean_b z_j            lam = exp(-dt / tau_r)
    E(t) = cost / 2 sum_j (r_j - target)^2
    g_ji <- lam g_ji + (1 - lam) mean_b e_ji         dr_j / dw_ji
    dE(t)/dw_ji = cost (r_j - target) g_ji

    symbol   meaning                                  shape       unit
    z        spikes, 0 or 1                           (B, N)      -
    e        eligibility                              (B, N, I)   1 / threshold distance
    r        rate, running mean over time and batch   (N,)        Hz
    g        its derivative                           (N, I)      Hz / threshold distance
    target   rate wanted                              ()          Hz
    cost     weight of this loss, at each step        ()          1 / Hz^2
    tau_r    how long a rate is averaged              ()          ms

It starts with r at the target, so that no neuron is blamed before it had time to fire. g counts no
path through other neurons, as e-prop does.

Tested: without recurrence the gradient is autograd's through the same running mean; neurons that
are silent, or that fire too often, come to the target.

Where it differs from the paper: there the rate is the mean over a whole trial, which is known at
its end; the running mean is known at each step, and costs (N, I) of memory.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor


@dataclass(frozen=True)
class RateParams:
    target: float = 10.0  # Hz
    cost: float = 0.0  # 1 / Hz^2; 0 for none
    tau_r: float = 500.0  # ms

    def __post_init__(self):
        for name, low in (("target", 0.0), ("cost", 0.0), ("tau_r", 1e-9)):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value < math.inf:
                raise ValueError(f"{name}: a number of at least {low:g} is needed, got {value!r}")


class RateState(NamedTuple):
    r: Tensor  # (N,) Hz
    g: Tensor  # (N, I)


def rate_step(
    z: Tensor, e: Tensor, state: RateState, params: RateParams, dt: float
) -> tuple[Tensor, Tensor, RateState]:
    """The loss (), its gradient (N, I), and the state after this step."""
    keep = math.exp(-dt / params.tau_r)
    gain = (1 - keep) * 1000 / dt
    r = keep * state.r + gain * z.mean(0)
    g = keep * state.g + gain * e.mean(0)
    off = r - params.target
    return params.cost / 2 * off.square().sum(), params.cost * off[:, None] * g, RateState(r, g)
