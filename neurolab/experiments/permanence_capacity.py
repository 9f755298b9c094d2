"""How many patterns does one neuron learn before it takes 1 % of other patterns for them?

Learned: random patterns are shown one after another, each ``shows`` times with ``noise`` of its
cells moved, to a neuron that learns by permanence (``dendrites.PermanenceLearning``). Each time
``every`` more are learned, the neuron is asked for all patterns so far, as they are and with
``moved`` of their cells moved, and for ``tests`` random patterns that it never saw.

Mixed: the same patterns are stored in a second neuron of few segments (``mixed``), each of which
holds the synapses of several patterns (``dendrites.MultiSegmentNeuron``), at a higher threshold.

    capacity    patterns at which 1 % of the random patterns are taken for stored ones, by straight
                lines between the logarithms at the checks; all patterns if it is not reached
    formula     ``dendrites.capacity``: one segment a pattern while there are segments

Metrics: ``recalled`` and ``recalled_moved`` (parts of all patterns, at the end), ``stored`` (how
many are recalled at the last check at which at most 1 % are false), ``false_match`` and
``false_match_formula`` at the end, and at a quarter, a half and three quarters of the patterns
(``..._1of4``); ``capacity``, ``capacity_formula``, ``capacity_mixed``, ``capacity_mixed_formula``;
``touched`` and ``touched_most`` (mean and largest part of the neuron's synapses that one show
changed), ``synapses`` (that it has at the end), ``connected`` (of those that transmit, for each
segment that has learned).

What to expect: false matches along the formula, up to a few percent for the chance of finite tests
and for noise, of which a synapse or two on a segment are learned as well; one show touches the
places of one segment of ``segments``, here 1 / 256 or 0.39 %, since all others stay as they are.

Reference: Hawkins & Ahmad (2016), doi:10.3389/fncir.2016.00023
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.dendrites import (
    MultiSegmentNeuron,
    PermanenceLearning,
    PermanenceParams,
    capacity,
    log_neuron_match,
    patterns_of,
    subsets,
)

from .contract import Progress, Refused, within

DATA = ()
ERROR = 0.01
AT_ONCE = 1000  # patterns that are held against all segments at a time
PARTS = {"_1of4": 0.25, "_1of2": 0.5, "_3of4": 0.75, "": 1.0}


@dataclass(frozen=True)
class Config:
    inputs: int = 1000  # cells
    active: int = 50  # of them, in each pattern
    segments: int = 256  # of the neuron that learns
    room: int = 20  # places for synapses on a segment
    sample: int = 16  # synapses wanted for a pattern
    threshold: int = 6  # active synapses that make a segment active
    matching: int = 10  # active ones, silent too, with which a segment goes on to learn
    shows: int = 4  # of each pattern
    noise: float = 0.1  # of the active cells, moved in each show
    moved: float = 0.2  # of the active cells, when the neuron is asked
    patterns: int = 240  # to learn, and to mix
    every: int = 10  # patterns between two checks
    tests: int = 20_000  # random patterns that it never saw
    mixed: int = 16  # segments of the neuron that mixes
    mixed_threshold: int = 10  # and its threshold
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, inputs=(10, 10**5), active=(1, 10**5), segments=(1, 10**5), room=(1, 10**4))
        within(self, sample=(1, 10**4), threshold=(1, 10**4), matching=(1, 10**4))
        within(self, shows=(1, 1000), noise=(0, 1), moved=(0, 1), patterns=(4, 10**5))
        within(self, every=(1, 10**5), tests=(10, 10**7), mixed=(1, 10**4))
        within(self, mixed_threshold=(1, 10**4), seed=(0, 2**31 - 1))
        if 2 * self.active > self.inputs:
            raise Refused(f"active must be at most half of inputs, got {self.active}")
        for name, most in (("sample", "active"), ("sample", "room"), ("threshold", "sample")):
            if getattr(self, name) > getattr(self, most):
                raise Refused(f"{name} must be at most {most}, got {getattr(self, name)}")
        if self.mixed_threshold > self.sample:
            raise Refused(f"mixed_threshold must be at most sample, got {self.mixed_threshold}")
        if self.patterns % (4 * self.every):
            raise Refused(f"patterns must be a multiple of 4 x every, got {self.patterns}")


PRESETS = {"quick": Config(patterns=160, every=20, tests=1000), "full": Config()}


def shifted(x: Tensor, part: float, chance: torch.Generator) -> Tensor:
    """Patterns (P, I) in which ``part`` of the active cells are silent, and others fire instead."""
    if not (count := round(part * int(x[0].sum()))):
        return x
    score = torch.rand(x.shape, generator=chance)
    silent = torch.where(x, score, -1.0).topk(count, 1)[1]
    new = torch.where(x, -1.0, score).topk(count, 1)[1]
    return x.scatter(1, silent, False).scatter(1, new, True)


def taken(neuron, x: Tensor) -> float:
    """Part of the patterns (P, I) that the neuron takes for its own."""
    return sum(float(neuron(some).sum()) for some in x.split(AT_ONCE)) / len(x)


def crossing(patterns: list[int], false: list[float]) -> float:
    """Where the curve, from (0, 0) on, first passes ERROR; its end if it does not."""
    before, low = 0, 0.0
    for now, high in zip(patterns, false, strict=True):
        if high > ERROR:
            part = math.log(ERROR / low) / math.log(high / low) if low > 0 else ERROR / high
            return before + part * (now - before)
        before, low = now, high
    return float(patterns[-1])


class Study:
    """Both neurons, what they are shown, and what was measured so far."""

    def __init__(self, config: Config, state: dict | None):
        c = self.config = config
        start = torch.Generator().manual_seed(c.seed)
        self.shown = patterns_of(subsets(c.patterns, c.active, c.inputs, start), c.inputs)
        self.other = patterns_of(subsets(c.tests, c.active, c.inputs, start), c.inputs)
        params = PermanenceParams(c.threshold, c.matching, c.sample)
        self.learner = PermanenceLearning(c.inputs, c.segments, c.room, params, start)
        each = math.ceil(c.patterns / c.mixed)
        self.mixer = MultiSegmentNeuron(c.inputs, c.mixed, c.sample, c.mixed_threshold, each)
        self.chance = torch.Generator().manual_seed(c.seed + 2**31)
        self.checks = torch.zeros(0, 4, dtype=torch.float64)  # false, recalled, moved, mixed false
        self.touched = torch.zeros(2, dtype=torch.float64)  # sum and largest
        if state is not None:
            self.chance.set_state(state["chance"])
            self.checks, self.touched = state["checks"].clone(), state["touched"].clone()
            for name, neuron in (("learner", self.learner), ("mixer", self.mixer)):
                for key, value in neuron.state_dict().items():
                    value.copy_(state[f"{name}.{key}"])

    def block(self) -> None:
        """Learn and mix ``every`` more patterns, then check."""
        c, first = self.config, len(self.checks) * self.config.every
        for one in self.shown[first : first + c.every]:
            for noisy in shifted(one.expand(c.shows, -1), c.noise, self.chance):
                fraction = self.learner.learn(noisy, self.chance).fraction
                self.touched[0] += fraction
                self.touched[1] = max(fraction, float(self.touched[1]))
            self.mixer.store(one, self.chance)
        known = self.shown[: first + c.every]
        asked = (self.other, known, shifted(known, c.moved, self.chance))
        row = [*(taken(self.learner, x) for x in asked), taken(self.mixer, self.other)]
        self.checks = torch.cat([self.checks, torch.tensor([row], dtype=torch.float64)])

    def metrics(self) -> dict[str, float]:
        c, done = self.config, len(self.checks)
        count = [c.every * (k + 1) for k in range(done)]
        false, recalled, moved, mixed = self.checks.T.tolist()
        law = (c.inputs, c.active, c.sample)
        found = {
            "recalled": recalled[-1],
            "recalled_moved": moved[-1],
            "stored": max(
                [r * m for r, m, f in zip(recalled, count, false, strict=True) if f <= ERROR],
                default=0.0,
            ),
            "capacity": crossing(count, false),
            "capacity_formula": float(capacity(c.threshold, *law, c.segments, ERROR)),
            "capacity_mixed": crossing(count, mixed),
            "capacity_mixed_formula": float(capacity(c.mixed_threshold, *law, c.mixed, ERROR)),
            "touched": float(self.touched[0]) / (count[-1] * c.shows),
            "touched_most": float(self.touched[1]),
            "synapses": float((self.learner.permanence > 0).sum()),
        }
        per_segment = self.learner.connected.sum(1).double()
        found["connected"] = float(per_segment.sum() / (per_segment > 0).sum().clamp(min=1))
        for name, part in PARTS.items():
            at = round(part * c.patterns)
            index = at // c.every - 1
            found[f"false_match{name}"] = false[index] if index < done else 0.0
            log_p = log_neuron_match(c.threshold, *law, at, c.segments)
            found[f"false_match_formula{name}"] = math.exp(log_p)
        return found

    def state(self) -> dict:
        kept = {"chance": self.chance.get_state(), "checks": self.checks, "touched": self.touched}
        for name, neuron in (("learner", self.learner), ("mixer", self.mixer)):
            kept |= {f"{name}.{key}": value.clone() for key, value in neuron.state_dict().items()}
        return kept | {"touched": self.touched.clone()}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    study, total = Study(config, state), config.patterns // config.every
    while len(study.checks) < total:
        study.block()
        yield Progress(len(study.checks), total, study.metrics(), study.state())
