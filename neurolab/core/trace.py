"""The exponential trace: an exact leaky memory of a signal.

    trace[t] = d trace[t - 1] + x[t],     d = exp(-dt / tau)
             = sum over s <= t of d^(t - s) x[s]

    symbol   meaning                                     shape      unit
    x        signal, mostly spikes                       (T, ...)   any
    trace    what is left of x                           (T, ...)   that of x
    tau      time constant of forgetting                 ()         ms
    dt       time step                                   ()         ms

Convention: bump by 1, exact decay: a spike adds 1 and counts fully in its own step; between spikes
the trace falls as exp(-time / tau) at any dt. A low-pass filter with gain 1 is (1 - d) times it.

Tested: equals the convolution above and the closed form of a constant input; does not depend on
how a sequence is cut; halving dt leaves the decay between spikes the same.

Reference: Morrison, Diesmann & Gerstner (2008), doi:10.1007/s00422-008-0233-1
"""

from torch import Tensor

from .ops import Value, exp
from .scan import scan


def trace_step(x: Value, trace: Value, tau: float, dt: float) -> Value:
    """The trace after one step of ``dt`` ms. Elementwise."""
    return exp(-dt / tau) * trace + x


def exponential_trace(x: Tensor, tau: float, dt: float, start: Tensor | None = None) -> Tensor:
    """The trace of ``x`` (T, ...) after every step, from ``start`` (...), else from 0.

    The last one, ``[-1]``, is the ``start`` with which to continue.
    """
    start = x.new_zeros(x.shape[1:]) if start is None else start
    return scan(lambda x_t, trace: _twice(trace_step(x_t, trace, tau, dt)), x, start)[0]


def _twice(trace: Tensor) -> tuple[Tensor, Tensor]:
    """As output and as state."""
    return trace, trace
