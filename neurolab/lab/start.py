"""``neurolab.setup``: the first line of a lab."""

import os
import platform
import random
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Start:
    """What a lab starts with: its ``seed``, the ``device`` ("cpu", "cuda", "mps"), short runs?"""

    seed: int
    device: str
    fast: bool

    def _ipython_display_(self) -> None:
        """Nothing: ``setup`` has printed it."""


def setup(seed: int = 0, version: str | None = None) -> Start:
    """Seed Python, numpy and torch, and print versions and device in two lines.

    Args:
        seed: from 0 to 2**32 - 1.
        version: the version of neurolab that the lab was written for; if another one is
            installed, a third line says so.

    Raises:
        ValueError: a seed that is no whole number from 0 to 2**32 - 1.
    """
    import torch

    from neurolab.__about__ import __version__

    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    start = Start(seed, _device(torch), fast())
    print(
        f"neurolab {__version__}, torch {torch.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}"
    )
    print(f"device {start.device}, seed {seed}, {'short runs' if start.fast else 'full runs'}")
    if version is not None and version != __version__:
        print(
            f"Warning: this lab was written for neurolab {version}; installed is {__version__}. "
            "Checks may not fit. Install that version, then restart the kernel."
        )
    return start


def fast() -> bool:
    """True if the environment variable NEUROLAB_FAST asks for short runs."""
    return os.environ.get("NEUROLAB_FAST", "") not in ("", "0")


def _device(torch) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
