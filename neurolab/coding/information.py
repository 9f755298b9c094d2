"""Mutual information of stimulus and response, from few trials, in bits.

    I = sum_{s, r} p(s, r) log2 (p(s, r) / (p(s) p(r)))             plug-in: p are frequencies
    PT: I - (sum_s (R_s - 1) - (R - 1)) / (2 n ln 2)                Panzeri-Treves
    QE: I(n) = I + a / n + b / n^2, solved from n, n / 2, n / 4     quadratic extrapolation

    symbol   meaning                                             shape     unit
    s, r     number of the stimulus, of the response             (n,)      -
    n        trials, of all stimuli                              ()        -
    R        responses that occur                                ()        -
    R_s      responses that stimulus s can have                  (S,)      -
    table    trials by stimulus and response                     (S, R)    -

Frequencies of few trials look more different than the probabilities are, so plug-in is too large,
by the term PT takes away, to first order in 1 / n. R_s is not the number of responses seen: more of
them would be seen with more trials. It is chosen so that the number expected to be seen is the
number that was, with Bayesian probabilities for seen and unseen ones (``possible``).

What follows, and is tested, on channels of known information (binary symmetric, Poisson counts, a
time with Gaussian jitter, no relation at all): plug-in is exact for exact tables; from few trials
it is too large by the first-order term, and PT and QE take away most of that.

Times are read as the number of their bin (``time_bins``), whole trains as words (``words``). A
word of 0 and 1 contains its count, so in truth it never tells less; the time of the first spike
alone may.

References: PT (Panzeri & Treves 1996) and QE in Panzeri et al. (2007), doi:10.1152/jn.00559.2007;
QE also in Strong et al. (1998), doi:10.1103/PhysRevLett.80.197
"""

import math

import numpy as np
import torch
from torch import Tensor


def joint(stimulus: Tensor, response: Tensor) -> Tensor:
    """Table (S, R) of the trials (n,); only stimuli and responses that occur have a place.

    Raises:
        ValueError: not two rows of whole numbers of the same length, or no trial at all.
    """
    for name, row in (("stimulus", stimulus), ("response", response)):
        whole = not (row.is_floating_point() or row.is_complex())
        if row.shape != stimulus.shape or row.ndim != 1 or len(row) == 0 or not whole:
            raise ValueError(
                f"{name}: whole numbers of shape (n,), the same n > 0 for both, are needed, "
                f"got {row.dtype} {tuple(row.shape)}"
            )
    s, r = (row.unique(return_inverse=True)[1] for row in (stimulus, response))
    shape = int(s.max()) + 1, int(r.max()) + 1
    places = s * shape[1] + r
    return torch.bincount(places, minlength=shape[0] * shape[1]).view(shape).double()


def plug_in(table: Tensor) -> float:
    """Information of a table (S, R) of trials, taken as it is."""
    p = table / table.sum()
    apart = p.sum(1, keepdim=True) * p.sum(0, keepdim=True)
    bits = torch.where(p > 0, p * torch.log2(p / apart), 0.0)
    return float(bits.sum())


def possible(row: Tensor) -> float:
    """How many of the responses (R,) a stimulus can have that was seen with these trials.

    With r unseen ones the seen ones have the probabilities (1 - g) (n_r + 1) / (n + R_seen), the
    unseen ones share g = r (1 - (n / (n + R_seen))^(1 / n)); r is the number at which the expected
    number of seen ones comes nearest to R_seen.
    """
    n, seen = float(row.sum()), int((row > 0).sum())
    if n == 0 or seen == len(row):
        return float(seen)
    share = 1 - (n / (n + seen)) ** (1 / n)
    unseen = np.arange(len(row) - seen + 1)
    unseen = unseen[unseen * share < 1]
    known = (1 - unseen[:, None] * share) * (row[row > 0].cpu().numpy() + 1) / (n + seen)
    expected = (1 - (1 - known) ** n).sum(1) + unseen * (1 - (1 - share) ** n)
    return float(seen + unseen[np.abs(expected - seen).argmin()])


def panzeri_treves(table: Tensor) -> float:
    """Information of a table (S, R) of trials without the first-order term."""
    table = table[:, table.sum(0) > 0]
    each = sum(possible(row) - 1 for row in table if row.sum() > 0)
    bias = (each - (table.shape[1] - 1)) / (2 * float(table.sum()) * math.log(2))
    return plug_in(table) - bias


def quadratic(stimulus: Tensor, response: Tensor) -> float:
    """Information of the trials (n,), extrapolated to many.

    Every second and every fourth trial of a stimulus make the parts, so the trials of a stimulus
    must stand in an order that means nothing.

    Raises:
        ValueError: what ``joint`` refuses, or fewer than four trials.
    """
    if len(stimulus) < 4:
        raise ValueError(f"stimulus: at least 4 trials are needed, got {len(stimulus)}")
    order = stimulus.argsort(stable=True)

    def mean(parts: int) -> float:
        each = [order[k::parts] for k in range(parts)]
        return sum(plug_in(joint(stimulus[k], response[k])) for k in each) / parts

    return (8 * mean(1) - 6 * mean(2) + mean(4)) / 3


def time_bins(t: Tensor, width: float) -> Tensor:
    """Number of the bin of each time; all inf, no spike, share one of their own."""
    bins = (t / width).floor()
    silent = bins[bins < math.inf].amax() + 1 if bool((bins < math.inf).any()) else 0.0
    return torch.where(bins < math.inf, bins, silent).long()


def words(z: Tensor) -> Tensor:
    """Number of the word of each train: trains (n, bins) that are alike get the same one."""
    return z.unique(dim=0, return_inverse=True)[1]
