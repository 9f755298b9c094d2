"""How many neurons can be active at a time, on a given supply of energy.

    p = (supply - rest) / (spike rate)                   the part that the supply can pay for
    bits = -p log2 p - (1 - p) log2 (1 - p)              that a neuron, active or not, can tell
    worth = bits / (rest + p spike rate)                 bits for the energy it takes

    symbol   meaning                                            shape    unit
    supply   energy for a neuron and its share of glia          any      10^9 ATP / s
    rest     what it takes while it is silent                   any      10^9 ATP / s
    spike    what one spike takes, its synapses included        any      10^9 ATP
    rate     of a neuron that is active                         any      1 / s
    p        part of the neurons that is active                 any      -

What follows, and is tested: with p the supply is used up exactly; the part that tells most for its
energy solves  p = (1 - p)^(1 + spike rate / rest), so the dearer a spike, the sparser; where spikes
cost nothing it is one half.

Where it differs from the sources: an active neuron fires at one rate and the others not at all;
bits are counted for one interval, as if neurons were independent.

References: costs and the part in rodents: Attwell & Laughlin (2001),
doi:10.1097/00004647-200110000-00001; in humans: Lennie (2003), doi:10.1016/S0960-9822(03)00135-0;
bits for energy: Levy & Baxter (1996), doi:10.1162/neco.1996.8.3.531
"""

from neurolab.core.ops import Value, exp, log, maximum, minimum

LEAST = 1e-12  # part below which log is not asked


def affordable(supply: Value, rest: Value, spike: Value, rate: Value) -> Value:
    """Which part of the neurons can be active, from 0 to 1. Elementwise."""
    return minimum(maximum((supply - rest) / (spike * rate), 0.0), 1.0)


def bits_for_energy(p: Value, rest: Value, spike: Value, rate: Value) -> Value:
    """Bits of a neuron for 10^9 ATP, if a part p is active. Elementwise."""
    q = 1 - p
    bits = -(p * log(maximum(p, LEAST)) + q * log(maximum(q, LEAST))) / log(2.0)
    return bits / (rest + p * spike * rate)


def thriftiest(ratio: float) -> float:
    """The part with most bits for its energy, if an active neuron takes ``ratio`` times the rest
    more than a silent one."""
    low, high = 0.0, 0.5
    for _ in range(60):
        middle = (low + high) / 2
        if middle < exp((1 + ratio) * log(1 - middle)):
            low = middle
        else:
            high = middle
    return (low + high) / 2
