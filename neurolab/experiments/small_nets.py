"""Makes the two small networks of the live figure ``raster``, and writes them as a table.

    python -m neurolab.experiments.small_nets > neurolab/live/small_nets.py

Both are 64-24-10, learn the first 1,000 digits of scikit-learn in the eight levels of
``live.digits``, and are trained by ``two_nets.Fit``. Their weights are then rounded to whole
numbers from -31 to 31 times a scale of each matrix, and eight of them packed into one number.
"""

import sys

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from .two_nets import Dense, Fit, Spiking, images

UNITS, STEPS, DT, WINDOW, THRESHOLD, TAU = 24, 60, 0.5, 20.0, 0.1, 10.0
LEVELS = 31  # of a weight, on either side of 0
SEED, EPOCHS, BATCH, GAIN = 10, 40, 25, 1.0
RATES = (0.01, 0.03)  # of the dense and of the spiking one, chosen on digits held out
HEAD = '''"""Two small networks that read digits, 64-24-10, small enough for a page.

Made by ``python -m neurolab.experiments.small_nets``, which says how (tested: it makes them again).
A weight is a whole number from -31 to 31 times the scale of its matrix; a number of the table is
eight of them, each plus 31 a digit of base 64, the first one in the first place.
"""


def weights(packed: list, scale: float, count: int) -> list:
    """Rows of ``count`` weights each, (to, from)."""
    rows = []
    for words in packed:
        row = []
        for word in words:
            left = 4398046511104  # 64^7, the place of the first weight
            for _ in range(8):
                if len(row) < count:
                    row.append(scale * (word // left % 64 - 31))
                left = left // 64
        rows.append(row)
    return rows


'''


def in_levels(x: Tensor) -> Tensor:
    """Pixels (B, 8, 8) in the levels of the page."""
    return (x * 8).floor().clamp(max=7) / 7


def learned() -> tuple[Dense, Spiking]:
    """Both networks, not yet rounded."""
    x, y = images("digits", 0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        dense = Dense(64, UNITS)
        spiking = Spiking(64, UNITS, STEPS, DT, WINDOW, THRESHOLD, TAU, GAIN)

    def loss(answer: Tensor, labels: Tensor) -> Tensor:
        return cross_entropy(answer.mean(0) if answer.ndim == 3 else answer, labels)

    for net, rate in zip((dense, spiking), RATES, strict=True):
        fit = Fit(net, loss, rate, BATCH, EPOCHS, 0, SEED)
        for _ in range(EPOCHS):
            fit.epoch(in_levels(x), y)
    return dense, spiking


def matrices(dense: Dense, spiking: Spiking) -> dict[str, Tensor]:
    """What the table holds, by name; a bias is one column more."""
    first = torch.cat([dense.first.weight, dense.first.bias[:, None]], 1)
    second = torch.cat([dense.second.weight, dense.second.bias[:, None]], 1)
    made = {"DENSE_HIDDEN": first, "DENSE_OUT": second}
    made |= {"SPIKING_HIDDEN": spiking.hidden.weight, "SPIKING_OUT": spiking.out.weight}
    return {name: w.detach() for name, w in made.items()}


def packed(w: Tensor) -> tuple[float, list[list[int]]]:
    """Scale and table of a matrix."""
    scale = float(f"{float(w.abs().max()) / LEVELS:.6g}")
    rows = []
    for row in (w / scale).round().clamp(-LEVELS, LEVELS).long().tolist():
        row += [0] * (-len(row) % 8)
        words = []
        for k in range(0, len(row), 8):
            word = 0
            for level in row[k : k + 8]:
                word = 64 * word + level + LEVELS
            words.append(word)
        rows.append(words)
    return scale, rows


def text(made: dict[str, Tensor]) -> str:
    """The file with the table."""
    lines = []
    for name, w in made.items():
        scale, rows = packed(w)
        lines += [f"{name}_SCALE = {scale!r}", f"{name} = ["]
        for words in rows:
            parts = [", ".join(map(str, words[k : k + 5])) for k in range(0, len(words), 5)]
            lines.append("    [" + ",\n     ".join(parts) + "],")
        lines += ["]  # fmt: skip"]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(text(matrices(*learned())))
