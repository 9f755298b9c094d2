"""The networks of lab evidence, small enough to train while you wait.

    trial    3 cues of 50 ms every 75 ms, 200 ms of silence, 50 ms in which the answer is asked
    network  30 neurons, half of them adaptive, a read-out of two; it learns by e-prop at the answer

    arm               neurons       traces
    adaptive          adapt         of LIF and ALIF neurons, as they are
    no adaptation     beta = 0      likewise
    frozen traces     adapt         stay at 0, so that the read-out alone learns

    symbol    meaning                                             shape    unit
    tau_a     how long a threshold stays raised                   ()       ms
    beta      rise of a threshold by one spike                    ()       threshold distances
    rate      of Adam at first, ten times it for the neurons      ()       -

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math

import torch
from torch import Tensor

from neurolab.core import Triangular
from neurolab.eprop import EProp
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent
from neurolab.tasks import Cues, evidence_cues

ARMS = ("adaptive", "no adaptation", "frozen traces")
UNITS, CHANNEL, BATCH = 30, 5, 32
TAU_A, BETA, RATE, FASTER = 500.0, 0.3, 0.02, 10.0
TIMES = {"cues": 3, "cue": 50, "gap": 25, "delay": 200, "recall": 50}  # ms but for the first


def trials(count: int, seed: int) -> Cues:
    """``count`` trials; 20 input neurons, 100 Hz while a channel is on."""
    return evidence_cues(count, **TIMES, channel=CHANNEL, rate=100.0, seed=seed)


def network(arm: str, seed: int, tau_a: float = TAU_A, beta: float = BETA) -> EProp:
    """One that has not learned yet.

    Raises:
        ValueError: no such arm, or constants that no neuron can have.
    """
    if arm not in ARMS:
        raise ValueError(f"arm: one of {list(ARMS)} is needed, got {arm!r}")
    betas = torch.zeros(UNITS)
    betas[: UNITS // 2] = 0.0 if arm == "no adaptation" else beta
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        neurons = Neurons(NEURONS["alif"], ALIFParams(20.0, tau_a, betas), surrogate=Triangular())
        layer = Recurrent(4 * CHANNEL, UNITS, neurons)
        net = EProp(layer, 2, loss="classification", feedback="random")
    layer.requires_grad_(arm != "frozen traces")
    with torch.no_grad():  # an input spike moves v by 1 / tau of its weight
        layer.weight.mul_(20)
        layer.raw.mul_(6)
    return net


def train(net: EProp, changes: int, seed: int, rate: float = RATE) -> None:
    """``changes`` of the weights, each after 32 fresh trials; the rate falls to 0 as a cosine."""
    groups = [([net.output, net.bias], rate)]
    if net.layer.raw.requires_grad:
        groups.append((list(net.layer.parameters()), FASTER * rate))
    adam = torch.optim.Adam([{"params": p, "lr": r, "first": r} for p, r in groups])
    for k in range(changes):
        seen = trials(BATCH, seed=10**6 * seed + k + 1)
        when = seen.recall / seen.recall.sum()
        net.zero_grad()
        net.learn(seen.x, seen.y.expand(len(when), -1), when=when, last=False)
        for group in adam.param_groups:
            group["lr"] = group["first"] * (1 + math.cos(math.pi * k / changes)) / 2
        adam.step()


@torch.no_grad()
def answers(net: EProp, seen: Cues) -> Tensor:
    """The read-out (T, B, 2)."""
    return net(seen.x)[0]
