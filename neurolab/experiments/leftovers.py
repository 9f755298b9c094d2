"""What runs that were stopped have left, and who may throw it away.

A run that ends removes its checkpoints; one that was stopped leaves its slot (``checkpoint.Slot``),
so that it can be resumed, for good. A slot is held by a lock as long as its process lives; what is
held is shown but never removed. The lock files, which are empty, stay: to remove one while another
process opens it would let two runs into one slot.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from .checkpoint import told
from .contract import Refused
from .runner import runs_folder

DAY = 86400.0  # seconds


@dataclass(frozen=True)
class Leftover:
    path: Path  # of the slot
    experiment: str
    settings: str  # preset and changed fields, as options of the command
    seeds: str  # how far each got
    size: int  # bytes
    age: float  # seconds since the last checkpoint
    held: bool  # by a process that runs

    def __str__(self) -> str:
        state = "running" if self.held else f"{span(self.age)} old"
        return (
            f"{self.experiment} {self.settings}\n    {self.seeds}; "
            f"{self.size / 1e6:,.1f} MB, {state}; {self.path}"
        )


def listed() -> Iterator[str]:
    """Two lines for each, or one that says that there is none."""
    lines = [str(leftover) for leftover in leftovers()]
    yield from lines or [f"nothing is left in {runs_folder()}"]


def cleaned(older_than: float) -> Iterator[str]:
    """The lines of what was removed, and what that makes."""
    removed = list(clean(older_than))
    yield from map(str, removed)
    size = sum(leftover.size for leftover in removed)
    yield f"removed: {len(removed)}, {size / 1e6:,.1f} MB"


def leftovers() -> Iterator[Leftover]:
    """What lies in the runs folder, oldest first.

    Raises:
        Refused: the folder cannot be read.
    """
    folder = runs_folder()
    try:
        slots = [slot for slot in folder.glob("*/slot-*/") if any(slot.iterdir())]
        if folder.exists():
            next(folder.iterdir(), None)  # glob keeps silent about what it cannot read
        found = [look(slot) for slot in slots]
    except OSError as error:
        raise Refused(f"the runs in {folder} cannot be read ({error.strerror})") from error
    yield from sorted(found, key=lambda leftover: -leftover.age)


def clean(older_than: float = 0.0) -> Iterator[Leftover]:
    """Remove what is at least ``older_than`` days old and held by no process; yields what it was.

    Raises:
        Refused: a wrong number of days; the folder cannot be read or a file not removed.
    """
    number = isinstance(older_than, int | float) and not isinstance(older_than, bool)
    if not number or not older_than >= 0:
        raise Refused(f"older_than must be a number of days from 0, got {older_than!r}")
    for leftover in leftovers():
        if leftover.age < older_than * DAY:
            continue
        with taken(leftover.path) as free:
            if not free:
                continue
            try:
                for path in leftover.path.iterdir():
                    path.unlink()
                leftover.path.rmdir()
            except OSError as error:
                raise Refused(f"{leftover.path} cannot be removed ({error.strerror})") from error
        yield leftover


@contextmanager
def taken(slot: Path) -> Iterator[bool]:
    """Hold a slot, if nobody else does; whether it worked."""
    lock = FileLock(slot.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def look(slot: Path) -> Leftover:
    files = [path.stat() for path in slot.iterdir()]
    try:
        run = json.loads((slot / "run.json").read_text(encoding="utf-8"))
        options = {"preset": run["preset"], **run["changes"]}
        name = run["experiment"]
        settings = " ".join(f"--{f.replace('_', '-')} {v}" for f, v in options.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        name, settings = slot.parent.name.rpartition("-")[0], "(settings not known)"
    with taken(slot) as free:
        held = not free
    age = max(0.0, time.time() - max(file.st_mtime for file in files))
    return Leftover(slot, name, settings, seeds(slot), sum(f.st_size for f in files), age, held)


def seeds(slot: Path) -> str:
    """Like "seeds 0, 1 done, 2 at 12 of 20"."""
    paths = sorted(slot.glob("seed-*.safetensors"), key=lambda path: (len(path.name), path.name))
    done, parts = [], []
    for path in paths:
        seed, progress = path.stem.removeprefix("seed-"), told(path)
        if progress is None:
            parts.append(f"{seed} damaged")
        elif progress[0] == progress[1]:
            done.append(seed)
        else:
            parts.append(f"{seed} at {progress[0]} of {progress[1]}")
    parts = [f"{', '.join(done)} done"] * bool(done) + parts
    return f"seed{'s' * (len(paths) > 1)} {', '.join(parts)}" if parts else "no checkpoint"


def span(seconds: float) -> str:
    """A time in the largest unit of which there is at least one."""
    for unit, size in (("days", DAY), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"
