"""Integrate-and-fire cells as tools for neuromorphic chips step them: constants, not times.

    v <- decay v + gain i;      z = 1 if v > 1
    at a spike   v <- reset                    where subtract = 0
                 v <- v - (1 - reset)          where subtract = 1
    ``lagging``  the same, subtracted at the next step, after its decay
    ``current``  i <- keep i + x before, all of i acts in this step

    symbol      meaning                                       shape       unit
    x           what comes in with this step                  (T, B, N)   threshold distances
    v           potential, after the reset                    (B, N)      threshold distances
    u           v - 1 before the reset                        (B, N)      threshold distances
    decay       what a step leaves of v                       () or (N,)  -
    gain        what of the current it adds                   () or (N,)  -
    keep        what a step leaves of the current             () or (N,)  -
    reset       where v goes                                  () or (N,)  threshold distances

    tool                                      decay          gain               resets
    ours, exact                               exp(-dt/tau)   1 - exp(-dt/tau)   either way
    Norse ``LIFBoxCell``                      1 - dt/tau     dt/tau             to a value
    snnTorch ``Leaky`` (``lagging``)          1 - dt/tau     r dt/tau           by subtraction
    snnTorch ``Synaptic`` (``lagging``)       the same, keep = 1 - dt/tau_syn
    integrate-and-fire without leak           1              r dt               either way

The gradient is that of ``lif``: the reset is hidden from it.

What follows, and is tested: with decay and gain of LIF it is ``lif_step``, resets to 0 are
``lif_norse_step`` without its current, and the lagging cell is ``lif_snntorch_step``.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, constant, where
from neurolab.core.surrogate import Surrogate, spike
from neurolab.spiking import Neurons
from neurolab.spiking.conventions import lif_brian2_step
from neurolab.spiking.current_lif import current_lif_constants, current_lif_step
from neurolab.spiking.family import Neuron
from neurolab.spiking.lif import lif_constants, lif_step

from .nir import Unsupported


@dataclass(frozen=True)
class CellParams:
    decay: Value = 0.95
    gain: Value = 0.05
    keep: Value = 0.0
    reset: Value = 0.0
    subtract: Value = 1.0  # 1 or 0


class CellState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    i: Value  # (B, N) current
    u: Value  # (B, N) distance to threshold, before the reset


def cell_step(
    current: Value,
    state: CellState,
    params: CellParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, CellState]:
    """Spikes and the state a step later. Elementwise."""
    i = params.keep * state.i + current
    v = params.decay * state.v + params.gain * i
    u = v - 1
    z = spike(u, surrogate)
    taken = v - (1 - params.reset) * constant(z)
    put = where(u > 0, params.reset + 0.0 * v, v)
    v = where(params.subtract + 0.0 * v > 0, taken, put)
    return z, CellState(v=v, i=i, u=u)


def lagging_cell_step(
    current: Value,
    state: CellState,
    params: CellParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, CellState]:
    """The same where the reset waits for the next step. Elementwise."""
    i = params.keep * state.i + current
    taken = (1 - params.reset) * constant(spike(state.v - 1))
    v = params.decay * state.v + params.gain * i - taken
    return spike(v - 1, surrogate), CellState(v=v, i=i, u=v - 1)


def cell_start(params: CellParams) -> CellState:
    """The state at rest."""
    return CellState(v=0.0, i=0.0, u=-1.0)


def constants_of(neurons: Neurons) -> tuple[Tensor, Tensor, Tensor]:
    """decay, gain and keep of neurons, each () or (N,).

    Raises:
        Unsupported: they are none that these constants describe.
    """
    params, step = neurons.params, neurons.kind.step
    if step in (cell_step, lagging_cell_step):
        found = params.decay, params.gain, params.keep
    elif step in (lif_step, lif_brian2_step):
        found = *lif_constants(params, neurons.dt), 0.0
    elif step is current_lif_step:
        found = current_lif_constants(params, neurons.dt)
        found = found[0], found[0] * found[1], found[2]
    else:
        raise Unsupported(f"graph: integrate-and-fire neurons are needed, got {step.__name__}")
    decay, gain, keep = (torch.as_tensor(x, dtype=torch.float64) for x in found)
    return decay, gain, keep


def resets_of(neurons: Neurons) -> tuple[Tensor, bool]:
    """Where v goes, () or (N,), and whether by subtraction of what is above it.

    Raises:
        Unsupported: the reset waits for the next step.
    """
    params, step = neurons.params, neurons.kind.step
    if step is lagging_cell_step:
        raise Unsupported("graph: a reset in the step of the spike is needed, got a later one")
    if step is cell_step:
        subtract = bool((torch.as_tensor(params.subtract) > 0).all())
        return torch.as_tensor(params.reset, dtype=torch.float64), subtract
    return torch.zeros((), dtype=torch.float64), step is not lif_brian2_step


CELL = Neuron(cell_step, CellParams, cell_start, 2.0, 1.0, ())
LAGGING_CELL = Neuron(lagging_cell_step, CellParams, cell_start, 2.0, 1.0, ())
