"""Data that comes with scikit-learn: real digits and two photographs, without a download."""

import gzip
import zlib

import numpy as np
import torch

from .entry import DamagedData, Entry, File, Found, Variant
from .images import Labelled
from .natural import read as read_photographs


def read_digits(found: Found, split: str) -> Labelled:
    """x (B, 8, 8) float32, 0 paper to 1 ink; y (B,) int64.

    The file's own order: "train" is the first 1,347 digits, "test" the last 450, "all" all 1,797.
    Neighbours may be by the same writer.
    """
    path = found.path("digits")
    try:
        with gzip.open(path, "rt", encoding="ascii") as stream:
            table = np.loadtxt(stream, delimiter=",", dtype=np.int64, ndmin=2)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DamagedData(f"{path} cannot be read: {error}") from error
    if table.shape[1] != 65 or table.min() < 0 or table[:, :64].max() > 16:
        raise DamagedData(f"{path}: rows of 64 pixels from 0 to 16 and a digit are expected")
    table = table[{"train": slice(1347), "test": slice(1347, None)}.get(split, slice(None))]
    x, y = torch.from_numpy(table[:, :64]), torch.from_numpy(table[:, 64].copy())
    return Labelled(x.reshape(-1, 8, 8).float() / 16, y)


DIGITS = Entry(
    name="digits",
    title="1,797 handwritten digits, 8 x 8, with scikit-learn",
    variants=(
        Variant(
            "scikit-learn",
            (
                File(
                    "digits",
                    "datasets/data/digits.csv.gz",
                    57523,
                    "sha256:09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
                ),
            ),
        ),
    ),
    licence="CC BY 4.0",
    citation="Alpaydin & Kaynak (1998), UCI Optical Recognition, doi:10.24432/C50P49",
    home="scikit-learn",
    splits=("all", "train", "test"),
    read=read_digits,
    package="sklearn",
)
PHOTOGRAPHS = Entry(
    name="photographs",
    title="Two photographs, 640 x 427, with scikit-learn: a temple, a flower",
    variants=(
        Variant(
            "scikit-learn",
            (
                File(
                    "china",
                    "datasets/images/china.jpg",
                    196653,
                    "sha256:8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
                ),
                File(
                    "flower",
                    "datasets/images/flower.jpg",
                    142987,
                    "sha256:a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
                ),
            ),
        ),
    ),
    licence="CC BY 2.0; china by danielbuechele, flower by vultilion (Flickr)",
    citation="Pedregosa et al. (2011), Scikit-learn, JMLR 12",
    home="scikit-learn",
    splits=("all",),
    read=read_photographs,
    package="sklearn",
)
ENTRIES = (DIGITS, PHOTOGRAPHS)
