"""Looking for inputs on which a recurrent network runs away.

    x* = argmax over x in [low, high]^(T x ...) of log |state after x|
    x <- clip(x + rate sign(d log |state| / dx)),  then the network runs on without the help of x*

    symbol   meaning                                             shape         unit
    x        inputs that are looked for                          (T, B, ...)   -
    state    what the network keeps, of any parts                (B, ...) each -
    low, high   what an input may be                             ()            -

A network is run on inputs like those it will meet. That none of them made it run away says little:
those that do may be rare. So inputs are made that drive it, by gradient ascent, and what counts is
what happens after them, under inputs that are harmless.

What follows, and is tested: of a linear network with one unstable direction it finds inputs along
that direction, up to the limits; a contracting network does not run away after what is found.

Where it differs from the paper: log of the state's length, which does not saturate, and signs of
the gradient in place of Adam.

Reference: Tanay et al. (2020), arXiv:2010.05099
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.tree import Tree, leaves_of

Run = Callable[..., tuple[Tensor, Tree]]  # (x, state or None) -> (y, state)


class Driven(NamedTuple):
    x: Tensor  # (T, B, ...) inputs that were found
    before: Tensor  # (B,) length of the state after the first guess
    after: Tensor  # (B,) and after what was found
    state: Tree  # after what was found


def length_of_state(state: Tree) -> Tensor:
    """Root of the sum of squares of all parts, for each example (B,)."""
    return sum((part**2).flatten(1).sum(1) for part in leaves_of(state)).sqrt()


def drive(
    run: Run, x: Tensor, rounds: int = 50, rate: float = 0.1, limits: tuple = (0.0, 1.0)
) -> Driven:
    """Gradient ascent on the growth of the state, from a first guess ``x`` (T, B, ...).

    Args:
        run: the network, ``(x, None) -> (y, state)``; examples side by side must not mix.
        rounds: steps of the ascent.
        rate: step, in units of ``high - low``.
        limits: (low, high) of every input.

    Raises:
        ValueError: ``rounds`` or ``rate`` is not positive, or low is not below high.
    """
    low, high = limits
    if rounds < 1 or not rate > 0 or not low < high:
        given = f"rounds {rounds}, rate {rate}, limits {limits}"
        raise ValueError(f"rounds from 1, rate above 0, limits low < high needed, got {given}")
    x, before, state = x.detach().clamp(low, high), None, None
    for _ in range(rounds):
        x.requires_grad_()
        state = run(x, None)[1]
        length = length_of_state(state)
        before = length.detach() if before is None else before
        (slope,) = torch.autograd.grad((length + 1e-12).log().sum(), x)
        slope = torch.nan_to_num(slope)
        x = (x.detach() + rate * (high - low) * slope.sign()).clamp(low, high)
    with torch.no_grad():
        state = run(x, None)[1]
    return Driven(x, before, length_of_state(state), state)


@torch.no_grad()
def runs_away(run: Run, x: Tensor, state: Tree | None, limit: float, chunk: int = 50) -> Tensor:
    """Which examples (B,) come to a state longer than ``limit``, or not finite, during ``x``.

    The inputs (T, B, ...) are given in pieces of ``chunk`` steps; the state is checked after each.
    """
    if not limit > 0:
        raise ValueError(f"limit: a number above 0 is needed, got {limit}")
    away = torch.zeros(x.shape[1], dtype=torch.bool)
    for piece in x.split(chunk):
        _, state = run(piece, state)
        away = away | ~(length_of_state(state) <= limit)  # nan, too
    return away
