"""Which part of active dendrites keeps the past? Permuted MNIST with parts taken out or changed.

    variant          what it is
    full             dendrites, 5 % winners, half of the weights; told the task while learning
    no_dendrites     winners alone
    no_winners       dendrites on rectified units
    max_gate         the largest segment decides, not the one largest in size
    one_segment      one segment on a neuron
    many_segments    twice as many segments as tasks
    inferred         nobody tells the task, in learning either: batches are put into clusters
    with_si          synaptic intelligence on the feed-forward weights, beside the dendrites
    mlp              rectified, dense, as wide
    mlp_si           the same with synaptic intelligence
    mlp_xdg          the same, told the task in testing too, four fifths of the units off by task
    mlp_larger       as many parameters as ``full``, segments included
    mlp_deeper       the same in ten layers

Metrics: ``accuracy_VARIANT`` (mean over all tasks after the last; 0 until it is done),
``forgotten_VARIANT``, ``parameters_VARIANT`` (numbers that learn).

Each task is passed over once, so all of this takes a third of the time of the three passes of the
paper. RATES were chosen for each variant with seed 10, so with other permutations, on
"mnist-held-out": from 1e-4 on in steps of about three, up while the accuracy rises, else down. For
``with_si`` and ``mlp_si`` the strength was chosen in the same way from 0.01 on, in steps of ten, at
the rate of ``full`` and of ``mlp``.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .by_tasks import SETS, OneStream, Settings
from .contract import Progress, Refused, within

RATES = {
    **{"full": 1e-3, "no_dendrites": 3e-4, "no_winners": 1e-4, "max_gate": 3e-4},
    **{"one_segment": 1e-3, "many_segments": 1e-3, "inferred": 1e-3, "with_si": 1e-3},
    **{"mlp": 1e-4, "mlp_si": 1e-4, "mlp_xdg": 3e-3, "mlp_larger": 1e-5, "mlp_deeper": 1e-5},
}
VARIANTS = {
    "full": {},
    "no_dendrites": {"kind": "kwinners"},
    "no_winners": {"kind": "relu"},
    "max_gate": {"gate": "max"},
    "one_segment": {"segments": 1},
    "many_segments": {"segments": 2},  # times the tasks
    "inferred": {"known": False},
    "with_si": {"si": 0.1},
    "mlp": {"kind": "mlp"},
    "mlp_si": {"kind": "mlp", "si": 0.1},
    "mlp_xdg": {"kind": "xdg"},
    "mlp_larger": {"kind": "mlp", "layers": 2},
    "mlp_deeper": {"kind": "mlp", "layers": 10},
}
EQUAL = ("mlp_larger", "mlp_deeper")  # as many parameters as the first


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data.split("-")[0],)


@dataclass(frozen=True)
class Config:
    variants: tuple[str, ...] = tuple(VARIANTS)  # in this order
    rates: tuple[float, ...] = ()  # of learning, one for each variant; none: those chosen
    strength: float = 10.0  # of synaptic intelligence, of ``with_si``
    strength_mlp: float = 100.0  # the same of ``mlp_si``
    tasks: int = 10  # of the stream
    data: str = "mnist"  # or digits; with -held-out no test set
    width: int = 512  # units of each of two hidden layers
    passes: int = 1  # over a task
    batch: int = 256  # examples between two changes of the weights
    seed: int = 0  # the first seed

    def __post_init__(self):
        if not self.variants or not set(self.variants) <= set(VARIANTS):
            allowed = ", ".join(VARIANTS)
            raise Refused(f"variants must be some of {allowed}, got {self.variants}")
        if self.rates and len(self.rates) != len(self.variants):
            needed, got = len(self.variants), len(self.rates)
            raise Refused(f"rates must be {needed}, one for each variant, or none, got {got}")
        if not all(0 < rate < 1 for rate in self.rates):
            raise Refused(f"rates must be between 0 and 1, got {self.rates}")
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        within(self, strength=(0, 1e6), strength_mlp=(0, 1e6), tasks=(2, 1000))
        within(self, width=(1, 10**5), passes=(1, 1000), batch=(1, 10**5), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"variants": ("full", "mlp_larger"), "rates": (2e-3, 2e-3)},
        **{"tasks": 3, "data": "digits", "width": 64, "passes": 2, "batch": 32},
    ),
    "full": Config(),
}


def settings(config: Config, variant: str) -> Settings:
    rate = RATES[variant]
    if config.rates:
        rate = config.rates[config.variants.index(variant)]
    plain = Settings(
        **{"tasks": config.tasks, "segments": config.tasks, "width": config.width},
        **{"epochs": config.passes, "rate": rate, "batch": config.batch},
    )
    changes = dict(VARIANTS[variant])
    if variant == "many_segments":
        changes["segments"] *= config.tasks
    if "si" in changes:
        changes["si"] = config.strength_mlp if variant == "mlp_si" else config.strength
    return replace(plain, **changes)


def learned(stream: OneStream) -> int:
    """How many numbers learn: those of weights that do not exist are left out."""
    total = sum(p.numel() for p in stream.net.parameters())
    masks = (b for name, b in stream.net.named_buffers() if name.endswith("mask"))
    return total - sum(int((~mask).sum()) for mask in masks)


def width_of(parameters: int, inputs: int, outputs: int, layers: int) -> int:
    """Units of each hidden layer of an MLP with about so many parameters."""
    # (layers - 1) w^2 + (inputs + outputs + layers) w + outputs
    a, b, c = layers - 1, inputs + outputs + layers, outputs - parameters
    if a == 0:
        return max(1, round(-c / b))
    return max(1, round((math.sqrt(b * b - 4 * a * c) - b) / (2 * a)))


def made(config: Config, variant: str) -> OneStream:
    """The stream of a variant; larger networks are as large as the first variant there is."""
    wanted = settings(config, variant)
    if variant in EQUAL:
        like = replace(Settings(), tasks=config.tasks, segments=config.tasks, width=config.width)
        reference = OneStream(like, config.data, config.seed)
        sizes = reference.train.x.shape[1], reference.net.read_out.units
        width = width_of(learned(reference), *sizes, wanted.layers)
        wanted = replace(wanted, width=width)
    return OneStream(wanted, config.data, config.seed)


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    total, done = config.tasks * len(config.variants), 0
    names = ("accuracy", "forgotten", "parameters")
    metrics = {f"{name}_{variant}": 0.0 for variant in config.variants for name in names}
    if state is not None:
        done = state["done"]
        metrics |= {name: state[f"metric.{name}"] for name in metrics}
    for at, variant in enumerate(config.variants):
        first = done - at * config.tasks
        if first >= config.tasks:
            continue
        stream = made(config, variant)
        if first and state is not None:
            stream.restore(state)
        for k in range(first, config.tasks):
            stream.learn_task(k)
            done += 1
            if k == config.tasks - 1:
                found = stream.tested() | {"parameters": float(learned(stream))}
                metrics |= {f"{name}_{variant}": found[name] for name in names}
            kept = {"done": done} | {f"metric.{n}": x for n, x in metrics.items()}
            yield Progress(done, total, dict(metrics), kept | stream.state())
