"""A context without a label of the task: the mean of its examples, and the nearest such mean.

    c_k = mean of the training examples of task k               ``add``, when the task is known
    k*(x) = argmin_k |x - c_k|                                   ``infer``, when it is not

    online, without any identity (``observe``): a batch belongs to a known prototype unless the mean
    distance of its examples to it is significantly larger than that of examples it was made of:
    (m - mu) / (sigma / sqrt(B)) > z opens a new one

    symbol    meaning                                              shape
    x         examples                                             (B, I)
    c         prototypes                                           (K, I)
    mu, sigma mean and deviation of the distances to a prototype   (K,)
    z         how many standard errors are too far                 ()

What follows, and is tested: a prototype is the mean of all its examples, in whatever batches they
came; well separated clusters are found in number and in membership; nearest prototypes equal a
loop.

Where it differs from the paper: there a batch of the stream is compared with the clusters by a
t-test on each feature; here by the distance alone. What is the same: no identity is used, and a
context in training is the prototype so far.

Reference: Iyer, Grewal, Velu, Souza, Forest & Ahmad (2022), arXiv:2201.00042
"""

import torch
from torch import Tensor

from neurolab.core.ops import Value, maximum, sqrt


def surprise_step(
    far: Value,
    mean: Value,
    variance: Value,
    batch: Value,
) -> Value:
    """By how many standard errors a batch is farther than usual.

    Elementwise.
    """
    return (far - mean) / maximum(sqrt(variance / batch), 1e-12)


def nearest_prototype(x: Tensor, prototypes: Tensor) -> Tensor:
    """Which of (K, I) is nearest to each of (B, I): (B,) whole numbers; the first of equal ones."""
    if prototypes.ndim != 2 or not len(prototypes):
        given = tuple(prototypes.shape)
        raise ValueError(f"prototypes: shape (K, I), K at least 1, is needed, got {given}")
    if x.ndim != 2 or x.shape[1] != prototypes.shape[1]:
        given = tuple(x.shape)
        raise ValueError(f"x: shape (B, {prototypes.shape[1]}) is needed, got {given}")
    far = prototypes.square().sum(1) - 2 * x @ prototypes.T
    return far.argmin(1)


class Prototypes:
    """Means of tasks, as contexts.

    Args:
        inputs: I.
        z: standard errors of the mean distance from which a batch is of a task not seen before.

    ``table`` (K, I) holds the prototypes in the order in which they were opened.
    """

    def __init__(self, inputs: int, z: float = 6.0):
        if not z > 0:
            raise ValueError(f"z: a number above 0 is needed, got {z!r}")
        self.z = z
        self.sums = torch.zeros(0, inputs, dtype=torch.float64)
        self.counts = torch.zeros(0, dtype=torch.float64)
        self.far = torch.zeros(0, 3, dtype=torch.float64)  # count, mean, sum of squares of distance

    def __len__(self) -> int:
        return len(self.sums)

    @property
    def table(self) -> Tensor:
        """(K, I), float32."""
        return (self.sums / self.counts[:, None]).float()

    def add(self, x: Tensor, k: int | None = None) -> int:
        """Count examples (B, I) into prototype k, or open one for them; its number."""
        if x.ndim != 2 or x.shape[1] != self.sums.shape[1] or not len(x):
            given = tuple(x.shape)
            raise ValueError(f"x: shape (B, {self.sums.shape[1]}) is needed, got {given}")
        if k is None:
            k = len(self)
            self.sums = torch.cat([self.sums, self.sums.new_zeros(1, x.shape[1])])
            self.counts = torch.cat([self.counts, self.counts.new_zeros(1)])
            self.far = torch.cat([self.far, self.far.new_zeros(1, 3)])
        if not 0 <= k < len(self):
            raise ValueError(f"k: prototypes 0 to {len(self) - 1} exist, got {k}")
        self.sums[k] += x.double().sum(0)
        self.counts[k] += len(x)
        d = self._distance(x)[:, k]
        count, mean, squares = self.far[k].tolist()
        new = count + len(d)
        shift = d.mean().item() - mean
        squares += ((d - d.mean()).square().sum() + shift**2 * count * len(d) / new).item()
        self.far[k] = torch.tensor([new, mean + shift * len(d) / new, squares])
        return k

    def infer(self, x: Tensor) -> Tensor:
        """Number of the nearest prototype of each example, (B,)."""
        return nearest_prototype(x, self.table)

    def observe(self, x: Tensor) -> int:
        """To which prototype this batch belongs, by its examples alone; a new one if to none."""
        if len(self):
            d = self._distance(x).mean(0)
            count, mean, squares = self.far.unbind(1)
            surprise = surprise_step(d, mean, squares / (count - 1).clamp_min(1), len(x))
            k = int(d.argmin())
            if surprise[k] <= self.z:
                return self.add(x, k)
        return self.add(x)

    def _distance(self, x: Tensor) -> Tensor:
        """(B, K)."""
        return torch.cdist(x.double(), self.sums / self.counts[:, None])

    def state(self) -> dict[str, Tensor]:
        """All that changes, by name."""
        return {n: getattr(self, n).clone() for n in ("sums", "counts", "far")}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from a ``state``."""
        for n in ("sums", "counts", "far"):
            setattr(self, n, state[n].clone())
