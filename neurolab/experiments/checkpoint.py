"""Checkpoints: what a run has done so far, on disk, whole or not at all.

A checkpoint is one safetensors file for a seed: the tensors of the state, and in its metadata a
JSON text with the rest and a sum over all of it. Nothing is ever unpickled. Files are written
beside their place and moved there, so a run killed at any moment leaves the last whole one.

The checkpoints of a run lie in a slot of the folder of its key (experiment, settings, code,
versions): two runs of the same key at once get two slots, each held by a lock that ends with its
process.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .contract import Progress, Refused


class Damaged(Exception):
    """A checkpoint cannot be used; the message says why."""


def write(path: Path, content: bytes) -> None:
    """Write a file so that at any moment ``path`` is the old one or the new one.

    What a process killed in the middle of this left beside it is removed.
    """
    for left in path.parent.glob(f".{path.name}.*.new"):
        if not _lives(left.name.split(".")[-2]):
            left.unlink(missing_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _lives(process: str) -> bool:
    """Whether a process of this number may be alive; yes where that cannot be asked."""
    if os.name != "posix" or not process.isdecimal():
        return True
    try:
        os.kill(int(process), 0)  # asks, does nothing
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def digest(tensors: Mapping[str, Tensor], text: str) -> str:
    """A sum over names, types, shapes and bytes of the tensors, and the text."""
    total = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)} ".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def pack(progress: Progress, seconds: float) -> bytes:
    """A checkpoint as the bytes of its file."""
    tensors = {k: v.detach().clone() for k, v in progress.state.items() if isinstance(v, Tensor)}
    plain = {k: v for k, v in progress.state.items() if k not in tensors}
    rest = {"done": progress.done, "total": progress.total, "metrics": dict(progress.metrics)}
    text = json.dumps({**rest, "state": plain, "seconds": seconds})
    metadata = {"neurolab": json.dumps({"run": text, "sha256": digest(tensors, text)})}
    return save({k: v.contiguous() for k, v in tensors.items()}, metadata)


def read(path: Path) -> tuple[Progress, float]:
    """The Progress in a checkpoint, and the seconds it took.

    Raises:
        Damaged: not a whole checkpoint of ours.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            names = file.keys()  # a list; the clones let go of the file, which is mapped
            tensors = {name: file.get_tensor(name).clone() for name in names}
            outer = json.loads(file.metadata()["neurolab"])
        if outer["sha256"] != digest(tensors, outer["run"]):
            raise Damaged("its content does not have the sum it was saved with")
        inner = json.loads(outer["run"])
        state = {**inner["state"], **tensors}
        return Progress(inner["done"], inner["total"], inner["metrics"], state), inner["seconds"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise Damaged(f"it cannot be read ({type(error).__name__}: {error})") from error


def told(path: Path) -> tuple[int, int] | None:
    """(done, total) that a checkpoint says of itself, unchecked; None if it cannot be read."""
    try:
        with safe_open(str(path), framework="pt") as file:
            inner = json.loads(json.loads(file.metadata()["neurolab"])["run"])
        return int(inner["done"]), int(inner["total"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None


class Slot:
    """The folder that holds the checkpoints of one run, one file a seed; others keep out of it."""

    def __init__(self, folder: Path, resume: bool):
        """Take a slot of ``folder``: with ``resume`` one that holds something, if there is one.

        Raises:
            Refused: the folder cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            full = [p for p in folder.glob("slot-*") if any(p.glob("seed-*.safetensors"))]
            full.sort(key=lambda p: p.stat().st_mtime_ns, reverse=True)  # the newest first
            new = (folder / f"slot-{n}" for n in itertools.count())
            for path in itertools.chain(full if resume else (), new):
                if not resume and path in full:
                    continue  # somebody may come back for it
                self.lock = FileLock(path.with_suffix(".lock"))
                try:
                    self.lock.acquire(timeout=0)
                except Timeout:
                    continue
                break
            self.path = path
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise Refused(
                f"checkpoints cannot be kept in {folder} ({error.strerror}); set NEUROLAB_RUNS "
                "to a folder that can be written"
            ) from error

    def file(self, seed: int) -> Path:
        return self.path / f"seed-{seed}.safetensors"

    @property
    def about(self) -> Path:
        """Says which run this is, for who comes upon it later."""
        return self.path / "run.json"

    def load(self, seed: int) -> tuple[Progress | None, float, str]:
        """Progress, seconds and a warning; a damaged file is set aside, so nothing is lost."""
        path = self.file(seed)
        if not path.exists():
            return None, 0.0, ""
        try:
            return *read(path), ""
        except Damaged as error:
            aside = path.with_suffix(".damaged")
            path.replace(aside)
            warning = f"the checkpoint of seed {seed} is damaged: {error}; set aside as {aside}"
            return None, 0.0, warning

    def clear(self) -> None:
        """The run is over and its record is delivered."""
        for path in self.path.iterdir():
            path.unlink()
        self.path.rmdir()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lock.release()
