"""Fast cores: what ``core.scan`` would compute, in fewer and shorter steps.

A layer looks here first and runs ``core.scan`` where there is no fast way, so nothing has to be
chosen by hand; the answers are the same.

    kernels.disable()                 from now on everything runs by scan;  enable() takes it back
    with kernels.disable(): ...       the same for a while
    kernels.explain(layer, x)         which way each part of a layer takes, and why

The files: ``switch`` (on, off, reasons), ``neurons`` (the layer over time and its gradient),
``blocks`` (its blocks of time), ``forward`` and ``backward`` (the loops, compiled by numba),
``workers`` (threads). Numba is loaded at the first call that can use it, not before; where it is
missing, scan runs.
"""

from .neurons import run as run
from .switch import disable as disable
from .switch import enable as enable
from .switch import enabled as enabled
from .switch import explain as explain
from .switch import note as note
