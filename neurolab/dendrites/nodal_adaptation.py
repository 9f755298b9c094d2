"""Nodal adaptation: a few gains near the soma learn, in place of the many synapses behind them.

    y     = sum_k J_k h_k,    h_k = sum_m w_km x_km
    nodes learn    dJ_k  = rate e h_k / |h|^2
    links learn    dw_km = rate e J_k x_km / |J x|^2
    e = t - y, or for an answer t of +1 or -1 that is only a sign, t max(0, 1 - t y)

    symbol   meaning                                             shape       unit
    x        input of each synapse                               (S, K, M)   -
    w        links: a weight for each synapse                    (S, K, M)   -
    J        nodes: a gain for each trunk of the dendrite        (S, K)      -
    h        what a trunk gets                                   (S, K)      -
    y, t     answer of the neuron, and of its teacher            (S,)        -
    e        error                                               (S,)        -

S students learn side by side, each from a teacher of its own. K is small, K M large.

What follows, and is tested: with rate 1 a step makes the answer to its own example right and
changes nothing else. For normal inputs the mean squared distance to a teacher that can be reached
falls by the factor 1 - rate (2 - rate) / P a presentation, where P is the number of parameters:
K for nodes of trunks alike in size, K M for links. So nodes are faster by M, if the teacher differs
in gains alone. Links that may only change together, a trunk at a time, are as fast: it is the
number that counts and not the place. And gains reach only what lies in the K directions of the
links; of any other teacher they leave a part, the square of its sine with these (``out_of_reach``),
for a random one 1 - 1 / M, however long they learn.

Where it differs from the source: there nodes are delays and thresholds of trunks too, and signals
are spikes; here a gain each. The source finds nodes faster in a perceptron and in neurons of a
culture; what is above says when that holds.

References: Sardi et al. (2018), doi:10.1038/s41598-018-23471-7; Slock (1993),
doi:10.1109/78.236504 (rate of the normalized rule)
"""

import torch
from torch import Tensor

from neurolab.core.ops import Value, maximum


def normalized_step(
    error: Value,
    x: Value,
    power: Value,
    rate: float,
) -> Value:
    """The change of a weight that sees ``x``. Elementwise.

    ``power`` is the sum of x^2 over all weights that change.
    """
    return rate * error * x / power


def answer_error(t: Value, y: Value) -> Value:
    """Error where the teacher tells its answer. Elementwise."""
    return t - y


def sign_error(t: Value, y: Value) -> Value:
    """Error where it tells the sign t alone, +1 or -1. Elementwise.

    It is how far y is within a margin of 1.
    """
    return t * maximum(1 - t * y, 0.0)


class Trunks:
    """Neurons with K trunks of M links each.

    Args:
        links: w (S, K, M).
        gains: J (S, K).
    """

    def __init__(self, links: Tensor, gains: Tensor):
        if links.ndim != 3 or gains.shape != links.shape[:2]:
            shapes = f"{tuple(links.shape)} and {tuple(gains.shape)}"
            raise ValueError(f"links, gains: (S, K, M) and (S, K) are needed, got {shapes}")
        self.links, self.gains = links.clone(), gains.clone()

    @property
    def effective(self) -> Tensor:
        """What each synapse counts (S, K, M): gain times link."""
        return self.gains[..., None] * self.links

    def __call__(self, x: Tensor) -> Tensor:
        """Answers (S,) to x (S, K, M)."""
        return (self.effective * x).sum((1, 2))

    def learn(self, x: Tensor, error: Tensor, rate: float) -> None:
        """From the errors (S,) at x (S, K, M); a kind of neuron says how."""
        raise NotImplementedError


class NodalAdaptation(Trunks):
    """The gains learn, the links stay."""

    def learn(self, x: Tensor, error: Tensor, rate: float) -> None:
        h = (self.links * x).sum(2)
        power = h.square().sum(1, keepdim=True)
        self.gains += normalized_step(error[:, None], h, power, rate)


class LinkAdaptation(Trunks):
    """The links learn, the gains stay."""

    def learn(self, x: Tensor, error: Tensor, rate: float) -> None:
        seen = self.gains[..., None] * x
        power = seen.square().sum((1, 2), keepdim=True)
        self.links += normalized_step(error[:, None, None], seen, power, rate)


def generalization(student: Trunks, teacher: Trunks) -> Tensor:
    """Mean squared difference of answers (S,) to fresh normal inputs, by that of the teacher's."""
    off = (student.effective - teacher.effective).square().sum((1, 2))
    return off / teacher.effective.square().sum((1, 2))


def disagreement(student: Trunks, teacher: Trunks) -> Tensor:
    """Chance (S,) that the signs of both answers to a normal input differ: their angle over pi."""
    a, b = student.effective.flatten(1), teacher.effective.flatten(1)
    return torch.cosine_similarity(a, b).clamp(-1, 1).acos() / torch.pi


def out_of_reach(links: Tensor, teacher: Trunks) -> Tensor:
    """The least ``generalization`` (S,) that gains on these links (S, K, M) can have."""
    target = teacher.effective
    along = (target * links).sum(2).square() / links.square().sum(2)
    return 1 - along.sum(1) / target.square().sum((1, 2))
