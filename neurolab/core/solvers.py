"""Solvers of dx/dt = f(t, x) with a fixed step, as pure steps.

    euler   x + dt k1                                  order 1
    heun    x + dt/2 (k1 + k2)                         order 2
    rk4     x + dt/6 (k1 + 2 k2 + 2 k3 + k4)           order 4

    symbol       meaning                                              unit
    f(t, x)      the right-hand side, of the shape of x               that of x per time
    t, dt        time and step                                        time
    x            what is solved for: number, array or tensor          any
    k1 .. k4     slopes f at t, within the step, and at t + dt        that of x per time

The error after a fixed time shrinks as dt^order, tested by regression on a problem with a closed
form; on dx/dt = a x one step multiplies by the Taylor polynomial of exp(a dt) of that order, to
rounding. Explicit: a step beyond 2 (rk4: 2.785) over the fastest rate blows up.

Reference: Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations I, ch. II.1,
doi:10.1007/978-3-540-78862-1
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .ops import Value

Slope = Callable[[float, Value], Value]


def euler_step(f: Slope, t: float, x: Value, dt: float) -> Value:
    """x at t + dt; one slope."""
    return x + dt * f(t, x)


def heun_step(f: Slope, t: float, x: Value, dt: float) -> Value:
    """x at t + dt; the mean of the slopes at both ends."""
    k1 = f(t, x)
    k2 = f(t + dt, x + dt * k1)
    return x + dt / 2 * (k1 + k2)


def rk4_step(f: Slope, t: float, x: Value, dt: float) -> Value:
    """x at t + dt; the classical Runge-Kutta step of four slopes."""
    k1 = f(t, x)
    k2 = f(t + dt / 2, x + dt / 2 * k1)
    k3 = f(t + dt / 2, x + dt / 2 * k2)
    k4 = f(t + dt, x + dt * k3)
    return x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


class Solver(NamedTuple):
    step: Callable[[Slope, float, Value, float], Value]
    order: int  # the error after a fixed time is proportional to dt^order


SOLVERS = {
    "euler": Solver(euler_step, order=1),
    "heun": Solver(heun_step, order=2),
    "rk4": Solver(rk4_step, order=4),
}


def integrate(f: Slope, x: Value, times: Sequence[float], step: Callable = rk4_step) -> Value:
    """x at each of ``times``, starting from ``x`` at ``times[0]``; one step between neighbours.

    Args:
        x: a number, array or tensor (...).
        times: at least one; a list, array or tensor (T,). Falling times run backward.
        step: ``euler_step``, ``heun_step``, ``rk4_step`` or ``SOLVERS[name].step``.

    Returns:
        (T, ...) of the kind of ``x``; for a number an array (T,). The first is ``x`` itself.
    """
    times = [float(t) for t in times]
    if not times:
        raise ValueError("times: at least one time is needed, got none")
    path = [x]
    for t, t_next in pairwise(times):
        path.append(step(f, t, path[-1], t_next - t))
    return torch.stack(path) if isinstance(path[-1], Tensor) else np.stack(path)
