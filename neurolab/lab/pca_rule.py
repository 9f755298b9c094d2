"""Question 1 of lab pca: is a rule normalised Hebb, to first order in the rate?

Whatever a learner writes, Oja's rule has one property: its gap to Hebb's rule followed by
division by the length is of second order, so it falls fourfold when the rate halves. Rules that
miss it are compared with known slips.

Reference: Oja (1982), doi:10.1007/BF00275687
"""

from typing import Any

import numpy as np

from .values import Wrong, array, call

RATE = 0.001


def judge_change(change: Any) -> str:
    rng = np.random.default_rng(0)
    x, w = 2 * rng.standard_normal((3, 6)), rng.standard_normal((3, 6))
    w = w / np.linalg.norm(w, axis=1, keepdims=True)
    y = (x * w).sum(1, keepdims=True)
    made, half = (_changes(change, x, y, w, rate) for rate in (RATE, RATE / 2))

    def falls(made: np.ndarray, half: np.ndarray) -> float:
        """How many times nearer to normalised Hebb at half the rate; 4 for what follows it."""
        gap = np.linalg.norm(made - _normalised(x, y, w, RATE))
        near = np.linalg.norm(half - _normalised(x, y, w, RATE / 2))
        return 4.0 if gap < 1e-6 else float(gap / near)  # below 1e-6: equal, in 32 bits

    ratio = falls(made, half)
    if 3.5 < ratio < 4.5:
        return f"The gap to normalised Hebb falls fourfold ({ratio:.2f}) when the rate halves."
    growth, brake = RATE * y * x, RATE * y**2 * w
    known = {
        "This is plain Hebb: where is the brake?": growth,
        "One y too few: the brake needs y squared.": growth - RATE * y * w,
        "A plus where a minus belongs: your brake speeds up.": growth + brake,
        "All signs are turned: this weight runs away from its input.": brake - growth,
        "This is the brake alone: where is Hebb's growth?": -brake,
        "The brake lacks w: each weight loses in proportion to itself.": growth - RATE * y**2,
        "The growth lacks y: a Hebbian change needs input and output.": RATE * (x - y * w),
        "The brake lacks the rate.": growth - y**2 * w,
        "The rate is missing.": (growth - brake) / RATE,
        "Your weight does not change at all.": 0 * w,
    }
    for reason, slip in known.items():
        if np.allclose(made, slip, rtol=1e-5, atol=1e-7):
            raise Wrong(reason)
        if np.allclose(made, w + slip, rtol=0, atol=1e-7):
            raise Wrong(f"You return the new weight; return its change alone. And: {reason}")
    if 3.5 < falls(made - w, half - w) < 4.5:
        raise Wrong("You return the new weight; return its change alone.")
    raise Wrong(
        f"The gap to normalised Hebb falls {ratio:.1f}-fold, not fourfold, at half the rate."
    )


def _changes(change: Any, x: np.ndarray, y: np.ndarray, w: np.ndarray, rate: float) -> np.ndarray:
    """What the learner's function makes of each row."""
    return np.stack([one_change(change, *row, rate) for row in zip(x, y[:, 0], w, strict=True)])


def one_change(change: Any, *parts: Any) -> np.ndarray:
    """The change of the last array in ``parts`` (then comes the rate), as the learner makes it.

    The function gets tensors, and numpy arrays if it stops on those.
    """
    *parts, rate = parts
    try:
        answer = call(change, *(torch_of(part) for part in parts), rate)
    except Wrong as reason:
        try:
            answer = call(change, *(np.array(part) for part in parts), rate)
        except Wrong:
            raise reason from None
    made = array(answer, shape=parts[-1].shape)
    if not np.isfinite(made).all():
        raise Wrong("Your change holds inf or nan.")
    return made


def torch_of(part: Any) -> Any:
    import torch

    return torch.tensor(part, dtype=torch.float64)


def _normalised(x: np.ndarray, y: np.ndarray, w: np.ndarray, rate: float) -> np.ndarray:
    new = w + rate * y * x
    return new / np.linalg.norm(new, axis=1, keepdims=True) - w
