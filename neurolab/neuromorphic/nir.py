"""From a module to NIR, the graph in which neuromorphic tools exchange networks.

    module                          nodes, in this order
    nn.Linear                       Affine, or Linear without bias
    nn.Conv1d, nn.Conv2d            Conv1d, Conv2d
    nn.Flatten, nn.AvgPool2d        Flatten, AvgPool2d
    LIF                             Linear, LIF
    Neurons: lif, current_lif       LIF, CubaLIF
    Neurons of ``cells``            IF without leak, else LIF
    Recurrent                       Linear, LIF or CubaLIF, with a loop through a Linear
    Delays, one of each input       Delay, Linear
    Delays, one of each connection  Linear (a copy for each), Delay, Linear (their sums)
    Synapses: exponential           LI, Linear
    nn.Sequential                   its parts, one behind the other

    in the graph   meaning                                           unit
    tau, delay     times                                             s
    r, w_in        so that one step of ours is one step of the       -
                   equation with its input held
    v_reset        0, the rest, in each of them                      threshold distances
    metadata       ``neurolab``: the time step (ms) and, for         -
                   neurons, ``reset``: "subtract" where ours
                   subtracts the threshold

NIR's equations are in continuous time, where a reset by subtraction and one to v_reset are the
same; in steps they are not, so the graph says in its metadata which one was trained.

What NIR has no node for is refused: adaptive thresholds (ALIF), refractory times, other kernels.

Norse and snnTorch step by Euler, so what they read is written for them: with ``euler`` (their step
in s, for snnTorch always 1e-4) tau is step / (1 - decay), which their steps turn into our decay.
Both reset to a value, so neurons that subtract differ there from the first spike on; those of
``CONVENTIONS["brian2"]`` without a refractory time do not.

What follows, and is tested: written, read and imported again a network has the very same spikes; a
graph without its metadata runs by the convention that ``graph_net`` is told.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

from functools import singledispatch
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from torch import Tensor, nn

MS = 1e-3  # seconds


class Unsupported(ValueError):
    """A target has no word for what a model does."""


class Piece(NamedTuple):
    """Nodes one behind the other, and others beside them."""

    row: dict  # name -> NIR node
    beside: dict = {}  # name -> NIR node
    edges: list = []  # (name, name), beside those of the row
    dt: float | None = None  # ms


@singledispatch
def piece(module: nn.Module, shape: tuple[int, ...]) -> Piece:
    """What a module becomes, for an input of ``shape`` without time and batch."""
    known = "nn.Linear, nn.Conv1d, nn.Conv2d, nn.Flatten, nn.AvgPool2d, nn.Sequential, LIF, "
    known += "Neurons, Recurrent, Delays, Synapses"
    given = type(module).__name__
    raise Unsupported(f"module: NIR has no node for {given}; known are {known}")


def to_nir(
    module: nn.Module,
    shape: int | tuple[int, ...] | None = None,
    dt: float | None = None,
    euler: float | None = None,
):
    """The ``nir.NIRGraph`` of a module.

    Args:
        module: see the table; others are taught by ``piece.register``.
        shape: of an input without time and batch; None where the first layer says it.
        dt: time step in ms; None where a layer says it.
        euler: step in s of a tool that steps by Euler; None for the true times.

    Raises:
        Unsupported: names the part that NIR has no node for.
    """
    import nir

    shape = _first_shape(module) if shape is None else shape
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    made = piece(module, shape)
    if dt is not None and made.dt not in (None, dt):
        raise ValueError(f"dt: the module has steps of {made.dt} ms, got {dt!r}")
    dt = made.dt if dt is None else dt
    for node in made.row.values():
        if dt is None and isinstance(node, nir.Delay | nir.LIF | nir.CubaLIF | nir.LI):
            raise ValueError("dt: a time step in ms is needed, no layer says it; got None")
        if isinstance(node, nir.Delay):
            node.delay = node.delay * dt * MS
        if euler is not None:
            _for_euler(node, dt * MS, euler)
    ends = {"output": nir.Output(np.array(shape_of(made, shape)))}
    row = {"input": nir.Input(np.array(shape)), **made.row, **ends}
    edges = [*pairwise(row), *made.edges]
    metadata = {} if dt is None else {"neurolab": {"dt": dt}}
    return nir.NIRGraph({**row, **made.beside}, edges, metadata=metadata)


def _for_euler(node, dt: float, step: float) -> None:
    """Times from which Euler's method makes the decays of the exact solution."""
    for name in ("tau", "tau_mem", "tau_syn"):
        if hasattr(node, name):
            setattr(node, name, step / -np.expm1(-dt / getattr(node, name)))
    if hasattr(node, "delay"):
        node.delay = node.delay * step / dt


def _first_shape(module: nn.Module) -> tuple[int, ...]:
    for part in module.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d):
            break
        if isinstance(weight := getattr(part, "weight", None), Tensor) and weight.ndim == 2:
            return (weight.shape[1],)
    raise ValueError("shape: that of an input is needed, this module does not say it; got None")


def shape_of(made: Piece, shape: tuple[int, ...]) -> tuple[int, ...]:
    last = next(reversed(made.row.values()), None)
    return shape if last is None else tuple(int(n) for n in last.output_type["output"])


def array(x: Tensor) -> np.ndarray:
    return x.detach().cpu().numpy().copy()
