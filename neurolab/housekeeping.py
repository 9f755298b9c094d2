"""The commands neurolab data ... and neurolab runs ...: what lies on this machine."""

from typing import Annotated

import tyro
from tyro.conf import Positional

Days = Annotated[float, tyro.conf.arg(metavar="DAYS", help="since the last checkpoint; 0: all")]


def runs_list() -> int:
    """What stopped runs left: settings, seeds, size, age. neurolab run --resume goes on from it."""
    from .experiments import leftovers

    print("\n".join(leftovers.listed()))
    return 0


def runs_clean(older_than: Days = 0.0) -> int:
    """Remove what stopped runs left; what a running process holds stays."""
    from .experiments import leftovers

    print("\n".join(leftovers.cleaned(older_than)))
    return 0


def data_list() -> int:
    """The data sets: size, where each lies on this machine, licence."""
    from . import tasks

    for name, entry in tasks.DATA.items():
        found = tasks.find(name)
        place, size = found.place if found else "-", f"{entry.size / 1e6:,.1f} MB"
        print(f"{name:16} {size:>10}  {place:14} {entry.licence}")
    return 0


def data_get(name: Positional[str]) -> int:
    """Have a data set on this machine: find it, or download it into the cache."""
    from . import tasks

    print(*tasks.get(name).paths, sep="\n")
    return 0


def data_verify(names: Positional[tuple[str, ...]] = ()) -> int:
    """Make the sums of data sets anew; without names, of all that are here."""
    from . import tasks

    reports = [tasks.verify(n) for n in names or [n for n in tasks.DATA if tasks.find(n)]]
    print("\n".join(map(str, reports)))
    return 0 if all(report.ok for report in reports) else 1
