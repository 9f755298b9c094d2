"""What one answer of a network takes, by its sizes and by what was measured of it.

    dense        M = T sum_l I_l N_l                       every weight, in every step
    convolved    M = P C_in C_out K^2                      every weight of a kernel, everywhere
    gated        M = T G N (I + N),   U = T N S            G rows of weights for each unit
    winners      M = sum_l k_l p_l N_l                     units that are on, weights that exist
    segments     M = N (D C + 1)                           D segments read, one gate multiplies
                 M = N                                     the same for a context read before
    spiking      A = sum_j z_j F_j,   U = T S              spikes, times what each reaches

    symbol     meaning                                                         unit
    M, A, U    multiply-accumulates, accumulates, updates: ``energy``          -
    I, N, T    inputs, units of a layer, steps of time                         -
    P, C, K    places of a kernel, pictures into and out of it, its side       -
    G          1 vanilla, 3 GRU, 4 LSTM                                        -
    S          numbers that are kept, decayed and added to: in ``gated`` for   -
               each unit, in ``spiking`` in all
    k, p       units of a layer that are on; part of its weights that exist    -
    D, C       segments of a neuron, numbers of the context                    -
    z, F       spikes of a group of neurons, and synapses that each reaches    -

A weight counts once for each number that it multiplies, a number 0 too, but where winners or spikes
are counted: these rules are for a machine that skips what is 0 and weights that do not exist, as a
graphics card hardly does. Not counted: biases, squashing functions, exponentials, products of two
gates or of a gate and a state beside the one of the update, the choice of winners, learning.

Tested: against loops over single multiplications that come to the answer of the module, and against
``SynOpCounter`` while one runs; for winners, against the mean over all sets of k units that may be
on, whichever weights exist.

Reference: Horowitz (2014), doi:10.1109/ISSCC.2014.6757323, for what is then made of the counts
"""

from collections.abc import Sequence
from itertools import pairwise

from neurolab.core.ops import Value

from .energy import Operations


def dense(sizes: Sequence[int], steps: Value = 1) -> Operations:
    """Layers of these sizes, inputs first, passed through in each step."""
    return Operations(steps * sum(before * units for before, units in pairwise(sizes)), 0, 0)


def convolved(pictures: int, filters: int, kernel: int, places: int) -> Operations:
    """Square filters of ``kernel`` pixels a side over so many pictures, at so many places."""
    return Operations(places * pictures * filters * kernel**2, 0, 0)


def gated(inputs: int, units: int, rows: int = 4, steps: Value = 1, kept: Value = 1) -> Operations:
    """A recurrent layer without spikes.

    Args:
        rows: of weights for each unit: 4 of an LSTM, 3 of a GRU, 1 of a vanilla or leaky layer.
        kept: numbers of each unit that are decayed and added to; 0 of a vanilla layer.
    """
    return Operations(steps * rows * units * (inputs + units), 0, steps * units * kept)


def winners(
    sizes: Sequence[int],
    on: Sequence[Value],
    connected: Sequence[Value],
) -> Operations:
    """Layers of these sizes, inputs first, each read by the next.

    Args:
        on: of each but the last, how many are not 0.
        connected: of each but the first, the part of its weights
            that exist.

    The mean over which are on, if each unit of a layer has as many
    weights as the others.
    """
    layers = zip(on, connected, sizes[1:], strict=True)
    macs = sum(k * part * units for k, part, units in layers)
    return Operations(macs, 0, 0)


def segments(units: int, each: int, context: int, read: bool = True) -> Operations:
    """``each`` segments on each of the units read a context, and one of them turns its unit down.

    Args:
        read: False where it is known what the segments say of this context.
    """
    return Operations(units * (each * context * read + 1), 0, 0)


def fired(rate: Value, neurons: Value, time: Value) -> Value:
    """Spikes of so many neurons that fire at ``rate`` (Hz) on average, in ``time`` (ms)."""
    return rate * neurons * time / 1000


def spiking(
    spikes: Sequence[Value], reach: Sequence[Value], kept: Value, steps: Value
) -> Operations:
    """A network of spikes, updated in every step as by a clocked machine.

    Args:
        spikes: of each group of neurons, inputs among them, for one answer.
        reach: synapses, read-outs among them, that a spike of each group reaches.
        kept: potentials, thresholds that move, conductances and read-outs, in all.
    """
    acs = sum(count * synapses for count, synapses in zip(spikes, reach, strict=True))
    return Operations(0, acs, steps * kept)


def together(*bills: Operations) -> Operations:
    """Parts of one network, or of one answer, added up."""
    return Operations(*(sum(column) for column in zip(*bills, strict=True)))
