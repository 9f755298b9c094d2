"""Fast cores: what ``core.scan`` would compute, in fewer and shorter steps.

A layer looks here first and runs ``core.scan`` where there is no fast way, so nothing has to be
chosen by hand; the answers are the same.

    kernels.disable()                 from now on everything runs by scan;  enable() takes it back
    with kernels.disable(): ...       the same for a while
    kernels.explain(layer, x)         which way each part of a layer takes, and why

On the CPU numba compiles them, on a GPU Triton; each is loaded at the first call that can use it,
not before, and where it is missing, scan runs. The kernels for a GPU are tested under Triton's
interpreter and compiled for graphics cards; they have not been run or timed on one.

The files: ``switch`` (on, off, reasons), ``neurons`` (the layer over time and its gradient);
``blocks`` (its blocks of time), ``forward`` and ``backward`` (the loops), ``workers`` (threads) for
the CPU; ``gpu`` and ``gpu_loops`` for a GPU. Beside them ``eprop``, ``winners`` (k of each row) and
``connected`` (sums over the weights that exist), each with its loops and, where there is one, its
kernels for a GPU; and ``one_step``, for loops through several layers.
"""

from .blocks import room as room
from .connected import connected as connected
from .neurons import run as run
from .one_step import Cells as Cells
from .one_step import Sums as Sums
from .one_step import cells as cells
from .one_step import sums as sums
from .switch import disable as disable
from .switch import enable as enable
from .switch import enabled as enabled
from .switch import explain as explain
from .switch import note as note
from .winners import gated_winners as gated_winners
