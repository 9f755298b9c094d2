"""The record of a run: what was run, on what, with which result; and where it came from."""

import hashlib
import json
import os
import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from neurolab.__about__ import __version__

from .checkpoint import write
from .contract import Refused
from .statistics import summary

PACKAGE = Path(__file__).parents[1]
ONLY_SHOWN = ("live", "lab", "figures", "sphinxext", "cli.py", "__main__.py")  # no number from here


def versions() -> dict[str, str]:
    """Of what the numbers depend on."""
    found = {"python": platform.python_version(), "neurolab": __version__}
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The commit that neurolab runs from, "+changes" if files differ; None if it is installed."""

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=PACKAGE, capture_output=True, text=True, check=True, timeout=10
        )
        return done.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != PACKAGE.parent.resolve():
            return None  # installed somewhere inside another project
        changes = git("status", "--porcelain", "--", ".")
        return git("rev-parse", "HEAD") + ("+changes" if changes else "")
    except (OSError, subprocess.SubprocessError):
        return None


def key(name: str, config: Any) -> str:
    """Names everything that decides the numbers of a seed; equal keys mean equal numbers."""
    import torch

    code = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] not in ONLY_SHOWN:
            code.update(f"{inside.as_posix()}\n".encode() + path.read_bytes())
    what = [name, settings(config), versions(), torch.get_num_threads(), code.hexdigest()]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def variants(names: tuple[str, ...]) -> dict[str, str]:
    """Data set -> the variant of it on this machine."""
    if not names:
        return {}
    from neurolab import tasks

    return {name: tasks.get(name, progress=False).variant.name for name in names}


def settings(config: Any) -> dict[str, Any]:
    """The fields of a config but the seed; the record lists the seeds apart."""
    return {name: value for name, value in asdict(config).items() if name != "seed"}


def make(
    name: str,
    preset: str,
    config: Any,
    results: list[dict[str, float]],
    seconds: float,
    data: dict[str, str],
    command: str,
) -> dict:
    """The record of finished seeds, ``config.seed`` and on; ``results`` has the metrics of each."""
    return {
        "experiment": name,
        "preset": preset,
        "config": settings(config),
        "seeds": list(range(config.seed, config.seed + len(results))),
        "metrics": {m: summary([result[m] for result in results]) for m in results[0]},
        "data": data,
        "device": getattr(config, "device", "cpu"),
        "seconds": round(seconds, 3),
        "versions": versions(),
        "commit": commit(),
        "command": command,
    }


def can_be_written(path: Path) -> None:
    """Refuse before the work what would fail after it.

    Raises:
        Refused: the folder is not there, or the file or the folder cannot be written.
    """
    if path.is_dir():
        raise Refused(f"json: {path} is a folder, not a file")
    if not path.absolute().parent.is_dir():
        raise Refused(f"json: there is no folder {path.absolute().parent}")
    if not os.access(path.absolute().parent, os.W_OK) or (
        path.exists() and not os.access(path, os.W_OK)
    ):
        raise Refused(f"json: {path} cannot be written")


def store(record: dict, path: Path) -> None:
    """Write a record as JSON, whole or not at all."""
    write(path, (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())
