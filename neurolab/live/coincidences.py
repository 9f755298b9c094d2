"""Chances that two sets of cells meet, for live figures: the law of ``dendrites.overlap``.

Written in the subset of Python that the page can run; sets are drawn with ``core.random``.
"""

from neurolab.core.ops import exp, log, maximum, minimum
from neurolab.core.random import uniform
from neurolab.dendrites.overlap import overlap_step


def law(n, a, s):
    """log P(b) for b = 0, 1, ... up to s or a: of s cells drawn from n, b are among a."""
    value = 0.0
    for i in range(s):
        value += log((n - a - i) / (n - i))
    found = [value]
    for b in range(s if s < a else a):
        value = overlap_step(value, b, n, a, s)
        found.append(value)
    return found


def tails(logs):
    """log10 of P(b or more) for each b."""
    found = [0.0 for _ in logs]
    total = logs[len(logs) - 1]
    for b in range(len(logs) - 1, -1, -1):
        if b < len(logs) - 1:
            high, low = maximum(total, logs[b]), minimum(total, logs[b])
            total = high + log(1 + exp(low - high))
        found[b] = minimum(total, 0.0) / log(10)
    return found


def drawn(n, a, s, state):
    """How many of s cells, drawn one after another from n, are among a; and the next state."""
    hits = 0
    for j in range(s):
        u, state = uniform(state)
        if u * (n - j) < a - hits:
            hits += 1
    return hits, state


def pattern(n: int, a: int, state):
    """a different cells of n, in the order in which they were drawn; and the next state."""
    cells, _, state = stranger(n, a, state)
    return cells, state


def stranger(n: int, a: int, state):
    """The same, with the list of all n, which of them are active, in between."""
    on, cells = [False for _ in range(n)], []
    while len(cells) < a:
        u, state = uniform(state)
        cell = int(u * n)
        if not on[cell]:
            on[cell] = True
            cells.append(cell)
    return cells, on, state


def flags(n: int, cells):
    """Which of n cells are active."""
    on = [False for _ in range(n)]
    for cell in cells:
        on[cell] = True
    return on


def moved(n: int, cells, count: int, state):
    """Which cells are active when ``count`` of a pattern are silent and others fire in their place.

    Also the next state.
    """
    on, was = flags(n, cells), flags(n, cells)
    gone, state = pattern(len(cells), count, state)
    for k in gone:
        on[cells[k]] = False
    while count > 0:
        u, state = uniform(state)
        cell = int(u * n)
        if not (on[cell] or was[cell]):
            on[cell] = True
            count -= 1
    return on, state


def power(x):
    """10 to the power x."""
    return exp(x * log(10))
