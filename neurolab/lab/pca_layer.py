"""Question 6 of lab pca: does a second neuron, beside one at PC1, end at PC2?

Nothing is compared with our own code. The rule learns 6 made-up inputs whose components are known,
with neuron 1 held at PC1 and neuron 2 started at random; right is what ends at PC2 with length 1.
PC1 varies ten times as much as PC2, so whatever of it is left over shows. Rules that miss this are
compared with known slips.

Reference: Sanger (1989), doi:10.1016/0893-6080(89)90044-0
"""

from typing import Any, NamedTuple

import numpy as np

from .pca_rule import one_change
from .values import Wrong

VARIANCES = np.array([10, 1, 0.2, 0.1, 0.05, 0.02])  # of PC1 to PC6
EXAMPLES = 40
PASSES = 40
STARTS = 2  # random weights of neuron 2
RATE = 0.02  # at first; it falls to a fiftieth
DEGREES, LENGTH = 5, 0.03  # how far from PC2, and from length 1, neuron 2 may end


class End(NamedTuple):
    """Where neuron 2 is after learning."""

    to_pc1: float  # degrees, 0 to 90
    to_pc2: float
    length: float

    @property
    def right(self) -> bool:
        return self.to_pc2 < DEGREES and abs(self.length - 1) < LENGTH


def judge_second(change: Any) -> str:
    ends = [_learn(change, seed) for seed in range(STARTS)]
    if all(end is not None and end.right for end in ends):
        worst = max(end.to_pc2 for end in ends)
        return f"Beside a neuron at PC1, yours ends at PC2: {worst:.1f}° off, with length 1.00."
    _name_slip(change)
    if None in ends:
        raise Wrong("Beside a neuron at PC1, yours overflows.")
    end = max(ends, key=lambda end: (end.to_pc2, abs(end.length - 1)))
    raise Wrong(
        f"Beside a neuron at PC1, yours ends {end.to_pc2:.0f}° from PC2 and {end.to_pc1:.0f}° from "
        f"PC1, with length {end.length:.2f}. It should end at PC2, with length 1."
    )


def _examples() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (40, 6) whose C = x.T @ x / 40 has ``VARIANCES``, and its components, PC1 first."""
    rng, size = np.random.default_rng(0), len(VARIANCES)
    white = np.linalg.qr(rng.standard_normal((EXAMPLES, size)))[0] * np.sqrt(EXAMPLES)
    components = np.linalg.qr(rng.standard_normal((size, size)))[0].T
    return white * np.sqrt(VARIANCES) @ components, components


def _learn(change: Any, seed: int) -> End | None:
    """Neuron 2 beside a neuron 1 that stays at PC1; None if its weights overflow."""
    x, components = _examples()
    rng = np.random.default_rng(seed)
    w1, w2 = components[0], rng.standard_normal(len(VARIANCES))
    w2 = w2 / np.linalg.norm(w2)
    for step, i in enumerate(np.concatenate([rng.permutation(len(x)) for _ in range(PASSES)])):
        rate = RATE * 50 ** (-step / (PASSES * len(x)))
        w2 = w2 + one_change(change, x[i], x[i] @ w1, x[i] @ w2, w1, w2, rate)
        if not np.abs(w2).max() < 1e6:
            return None
    length = np.linalg.norm(w2)
    cosines = np.abs(components[:2] @ w2) / max(length, 1e-12)
    return End(*np.degrees(np.arccos(np.minimum(cosines, 1))).tolist(), float(length))


def _name_slip(change: Any) -> None:
    """Raise ``Wrong`` if the changes on random inputs and weights are those of a known slip."""
    rate, rng = 0.01, np.random.default_rng(1)
    x, w1, w2 = 2 * rng.standard_normal((3, 3, 6))
    y1, y2 = (x * w1).sum(1), (x * w2).sum(1)
    rows = zip(x, y1, y2, w1, w2, strict=True)
    made = np.stack([one_change(change, *row, rate) for row in rows])
    y1, y2 = y1[:, None], y2[:, None]
    hebb, left = rate * y2, x - y1 * w1  # what neuron 1 leaves over
    known = {
        "Neuron 1's part is still in: yours finds PC1, too.": hebb * (x - y2 * w2),
        "You take away y2 w1: neuron 1 explains by its own output.": hebb * (x - y2 * (w1 + w2)),
        "You take away y1 w2: neuron 1 explains by its own weights.": hebb * (x - (y1 + y2) * w2),
        "You take away w1: its output is missing.": hebb * (x - w1 - y2 * w2),
        "You add neuron 1's part. Take it away.": hebb * (x + y1 * w1 - y2 * w2),
        "Where is the brake? Neuron 2 needs its own.": hebb * left,
        "The brake takes y1: neuron 2 is braked by its own output.": hebb * (left - y1 * w2),
        "The brake takes w1: neuron 2 is braked by its own weights.": hebb * (left - y2 * w1),
        "This is the change of w1; neuron 2 grows by its own output.": rate * y1 * left,
        "The growth takes y1: neuron 2 grows by its own output.": rate * y1 * (left - y2 * w2),
        "The growth lacks y2.": rate * (left - y2 * w2),
        "All signs are turned: this weight runs away from its input.": -hebb * (left - y2 * w2),
        "The rate is missing.": y2 * (left - y2 * w2),
        "Your weight does not change at all.": 0 * w2,
        "You return the new weight; return its change alone.": w2 + hebb * (left - y2 * w2),
    }
    for reason, slip in known.items():
        if np.allclose(made, slip, rtol=1e-5, atol=1e-7):
            raise Wrong(reason)
