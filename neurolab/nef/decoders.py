"""Decoders: the linear read-out of a function from the rates of a population, by least squares.

    min over D of  sum_m |a(x_m) D - f(x_m)|^2 + M sigma^2 |D|^2
    D = (A^T A + M sigma^2 I)^-1 A^T Y,     sigma = noise max(A)

    symbol    meaning                                              shape     unit
    x_m       points at which the function is to be met            (M, D)    -
    A         rates at these points                                (M, N)    Hz
    Y         the function there                                   (M, K)    -
    D         decoders                                             (N, K)    1 / Hz
    noise     expected fluctuation of a rate, of the largest one   ()        -

The second term is what noise of that size on each rate would cost on average, so it keeps decoders
small and the read-out steady. With M < N the same solution is had from an M x M system.

What follows, and is tested: both systems give one solution, and Nengo's ``LstsqL2``; with noise on
the rates the error is what the formula says; it falls as 1 / sqrt(N).

References: Eliasmith & Anderson (2003), Neural Engineering, ch. 2; in short: Stewart & Eliasmith
(2014), doi:10.1109/JPROC.2014.2306061
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Decoders(NamedTuple):
    weights: Tensor  # (N, K) 1 / Hz
    rmse: float  # of the read-out at the points, without noise


def solve_decoders(
    rates: Tensor,
    wanted: Tensor,
    noise: float = 0.1,
) -> Decoders:
    """Decoders for ``wanted`` (M, K) from ``rates`` (M, N).

    Raises:
        ValueError: names what does not fit.
    """
    top = _checked(rates, wanted, noise)
    m, n = rates.shape
    ridge = max(m * (noise * top) ** 2, 1e-12 * top**2)
    if n <= m:
        gram = rates.T @ rates
        gram = gram + ridge * torch.eye(n).to(gram)
        weights = torch.linalg.solve(gram, rates.T @ wanted)
    else:
        gram = rates @ rates.T
        gram = gram + ridge * torch.eye(m).to(gram)
        weights = rates.T @ torch.linalg.solve(gram, wanted)
    error = (rates @ weights - wanted).square().sum(1).mean().sqrt()
    return Decoders(weights, float(error))


def _checked(rates: Tensor, wanted: Tensor, noise: float) -> float:
    """The largest rate.

    Raises:
        ValueError: names what does not fit.
    """
    if rates.ndim != 2 or wanted.ndim != 2 or len(rates) != len(wanted):
        given = f"{tuple(rates.shape)} and {tuple(wanted.shape)}"
        raise ValueError(f"wanted: rates (M, N) and values (M, K) are needed, got {given}")
    if not noise >= 0:
        raise ValueError(f"noise: a number from 0 is needed, got {noise!r}")
    top = float(rates.max()) if rates.numel() else 0.0
    if top <= 0:
        raise ValueError("rates: some above 0 are needed, all neurons are silent")
    return top
