"""The Free Spoken Digit Dataset: 3,000 recordings of the digits 0 to 9 by six speakers.

    split    recordings    what
    train    2,700         the recordings 5 to 49 of each digit and speaker
    test       300         the recordings 0 to 4

Both splits hear the same speakers; to hold a speaker out, compare ``speaker``.

Source: Jakobovski et al., github.com/Jakobovski/free-spoken-digit-dataset
"""

import io
import wave
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .archives import members
from .entry import DamagedData, Entry, File, Found, Inside, Source, Variant

RATE = 8000  # samples a second
TEST = 5  # recordings with a smaller number are for the test
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


class Recordings(NamedTuple):
    """Sounds of different lengths: ``torch.nn.utils.rnn.pad_sequence(x)`` makes them (T, B)."""

    x: tuple[Tensor, ...]  # B times (T,), float32, -1 to 1, RATE samples a second
    y: Tensor  # (B,), int64, the digit
    speaker: Tensor  # (B,), int64, index into SPEAKERS


def read_wav(content: bytes, name: str) -> np.ndarray:
    """The samples (T,) of a mono recording of 16 bits at 8 kHz, float32 in -1 to 1.

    Raises:
        DamagedData: it is something else, or cut short.
    """
    try:
        with wave.open(io.BytesIO(content)) as sound:
            kind = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            frames, count = sound.readframes(-1), sound.getnframes()
    except (wave.Error, EOFError) as error:
        raise DamagedData(f"{name} is not a whole recording: {error}") from error
    if kind != (1, 2, RATE) or len(frames) != 2 * count or not count:
        raise DamagedData(
            f"{name}: channels, bytes a sample and rate {kind}, should be (1, 2, {RATE}); "
            f"{len(frames)} bytes of {2 * count}"
        )
    return np.frombuffer(frames, "<i2").astype(np.float32) / 32768


def read(found: Found, split: str) -> Recordings:
    """Recordings, sorted by digit, speaker and number."""
    path = found.path("recordings")
    sounds = []
    for name, content in members(path, _MEMBER):
        digit, speaker, number = name.removesuffix(".wav").split("_")
        if speaker not in SPEAKERS:
            raise DamagedData(f"{path}: {name} has a speaker who is not one of {SPEAKERS}")
        if (int(number) < TEST) == (split == "test"):
            key = (int(digit), SPEAKERS.index(speaker), int(number))
            sounds.append((key, torch.from_numpy(read_wav(content, name))))
    if not sounds:
        raise DamagedData(f"{path} has no recordings")
    sounds.sort(key=lambda pair: pair[0])
    keys = torch.tensor([key for key, _ in sounds])
    return Recordings(tuple(sound for _, sound in sounds), keys[:, 0], keys[:, 1])


_MEMBER = r"(?:[^/]+/)?recordings/(\d_[a-z]+_\d+\.wav)"
_INSIDE = Inside(_MEMBER, 3000, "1801eae019c063377d98f831d3f93574f259475df7332bb0e3d1b080fb5e6959")
_FOLDER = "free-spoken-digit-dataset"
_GITHUB = "https://github.com/Jakobovski/free-spoken-digit-dataset"

SPOKEN_DIGITS = Entry(
    name="spoken-digits",
    title="Free Spoken Digit Dataset, 3,000 recordings by six speakers, 8 kHz",
    variants=(
        Variant(
            "repacked",
            (
                File(
                    "recordings",
                    f"{_FOLDER}/recordings.zip",
                    16161380,
                    "sha256:530c6b84dbca925d94f0db76cbc1a2006a5f386068593abebd329ed17871a980",
                    inside=_INSIDE,
                ),
            ),
        ),
        Variant(
            "github",
            (
                File(
                    "recordings",
                    f"{_FOLDER}/26eb9aa.zip",
                    17_000_000,
                    sources=(Source(f"{_GITHUB}/archive/26eb9aa.zip"),),
                    inside=_INSIDE,
                    about=True,
                ),
            ),
        ),
        Variant(
            "unpacked",
            (
                File(
                    "recordings",
                    f"{_FOLDER}/recordings",
                    21128848,
                    inside=_INSIDE,
                    folder=True,
                ),
            ),
        ),
    ),
    licence="CC BY-SA 4.0",
    citation="Jackson et al., Free Spoken Digit Dataset, doi:10.5281/zenodo.1342401",
    home=_GITHUB,
    splits=("train", "test"),
    read=read,
    note="commit 26eb9aa; the tag v1.0.9 differs in 500 recordings and is refused",
)
ENTRIES = (SPOKEN_DIGITS,)
