"""The registry, by name: what there is, whether it is here, and how to have it.

    DATA["mnist"].licence             what is known of a data set
    find("mnist")                     where it lies on this machine, or None
    get("mnist")                      the same, downloaded where it is not
    verify("mnist")                   every sum made anew
    load("mnist", split="train")      its tensors

Looked for in the folder that the environment variable NEUROLAB_DATA names, then in the user's
cache, then downloaded into the cache. Nothing is read whose sum does not hold.
"""

from difflib import get_close_matches
from inspect import signature
from typing import Any

from . import cheetah, cifar, embedded, events, mnist, natural, omniglot, series, speech
from .entry import Entry, Found, Report, UnknownData
from .fetch import Progress, fetch
from .lookup import look, missing, report, whole

DATA: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        *embedded.ENTRIES,
        *mnist.ENTRIES,
        *omniglot.ENTRIES,
        *speech.ENTRIES,
        *events.ENTRIES,
        *cifar.ENTRIES,
        *natural.ENTRIES,
        *series.ENTRIES,
        *cheetah.ENTRIES,
    )
}


def entry(name: str) -> Entry:
    """The registry's entry of this name.

    Raises:
        UnknownData: there is none; the message has the nearest name and all names.
    """
    if name in DATA:
        return DATA[name]
    near = get_close_matches(str(name), DATA, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownData(f"name: no data set {name!r}.{hint} There are {', '.join(DATA)}.")


def find(name: str) -> Found | None:
    """Where the data set lies on this machine: a Found (place, root, variant, paths), or None.

    Fast: looks at names and sizes, not at sums. Downloads nothing.

    Raises:
        UnknownData: no data set has this name.
    """
    return look(entry(name))[0]


def get(name: str, progress: bool | Progress = True) -> Found:
    """The data set on this machine, downloaded into the user's cache where it is not here yet.

    Sources are tried in order; a file stands under its name only when its sum holds, so a cut
    download leaves nothing that looks whole. Two processes may get the same data at once.

    Args:
        name: A key of DATA.
        progress: True shows a bar on stderr (in a notebook a widget), False nothing; or a function
            ``progress(file name, bytes so far, bytes in all)``, called as bytes arrive.

    Raises:
        UnknownData: no data set has this name.
        DamagedData: it lies in NEUROLAB_DATA, but damaged (a damaged file in the cache is
            downloaded again).
        MissingData: it is not here and could not be downloaded; the message says why, where to
            get it and where to put it.
    """
    known = entry(name)
    return whole(known) or fetch(known, progress)


def verify(name: str) -> Report:
    """Make the sum of every file anew.

    Returns:
        Report with ``ok``, ``found`` and ``checks``, one a file (path, ok, says); its ``str`` is
        for people. Data that is not here gives a report without checks, which is not ok.

    Raises:
        UnknownData: no data set has this name.
    """
    return report(entry(name))


def load(name: str, split: str | None = None, *, download: bool = True, **options: Any) -> Any:
    """The tensors of a data set; which ones, the docstring of ``DATA[name].read`` says.

    Args:
        name: A key of DATA.
        split: One of ``DATA[name].splits``; None is the first.
        download: Whether it may be downloaded where it is not here.
        options: What this data set's reader takes besides, as ``size=28``.

    Raises:
        UnknownData: no such data set, split or option.
        MissingData, DamagedData: as ``get``.
    """
    known = entry(name)
    split = known.splits[0] if split is None else split
    if split not in known.splits:
        raise UnknownData(f"split: {name} has no {split!r}, only {', '.join(known.splits)}")
    allowed = list(signature(known.read).parameters)[2:]  # after found and split
    for option in options:
        if option not in allowed:
            takes = f"only {', '.join(allowed)}" if allowed else "it takes none"
            raise UnknownData(f"{option}: not an option of {name}, {takes}")
    found = get(name) if download else whole(known)
    if found is None:
        raise missing(known, ["download=False was given"])
    return known.read(found, split, **options)
