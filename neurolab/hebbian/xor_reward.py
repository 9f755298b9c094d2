"""XOR learned from reward: an output spike is praised when the answer is 1, punished when it is 0.

Two inputs are carried by 30 neurons each, Poisson while the input is 1, silent while it is 0; half
of each 30 inhibit. They reach 60 hidden neurons, and these one output neuron, which excite. Each
trial shows one of the four patterns; the reward of a step is +1 or -``punish`` for an output spike,
0 without one. All synapses learn by R-STDP, without knowing the pattern or the answer.

    decide 1 if the output's spikes in a trial exceed (mean at answer 1 + mean at answer 0) / 2

    symbol    meaning                                                       shape     unit
    w         weights into the hidden layer and into the output neuron      (B, N, I) threshold
    high      largest size of a weight, into hidden and into output         ()        threshold
    learning  a_plus = a_minus into hidden; into output times ``slower``    ()        threshold
    cool      the learning rate falls on a straight line from 1 to ``last`` ()        -

The means in the decision are those of the last quarter of the learning trials; it is then fixed.
Without hidden neurons the inputs meet the output neuron, which can add up but not tell "one" from
"both": at best three patterns of four are right.

Where it differs from the paper: there a wrong spike costs what a right one earns, the learning rate
is constant and the same for all synapses, the bounds are the same in both layers, and learning
counts as done when the mean output at both answers of 1 exceeds that at (1, 1); here single trials
are judged.

Reference: Florian (2007), doi:10.1162/neco.2007.19.6.1468
"""

from dataclasses import dataclass

import numpy as np

from neurolab.spiking.lif import LIFParams

from .reward import RSTDPParams
from .rewarded import Synapses, signed_bounds, trial

DT = 1.0  # ms
INPUTS = 60  # the first half carries the first input, the second half the second
PATTERNS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
ANSWERS = PATTERNS[:, 0] ^ PATTERNS[:, 1]  # (4,)
LIF = LIFParams(tau=20.0)


@dataclass(frozen=True)
class XorReward:
    hidden: int = 60  # neurons; 0 for a single layer
    trials: int = 240
    length: int = 500  # ms, of a trial
    rate: float = 40.0  # 1 / s, of an input neuron while its input is 1
    learning: float = 0.035  # a_plus and a_minus into the first layer, threshold distances
    slower: float = 0.1  # the same into the output neuron behind a hidden layer, in parts of it
    last: float = 0.0  # the learning rate at the end, in parts of that at the start
    punish: float = 0.5  # taken at a wrong spike; a right one earns 1
    high: tuple[float, float] = (0.5, 0.2)  # of weights into hidden and output
    inhibit: float = 0.5  # part of the input neurons that inhibit
    tau_c: float = 25.0  # ms, eligibility
    tau_d: float = 1.0  # ms, reward


def fresh(task: XorReward, networks: int, chance: np.random.Generator) -> list[np.ndarray]:
    """Weights (B, N, I) layer by layer, uniform within their bounds; one array if hidden is 0."""
    sign = np.where(inhibiting_inputs(task), -1.0, 1.0)
    first = sign * task.high[0] * chance.random((networks, max(task.hidden, 1), INPUTS))
    if not task.hidden:
        return [first]
    return [first, task.high[1] * chance.random((networks, 1, task.hidden))]


def inhibiting_inputs(task: XorReward) -> np.ndarray:
    """(I,) which input neurons inhibit: the first of each half."""
    half = INPUTS // 2
    return np.arange(INPUTS) % half < round(task.inhibit * half)


def layered(task: XorReward, weights: list[np.ndarray]) -> list[Synapses]:
    """Weights with their bounds and their rule."""
    a, times = task.learning, (20.0, 20.0, task.tau_c, task.tau_d)
    first = signed_bounds(task.high[0], inhibiting_inputs(task))
    layers = [Synapses(weights[0], first, RSTDPParams(a, a, *times))]
    if task.hidden:
        a = a * task.slower
        second = signed_bounds(task.high[1], np.zeros(task.hidden, bool))
        layers.append(Synapses(weights[1], second, RSTDPParams(a, a, *times)))
    return layers


def spike_trains(task: XorReward, pattern: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Input spikes (T, B, I, 1) for the ``pattern`` (B,) of each network, 0 .. 3."""
    active = PATTERNS[pattern].repeat(INPUTS // 2, axis=1)  # (B, I)
    drawn = chance.random((task.length, *active.shape)) < task.rate * DT / 1000
    return (drawn & (active == 1)).astype(float)[..., None]


def learn_block(
    task: XorReward, weights: list[np.ndarray], block: int, chance: np.random.Generator
) -> tuple[list[np.ndarray], np.ndarray]:
    """Four trials, the patterns in an order drawn for each network.

    Returns:
        the weights after them, and the output spikes (B, 4) at each pattern.
    """
    networks, blocks = len(weights[0]), task.trials // 4
    order = chance.permuted(np.tile(np.arange(4), (networks, 1)), axis=1)  # (B, 4)
    layers, counts = layered(task, weights), np.zeros((networks, 4))
    for n, pattern in enumerate(order.T):
        cool = 1 + (task.last - 1) * (4 * block + n) / (4 * blocks)
        value = np.where(ANSWERS[pattern] == 1, 1.0, -task.punish)
        inputs = spike_trains(task, pattern, chance)
        count, layers = trial(inputs, layers, LIF, DT, value, cool)
        counts[np.arange(networks), pattern] = count
    return [layer.w for layer in layers], counts


def threshold(counts: np.ndarray) -> np.ndarray:
    """(B,) what a count must exceed, from those of learning (blocks, B, 4), their last quarter."""
    mean = counts[-max(1, len(counts) // 4) :].mean(0)  # (B, 4)
    return (mean[:, ANSWERS == 1].mean(1) + mean[:, ANSWERS == 0].mean(1)) / 2


def show(
    task: XorReward, weights: list[np.ndarray], shows: int, chance: np.random.Generator
) -> np.ndarray:
    """Output spikes (B, shows, 4) at each pattern with frozen weights and fresh spikes."""
    pattern = np.tile(np.arange(4), shows)
    counts = []
    for n in range(len(weights[0])):
        layers = layered(task, [w[n : n + 1] for w in weights])
        count, _ = trial(spike_trains(task, pattern, chance), layers, LIF, DT)
        counts.append(count.reshape(shows, 4))
    return np.stack(counts)


def correct(counts: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """(B, 4) part of the trials decided rightly, by pattern, from ``show`` and ``threshold``."""
    return ((counts > limit[:, None, None]) == (ANSWERS == 1)).mean(1)
