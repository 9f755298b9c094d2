"""How sparse is a code? Measures of rates, counts or binary answers.

    treves_rolls   a = <r>^2 / <r^2>                  from 1 / D to 1; the smaller the sparser
    selectivity    (1 - a) / (1 - 1 / D)              from 0 to 1; the larger the sparser
    hoyer          (sqrt D - |r|_1 / |r|_2) / (sqrt D - 1)        the same range and sense
    population     selectivity over the N units, of each stimulus
    lifetime       selectivity over the B stimuli, of each unit
    duty cycle     part of the stimuli for which a unit is active

    symbol   meaning                                             shape    unit
    r        answers of the units, none below 0                  (B, N)   any
    D        how many numbers are averaged, N or B               ()       -

Of binary answers a is the part that is active. For k equal answers of D all measures are closed
forms; so is a of rates that are exponentially distributed (1/2). Both are tested. A vector of
zeros has no sparsity: the answer is nan.

References: Treves & Rolls (1991), Network 2, 371; normalized to 0..1: Vinje & Gallant (2000),
doi:10.1126/science.287.5456.1273; Hoyer (2004), JMLR 5, 1457; population and lifetime: Willmore &
Tolhurst (2001), doi:10.1080/net.12.3.255.270
"""

import math

import torch
from torch import Tensor


def answers(r: Tensor, axes: int = 1) -> Tensor:
    """``r`` as floating point numbers.

    Raises:
        ValueError: too few axes, nothing in it, or a number below 0 or not finite.
    """
    if r.ndim < axes or r.numel() == 0:
        raise ValueError(f"r: {axes} axes and some answers are needed, got shape {tuple(r.shape)}")
    r = r if r.is_floating_point() else r.double()
    if not bool((r.isfinite() & (r >= 0)).all()):
        raise ValueError(f"r: finite answers of at least 0 are needed, got {float(r.min())}")
    return r


def treves_rolls(r: Tensor, dim: int = -1) -> Tensor:
    """<r>^2 / <r^2> over ``dim``; of binary answers the active part."""
    r = answers(r)
    return r.mean(dim).square() / r.square().mean(dim)


def selectivity(r: Tensor, dim: int) -> Tensor:
    size = r.shape[dim]
    if size < 2:
        raise ValueError(f"r: at least 2 answers along axis {dim} are needed, got {size}")
    return (1 - treves_rolls(r, dim)) / (1 - 1 / size)


def population_sparsity(r: Tensor) -> Tensor:
    """Of each stimulus over the units, (B,) from (B, N): 1 if one unit answers, 0 if all alike."""
    return selectivity(answers(r, 2), -1)


def lifetime_sparsity(r: Tensor) -> Tensor:
    """Of each unit over the stimuli, (N,) from (B, N): 1 if it answers to one, 0 if to all."""
    return selectivity(answers(r, 2), -2)


def hoyer(r: Tensor, dim: int = -1) -> Tensor:
    """Of numbers of either sign, over ``dim``: 1 for a single one, 0 if all have one size."""
    r = answers(r.abs())
    root = math.sqrt(r.shape[dim])
    if root < math.sqrt(2):
        raise ValueError(f"r: at least 2 numbers along axis {dim} are needed, got {r.shape[dim]}")
    return (root - r.sum(dim) / torch.linalg.vector_norm(r, dim=dim)) / (root - 1)


def duty_cycle(r: Tensor, above: float = 0.0) -> Tensor:
    """Part of the stimuli to which each unit answers with more than ``above``, (N,) of (B, N)."""
    return (answers(r, 2) > above).double().mean(-2)


def active_fraction(r: Tensor, above: float = 0.0) -> Tensor:
    """Part of the units that answer with more than ``above``, to each stimulus, (B,) of (B, N)."""
    return (answers(r, 2) > above).double().mean(-1)
