"""What the registry says of a data set: its files, their sums, where they can be had, its terms.

    Entry     a data set by name; it has one or more
    Variant   ways in which the same data may lie on a disk; each is a set of
    File      files below a data root, with size and sum; each may be had from several
    Source    addresses, tried in order
    Found     an entry's files on this machine

A data root is a folder: the one that NEUROLAB_DATA names, or the user's cache.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DataError(Exception):
    """Something is wrong with a data set; the message says what, and what to do."""


class UnknownData(DataError, ValueError):
    """No data set has this name, or the data set has no such split or option."""


class MissingData(DataError):
    """The data set is not on this machine and could not be downloaded."""


class DamagedData(DataError):
    """Files are there, but they are not what the registry says."""


@dataclass(frozen=True)
class Source:
    """Where a file can be had.

    ``address`` is ``https://...``, or ``npm:PACKAGE@VERSION/PATH``: a file of a package that the
    npm client fetches. ``reached`` says whether a test of this project has fetched it from there;
    a source never reached is right as far as its host's own pages say.
    """

    address: str
    reached: bool = False


@dataclass(frozen=True)
class Inside:
    """What an archive or a folder must hold, however it is packed.

    ``pattern`` finds the members that count; its first group is the name that goes into the sum.
    The sum is the sha256 of lines ``sha256-of-the-bytes  name``, sorted by name.
    """

    pattern: str
    count: int
    sha256: str


@dataclass(frozen=True)
class File:
    """One file (or folder) of a variant.

    ``size`` is in bytes, exact unless ``about``. ``sum`` is ``sha256:...`` or ``md5:...``; where
    there is none, ``inside`` decides.
    """

    role: str  # what the loader calls it
    path: str  # below a data root, written with /
    size: int
    sum: str = ""
    sources: tuple[Source, ...] = ()
    inside: Inside | None = None
    folder: bool = False
    about: bool = False


@dataclass(frozen=True)
class Variant:
    name: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def can_be_fetched(self) -> bool:
        """Whether every file has a source to try."""
        return all(file.sources for file in self.files)


@dataclass(frozen=True)
class Entry:
    """A data set of the registry.

    ``package`` is the import name of a Python package that brings the files, ``home`` then its
    name for pip; such data is embedded: it is never downloaded.
    """

    name: str
    title: str  # one line
    variants: tuple[Variant, ...]  # looked for in this order
    licence: str
    citation: str
    home: str  # a page to get it from by hand
    splits: tuple[str, ...]  # the first is the default
    read: Callable[..., Any]  # read(found, split, **options) -> tensors
    note: str = ""
    package: str = ""

    @property
    def to_fetch(self) -> tuple[Variant, ...]:
        """The variants that can be downloaded, in order."""
        return tuple(v for v in self.variants if v.can_be_fetched)

    @property
    def size(self) -> int:
        """Bytes: of what a download would bring, else of the first variant."""
        return (self.to_fetch or self.variants)[0].size


@dataclass(frozen=True)
class Found:
    """A whole set of files on this machine.

    ``place`` is "NEUROLAB_DATA", "cache", or the name of the package that brings the data.
    """

    name: str
    place: str
    root: Path
    variant: Variant

    def path(self, role: str) -> Path:
        """The file that plays this role."""
        return next(self.root / file.path for file in self.variant.files if file.role == role)

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self.root / file.path for file in self.variant.files)


@dataclass(frozen=True)
class Check:
    """What ``verify`` says of one file."""

    path: Path
    ok: bool
    says: str  # "sha256 as expected", or what is wrong


@dataclass(frozen=True)
class Report:
    """What ``verify`` found out about a data set; ``str(report)`` is for people."""

    name: str
    found: Found | None
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Found, and every file is as it should be."""
        return self.found is not None and all(check.ok for check in self.checks)

    def __str__(self) -> str:
        if not self.checks:
            return f"{self.name}: not on this machine"
        head = f"{self.name}: {'whole' if self.ok else 'NOT whole'}"
        return "\n".join([head, *(f"  {check.path}: {check.says}" for check in self.checks)])


def amount(size: int) -> str:
    """Bytes for people: 11.6 MB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} bytes"
