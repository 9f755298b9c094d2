"""The network of ``stdp_digits`` over pictures: it learns, it answers, it can be stopped and go on.

    network = DigitNetwork(784, 100, seed=0)
    network.present(x)                       x (B, I) from 0 to 1: learn, one picture after another
    counts = network.present(x, learn=False) (B, N) spikes of the cells, weights and theta frozen
    labels = assign(tally(counts, y))        the class that each cell answers to most
    vote(counts, labels)                     (B,) class whose cells fire most on average

The slow path below is the definition. Where numba can be imported, ``neurolab.kernels.stdp_digits``
computes the same numbers, to the last bit.

A cell that answered to no picture gets no class, -1, and no vote.

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

import math

import numpy as np
import torch
from torch import Tensor

from neurolab.kernels import switch

from .stdp_digits import (
    Cells,
    DigitsParams,
    digits_stdp_step,
    input_spikes,
    network_step,
    scaled,
    silent_step,
    steps_in,
    trace_table,
)

MOVING = ("g_exc", "g_inh", "wait", "z", "f", "wait_h", "k")  # all 0 in silence


class DigitNetwork:
    """See the head of the file.

    Args:
        inputs, units: sizes I and N.
        seed: of the first weights and of all input spikes.

    ``weight`` (N, I) lies in memory input by input, since an input spike reads a column.
    """

    def __init__(self, inputs: int, units: int, params: DigitsParams | None = None, seed=0):
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        self.params = params = params or DigitsParams()
        self.seed, self.shown = seed, 0
        chance = np.random.default_rng(seed)
        self.weight = chance.uniform(0.01, 0.3, (inputs, units)).astype(np.float32).T
        self.weight *= scaled(self.weight, params)[:, None]
        self.theta = np.zeros(units, np.float32)
        p, zero = params, np.zeros(units, np.float32)
        rests = {"v": zero + p.excitatory.rest, "h": zero + p.inhibitory.rest}
        self.cells = Cells(**{n: rests.get(n, zero).copy() for n in Cells._fields})
        self.table = trace_table(params)
        self.since = np.full(inputs, len(self.table) - 1, np.int64)

    def present(self, x: np.ndarray | Tensor, learn: bool = True) -> np.ndarray:
        """Show pictures x (B, I), one after another; the spikes (B, N) that they caused.

        Raises:
            ValueError: x has another shape, or values that are not from 0 to 1.
        """
        x = np.ascontiguousarray(x, dtype=np.float32)
        if x.ndim != 2 or x.shape[1] != len(self.since):
            raise ValueError(f"x: (B, {len(self.since)}) is needed, got {x.shape}")
        if not ((x >= 0) & (x <= 1)).all():
            raise ValueError("x: values from 0 to 1 are needed, got others")
        if switch.enabled() and switch.compiler() is None:
            from neurolab.kernels.stdp_digits import present

            counts = present(self, x, learn)
        else:
            counts = np.array([self._picture(row, learn) for row in x], np.int32)
        return counts.reshape(len(x), len(self.theta))

    def _picture(self, x: np.ndarray, learn: bool) -> np.ndarray:
        p, number = self.params, self.shown
        self.shown += 1
        for attempt in range(p.attempts):
            count = np.zeros(len(self.theta), np.int32)
            for fired in input_spikes(x, self.seed, number, attempt, p):
                count += self._step(fired.nonzero()[0], learn)
            count += self._silence(learn)
            if learn:
                if p.keep_mean:
                    self.weight *= scaled(self.weight, p)[:, None]
                self.theta *= np.float32(math.exp(-(p.picture + p.rest) / p.tau_theta))
            if count.sum() >= p.least:
                break
        return count

    def _step(self, fired: np.ndarray, learn: bool) -> np.ndarray:
        """One step in which the inputs ``fired`` fire; the spikes (N,), 0 or 1."""
        p, drive = self.params, np.zeros_like(self.theta)
        for i in fired:  # one after the other: the order of a sum decides its last bit
            drive += self.weight[:, i]
        self.since = np.minimum(self.since + 1, len(self.table) - 1)
        self.since[fired] = 0
        others = self.cells.k.sum() - self.cells.k
        self.cells = network_step(drive, self.cells, others, self.theta, p)
        z = self.cells.z
        if learn and z.any():
            self.theta += np.float32(p.theta_plus) * z
            rows = z.nonzero()[0]
            self.weight[rows] += digits_stdp_step(self.table[self.since], self.weight[rows], p)
        return z.astype(np.int32)

    def _silence(self, learn: bool) -> np.ndarray:
        """The rest after a picture: steps until nothing but leaks is left, then a jump."""
        p, count, nobody = self.params, np.zeros(len(self.theta), np.int32), np.zeros(0, int)
        left = steps_in(p.rest, p)
        while left and not self.quiet():
            count += self._step(nobody, learn)
            left -= 1
        if left:
            s = self.cells
            v = silent_step(s.v, left, p.excitatory, p.dt)
            h = silent_step(s.h, left, p.inhibitory, p.dt)
            self.cells = s._replace(v=v, h=h)
            self.since = np.minimum(self.since + left, len(self.table) - 1)
        return count

    def quiet(self) -> bool:
        """Whether no cell is driven, held back or about to act on another."""
        return not any(getattr(self.cells, name).any() for name in MOVING)

    def state(self) -> dict[str, Tensor | int]:
        """All that decides what comes next, as a checkpoint can hold it."""
        arrays = {"weight": self.weight, "theta": self.theta, "since": self.since}
        arrays |= self.cells._asdict()
        return {"shown": self.shown} | {n: torch.from_numpy(a.copy()) for n, a in arrays.items()}

    def restore(self, state: dict) -> None:
        """Go on from a ``state()`` of a network made with the same arguments."""
        self.weight = state["weight"].numpy().T.copy().T
        self.theta, self.since = state["theta"].numpy().copy(), state["since"].numpy().copy()
        self.cells = Cells(*(state[n].numpy().copy() for n in Cells._fields))
        self.shown = state["shown"]


def tally(counts: np.ndarray, y: np.ndarray, classes: int = 10) -> np.ndarray:
    """(C, N + 1) spikes of each cell in the pictures of each class; last, how many these are.

    Args:
        counts: (B, N) spikes.
        y: (B,) classes of the pictures.
    """
    member = np.eye(classes, dtype=np.int64)[np.asarray(y)]
    return np.hstack([member.T @ counts, member.sum(0)[:, None]])


def assign(tallied: np.ndarray) -> np.ndarray:
    """(N,) the class to whose pictures each cell fired most on average; -1 if it never fired."""
    mean = tallied[:, :-1] / np.maximum(tallied[:, -1:], 1)
    return np.where(mean.any(0), mean.argmax(0), -1)


def vote(counts: np.ndarray, labels: np.ndarray, classes: int = 10) -> np.ndarray:
    """(B,) the class whose cells fired most on average."""
    member = labels[:, None] == np.arange(classes)
    return (counts @ member / np.maximum(member.sum(0), 1)).argmax(1)
