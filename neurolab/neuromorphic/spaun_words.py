"""The words of the mini-Spaun, its sizes, and what goes in and out.

    digits      what is seen and what a register holds        ZERO .. NINE
    tasks       named by the letters C, R, M and N            COPY, READ, LIST, COUNT
    places      of a list, unitary so that ~P inverts P       P0 .. P6
    phase       LISTEN until the question mark ASK, then ANSWER

Each word is a random unit vector of d dimensions, a semantic pointer. No two symbols are more alike
than 1 / sqrt(d), no two places than half of that: others are drawn until that holds. ``FOLLOWING``
is the successor of a digit, ``EARLIER`` its predecessor, at ZERO it stops.

What follows, and is tested: the words are as unlike as stated; a place bound and unbound is gone.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import nengo_spa as spa
import numpy as np

from .spaun_hand import HandParams
from .spaun_vision import DIGITS, SYMBOLS, TASKS

PLACES = tuple(f"P{k}" for k in range(7))
FOLLOWING = dict(zip(DIGITS, [*DIGITS[1:], DIGITS[0]], strict=True))
EARLIER = {"ZERO": "ZERO"} | dict(zip(DIGITS[1:], DIGITS[:-1], strict=True))
NEXT_PLACE = dict(zip(PLACES, [*PLACES[1:], PLACES[-1]], strict=True))

TRIES = 20_000  # draws of a word, at most


@dataclass(frozen=True)
class SpaunParams:
    tasks: tuple[str, ...] = TASKS  # parts that none of them needs are not built
    dimensions: int = 64
    symbol_neurons: int = 40  # of each symbol that is seen
    word_neurons: int = 25  # of each word in a register
    relay_neurons: int = 20
    gate_neurons: int = 30
    action_neurons: int = 26  # of each action in each nucleus
    memory_neurons: tuple[int, int, int] = (20, 24, 24)  # see SerialMemory
    tau_grow: float = 4.0  # s
    fade: float = 0.03
    hand: HandParams = field(default_factory=HandParams)
    lesion: bool = False  # cut what leaves the basal ganglia
    seed: int = 0


class Seen(NamedTuple):
    """A picture (P,) in the stream and how long it stays (s); None is an empty one."""

    picture: np.ndarray | None
    seconds: float


class Trial(NamedTuple):
    t: np.ndarray  # (T,) s
    pen: np.ndarray  # (T, 2)
    ink: np.ndarray  # (T,)
    more: dict  # name -> (T, ...)


def vocabulary(dimensions: int, seed: int) -> spa.Vocabulary:
    """All words of the network as pointers."""
    chance = np.random.RandomState(seed)
    vocab = spa.Vocabulary(dimensions)
    for words, turn, most in (
        ((*SYMBOLS, "LISTEN", "ANSWER"), False, 1.0),
        (PLACES, True, 0.5),
    ):
        kind: list[np.ndarray] = []
        for word in words:
            for _ in range(TRIES):  # as unlike those of its kind as a search finds
                x = chance.randn(dimensions)
                if turn:
                    size = np.fft.rfft(x)
                    x = np.fft.irfft(size / np.abs(size), n=dimensions)
                x = x / np.linalg.norm(x)
                if not kind or np.abs(np.array(kind) @ x).max() <= most / np.sqrt(dimensions):
                    break
            kind.append(x)
            vocab.add(word, x)
    return vocab
