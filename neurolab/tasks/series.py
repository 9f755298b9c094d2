"""Time series of the world: rooms, ozone, traffic, gestures, activities, a laser.

    data set     split             rows      what is predicted
    occupancy    train             8,143     is someone in the room? (5 measurements a minute)
                 test, test-2      2,665 and 9,752
    ozone        all               2,534     an ozone day? (72 measurements a day)
    traffic      all               48,204    cars an hour (6 features)
    gesture      all               1,743     phase of a gesture (32 features)
    wisdm        all               5,418     activity (43 features of 10 s; no order in time)
    santafe      all               10,093    the laser's next intensity

Values are as in the files, neither scaled nor filled: nan is a missing value. Splits of "all" are
the caller's, along time.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from .entry import DamagedData, Entry, File, Found, Source, Variant
from .images import read_array
from .series_files import (
    ACTIVITIES,
    PHASES,
    WEATHER,
    Table,
    read_gesture,
    read_occupancy,
    read_ozone,
    read_traffic,
    read_wisdm,
)


class Series(NamedTuple):
    """Rows in order; ``x, y, time = load(...)``."""

    x: Tensor  # (T, I), float32; nan where a value is missing
    y: Tensor  # (T,), float32 (a number) or int64 (a class)
    time: Tensor | None  # (T,), int64, seconds since 1970 by the clock of the place; None: unknown


def _reader(read_file: Callable[[Path], Table]) -> Callable[[Found, str], Series]:
    def read(found: Found, split: str) -> Series:
        table = read_file(found.path(split))
        x, y = torch.from_numpy(table.x).float(), torch.from_numpy(table.y)
        time = None if table.time is None else torch.from_numpy(table.time)
        return Series(x, y.float() if y.is_floating_point() else y, time)

    read.__doc__ = f"Series of x, y and time. {read_file.__doc__}"
    return read


def read_santafe(found: Found, split: str) -> Tensor:
    """Intensity (T,) float32, whole numbers from 0 to 255."""
    array = read_array(found.path("all"))
    if array.ndim != 2 or array.shape[1] != 1:
        raise DamagedData(f"{found.path('all')}: shape {array.shape}, (T, 1) is expected")
    return torch.from_numpy(array[:, 0]).float()


def windows(series: Tensor, length: int, step: int) -> Tensor:
    """Cut windows out of (T, ...): (count, length, ...), one every ``step`` rows.

    Only whole windows. Of (B, T, ...) cut each series by itself.

    Raises:
        ValueError: ``length`` or ``step`` is below 1, or no window fits.
    """
    if length < 1 or step < 1 or length > len(series):
        raise ValueError(
            f"length, step: got {length}, {step}; 1 to {len(series)} and at least 1 are allowed"
        )
    return series.unfold(0, length, step).movedim(-1, 1)


def _entry(
    name: str,
    title: str,
    reader: Callable,
    files: tuple[File, ...],
    licence: str,
    citation: str,
    home: str,
    splits: tuple[str, ...] = ("all",),
    note: str = "",
) -> Entry:
    variant = (Variant("file" if len(files) == 1 else "files", files),)
    return Entry(name, title, variant, licence, citation, home, splits, reader, note)


def _file(role: str, path: str, size: int, sha: str, *addresses: str) -> File:
    sources = tuple(Source(address) for address in addresses)
    return File(role, f"timeseries/{path}", size, f"sha256:{sha}", sources)


_RAW = "https://raw.githubusercontent.com"
_UCI = "https://archive.ics.uci.edu/ml/machine-learning-databases"
_ROOM = f"{_RAW}/LuisM78/Occupancy-detection-data/master"
ENTRIES = (
    _entry(
        "occupancy",
        "UCI Occupancy Detection, 20,560 minutes of a room",
        _reader(read_occupancy),
        (
            _file("train", "occupancy/datatraining.txt", 596674,
                  "b2c4d0ce2b9e4e453c476f7125ef31aeec2d1f5c7f5572d0e80de3df6521ab56",
                  f"{_ROOM}/datatraining.txt"),
            _file("test", "occupancy/datatest.txt", 200766,
                  "1b92c7c1b2838963464fa891a610cf3c5db4becb7189189b29b330107a584c7f",
                  f"{_ROOM}/datatest.txt"),
            _file("test-2", "occupancy/datatest2.txt", 699664,
                  "d026d1bd5aeccd4aff4f3b3710d48e40613bd5fc370db7e61bbdcaa50d985095",
                  f"{_ROOM}/datatest2.txt"),
        ),
        "CC BY 4.0",
        "Candanedo & Feldheim (2016), doi:10.1016/j.enbuild.2015.11.071",
        "https://archive.ics.uci.edu/dataset/357/occupancy+detection",
        ("train", "test", "test-2"),
    ),
    _entry(
        "ozone",
        "UCI Ozone Level Detection, 2,534 days, eight-hour peak",
        _reader(read_ozone),
        (
            _file("all", "ozone/eighthr.data", 818328,
                  "0c10d1e216db3249c565e3ed5474302032067f6df0ea6fd49e6f06ec061f83a9",
                  f"{_UCI}/ozone/eighthr.data",
                  f"{_RAW}/totoff/ML_snippets/a4642e00bf7f243d35be09ab44adaed654e9ccac/eighthr.data"),
        ),
        "CC BY 4.0",
        "Zhang & Fan (2008), doi:10.1007/s10115-007-0095-1",
        "https://archive.ics.uci.edu/dataset/172/ozone+level+detection",
    ),
    _entry(
        "traffic",
        "UCI Metro Interstate Traffic Volume, 48,204 hours",
        _reader(read_traffic),
        (
            _file("all", "traffic/Metro_Interstate_Traffic_Volume.csv", 2905056,
                  "1b92185e2b9cd407e3ea626d10eb010a2ee82f820a48c6d8b690535511c1061a",
                  f"{_RAW}/mellonchap/data/a2ca6820307b3a6667ead0a5801a341cf4acbae0/"
                  "Metro_Interstate_Traffic_Volume.csv"),
        ),
        "CC BY 4.0",
        "Hogue (2019), doi:10.24432/C5X60B",
        "https://archive.ics.uci.edu/dataset/492/metro+interstate+traffic+volume",
        note="a copy saved again: times without seconds; weather is an index into "
        + ", ".join(WEATHER),
    ),
    _entry(
        "gesture",
        "UCI Gesture Phase Segmentation, the file a1_va3: 1,743 frames",
        _reader(read_gesture),
        (
            _file("all", "gesture/a1_va3.csv", 637640,
                  "133200f7446ccb7d7147f8668f3bd5b74438838d33f7513b92ddc9d6ff3d2533",
                  f"{_RAW}/Znmangosteen/FuzzyBGML/7d570aafce509cc4b93a6abb5b4a8a7e66e86366/"
                  "data/a1_va3.csv"),
        ),
        "CC BY 4.0",
        "Madeo, Lima & Peres (2013), doi:10.1145/2480362.2480373",
        "https://archive.ics.uci.edu/dataset/302/gesture+phase+segmentation",
        note=f"phases {', '.join(PHASES)}: rest, preparation, stroke, hold, retraction",
    ),
    _entry(
        "wisdm",
        "WISDM 1.1, 5,418 windows of six activities, 43 features",
        _reader(read_wisdm),
        (
            _file("all", "wisdm/WISDM_ar_v1.1_transformed.arff", 1162090,
                  "5135b0b5378996cf5d291ffbf33e5d773d54da5c2e00ec08f344395775d52237",
                  f"{_RAW}/richddr/DataMining_FP/b50a6b8311104c3b126e64e665ab22251f44d089/"
                  "WISDM_ar_v1.1_transformed.arff"),
        ),
        "none stated; WISDM asks to be cited",
        "Kwapisz, Weiss & Moore (2010), doi:10.1145/1964897.1964918",
        "https://www.cis.fordham.edu/wisdm/dataset.php",
        note="without the person's number: no split by person; " + ", ".join(ACTIVITIES),
    ),
    _entry(
        "santafe",
        "Santa Fe laser, 10,093 intensities",
        read_santafe,
        (
            _file("all", "santafe/santafe_laser.npy", 80872,
                  "8c07281200935596f8e28bc94e1bb25e9964ab7d7f63c5e27ac87b810ac3b33a",
                  f"{_RAW}/reservoirpy/reservoirpy/0af79a4148503cdb5c15afeabde2e96ac3d59470/"
                  "reservoirpy/datasets/santafe_laser.npy"),
        ),
        "MIT (as packed by reservoirpy)",
        "Weigend & Gershenfeld (1994), Time Series Prediction; Huebner, Abraham & Weiss (1989), "
        "doi:10.1103/PhysRevA.40.6354",
        "https://github.com/reservoirpy/reservoirpy",
    ),
)  # fmt: skip
