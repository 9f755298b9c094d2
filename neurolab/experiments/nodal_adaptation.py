"""Few adaptive gains against many adaptive links: a race of students, and where gains lose it.

A teacher has ``trunks`` trunks of ``links`` links each, and a gain on each trunk. Two students see
the same normal inputs, one after the other, and hear the teacher's answer: one adapts its gains, on
links that stay; the other its links. Both begin with gains of 1 and the same links, of which the
teacher's are a mixture with others,

    teacher's links = sqrt(1 - mixed) (the students') + sqrt(mixed) (others at random)

so that with ``mixed`` 0 the right gains are all it takes, and with 1 they have next to nothing to
do with the teacher. Each kind has two rates, each the best of 1, 0.3 and 0.1 on seeds 10 and 11:
one for ``mixed`` 0, by the presentations it takes, and one for the other mixtures, by their mean
error at the end. The error is the mean squared difference of answers to fresh inputs, by that of
the teacher's answers, mean over ``students`` of each kind.

Metrics: ``presentations_nodes`` and ``presentations_links`` until the error is 5 % of the first,
with ``mixed`` 0, and their ratio ``faster``; ``theory_nodes`` and ``theory_links``, what
1 - rate (2 - rate) / P a presentation gives; ``signs_nodes`` and ``signs_links``, until 95 % of
signs agree where only the sign of the answer is told; for ``mixed`` 0, 0.01, 0.1 and 1 the errors
at the end, ``nodes_0``, ``links_0``, .. ``nodes_100``, ``links_100``, with ``reach_``, the least
that any gains have, and ``crossing_``, the presentation from which on links are better than nodes.
What was not reached counts as all presentations.

Reference: Sardi et al. (2018), doi:10.1038/s41598-018-23471-7
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.dendrites import (
    LinkAdaptation,
    NodalAdaptation,
    Trunks,
    answer_error,
    disagreement,
    generalization,
    out_of_reach,
    sign_error,
)

from .contract import Progress, within

DATA = ()
PARTS = 10  # a run yields so often
MIXED = {"_0": 0.0, "_1": 0.01, "_10": 0.1, "_100": 1.0}
KINDS = {"nodes": NodalAdaptation, "links": LinkAdaptation}
ENOUGH = 0.05  # of the first error; and of all signs


@dataclass(frozen=True)
class Config:
    trunks: int = 10  # K
    links: int = 50  # M, of each trunk
    students: int = 20  # of each kind and mixture
    presentations: int = 2000  # examples, one after the other
    rate_nodes: float = 1.0  # of the normalized rule, where links are the teacher's
    rate_links: float = 1.0  # of the normalized rule, where links are the teacher's
    mixed_nodes: float = 0.1  # of the normalized rule, where they are not
    mixed_links: float = 1.0  # of the normalized rule, where they are not
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, trunks=(1, 1000), links=(1, 10**4), students=(1, 10**4))
        within(self, presentations=(PARTS, 10**7), rate_nodes=(1e-3, 1.9), rate_links=(1e-3, 1.9))
        within(self, mixed_nodes=(1e-3, 1.9), mixed_links=(1e-3, 1.9), seed=(0, 2**31 - 1))


PRESETS = {"quick": Config(links=10, students=10, presentations=500), "full": Config()}


class Race:
    """Students of both kinds, on every mixture and on signs; what they have learned so far."""

    def __init__(self, config: Config):
        self.config, self.done = config, 0
        shape = (config.students, config.trunks, config.links)
        self.chance = torch.Generator().manual_seed(config.seed)
        own, other = (torch.randn(shape, generator=self.chance) for _ in range(2))
        gains = torch.randn(shape[:2], generator=self.chance)
        self.own, self.teachers, self.students = own, {}, {}
        for end, mixed in MIXED.items():
            both = math.sqrt(1 - mixed) * own + math.sqrt(mixed) * other
            self.teachers[end] = Trunks(both, gains)
        self.teachers["_signs"] = self.teachers["_0"]
        for end in self.teachers:
            for kind, made in KINDS.items():
                self.students[kind + end] = made(own, torch.ones(shape[:2]))
        self.first = self.errors()
        self.when: dict[str, float] = {}  # first presentation at which something was so

    def errors(self) -> dict[str, float]:
        found = {}
        for name, student in self.students.items():
            end = name.split("_")[1]
            measure = disagreement if end == "signs" else generalization
            found[name] = measure(student, self.teachers["_" + end]).mean().item()
        return found

    def present(self) -> None:
        """One example to all."""
        config = self.config
        x = torch.randn(self.own.shape, generator=self.chance)
        for name, student in self.students.items():
            kind, end = name.split("_")
            t, y = self.teachers["_" + end](x), student(x)
            error = sign_error(torch.sign(t), y) if end == "signs" else answer_error(t, y)
            own = "rate" if end in ("0", "signs") else "mixed"
            student.learn(x, error, getattr(config, f"{own}_{kind}"))
        self.done += 1
        self.note(self.errors())

    def note(self, now: dict[str, float]) -> None:
        for kind in KINDS:
            if now[f"{kind}_0"] < ENOUGH * self.first[f"{kind}_0"]:
                self.when.setdefault(f"presentations_{kind}", float(self.done))
            if now[f"{kind}_signs"] < ENOUGH:
                self.when.setdefault(f"signs_{kind}", float(self.done))
        for end in MIXED:
            if now["links" + end] >= now["nodes" + end]:
                self.when["crossing" + end] = float(self.done + 1)  # not yet

    def measured(self) -> dict[str, float]:
        config, now, found = self.config, self.errors(), {}
        total = float(config.presentations)
        for kind, size in (("nodes", config.trunks), ("links", config.trunks * config.links)):
            rate = getattr(config, f"rate_{kind}")
            found[f"presentations_{kind}"] = self.when.get(f"presentations_{kind}", total)
            found[f"theory_{kind}"] = math.log(ENOUGH) / math.log1p(-rate * (2 - rate) / size)
            found[f"signs_{kind}"] = self.when.get(f"signs_{kind}", total)
        found["faster"] = found["presentations_links"] / found["presentations_nodes"]
        for end in MIXED:
            reach = out_of_reach(self.own, self.teachers[end]).mean().item()
            found |= {f"{kind}{end}": now[kind + end] for kind in KINDS}
            found["reach" + end] = reach
            found["crossing" + end] = min(self.when.get("crossing" + end, 1.0), total)
        return found

    def state(self) -> dict:
        kept = {"done": self.done, "chance": self.chance.get_state()}
        kept |= {f"when {name}": at for name, at in self.when.items()}
        for name, student in self.students.items():
            kept |= {f"links {name}": student.links.clone(), f"gains {name}": student.gains.clone()}
        return kept

    def restore(self, state: dict) -> None:
        self.done = state["done"]
        self.chance.set_state(state["chance"])
        self.when = {k.removeprefix("when "): v for k, v in state.items() if k[:5] == "when "}
        for name, student in self.students.items():
            student.links = state[f"links {name}"].clone()
            student.gains = state[f"gains {name}"].clone()


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    race = Race(config)
    if state is not None:
        race.restore(state)
    ends = [config.presentations * part // PARTS for part in range(1, PARTS + 1)]
    for end in ends:
        if race.done < end:
            while race.done < end:
                race.present()
            yield Progress(race.done, config.presentations, race.measured(), race.state())
