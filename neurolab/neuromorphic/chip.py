"""A compartment of Loihi, in the chip's whole numbers.

    i <- toward 0 of i (4095 - decay_i) / 4096, + q
    v <- toward 0 of v (4096 - decay_v) / 4096, + i + bias
    held    v <- 0, no spike                            for t_ref - 1 steps after a spike
    z = 1 if v > threshold,  v <- 0                     else

    symbol      meaning                                        shape       range
    q           sum of weights of the spikes that came in      (B, N)      +- 2^21
    i           synaptic current                               (B, N)      +- 2^23
    v           potential                                      (B, N)      +- 2^23
    decay_i,    what a step takes away, in 4096ths; 4095       () or (N,)  0 to 4095
    decay_v     keeps nothing of the current
    bias        added in every step                            () or (N,)  13 bits, exponent to 7
    threshold   a multiple of 64                               () or (N,)  to (2^17 - 1) 64
    t_ref       1 for none                                     () or (N,)  steps

    a weight    w 2^(6 + e), w from -256 to 254 by twos where signs are mixed, e from -6 to 0

Numbers are whole, in floats of 64 bits, which hold every product exactly. Rounding is invisible to
the gradient: it passes through as if nothing had been rounded, so a network can learn in the
arithmetic that it will run in.

What follows, and is tested: spike for spike it is the emulator of nengo-loihi; with large numbers
it is ``cell_step`` with a reset to 0.

Where it differs from the chip: there q and i wrap around beyond their range; here ``chip_net``
refuses weights that could lead there. Of noise, of dendritic trees and of learning there is none.

Reference: Davies et al. (2018), doi:10.1109/MM.2018.112130359
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, constant, maximum, where
from neurolab.core.surrogate import Surrogate, spike
from neurolab.spiking.family import Neuron

UNIT = 4096  # of decays
STEP = 64  # of thresholds, and the weight of one at exponent 0
MOST_MANTISSA = 2**17 - 1  # of a threshold
BIAS_MANTISSA, BIAS_EXPONENT = 2**12 - 1, 7
Q_BITS, I_BITS = 21, 23


@dataclass(frozen=True)
class ChipParams:
    decay_i: Value = 4095.0  # 4096ths
    decay_v: Value = 200.0  # 4096ths
    threshold: Value = 6400.0
    bias: Value = 0.0
    t_ref: Value = 1.0  # steps


class ChipState(NamedTuple):
    v: Value  # (B, N) potential after the reset
    i: Value  # (B, N) synaptic current
    left: Value  # (B, N) steps for which it is still held
    u: Value  # (B, N) distance to threshold, in thresholds


def toward_zero(x: Value) -> Value:
    """Without what is behind the point; the gradient passes. Elementwise."""
    whole = where(x < 0, -(-x // 1), x // 1)
    return x + constant(whole - x)


def to_nearest(x: Value) -> Value:
    """The nearest whole number, halves up; the gradient passes. Elementwise."""
    return x + constant((x + 0.5) // 1 - x)


def chip_step(
    current: Value,
    state: ChipState,
    params: ChipParams,
    dt: float,
    surrogate: Surrogate | None = None,
) -> tuple[Value, ChipState]:
    """The spikes and the state a step later; ``current`` is q."""
    keep_i = (UNIT - 1 - params.decay_i) / UNIT
    keep_v = (UNIT - params.decay_v) / UNIT
    i = toward_zero(state.i * keep_i) + current
    v = toward_zero(state.v * keep_v) + i + params.bias
    held = state.left > 0.5
    v = where(held, 0.0 * v, v)
    u = v / params.threshold - 1
    z = where(held, 0.0 * v, spike(u, surrogate))
    fewer = maximum(state.left - 1, 0.0)
    left = where(z > 0, params.t_ref - 1 + 0.0 * v, fewer)
    v = where(z > 0, 0.0 * v, v)
    return z, ChipState(v=v, i=i, left=left, u=u)


def chip_start(params: ChipParams) -> ChipState:
    """The state at rest."""
    return ChipState(v=0.0, i=0.0, left=0.0, u=-1.0)


CHIP = Neuron(chip_step, ChipParams, chip_start, 1000.0, 1.0, ("threshold",))
