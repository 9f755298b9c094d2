"""NMDA synapse: slow, and blocked by magnesium until the neuron is depolarised.

    s(t) = sum over spikes of (exp(-t / tau_decay) - exp(-t / tau_rise)) / height
    B(v) = 1 / (1 + [Mg] exp(-0.062 v) / 3.57),     conductance = weight s B(v)

    symbol      meaning                                       shape      unit
    x           spikes in this step, 0 or 1 (or released)     (B, I)     -
    s           open synapses, 1 at the peak of one spike     (B, I)     -
    v           membrane potential                            (B, N)     mV
    B           part that magnesium leaves unblocked          (B, N)     -
    [Mg]        magnesium outside the cell                    ()         mM
    tau_rise    time constant of opening                      ()         ms
    tau_decay   time constant of closing, larger              ()         ms
    dt          time step                                     ()         ms

What follows: with r = tau_decay / tau_rise the kernel peaks at tau_rise log(r) r / (r - 1), height
1; its area is (tau_decay - tau_rise) / height. Half is unblocked at v = log([Mg] / 3.57) / 0.062,
-20.5 mV at 1 mM. The update is exact on the grid. All tested.

Where it differs from the source: Jahr & Stevens give the block. The kernel is the usual difference
of two exponentials; it adds up without saturation, where receptors are finite in number.

References: Jahr & Stevens (1990), doi:10.1523/JNEUROSCI.10-09-03178.1990 (block); Gerstner et al.
(2014), Neuronal Dynamics, ch. 3.1, doi:10.1017/CBO9781107447615 (kernel)
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, log


@dataclass(frozen=True)
class NMDAParams:
    tau_rise: float = 2.0  # ms
    tau_decay: float = 100.0  # ms


class NMDAState(NamedTuple):
    rise: Value  # (B, I) trace that falls with tau_rise
    decay: Value  # (B, I) trace that falls with tau_decay


def nmda_step(
    x: Value,
    state: NMDAState,
    params: NMDAParams,
    dt: float,
) -> tuple[Value, NMDAState]:
    """The open synapses s, before the block, and the state. Elementwise."""
    rise = exp(-dt / params.tau_rise) * state.rise + x
    decay = exp(-dt / params.tau_decay) * state.decay + x
    ratio = params.tau_decay / params.tau_rise
    peak = log(ratio) / (ratio - 1)  # time of the peak, in units of tau_decay
    height = exp(-peak) - exp(-peak * ratio)
    return (decay - rise) / height, NMDAState(rise=rise, decay=decay)


def magnesium_block(v: Value, magnesium: float = 1.0) -> Value:
    """The part of the open synapses that conducts at ``v`` mV; 1 without magnesium (mM)."""
    return 1 / (1 + magnesium / 3.57 * exp(-0.062 * v))
