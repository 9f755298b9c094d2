"""Questions 2 and 3 of lab spaun-exam: what a list's trace gives back, and which place is worst.

    buffer <- fade buffer + a_i * x_i,    store <- grow store + a_i * x_i
    back_j = (buffer + store) * ~a_j,     strength c_i = fade^(n - i) + grow^(n - i)

    symbol    meaning                                   shape
    x, a      items and unitary places of a list        (n, d)
    back      what each place gives back                (n, d)

The function is held against the sum that the two rules unroll to, by numpy's transform; the shares
that it tells rightly against the chance of ``nef.serial_order``.

Reference: Choo & Eliasmith (2010), Proc. 32nd Annual Conf. Cognitive Science Society
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from neurolab.nef import unitary
from neurolab.nef.serial_order import chance, recalled, serial_trace

from .start import fast
from .values import Blank, Wrong, array, call, is_blank, number

ITEMS, DIMENSIONS, WORDS, FADE, GROW = 5, 32, 10, 0.6, 1.3


def lists() -> int:
    return 100 if fast() else 400


def drawn(items: int, dimensions: int, seed: int, words: int = 0) -> tuple[Tensor, Tensor]:
    """Random items, or ``words`` of them, and unitary places, in double precision."""
    draws = torch.Generator().manual_seed(seed)
    size = (max(words, items), dimensions)
    x = torch.randn(size, generator=draws, dtype=torch.float64)
    a = torch.randn(items, dimensions, generator=draws, dtype=torch.float64)
    return x / x.norm(dim=1, keepdim=True), unitary(a)


def strength(items: int, fade: float, grow: float) -> list[float]:
    return [fade ** (items - i) + grow ** (items - i) for i in range(1, items + 1)]


def by_sums(x: np.ndarray, a: np.ndarray, c: Any) -> np.ndarray:
    """What places give back if the pair at place i has the strength c_i."""
    items, places = np.fft.rfft(x), np.fft.rfft(a)
    whole = (np.array(c)[:, None] * items * places).sum(0)
    return np.fft.irfft(whole * places.conj(), n=x.shape[1])


def _c(rule: Callable) -> Callable:
    """Strengths by a rule of n, place i, fade and grow."""
    return lambda n, f, g: [rule(n, i, f, g) for i in range(1, n + 1)]


LIST_SLIPS: dict[str, Callable] = {
    "The new pair fades, too. It enters in full; what was there before is multiplied.": _c(
        lambda n, i, f, g: f ** (n - i + 1) + g ** (n - i + 1)
    ),
    "This is the buffer alone: add what the store holds.": _c(lambda n, i, f, g: f ** (n - i)),
    "This is the store alone: add what the buffer holds.": _c(lambda n, i, f, g: g ** (n - i)),
    "Both sums kept all alike: multiply what was there before by fade, or by grow.": _c(
        lambda n, i, f, g: 2.0
    ),
    "The list runs backwards: the last item is the one that was added last.": _c(
        lambda n, i, f, g: f ** (i - 1) + g ** (i - 1)
    ),
    "One sum that fades and grows at once: keep two, and add them at the end.": _c(
        lambda n, i, f, g: (f * g) ** (n - i)
    ),
    "This is the mean of the two sums; take the sum.": _c(
        lambda n, i, f, g: (f ** (n - i) + g ** (n - i)) / 2
    ),
}


def judge_recall(function: Any) -> str:
    for k, (n, d, fade, grow) in enumerate(((5, 32, 0.6, 1.3), (3, 17, 0.2, 1.0), (7, 64, 0.9, 2))):
        x, a = drawn(n, d, k)
        found = array(call(function, x.clone(), a.clone(), fade, grow))
        if found.shape == (d,):
            raise Wrong("This is one vector: unbind each place from the trace, a row a place.")
        found = array(found, shape=(n, d))
        x, a = x.numpy(), a.numpy()
        if np.allclose(found, by_sums(x, a, strength(n, fade, grow)), atol=1e-5):
            continue
        for reason, slip in LIST_SLIPS.items():
            if np.allclose(found, by_sums(x, a, slip(n, fade, grow)), atol=1e-5):
                raise Wrong(reason)
        got = float(found[0] @ x[0])
        c = strength(n, fade, grow)[0]
        raise Wrong(
            f"In a list of {n} the first pair has the strength {c:.3f}; your recall is {got:.3f} "
            "like its item, and the rest is not the noise that the other pairs make."
        )
    return "Three lists, each place gives back its item at its strength, and the others as noise."


def told(recall: Callable | None = None, fade: float = FADE, grow: float = GROW) -> list[float]:
    """At each place, the part of many lists of five that is told rightly out of ten items.

    Args:
        recall: yours; without it the package's.
    """
    right = torch.zeros(ITEMS)
    for seed in range(lists()):
        words, places = drawn(ITEMS, DIMENSIONS, seed, WORDS)
        items = words[:ITEMS]
        if recall is None:
            back = recalled(serial_trace(items, places, fade, grow), places)
        else:
            back = torch.as_tensor(recall(items, places, fade, grow), dtype=torch.float64)
        right += (back @ words.T).argmax(1) == torch.arange(ITEMS)
    return (right / lists()).tolist()


def predicted() -> list[float]:
    c = strength(ITEMS, FADE, GROW)
    return [chance(x, sum(y * y for y in c), DIMENSIONS, WORDS) for x in c]


def judge_worst(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass your place and the five shares: (worst, shares).")
    if any(is_blank(part) for part in value):
        raise Blank
    worst = number(value[0], "For the place, one number")
    shares = array(value[1], shape=(ITEMS,))
    c = strength(ITEMS, FADE, GROW)
    place = 1 + int(np.argmin(c))
    if worst == 3:
        raise Wrong(
            f"The middle has the strength {c[2]:.2f}. Is there none below it? Compute all five."
        )
    if worst == 5:
        raise Wrong("The last has lost nothing: 1 in the buffer and 1 in the store make 2.")
    if worst == place - 1:
        raise Wrong("Places are counted from 1, so the fifth is the last.")
    if worst != place:
        raise Wrong("Compute fade^(n - i) + grow^(n - i) for each place i, and take the smallest.")
    if (shares > 1).any() or (shares < 0).any():
        raise Wrong("Shares are parts, from 0 to 1.")
    p = np.array(predicted())
    spread = 4 * np.sqrt(p * (1 - p) / lists()) + 0.5 / lists()
    if (np.abs(shares - p) > spread).any():
        at = int((np.abs(shares - p) / spread).argmax())
        raise Wrong(
            f"Place {at + 1} should be told rightly in {p[at]:.2f} of the lists, yours says "
            f"{shares[at]:.2f}: take `lab.told(recall)`, or `lab.told()` for ours."
        )
    listed = ", ".join(f"{s:.2f} ({q:.2f})" for s, q in zip(shares, p, strict=True))
    if not math.isclose(shares.min(), shares[place - 1]):
        listed += "; by chance another place was the worst in these lists"
    return f"Place {place} is the weakest. Told rightly, and by the formula: {listed}."
