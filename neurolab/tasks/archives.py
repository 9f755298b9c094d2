"""Reading archives without trusting them: members come as bytes, nothing is written.

A zip, a tar (plain or compressed) or a folder is read the same way. An archive is refused whole
when any member has a name that leads out of a folder, is a link or a device, is encrypted, or is
larger than allowed; so an attack is seen even where the member is not wanted. Since names are only
compared and never opened, there is nothing for them to overwrite.
"""

import hashlib
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from .entry import DamagedData, Inside

MOST_BYTES = 64_000_000  # of one member
MOST_IN_ALL = 2_000_000_000  # of all members
MOST_MEMBERS = 200_000
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)
BROKEN += (NotImplementedError, RuntimeError)  # how zipfile refuses what it cannot read


def members(
    path: Path, pattern: str = "(.*)", most: int = MOST_BYTES
) -> Iterator[tuple[str, bytes]]:
    """The members of an archive or a folder that match, in the order in which they are stored.

    Args:
        path: A .zip, a tar of any compression, or a folder.
        pattern: Regular expression for the whole name; its first group is the name given back.
        most: Bytes that one member may have.

    Raises:
        DamagedData: it cannot be read, or it has a member that no honest archive has.
    """
    wanted = re.compile(pattern)
    try:
        if path.is_dir():
            yield from _folder(path, wanted, most)
        elif zipfile.is_zipfile(path):
            yield from _zip(path, wanted, most)
        else:
            yield from _tar(path, wanted, most)
    except BROKEN as error:
        raise DamagedData(f"{path} cannot be read: {error or type(error).__name__}") from error


def digest(path: Path, inside: Inside) -> tuple[int, str]:
    """How many members count, and the sum of all of them, as ``Inside`` defines it."""
    counted = members(path, inside.pattern)
    found = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in counted)
    lines = "".join(f"{sha}  {name}\n" for name, sha in found)
    return len(found), hashlib.sha256(lines.encode()).hexdigest()


def _zip(path: Path, wanted: re.Pattern, most: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        _refuse_names(path, [info.filename for info in infos])
        for info in infos:
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise DamagedData(f"{path}: member {info.filename!r} is a link or a device")
            if info.flag_bits & 1:
                raise DamagedData(f"{path}: member {info.filename!r} is encrypted")
            _refuse_size(path, info.filename, info.file_size, most)
        _refuse_all(path, sum(info.file_size for info in infos))
        for info in infos:
            match = wanted.fullmatch(info.filename)
            if match and not info.is_dir():  # read() stops at the stated size, checks the CRC
                yield match[1], archive.read(info)


def _tar(path: Path, wanted: re.Pattern, most: int) -> Iterator[tuple[str, bytes]]:
    total, names = 0, []
    with tarfile.open(path) as archive:
        for info in archive:
            names.append(info.name)
            _refuse_names(path, [info.name], len(names))
            if not (info.isreg() or info.isdir()) or info.issparse():
                raise DamagedData(f"{path}: member {info.name!r} is a link or a device")
            _refuse_size(path, info.name, info.size, most)
            total += info.size
            _refuse_all(path, total)
            match = wanted.fullmatch(info.name)
            if match and info.isreg():
                yield match[1], archive.extractfile(info).read()
    if len(set(names)) < len(names):
        raise DamagedData(f"{path}: two members have the same name")


def _folder(path: Path, wanted: re.Pattern, most: int) -> Iterator[tuple[str, bytes]]:
    for folder, folders, files in os.walk(path):
        folders.sort()
        for file in sorted(files):
            here = Path(folder) / file
            match = wanted.fullmatch(f"{path.name}/{here.relative_to(path).as_posix()}")
            if match:
                _refuse_size(path, file, here.stat().st_size, most)
                yield match[1], here.read_bytes()


def _refuse_names(path: Path, names: list[str], count: int = 0) -> None:
    if max(count, len(names)) > MOST_MEMBERS:
        raise DamagedData(f"{path}: more than {MOST_MEMBERS} members")
    if len(set(names)) < len(names):
        raise DamagedData(f"{path}: two members have the same name")
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in name:
            raise DamagedData(f"{path}: member {name!r} leads out of the folder")


def _refuse_size(path: Path, name: str, size: int, most: int) -> None:
    if size > most:
        raise DamagedData(f"{path}: member {name!r} has {size:,} bytes, allowed are {most:,}")


def _refuse_all(path: Path, size: int) -> None:
    if size > MOST_IN_ALL:
        raise DamagedData(f"{path}: its members have more than {MOST_IN_ALL:,} bytes together")
