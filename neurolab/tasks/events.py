"""N-MNIST, small: what an event camera saw of 1,100 MNIST digits while it was moved three times.

    split    recordings    what
    train    1,000         the first 1,000 training digits of MNIST, in MNIST's order
    test       100         the first 100 test digits

A recording is a list of events: at time t a pixel became brighter (polarity 1) or darker (0).

Reference: Orchard et al. (2015), doi:10.3389/fnins.2015.00437
"""

import re
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .archives import members
from .entry import DamagedData, Entry, File, Found, Variant

PIXELS = 34
_LISTS = {"train": "train1K.txt", "test": "test100.txt"}


class Events(NamedTuple):
    """Events of one recording, in order of time; all of length E."""

    t: Tensor  # float64, ms
    x: Tensor  # int64, column 0 to 33
    y: Tensor  # int64, row 0 to 33
    p: Tensor  # int64, 1 brighter, 0 darker


class EventRecordings(NamedTuple):
    x: tuple[Events, ...]  # B recordings
    y: Tensor  # (B,), int64, the digit


def read_events(content: bytes, name: str) -> Events:
    """Events of 5 bytes: column, row, then a bit of polarity and 23 bits of time in us.

    Raises:
        DamagedData: not whole events, or events outside of the sensor.
    """
    if len(content) % 5 or not content:
        raise DamagedData(f"{name}: {len(content)} bytes are not whole events of 5 bytes")
    a = np.frombuffer(content, np.uint8).reshape(-1, 5).astype(np.int64)
    if a[:, :2].max() >= PIXELS:
        raise DamagedData(f"{name}: events outside of the sensor of {PIXELS} x {PIXELS} pixels")
    us = (a[:, 2] & 127) << 16 | a[:, 3] << 8 | a[:, 4]
    x, y, p = (torch.from_numpy(v.copy()) for v in (a[:, 0], a[:, 1], a[:, 2] >> 7))
    return Events(torch.from_numpy(us / 1000.0), x, y, p)


def frames(events: Events, dt: float = 1.0, steps: int = 300) -> Tensor:
    """Count events in steps of ``dt`` ms: (T, 2, 34, 34) float32, polarity 0 first.

    Events after the last step are left out; a pixel that fires twice in a step counts 2.

    Raises:
        ValueError: ``dt`` or ``steps`` is not positive.
    """
    if not dt > 0 or steps < 1:
        raise ValueError(f"dt, steps: got {dt}, {steps}; both must be positive")
    bins = (events.t / dt + 1e-9).long()  # so that 0.3 ms begins the third step of 0.1 ms
    there = bins < steps
    index = ((bins * 2 + events.p) * PIXELS + events.y) * PIXELS + events.x
    count = torch.bincount(index[there], minlength=steps * 2 * PIXELS * PIXELS)
    return count.reshape(steps, 2, PIXELS, PIXELS).float()


def read(found: Found, split: str) -> EventRecordings:
    """Events of each recording, and the digits."""
    path = found.path("events")
    files = dict(members(path, r"NMNISTsmall/(\d+\.bs2|[a-z0-9]+K?\.txt)"))
    listed = files.get(_LISTS[split], b"").decode("ascii", "replace").splitlines()
    rows = [line.split() for line in listed if re.fullmatch(r"\d+\s+\d\s*", line)]
    absent = [number for number, _ in rows if f"{number}.bs2" not in files]
    if not rows or absent:
        raise DamagedData(
            f"{path}: {len(rows)} recordings are listed, {len(absent)} of them absent"
        )
    x = tuple(read_events(files[f"{k}.bs2"], f"{path}: {k}.bs2") for k, _ in rows)
    return EventRecordings(x, torch.tensor([int(digit) for _, digit in rows]))


NMNIST_SMALL = Entry(
    name="nmnist-small",
    title="N-MNIST, 1,100 event recordings of MNIST digits",
    variants=(
        Variant(
            "repacked",
            (
                File(
                    "events",
                    "nmnist-small/NMNISTsmall_repacked.tar.xz",
                    13687312,
                    "sha256:c7b4cac0291883346f7fce5015db9552cc65a6e927384b5914671d63fbf27598",
                ),
            ),
        ),
    ),
    licence="CC BY-SA 4.0",
    citation="Orchard, Jayawant, Cohen & Thakor (2015), doi:10.3389/fnins.2015.00437",
    home="https://github.com/bamsumit/slayerPytorch (its NMNISTsmall, packed again)",
    splits=("train", "test"),
    read=read,
)
ENTRIES = (NMNIST_SMALL,)
