"""Decoders: what the counts of many cells say about the stimulus, and the best that any can do.

    population vector    angle = arg sum_j n_j exp(i c_j)
    maximum likelihood   s = argmax_s sum_j (n_j log f_j(s) - T f_j(s))
    Fisher information   J(s) = T sum_j f_j'(s)^2 / f_j(s),     error >= 1 / sqrt(J)  (Cramer-Rao)

    symbol   meaning                                              shape    unit
    n        counts of independent Poisson cells                  (B, N)   -
    c        preferred angles                                     (N,)     rad
    f        tuning curves, ``tuning(s) -> (S, N)``               (S, N)   1 / s
    T        length of the count                                  ()       s
    J        Fisher information                                   (S,)     1 / (unit of s)^2

What follows, and is tested: J grows as T N, so the bound falls as 1 / sqrt(T N); the error of
maximum likelihood follows it within 10 % once many spikes are counted, that of the population
vector lies above it where curves are narrow; for curves exp(kappa cos(s - c)) without base and many
cells at even distances both answer the same.

References: Seung & Sompolinsky (1993), doi:10.1073/pnas.90.22.10749; population vector:
Georgopoulos et al. (1986), doi:10.1126/science.3749885
"""

from collections.abc import Callable

import torch
from torch import Tensor

Tuning = Callable[[Tensor], Tensor]  # stimuli (S,) -> rates (S, N), 1 / s, above 0


def population_vector(n: Tensor, preferred: Tensor) -> Tensor:
    """Angles (B,), -pi to pi, from counts (B, N) and preferred angles (N,)."""
    _check_counts(n)
    if preferred.shape != n.shape[1:]:
        raise ValueError(
            f"preferred: shape ({n.shape[1]},) is needed, got {tuple(preferred.shape)}"
        )
    return torch.atan2(n @ preferred.sin(), n @ preferred.cos())


def log_likelihood(n: Tensor, rates: Tensor, seconds: float) -> Tensor:
    """(B, S): log p(n | s) of counts (B, N) for each row of rates (S, N), but for a term of n."""
    return n @ rates.log().T - seconds * rates.sum(1)


def maximum_likelihood(
    n: Tensor, tuning: Tuning, grid: Tensor, seconds: float, refine: int = 4
) -> Tensor:
    """The most likely stimuli (B,): the best of ``grid`` (S,), then steps of Fisher scoring.

    A step of scoring is (d log p / ds) / J, and never longer than the grid is wide, so a grid finer
    than the curves finds the highest peak and the steps its top.

    Raises:
        ValueError: counts of the wrong shape or below 0, or a tuning curve that is not above 0.
    """
    _check_counts(n)
    rates = tuning(grid)
    if rates.shape != (len(grid), n.shape[1]) or not bool((rates > 0).all()):
        raise ValueError(
            f"tuning: rates above 0 of shape ({len(grid)}, {n.shape[1]}) are needed, "
            f"got {tuple(rates.shape)} with {int((~(rates > 0)).sum())} not above 0"
        )
    s = grid[log_likelihood(n, rates, seconds).argmax(1)]
    widest = grid.diff().abs().max() if len(grid) > 1 else 0.0
    for _ in range(refine):
        f, slope = rates_and_slopes(s, tuning)
        score = ((n / f - seconds) * slope).sum(1)
        s = s + (score / (seconds * slope**2 / f).sum(1)).clamp(-widest, widest)
    return s


def rates_and_slopes(s: Tensor, tuning: Tuning) -> tuple[Tensor, Tensor]:
    """f and df / ds, (S, N) each, at the stimuli (S,).

    sum_j v_j f_j'(s) is one backward pass; it is linear in v, so its gradient there is f'.
    """
    with torch.enable_grad():
        s = s.detach().requires_grad_()
        f = tuning(s)
        v = torch.zeros_like(f, requires_grad=True)
        (along,) = torch.autograd.grad(f, s, v, create_graph=True)
        (slope,) = torch.autograd.grad(along.sum(), v)
    return f.detach(), slope


def fisher_information(
    s: Tensor,
    tuning: Tuning,
    seconds: float,
) -> Tensor:
    """J (S,) of independent Poisson cells at the stimuli (S,)."""
    f, slope = rates_and_slopes(s, tuning)
    return seconds * (slope**2 / f).sum(1)


def cramer_rao(s: Tensor, tuning: Tuning, seconds: float) -> Tensor:
    """The smallest root-mean-square error (S,) that a decoder without bias can have."""
    return fisher_information(s, tuning, seconds).rsqrt()


def _check_counts(n: Tensor) -> None:
    if n.ndim != 2 or not n.is_floating_point() or not bool((n >= 0).all()):
        raise ValueError(
            f"n: counts (B, N) as floats from 0 are needed, got {n.dtype} {tuple(n.shape)} "
            f"with {int((~(n >= 0)).sum())} that are not"
        )
