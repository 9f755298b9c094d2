"""The bytes of tensors that one gradient holds at once, by the way in which it is made.

    bptt           12 (N + 1) T + 16 N^2 + 96 N              a copy of the network for each step
    checkpointed   20 N S + bptt(T / S),  S about sqrt(T)    starts of segments, and one segment
    truncated      bptt(k) + 24 N + 4 k + 4                  one window
    eprop          40 N (N + 20) - 88 N + 204                traces of every synapse
    rtrl           64 N^3 + 1348 N^2 + 128 N + 8             what each weight did to each variable

    symbol   meaning                                   unit
    T        steps of the sequence                     -
    N        neurons                                   -
    S        segments                                  -
    k        window of truncated BPTT, at least 10     steps

The network is that of the experiment memory-bill: a recurrent layer of N ALIF neurons, at least 20,
with 20 inputs and 2 leaky outputs, one sequence at a time, float32 (4 bytes a number). A step of
BPTT keeps three numbers a neuron, and three for the losses. Inputs, targets, weights and the
gradient itself are not counted. What grows with T is one batch's: twice the batch, twice the bytes.

The formulas were read off measured bytes, not derived; what follows, and is tested: the network
holds these bytes, to the byte (rtrl in short runs, since T does not count there).

References, for the ways: BPTT: Werbos (1990), doi:10.1109/5.58337; checkpoints: Chen et al. (2016),
arXiv:1604.06174; e-prop: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y; RTRL: Williams &
Zipser (1989), doi:10.1162/neco.1989.1.2.270
"""

from neurolab.core.ops import Value, sqrt


def bytes_bptt(steps: Value, units: Value) -> Value:
    """Three numbers a neuron and step, and copies of the weights."""
    return 12 * (units + 1) * steps + 16 * units * units + 96 * units


def segments_of(steps: Value) -> int:
    """About the root of T, as ``core.checkpointed_scan`` takes it."""
    return int(sqrt(steps) + 0.5)


def bytes_checkpointed(steps: Value, units: Value) -> Value:
    """Five numbers a neuron where a segment starts; one segment."""
    segments = segments_of(steps)
    return 20 * units * segments + bytes_bptt(steps // segments, units)


def bytes_truncated(window: Value, units: Value) -> Value:
    """The steps of a window, the state handed on, the losses."""
    return bytes_bptt(window, units) + 24 * units + 4 * window + 4


def bytes_eprop(units: Value) -> Value:
    """Traces of every synapse, whatever the length."""
    return 40 * units * (units + 20) - 88 * units + 204


def bytes_rtrl(units: Value) -> Value:
    """What each weight did to each variable, at any length."""
    return ((64 * units + 1348) * units + 128) * units + 8
