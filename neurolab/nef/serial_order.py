"""Memory for serial order: items bound to places, in a buffer that fades and a store that grows.

    buffer_i  = fade buffer_(i-1) + P_i * I_i          what came last is strongest
    store_i   = grow store_(i-1)  + P_i * I_i          what came first is strongest
    recall_j  = (buffer + store) * ~P_j = s_j I_j + noise,    s_j = fade^(n-j) + grow^(n-j)
    right     = integral of N(x; s_j, (S - s_j^2) / d) Phi(x / sqrt(S / d))^(M - 1) dx

    symbol    meaning                                          shape     unit
    P_i       pointer of place i, unitary                      (d,)      -
    I_i       pointer of the item there                        (d,)      -
    *, ~      binding and inverse of ``pointers``
    fade      at most 1: each item displaces the older ones    ()        -
    grow      at least 1: what is held is rehearsed            ()        -
    n         items in the list                                ()        -
    s_j, S    strength of item j; sum of all s_j^2             ()        -
    M         items there are to choose from                   ()        -

The ends of the list are the strongest: primacy through the store, recency through the buffer. The
noise of an item is the strength of the others, so every item that is added costs all.

What follows, and is tested: strengths and chances against bundles that were drawn; where all
strengths are 1 the chance is that of ``recall_probability``.

Where it differs from the paper: each item is chosen from all words; what was recalled before is not
left out.

References: Choo & Eliasmith (2010), A spiking neuron model of serial-order recall, Proc. 32nd
Annual Conf. Cognitive Science Society; within a larger model Gosmann & Eliasmith (2021),
doi:10.1037/rev0000250. Phi by 7.1.26 of Abramowitz & Stegun (1964), off by less than 1e-7.
"""

from torch import Tensor

from neurolab.core.ops import Value, abs, exp, log, sqrt, where

from .pointers import bind, unbind


def serial_trace_step(
    pair: Value,
    buffer: Value,
    store: Value,
    fade: float,
    grow: float,
):
    """Buffer and store after one more bound pair. Elementwise."""
    return fade * buffer + pair, grow * store + pair


def serial_trace(items: Tensor, places: Tensor, fade: float, grow: float) -> Tensor:
    """Buffer and store together (d,) after items (n, d) at their places (n, d)."""
    if items.shape != places.shape:
        given = f"{tuple(items.shape)} and {tuple(places.shape)}"
        raise ValueError(f"places: one of the same size for each item is needed, got {given}")
    buffer = store = items.new_zeros(items.shape[-1])
    for item, place in zip(items, places, strict=True):
        buffer, store = serial_trace_step(bind(item, place), buffer, store, fade, grow)
    return buffer + store


def recalled(trace: Tensor, places: Tensor) -> Tensor:
    """What each place (n, d) gives back from a trace (d,), (n, d)."""
    return unbind(trace.expand_as(places), places)


def strengths(items: int, fade: float, grow: float):
    """Of each place, in the buffer and in the store, when the list has ended: two lists."""
    buffer, store = [0.0 for _ in range(items)], [0.0 for _ in range(items)]
    for i in range(items):
        for j in range(i + 1):
            pair = 1.0 if i == j else 0.0
            buffer[j], store[j] = serial_trace_step(pair, buffer[j], store[j], fade, grow)
    return buffer, store


def normal_below(x: Value) -> Value:
    """Phi: the chance that a normal number is below x. Elementwise."""
    size = abs(x) / sqrt(2.0)
    k = 1 / (1 + 0.3275911 * size)
    poly = k * (0.254829592 + k * (-0.284496736 + k * (1.421413741 + k * (
        -1.453152027 + k * 1.061405429))))  # fmt: skip
    tail = 0.5 * poly * exp(-size * size)
    return where(x < 0, tail, 1 - tail)


def chance(own: float, squares: float, dimensions: int, words: int):
    """That an item of strength ``own`` is told rightly; ``squares`` is S. Plain numbers."""
    narrow, wide = sqrt((squares - own * own) / dimensions), sqrt(squares / dimensions)
    total, weight = 0.0, 0.0
    for k in range(81):
        z = (k - 40) / 10
        below = normal_below((own + narrow * z) / wide)
        density = exp(-z * z / 2)
        total += density * (exp((words - 1) * log(below)) if below > 0 else 0.0)
        weight += density
    return total / weight
