"""Omniglot: 1,623 handwritten characters of 50 alphabets, each drawn by 20 people; one-shot runs.

    data set            split         what
    omniglot            background    30 alphabets, 964 characters, 19,280 images: to learn from
                        evaluation    20 alphabets, 659 characters, 13,180 images
    omniglot-oneshot    all           20 runs: which of 20 characters is this one?

Reference: Lake, Salakhutdinov & Tenenbaum (2015), doi:10.1126/science.aab3050
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .archives import members
from .entry import DamagedData, Entry, File, Found, Inside, Source, Variant
from .images import check_size, picture

PIXELS = 105
_HOST = "https://raw.githubusercontent.com/brendenlake/omniglot"


class Characters(NamedTuple):
    """Drawn characters; those of one alphabet stand together."""

    x: Tensor  # (B, size, size), float32, 0 paper to 1 ink
    y: Tensor  # (B,), int64, the character, from 0 in this split
    drawer: Tensor  # (B,), int64, 0 to 19
    alphabet: Tensor  # (characters,), int64, the alphabet of each character
    names: tuple[str, ...]  # of the alphabets


class OneShot(NamedTuple):
    """20 runs; in each, 20 characters seen once and 20 new drawings of the same ones."""

    seen: Tensor  # (20 runs, 20, size, size), float32, 0 paper to 1 ink
    new: Tensor  # (20 runs, 20, size, size)
    answer: Tensor  # (20 runs, 20), int64: which of the seen each new one is


def ink(content: bytes, name: str, size: int) -> np.ndarray:
    """(size, size), 255 where there is ink."""
    return 255 - picture(content, name, "L", size)


def read(found: Found, split: str, size: int = 28) -> Characters:
    """Characters; ``size`` pixels a side, 1 to 105 (as drawn: 19,280 of them take 850 MB)."""
    check_size(size, PIXELS)
    path = found.path(split)
    images = sorted(
        (name, ink(content, name, size)) for name, content in members(path, _MEMBER % split)
    )
    if not images:
        raise DamagedData(f"{path} has no images of the split {split!r}")
    pixels = np.stack([image for _, image in images])
    parts = [name.removesuffix(".png").split("/") for name, _ in images]
    characters = {(a, c): i for i, (a, c) in enumerate(sorted({(a, c) for a, c, _ in parts}))}
    names = tuple(sorted({alphabet for alphabet, _ in characters}))
    return Characters(
        torch.from_numpy(pixels).float() / 255,
        torch.tensor([characters[a, c] for a, c, _ in parts]),
        torch.tensor([int(file.split("_")[1]) - 1 for *_, file in parts]),
        torch.tensor([names.index(alphabet) for alphabet, _ in characters]),
        names,
    )


def read_runs(found: Found, split: str, size: int = 28) -> OneShot:
    """The 20 runs; ``size`` pixels a side, 1 to 105."""
    check_size(size, PIXELS)
    path, runs = found.path("runs"), defaultdict(dict)
    for name, content in members(path, _RUN):
        run, _, file = name.partition("/")
        runs[run][file] = content
    try:
        seen, new, answers = zip(*(_run(runs[run], size) for run in sorted(runs)), strict=True)
    except (KeyError, ValueError) as error:
        raise DamagedData(f"{path} is not the archive of the runs: {error}") from error
    return OneShot(torch.stack(seen), torch.stack(new), torch.tensor(answers))


def _run(files: dict[str, bytes], size: int) -> tuple[Tensor, Tensor, list[int]]:
    lines = [line.split() for line in files["class_labels.txt"].decode().splitlines() if line]
    answer = {test.partition("/")[2]: int(seen[-6:-4]) - 1 for test, seen in lines}
    tests = [f"test/item{k:02d}.png" for k in range(1, 21)]
    seen = [ink(files[f"training/class{k:02d}.png"], "class", size) for k in range(1, 21)]
    new = [ink(files[name], name, size) for name in tests]
    pixels = [torch.from_numpy(np.stack(part)).float() / 255 for part in (seen, new)]
    return *pixels, [answer[name] for name in tests]


_MEMBER = r"images_%s/([^/]+/character\d\d/\d{4}_\d\d\.png)"
_RUN = r"(?:all_runs/)?(run\d\d/.+)"
_INSIDE = {
    "background": Inside(
        _MEMBER % "background",
        19280,
        "d3d2ac2d029698f147b9327f71609caeda74673cbb91b5e16b4e847ffc26543b",
    ),
    "evaluation": Inside(
        _MEMBER % "evaluation",
        13180,
        "2085da5bbcb0e3f642cab5b8264877a3b000c06b66b3b8d8d55695b4d1c93340",
    ),
}


def _file(split: str, ending: str, size: int, sum: str, source: bool = False) -> File:
    sources = (Source(f"{_HOST}/master/python/images_{split}.zip"),) if source else ()
    path = f"omniglot-py/images_{split}{ending}"
    return File(split, path, size, sum, sources, _INSIDE[split], folder=not ending, about=source)


OMNIGLOT = Entry(
    name="omniglot",
    title="Omniglot, 32,460 handwritten characters of 50 alphabets",
    variants=(
        Variant(
            "published",
            (
                _file(
                    "background", ".zip", 9_500_000, "md5:68d2efa1b9178cc56df9314c21c6e718", True
                ),
                _file(
                    "evaluation", ".zip", 6_500_000, "md5:6b91aef0f799c5bb55b94e3f2daec811", True
                ),
            ),
        ),
        Variant(
            "repacked",
            (
                _file(
                    "background",
                    "_repacked.zip",
                    8425668,
                    "sha256:b984b0fd694d4cdf32fdd7ef1745fed9a79682c10329fa8a79ad164d5c2fcb34",
                ),
                _file(
                    "evaluation",
                    "_repacked.zip",
                    5757624,
                    "sha256:e6578cb667983910625bcda48db2f2328f380091068a771ad7c66ac8cae38413",
                ),
            ),
        ),
        Variant(
            "unpacked", (_file("background", "", 4810560, ""), _file("evaluation", "", 3371735, ""))
        ),
    ),
    licence="MIT (Brenden Lake)",
    citation="Lake, Salakhutdinov & Tenenbaum (2015), doi:10.1126/science.aab3050",
    home="https://github.com/brendenlake/omniglot",
    splits=("background", "evaluation"),
    read=read,
    note="the repacked archives hold the published images, zipped again",
)
ONESHOT = Entry(
    name="omniglot-oneshot",
    title="Omniglot's 20 runs of the 20-way one-shot task",
    variants=(
        Variant(
            "published",
            (
                File(
                    "runs",
                    "omniglot-py/all_runs.zip",
                    352787,
                    "sha256:437c1eeab0af8484112e1b4cc0f3d541ec727f7c47b9b202da738af9dfd6c325",
                    (Source(f"{_HOST}/master/python/one-shot-classification/all_runs.zip"),),
                ),
            ),
        ),
    ),
    licence=OMNIGLOT.licence,
    citation=OMNIGLOT.citation,
    home=OMNIGLOT.home,
    splits=("all",),
    read=read_runs,
)
ENTRIES = (OMNIGLOT, ONESHOT)
