"""The runner: seeds, checkpoints, the bar and the record of an experiment.

A seed is one run of the experiment's generator. Between two steps, at most every ``save_every``
seconds, the runner saves the state it was given; Ctrl-C and kill -9 lose no more than that. With
``resume`` it goes on from there, and since a state determines all that follows, to the same
numbers.
"""

import json as jsons
import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm.auto import tqdm

from . import load, record
from .checkpoint import Slot, pack, write
from .contract import PRESETS, Progress, Refused, reads, unknown_field


def runs_folder() -> Path:
    """Where checkpoints lie: what NEUROLAB_RUNS names, else a folder in the user's cache."""
    named = os.environ.get("NEUROLAB_RUNS", "").strip()
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("neurolab")) / "runs"


def configure(name: str, module: ModuleType, preset: str, changes: dict[str, Any]) -> Any:
    """The Config of a preset with some fields changed.

    Raises:
        Refused: an unknown preset or field, a wrong type, a value out of range.
    """
    if preset not in PRESETS:
        raise Refused(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
    known = [f.name for f in fields(module.Config)]
    for field in changes:
        if field not in known:
            raise unknown_field(name, field, known)
    return replace(module.PRESETS[preset], **changes)


def run(
    name: str,
    preset: str = "quick",
    seeds: int = 1,
    *,
    json: str | Path | None = None,
    resume: bool = False,
    save_every: float = 5.0,
    bar: bool | None = None,
    tell: Callable[[str], None] = warnings.warn,
    command: str | None = None,
    **changes: Any,
) -> dict:
    """Run an experiment and return its record.

    Args:
        name: a key of EXPERIMENTS.
        preset: "quick" or "full".
        seeds: how many; 5 means the seeds 0 to 4, or with ``seed=10`` the seeds 10 to 14.
        json: file to write the record to.
        resume: go on from the newest checkpoints of the same settings, code and versions.
        save_every: seconds between two checkpoints of a seed; 0 saves after every step.
        bar: show a progress bar; None: in a notebook, and where stderr is a terminal.
        tell: is called with a line when something is worth knowing (nothing to resume from, a
            damaged checkpoint).
        command: what the record says it was made by; None: this call.
        changes: fields of the experiment's Config that differ from the preset.

    Raises:
        Refused: an unknown name, preset or field, a wrong type, a value out of range, a place
            that cannot be written.
    """
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= 10_000:
        raise Refused(f"seeds must be a whole number from 1 to 10,000, got {seeds!r}")
    if not isinstance(save_every, int | float) or not save_every >= 0:
        raise Refused(f"save_every must be a number of seconds from 0, got {save_every!r}")
    module = load(name)
    config = configure(name, module, preset, changes)
    replace(config, seed=config.seed + seeds - 1)  # refused now if the last seed is out of range
    if json is not None:
        record.can_be_written(Path(json))
    if command is None:
        said = "".join(f", {key}={value!r}" for key, value in changes.items())
        command = f"neurolab.experiments.run({name!r}, {preset!r}, {seeds}{said})"

    folder = runs_folder() / f"{name}-{record.key(name, config)}"
    numbers = range(config.seed, config.seed + seeds)
    disable = None if bar is None else not bar
    with Slot(folder, resume) as slot, tqdm(desc=name, disable=disable) as shown:
        if resume and not any(slot.file(seed).exists() for seed in numbers):
            tell("nothing to resume (no checkpoint of these settings, code and versions): starting")
        said = {"experiment": name, "preset": preset, "changes": changes}
        save(slot.about, jsons.dumps(said, default=str).encode(), tell)
        results, seconds = [], 0.0
        for place, seed in enumerate(numbers):
            last, before, warning = slot.load(seed)
            if warning:
                tell(f"{warning}; the seed starts again")
            started = saved = time.monotonic()
            for progress in steps(module, replace(config, seed=seed), last):
                last, now = progress, time.monotonic()
                if last.done == last.total or now - saved >= save_every:
                    save(slot.file(seed), pack(last, before + now - started), tell)
                    saved = now
                shown.total = seeds * last.total
                shown.set_postfix({"seed": seed, **last.metrics}, refresh=False)
                shown.update(place * last.total + last.done - shown.n)
            results.append({metric: float(value) for metric, value in last.metrics.items()})
            seconds += before + time.monotonic() - started
        data = record.variants(reads(module, config))
        made = record.make(name, preset, config, results, seconds, data, command)
        if json is not None:
            record.store(made, Path(json))
        slot.clear()
    return made


def save(path: Path, content: bytes, tell: Callable[[str], None]) -> None:
    """Write a file of a slot; a disk that is full does not stop the run."""
    try:
        write(path, content)
    except OSError as error:
        tell(f"no checkpoint could be written ({error}); going on without")


def steps(module: ModuleType, config: Any, last: Progress | None) -> Iterator[Progress]:
    """What is left of one seed after ``last``, or all of it; ends with ``done == total``.

    Raises:
        RuntimeError: the experiment breaks its contract and ends too early.
    """
    if last is not None and last.done == last.total:
        return
    for last in module.run(config, last.state if last else None):  # noqa: B020
        yield last
    if last is None or last.done != last.total:
        raise RuntimeError(f"{module.__name__}.run ended before it was done")
