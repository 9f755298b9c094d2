"""What the labs' referee knows of scikit-learn's digits: their components, and Oja's rule on them.

Data: the 1797 handwritten digits that come with scikit-learn, 8 x 8 pixels, 0 to 1, mean removed.
"""

import functools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from neurolab.hebbian import oja_step


class Digits(NamedTuple):
    x: np.ndarray  # (1797, 64), mean removed
    variances: np.ndarray  # (64,), of the principal components, largest last
    components: np.ndarray  # (64, 64), one a column, PC1 last


@functools.cache
def digits() -> Digits:
    """The data of the labs and their principal components, by linear algebra."""
    from sklearn.datasets import load_digits

    x = load_digits().data / 16
    x = x - x.mean(0)
    return Digits(x, *np.linalg.eigh(x.T @ x / len(x)))


def learn(rates: np.ndarray, seeds: Iterable[int]) -> np.ndarray:
    """Last weights (S, 64) of S neurons that learn by Oja's rule, one a seed.

    Each starts in a random direction with length 1 and sees all digits in a new random order in
    every pass; ``rates`` (passes x 1797,) holds the learning rate of each step. Weights that
    overflow come back as inf or nan.
    """
    x, chances = digits().x, [np.random.default_rng(seed) for seed in seeds]
    w = np.stack([chance.standard_normal(x.shape[1]) for chance in chances])
    w = w / np.linalg.norm(w, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        for some in np.asarray(rates, dtype=float).reshape(-1, len(x)):  # one pass
            orders = np.stack([chance.permutation(len(x)) for chance in chances], axis=1)
            for rate, order in zip(some, orders, strict=True):
                y = (x[order] * w).sum(1, keepdims=True)
                w = w + oja_step(x[order], y, w, rate)
    return w


def angles_to_pc1(w: np.ndarray) -> np.ndarray:
    """Degrees between each row of ``w`` (S, 64) and PC1, 0 to 90; nan where w is not finite."""
    with np.errstate(all="ignore"):
        along = np.abs(w @ digits().components[:, -1]) / np.linalg.norm(w, axis=1)
        return np.degrees(np.arccos(np.minimum(along, 1)))
