"""Distal reward: the dopamine comes seconds late, and finds the synapse that earned it.

Ten neurons project to ten others. Whenever neuron 0 fires and then, within ``window``, its target
0, dopamine follows after a delay; spikes go on meanwhile and all synapses are marked by chance.
Only the pair that earns the reward is marked before it time and again, so its trace covaries with
the dopamine, and its weight wins. The mean of the dopamine is taken off by a slow average: with it,
any weight that drives its target would strengthen itself, reward or not.

    P(post_j fires in dt) = dt rate + sum_i drive w_ji pre_i(t - dt),     w by R-STDP in 0 .. 1

    symbol   meaning                                               shape       unit
    w        weights (to, from), one network a seed                (S, N, N)   -
    drive    probability that a spike over a weight of 1 gives one ()          -
    rate     of spontaneous spikes                                 ()          1 / s

Where it differs from the paper: there 1000 spiking neurons with 100 synapses each, here 20 that
fire by chance, driven by weights; there a negative area of the window holds the unrewarded weights
down, here taking off the mean reward does; there the delay is drawn from 1 to 3 s, here it may also
be fixed (both ends equal); the rewarded weight starts as all others do, there at 0. A step is 5 ms,
so a spike reaches its target 5 ms later.

References: Izhikevich (2007), doi:10.1093/cercor/bhl152; Fremaux & Gerstner (2016),
doi:10.3389/fncir.2015.00085
"""

from dataclasses import dataclass

import numpy as np

from .bounds import BoundsParams, hard_bounds_step
from .reward import RSTDPParams, RSTDPState, rstdp_step

DT = 5.0  # ms
NEURONS = 10  # on each side


@dataclass(frozen=True)
class DistalReward:
    seconds: float = 2400.0
    delay: tuple[float, float] = (1.0, 3.0)  # s, drawn between
    rate: float = 1.0  # 1 / s
    drive: float = 0.6
    start: float = 0.1  # weight
    window: float = 10.0  # ms, from pre to post
    reward: float = 0.5
    learning: float = 0.00015  # a_plus; a_minus is half larger
    memory: float = 100.0  # s, of the average reward


def distal_reward(task: DistalReward, seeds: int, first_seed: int = 0) -> np.ndarray:
    """The weights at the end (S, N, N) of ``seeds`` networks; [:, 0, 0] is the rewarded one."""
    chance = np.random.default_rng(first_seed)
    params, bounds = RSTDPParams(task.learning, 1.5 * task.learning), BoundsParams()
    w = np.full((seeds, NEURONS, NEURONS), task.start)
    quiet = np.zeros((seeds, 1, 1))
    state = RSTDPState(np.zeros((seeds, 1, NEURONS)), np.zeros((seeds, NEURONS, 1)), 0 * w, quiet)
    pre, base = np.zeros((seeds, 1, NEURONS)), task.rate * DT / 1000
    steps, window = round(1000 * task.seconds / DT), round(task.window / DT)
    usual, forget = 0.0 * quiet, DT / (1000 * task.memory)
    earliest, latest = (round(1000 * d / DT) for d in task.delay)
    due = np.zeros((latest + 1, seeds))  # dopamine on its way, a ring over time
    last_pre = np.full(seeds, -np.inf)
    for t in range(steps):
        odds = base + task.drive * np.matmul(w, pre.swapaxes(1, 2))  # of the spikes before
        post = (chance.random((seeds, NEURONS, 1)) < odds) * 1.0
        pre = (chance.random((seeds, 1, NEURONS)) < base) * 1.0
        earned = np.flatnonzero((post[:, 0, 0] == 1) & (t - last_pre <= window))
        if len(earned):
            later = chance.integers(earliest, latest + 1, size=len(earned))
            due[(t + later) % (latest + 1), earned] += task.reward
        last_pre[pre[:, 0, 0] == 1] = t
        now = t % (latest + 1)
        reward = due[now][:, None, None].copy()
        due[now] = 0
        dw, state = rstdp_step(pre, post, reward - usual, state, params, DT)
        usual = usual + forget * (reward - usual)
        w = w + hard_bounds_step(dw, w, bounds)
    return w


def wins(weights: np.ndarray, above: float = 0.5) -> np.ndarray:
    """Which networks (S,) solved it: the rewarded weight is the largest one and above ``above``."""
    others = weights.reshape(len(weights), -1)[:, 1:]
    rewarded = weights[:, 0, 0]
    return (rewarded > others.max(1)) & (rewarded > above)
