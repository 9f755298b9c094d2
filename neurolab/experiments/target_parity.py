"""One network, four targets: does it fire the same spikes everywhere?

Models of earlier chapters (``models``) go as NIR graphs to Nengo, to Brian2, to the chip's whole
numbers in torch and, where their inputs are spikes, to the emulator of nengo-loihi. Each is shown
the same test examples.

Metrics: ``spike_mismatch_nengo`` and ``spike_mismatch_brian2`` (spikes that only the target or only
torch has, over all, in the worst layer of the worst model), ``spike_mismatch_loihi`` (the emulator
against the chip's arithmetic in torch), ``spike_mismatch_chip`` (that arithmetic against torch in
floats: what rounding to 8 bits and the reset to 0 change), ``accuracy_MODEL`` and
``accuracy_MODEL_chip``, ``synops_MODEL`` (spikes times the synapses that each reaches, an example).
All 0 until measured.

References: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9; Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.neuromorphic import to_nir
from neurolab.neuromorphic.compare import compare

from .contract import Progress, Refused, within
from .models import MODELS

DATA = ()
TARGETS = ("nengo", "brian2", "loihi", "chip")


@dataclass(frozen=True)
class Config:
    models: tuple[str, ...] = tuple(MODELS)  # out of models.MODELS
    targets: tuple[str, ...] = ("nengo", "brian2", "loihi")  # loihi brings the chip's numbers, too
    examples: int = 20  # of the test set, shown to each target
    seed: int = 0  # the first seed

    def __post_init__(self):
        for name, known in (("models", tuple(MODELS)), ("targets", ("nengo", "brian2", "loihi"))):
            given = getattr(self, name)
            if not given or not set(given) <= set(known):
                raise Refused(f"{name} must be some of {', '.join(known)}, got {given}")
        within(self, examples=(1, 1000), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(models=("sweeps", "rates"), targets=("nengo", "loihi"), examples=2),
    "full": Config(),
}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    jobs = [(model, target) for model in config.models for target in config.targets]
    metrics = {f"spike_mismatch_{target}": 0.0 for target in TARGETS}
    metrics |= {f"accuracy_{m}{end}": 0.0 for m in config.models for end in ("", "_chip")}
    metrics |= {f"synops_{m}": 0.0 for m in config.models}
    done = 0
    if state is not None:
        done = state["done"]
        metrics = dict(zip(metrics, state["measured"].tolist(), strict=True))
    made, last = None, ""
    for k, (model, target) in enumerate(jobs):
        if k < done:
            continue
        if model != last:
            made, last = MODELS[model](config.seed, config.examples), model
        for row in compare(to_nir(made.net), made.x, made.y, (target,)):
            if row.mismatch != row.mismatch:  # this target cannot run this model
                continue
            if row.target == "torch":
                metrics[f"accuracy_{model}"] = row.accuracy
                metrics[f"synops_{model}"] = row.synops
                continue
            if row.target == "chip":
                metrics[f"accuracy_{model}_chip"] = row.accuracy
            name = f"spike_mismatch_{row.target}"
            metrics[name] = max(metrics[name], row.mismatch)
        done = k + 1
        kept = torch.tensor(list(metrics.values()), dtype=torch.float64)
        yield Progress(done, len(jobs), dict(metrics), {"done": done, "measured": kept})
