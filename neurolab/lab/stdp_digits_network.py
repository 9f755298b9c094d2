"""The networks and pictures of lab stdp-digits: scikit-learn's digits, 8 x 8 pixels, from 0 to 1.

    part        pictures                 used
    learn       the first 1,000          to learn, and to say what each cell means
    held out    the next 347             to choose settings by
    test        the last 450             once, by the challenge

    symbol    meaning                                          shape     unit
    x, y      pictures, and the digits they show               (B, 64)   -
    counts    spikes of each cell in each picture              (B, N)    -

``SMALL`` are the settings of chapter *digits* for pictures so small; the first pass through a
network compiles its loop, which takes some seconds.

Data: Alpaydin & Kaynak (1998), doi:10.24432/C50P49, CC BY 4.0
Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from neurolab import tasks
from neurolab.hebbian import DigitsParams
from neurolab.hebbian.digit_network import DigitNetwork

from .start import fast

UNITS, PICTURES = 100, 400
PIECES, PIECE = 120, 100.0  # of one showing, ms of each
SMALL = DigitsParams(gain=2.0, target=0.3, theta_plus=0.1, mean_weight=0.3)
PARTS = {"learn": ("train", 0, 1000), "held out": ("train", 1000, 1347), "test": ("test", 0, 450)}


class Shown(NamedTuple):
    """What one cell did while it saw one picture again and again."""

    spikes: np.ndarray  # (SHOWINGS,), of each showing
    weights: (
        np.ndarray
    )  # (SHOWINGS + 1,), mean of the white pixels, before the first and after each


def digits(part: str) -> tuple[np.ndarray, np.ndarray]:
    """x (B, 64) and y (B,) of "learn" (300 in a short run), "held out" or "test"."""
    split, first, last = PARTS[part]
    last = 300 if part == "learn" and fast() else last
    x, y = tasks.load("digits", split=split)
    return x[first:last].flatten(1).numpy(), y[first:last].numpy()


def network(units: int = UNITS, seed: int = 0, **changed: float) -> DigitNetwork:
    """Cells that know nothing yet; ``changed`` are fields of ``DigitsParams``."""
    return DigitNetwork(64, units, replace(SMALL, **changed), seed)


def black_and_white() -> np.ndarray:
    """A five of 64 pixels, 0 or 1: the first of the pictures to learn from."""
    x, y = digits("learn")
    return (x[y == 5][0] >= 0.5).astype(np.float32)


def one_cell(seed: int) -> Shown:
    """One cell without scaling or a rising threshold; all its weights start at 0.1.

    It sees one picture for 12 s, without a rest.
    """
    picture = black_and_white()
    alone = {"theta_plus": 0.0, "keep_mean": False}  # one weight moves as the rule says
    cell = network(1, seed, picture=PIECE, rest=0.0, least=0, **alone)
    cell.weight[:] = 0.1
    spikes, weights = [], [0.1]
    for _ in range(PIECES):
        spikes.append(int(cell.present(picture[None]).sum()))
        weights.append(float(cell.weight[0, picture == 1].mean()))
    return Shown(np.array(spikes), np.array(weights))


def two_digits(first: int, second: int, common: float, seed: int = 0) -> np.ndarray:
    """Mean spikes (2, 100) of each cell in pictures of the first and of the second digit.

    The network has seen 400 of these two, drawn from those to learn from; a part ``common`` of
    them showed the first.

    Raises:
        ValueError: two digits that are no digits or the same, or a part that is not within 0 and 1.
    """
    if first not in range(10) or second not in range(10) or first == second:
        raise ValueError(f"two digits from 0 to 9 are needed, got {first!r} and {second!r}")
    if not 0 < common < 1:
        raise ValueError(f"common must be within 0 and 1, got {common!r}")
    x, y = digits("learn")
    chance = np.random.default_rng(seed)
    which = chance.permutation(np.arange(PICTURES) < round(common * PICTURES))
    pools = [np.flatnonzero(y == digit) for digit in (first, second)]
    drawn = [chance.choice(pool, PICTURES) for pool in pools]
    shown = x[np.where(which, *drawn)]
    cells = network(seed=seed)
    cells.present(shown)
    counts = cells.present(shown, learn=False)
    return np.stack([counts[which].mean(0), counts[~which].mean(0)])
