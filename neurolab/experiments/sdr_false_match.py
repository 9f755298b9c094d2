"""False matches of a dendritic segment: counted on random patterns, and by the formula.

For each number n of cells and each number s of synapses, ``segments`` random segments meet
``patterns`` random patterns of a active cells. The overlaps of all pairs are counted and held
against the law of ``dendrites.overlap``, for every threshold at which chance allows a comparison:

    z = (count - T p) / sqrt(T p (1 - p)),     T pairs, where T p and T (1 - p) are at least 20
    chi^2 = sum over overlaps of (count - expected)^2 / expected,  few expected ones together

    cells of all settings     n = 200, 500, 1000, 2000, 5000, 10000, 20000
    active cells              a = part of n, and the same number for every n: ``active``
    synapses                  s = 12, 24, 40

Pairs that share a pattern or a segment are independent two by two, so that z has variance 1.

Metrics: ``worst_deviation`` (largest |z|), ``beyond_two`` (part of the comparisons with |z| > 2;
about 5 % by chance), ``comparisons``, ``overlap_p`` (chance of a chi^2 as large as that of all
settings together), ``rarest`` (log10 of the smallest chance that was compared).
By the formula alone: ``log10_n200`` .. ``log10_n20000`` at a = ``active``, s = 24, theta = 12;
``log10_half_n20000`` for the same with half of the cells active; ``threshold_low``, the smallest
theta whose median false match over populations is at most 1e-9; ``threshold_best_low``,
``threshold_best_median`` and ``threshold_best_high``, 5, 50 and 95 % of the thresholds that are
best in each population when ``moved`` of the stored pattern has moved.

The populations are those of the paper's calculation: n = 10,000 to 190,000 by 20,000, 0.5 to 3 %
active, s = 20 to 50 by 5.

What to expect: |z| of a few hundred comparisons stays below 4; a median of at most 1e-9 from
theta = 10 on (the paper's figure shades from 9, whose median is 2.0e-9).

Reference: Ahmad & Hawkins (2016), arXiv:1601.00720
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurolab.dendrites import (
    best_threshold,
    log_false_match,
    log_overlap,
    patterns_of,
    segment_overlap,
    subsets,
)

from .contract import Progress, within

DATA = ()
CELLS = (200, 500, 1000, 2000, 5000, 10_000, 20_000)
SYNAPSES = (12, 24, 40)
LEAST = 20  # expected counts on either side of a threshold
AT_ONCE = 200  # patterns that are held against all segments at a time


@dataclass(frozen=True)
class Config:
    patterns: int = 2000  # random patterns of each setting
    segments: int = 2000  # random segments of each setting
    part: float = 0.05  # of the cells that are active
    active: int = 64  # active cells where their number is the same for every n
    moved: float = 0.3  # of the stored pattern, for the best threshold
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, patterns=(100, 10**6), segments=(100, 10**6), part=(0.005, 0.5))
        within(self, active=(1, 160), moved=(0, 1), seed=(0, 2**31 - 1))


PRESETS = {"quick": Config(patterns=200, segments=200), "full": Config()}


def settings(config: Config) -> list[tuple[int, int, int]]:
    """(n, a, s) of each setting."""
    pairs = [(n, a) for n in CELLS for a in (round(config.part * n), config.active)]
    return [(n, a, s) for n, a in pairs for s in SYNAPSES]


def counted(n: int, a: int, s: int, config: Config, place: int) -> Tensor:
    """How many pairs have each overlap (s + 1,)."""
    chance = torch.Generator().manual_seed(config.seed * 1000 + place)
    cells = subsets(config.segments, s, n, chance)
    counts = torch.zeros(s + 1, dtype=torch.float64)
    for some in subsets(config.patterns, a, n, chance).split(AT_ONCE):
        overlap = segment_overlap(patterns_of(some, n), cells)
        counts += torch.bincount(overlap.flatten(), minlength=s + 1)
    return counts


def deviations(counts: Tensor, n: int, a: int, s: int) -> tuple[Tensor, Tensor]:
    """z of each threshold that can be compared, and its log chance."""
    total = counts.sum()
    above = counts.flip(0).cumsum(0).flip(0)[1:]  # for theta = 1..s
    log_p = log_false_match(torch.arange(1, s + 1), n, a, s)
    p = log_p.exp()
    enough = (total * p >= LEAST) & (total * (1 - p) >= LEAST)
    z = (above - total * p) / (total * p * (1 - p)).sqrt()
    return z[enough], log_p[enough]


def chi_square(counts: Tensor, n: int, a: int, s: int) -> tuple[float, int]:
    """Of the overlaps, the few expected ones together, and its degrees of freedom."""
    expected = counts.sum() * log_overlap(torch.arange(s + 1), n, a, s).exp()
    enough = expected >= LEAST
    found, wanted = (torch.cat([x[enough], x[~enough].sum()[None]]) for x in (counts, expected))
    if wanted[-1] < 1:  # too few even together: with the smallest of the others
        found[-2], wanted[-2] = found[-2:].sum(), wanted[-2:].sum()
        found, wanted = found[:-1], wanted[:-1]
    return float(((found - wanted).square() / wanted).sum()), len(wanted) - 1


def formula(config: Config) -> dict[str, float]:
    """The metrics that need no counting."""
    log10 = math.log(10)
    found = {f"log10_n{n}": log_false_match(12, n, config.active, 24) / log10 for n in CELLS}
    found["log10_half_n20000"] = log_false_match(12, 20_000, 10_000, 24) / log10
    n = np.arange(10_000, 200_000, 20_000)[:, None, None]
    a = np.rint(n * np.arange(1, 7)[:, None] * 0.005).astype(int)
    n, a, s = (x.flatten() for x in np.broadcast_arrays(n, a, np.arange(20, 51, 5)))
    median = [np.median(log_false_match(theta, n, a, s)) for theta in range(1, 26)]
    found["threshold_low"] = 1.0 + int(np.argmax(np.array(median) <= -9 * log10))
    best = best_threshold(n, a, s, np.rint(config.moved * a).astype(int))
    for name, part in (("low", 5), ("median", 50), ("high", 95)):
        found[f"threshold_best_{name}"] = float(np.percentile(best, part))
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    cases, fixed = settings(config), formula(config)
    total, done = len(cases), 0
    z, log_p = torch.zeros(0).double(), torch.zeros(0).double()
    chi, freedom = 0.0, 0
    if state is not None:
        z, log_p, done = state["z"], state["log_p"], state["done"]
        chi, freedom = state["chi"], state["freedom"]
    while done < total:
        n, a, s = cases[done]
        counts = counted(n, a, s, config, done)
        more_z, more_p = deviations(counts, n, a, s)
        z, log_p = torch.cat([z, more_z]), torch.cat([log_p, more_p])
        more_chi, more_freedom = chi_square(counts, n, a, s)
        chi, freedom, done = chi + more_chi, freedom + more_freedom, done + 1
        tail = torch.special.gammaincc(*torch.tensor([freedom / 2, chi / 2]).double())
        metrics = {
            "worst_deviation": float(z.abs().max()),
            "beyond_two": float((z.abs() > 2).double().mean()),
            "comparisons": float(len(z)),
            "overlap_p": float(tail),
            "rarest": float(log_p.min()) / math.log(10),
            **fixed,
        }
        kept = {"z": z, "log_p": log_p, "done": done, "chi": chi, "freedom": freedom}
        yield Progress(done, total, metrics, kept)
