"""Where data lies on this machine, and whether it is what the registry says."""

import hashlib
import os
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from .archives import digest
from .entry import (
    Check,
    DamagedData,
    DataError,
    Entry,
    File,
    Found,
    MissingData,
    Report,
    amount,
)

VARIABLE = "NEUROLAB_DATA"
CACHE = "cache"
MOST_NAMED = 6  # files that an error lists
_SEEN: dict[tuple, str] = {}  # what was said of a file of this path, size and time, in this process


def cache() -> Path:
    """The folder in the user's cache where downloads go (it need not exist yet)."""
    import pooch

    return Path(pooch.os_cache("neurolab"))


def places(entry: Entry) -> list[tuple[str, Path]]:
    """(name, data root) of the places to look into, in order."""
    if entry.package:
        spec = find_spec(entry.package)
        roots = spec.submodule_search_locations if spec else None
        return [(entry.home, Path(roots[0]))] if roots else []
    named = os.environ.get(VARIABLE, "").strip()
    return [*([(VARIABLE, Path(named).expanduser())] if named else []), (CACHE, cache())]


def candidates(entry: Entry) -> Iterator[tuple[Found, list[File]]]:
    """Every variant in every place, with those of its files that are there."""
    for place, root in places(entry):
        for variant in entry.variants:
            there = [file for file in variant.files if exists(root, file)]
            yield Found(entry.name, place, root, variant), there


def exists(root: Path, file: File) -> bool:
    path = root / file.path
    return path.is_dir() if file.folder else path.is_file()


def fault(root: Path, file: File, sums: bool = True) -> str:
    """What is wrong with a file; empty if nothing is. Without sums only the size is looked at."""
    path = root / file.path
    if not exists(root, file):
        return "not there"
    about = path.stat()
    if not (file.about or file.folder) and about.st_size != file.size:
        cut = "cut short" if about.st_size < file.size else "too long"
        return f"{about.st_size:,} bytes, should be {file.size:,}: {cut}"
    if not sums:
        return ""
    key = (path, about.st_size, about.st_mtime_ns, file.sum, file.inside)
    if file.folder or key not in _SEEN:  # files in a folder change without the folder's time
        _SEEN[key] = _wrong_sum(path, file)
    return _SEEN[key]


def _wrong_sum(path: Path, file: File) -> str:
    if file.sum:
        kind, _, expected = file.sum.partition(":")
        with path.open("rb") as stream:
            start = partial(hashlib.new, kind, usedforsecurity=False)  # md5 may be shut off else
            got = hashlib.file_digest(stream, start).hexdigest()
        return "" if got == expected else f"{kind} {got}, should be {expected}: damaged or another"
    count, got = digest(path, file.inside)
    if count != file.inside.count:
        return f"{count:,} members that count, should be {file.inside.count:,}"
    expected = file.inside.sha256
    return "" if got == expected else f"sum of the members {got}, should be {expected}"


def faults(found: Found, sums: bool = True) -> list[str]:
    """A line for every file that is not as it should be."""
    lines = []
    for file in found.variant.files:
        try:
            wrong = fault(found.root, file, sums)
        except DataError as error:
            wrong = str(error)
        if wrong:
            lines.append(f"{found.root / file.path}: {wrong}")
    return lines


def look(entry: Entry) -> tuple[Found | None, list[str]]:
    """The first variant whose files are all there in the right size, and what was wrong before."""
    said = []
    for found, there in candidates(entry):
        if not there:
            continue
        wrong = faults(found, sums=False)
        if not wrong:
            return found, said
        said += wrong
    return None, said


def whole(entry: Entry) -> Found | None:
    """The first variant whose sums all hold; None if there is none.

    Raises:
        DamagedData: all its files are there, but not whole, outside of the cache, where nobody
            but the user may mend them.
    """
    damaged: list[str] = []
    for found, there in candidates(entry):
        if len(there) < len(found.variant.files):
            continue
        wrong = faults(found)
        if not wrong:
            return found
        if found.place != CACHE:
            damaged += wrong
    if damaged:
        raise DamagedData(
            f"The data set {entry.name!r} is here, but damaged:\n  "
            + "\n  ".join(damaged)
            + f"\nPut the right file there, or take it away; {where_from(entry)}"
        )
    return None


def report(entry: Entry) -> Report:
    """Every file of the best candidate, looked at anew."""
    _SEEN.clear()
    best: Report | None = None
    most = 0
    for found, there in candidates(entry):
        if not there:
            continue
        checks = tuple(_check(found, file) for file in found.variant.files)
        complete = found if len(there) == len(checks) else None
        good = sum(check.ok for check in checks) / len(checks)
        if best is None or good > most:
            best, most = Report(entry.name, complete, checks), good
    return best or Report(entry.name, None, ())


def _check(found: Found, file: File) -> Check:
    path = found.root / file.path
    try:
        wrong = fault(found.root, file)
    except DataError as error:
        wrong = str(error)
    kind = file.sum.partition(":")[0] if file.sum else "sum of the members"
    return Check(path, not wrong, wrong or f"{kind} as expected")


def where_from(entry: Entry) -> str:
    """Where the data can be had by hand."""
    if entry.package:
        return f"it comes with the Python package {entry.home}"
    return f"its home is {entry.home}"


def missing(entry: Entry, reasons: list[str]) -> MissingData:
    """The error that says what is missing, where it was looked for, and what to do."""
    lines = [f"The data set {entry.name!r} ({entry.title}; {amount(entry.size)}) is not here."]
    if entry.package:
        return MissingData(f"{lines[0]}\n  Get it:  pip install {entry.home}")
    roots = places(entry)
    if roots[0][0] != VARIABLE:
        lines.append(f"  Looked:  {VARIABLE} is not set; in the cache {roots[0][1]}")
    else:
        there = "" if roots[0][1].is_dir() else " (no such folder)"
        lines.append(f"  Looked:  in {VARIABLE}={roots[0][1]}{there}; in the cache {roots[1][1]}")
    lines += [f"           {reason}" for reason in [*look(entry)[1], *reasons]]
    command = f"`neurolab data get {entry.name}`, or by hand: " if entry.to_fetch else "by hand: "
    lines.append(f"  Get it:  {command}{where_from(entry)}")
    own = "" if roots[1:] else f", or a folder of your own that {VARIABLE} names"
    lines.append(f"  Put it:  below {' or '.join(str(root) for _, root in roots)}{own}")
    wanted = (entry.to_fetch or entry.variants)[0].files
    lines += [f"           {_named(file)}" for file in wanted[:MOST_NAMED]]
    if wanted[MOST_NAMED:]:
        lines.append(f"           and {len(wanted) - MOST_NAMED} more")
    return MissingData("\n".join(lines))


def _named(file: File) -> str:
    about = "about " if file.about else ""
    return f"{file.path}  {about}{file.size:,} bytes  {file.sum}".rstrip()
