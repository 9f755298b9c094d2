"""Distal reward: the dopamine comes seconds late, and finds the synapse that earned it.

Ten neurons project to ten others. Whenever neuron 0 fires and then, within ``window``, its target
0, dopamine follows after a delay; spikes go on meanwhile and all synapses are marked by chance.
Only the pair that earns the reward is marked before it time and again, so its trace covaries with
the dopamine, and its weight wins. The mean of the dopamine is taken off by a slow average: with it,
any weight that drives its target would strengthen itself, reward or not.

    P(post_j fires in dt) = dt rate + sum_i drive w_ji pre_i(t - dt),     w by R-STDP in 0 .. 1

    symbol   meaning                                               shape       unit
    w        weights (to, from) of S networks side by side         (S, N, N)   -
    drive    probability that a spike over a weight of 1 gives one ()          -
    rate     of spontaneous spikes                                 ()          1 / s
    tau_c    how long a synapse stays marked                       ()          ms

Where it differs from the paper: there 1000 spiking neurons with 100 synapses each, here 20 that
fire by chance, driven by weights; there a negative area of the window holds the unrewarded weights
down, here taking off the mean reward does; there the delay is drawn from 1 to 3 s, here it may also
be fixed (both ends equal) and tau_c made to fit it (``best_tau_c``); the rewarded weight starts as
all others do, there at 0; the pair must fall within 10 ms, there 20. A step is 5 ms, so a spike
reaches its target 5 ms later.

References: Izhikevich (2007), doi:10.1093/cercor/bhl152; Fremaux & Gerstner (2016),
doi:10.3389/fncir.2015.00085
"""

from dataclasses import dataclass
from typing import NamedTuple

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
    tau_c: float = 1000.0  # ms, of the eligibility trace
    tau_d: float = 200.0  # ms, of the dopamine

    def __post_init__(self):
        if len(self.delay) != 2 or not 0 <= self.delay[0] <= self.delay[1]:
            raise ValueError(f"delay must be (low, high), 0 <= low <= high in s, got {self.delay}")

    @property
    def steps(self) -> int:
        return round(1000 * self.seconds / DT)


class DistalState(NamedTuple):
    """S networks between two steps."""

    w: np.ndarray  # (S, N, N)
    p: np.ndarray  # (S, 1, N): what is left of recent pre spikes
    q: np.ndarray  # (S, N, 1): what is left of recent post spikes
    c: np.ndarray  # (S, N, N): eligibility
    d: np.ndarray  # (S, 1, 1): dopamine
    pre: np.ndarray  # (S, 1, N): spikes of the step before
    usual: np.ndarray  # (S, 1, 1): average reward
    due: np.ndarray  # (longest delay + 1, S): dopamine on its way, a ring over time
    last_pre: np.ndarray  # (S,): step in which neuron 0 fired last
    step: int


def distal_start(task: DistalReward, networks: int) -> DistalState:
    """Networks that have not lived yet."""
    one, row = np.zeros((networks, 1, 1)), np.zeros((networks, 1, NEURONS))
    w = np.full((networks, NEURONS, NEURONS), task.start)
    due = np.zeros((round(1000 * task.delay[1] / DT) + 1, networks))
    never = np.full(networks, -np.inf)
    return DistalState(w, row, row.swapaxes(1, 2), 0 * w, one, row, one, due, never, 0)


def distal_steps(
    task: DistalReward, state: DistalState, steps: int, chance: np.random.Generator
) -> DistalState:
    """The networks ``steps`` steps later; ``state`` stays as it is."""
    w, p, q, c, d, pre, usual, due, last_pre, begin = state
    due, last_pre, traces = due.copy(), last_pre.copy(), RSTDPState(p, q, c, d)
    times = {"tau_c": task.tau_c, "tau_d": task.tau_d}
    params, bounds = RSTDPParams(task.learning, 1.5 * task.learning, **times), BoundsParams()
    base, forget = task.rate * DT / 1000, DT / (1000 * task.memory)
    window = round(task.window / DT)
    earliest, latest = (round(1000 * delay / DT) for delay in task.delay)
    for t in range(begin, begin + steps):
        odds = base + task.drive * np.matmul(w, pre.swapaxes(1, 2))  # of the spikes before
        post = (chance.random(odds.shape) < odds) * 1.0
        pre = (chance.random(pre.shape) < base) * 1.0
        earned = np.flatnonzero((post[:, 0, 0] == 1) & (t - last_pre <= window))
        if len(earned):
            later = chance.integers(earliest, latest + 1, size=len(earned))
            due[(t + later) % (latest + 1), earned] += task.reward
        last_pre[pre[:, 0, 0] == 1] = t
        now = t % (latest + 1)
        reward = due[now][:, None, None].copy()
        due[now] = 0
        dw, traces = rstdp_step(pre, post, reward - usual, traces, params, DT)
        usual = usual + forget * (reward - usual)
        w = w + hard_bounds_step(dw, w, bounds)
    return DistalState(w, *traces, pre, usual, due, last_pre, begin + steps)


def distal_reward(task: DistalReward, seeds: int, first_seed: int = 0) -> np.ndarray:
    """The weights at the end (S, N, N) of ``seeds`` networks; [:, 0, 0] is the rewarded one."""
    chance = np.random.default_rng(first_seed)
    return distal_steps(task, distal_start(task, seeds), task.steps, chance).w


def wins(weights: np.ndarray, above: float = 0.5) -> np.ndarray:
    """Which networks (S,) solved it: the rewarded weight is the largest one and above ``above``."""
    others = weights.reshape(len(weights), -1)[:, 1:]
    rewarded = weights[:, 0, 0]
    return (rewarded > others.max(1)) & (rewarded > above)
