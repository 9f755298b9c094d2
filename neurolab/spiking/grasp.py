"""A finger that closes by a motor primitive and gives way by a reflex, all of it in spikes.

    closing neurons   current = go - inhibition s            each fires with its own gain
    opening neurons   current = inhibition s - go
    touch neurons     current = touch force
    ds / dt = -s / tau + mean spikes of touch neurons
    da / dt = speed (mean spikes of closing neurons - those of opening ones),   0 <= a <= 1

    symbol       meaning                                               shape     unit
    go           the drive to close                                    ()        threshold distances
    force        of the contact                                        (B,)      N
    touch        current of a touch neuron for a newton                ()        1 / N
    s            what the synapses of the touch neurons keep           (B, 1)    -
    inhibition   of s on the closing neurons                           ()        threshold distances
    tau          of these synapses                                     ()        ms
    a            activation of the primitive: 0 open, 1 closed         (B,)      -
    gain         of each neuron, from ``spread`` to 1                  (N,)      -

The primitive says where all joints go for an activation a: one number closes a whole finger, as a
synergy does. Nothing is known of the object. The reflex is two groups of neurons that the touch
neurons hold and drive.

What follows, and is tested: the finger stops closing where inhibition s leaves no closing neuron
above threshold, and opens where it brings an opening neuron there; so the force ends between two
values that the equations of ``band`` give, whatever the object's size and stiffness.

Where it differs from the paper: two joints of a planar finger in place of a hand of nine, one
primitive, no learning online.

Reference: Tieck et al. (2020), doi:10.1109/LRA.2020.3034067
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp, maximum, minimum

from .lif import LIFParams, LIFState, lif_step


@dataclass(frozen=True)
class GraspParams:
    go: float = 3.0  # threshold distances
    touch: float = 0.8  # threshold distances / N
    inhibition: float = 1.5  # threshold distances
    tau: float = 30.0  # ms, of the synapses
    membrane: float = 10.0  # ms, of the neurons
    speed: float = 0.02  # of the activation, for a spike of every neuron
    spread: float = 0.6  # smallest gain; the largest is 1


class GraspState(NamedTuple):
    closing: LIFState  # (B, N)
    opening: LIFState  # (B, N)
    touched: LIFState  # (B, N)
    s: Value  # (B, 1)
    a: Value  # (B,) activation of the primitive


class GraspSpikes(NamedTuple):
    closing: Value  # (B, N)
    opening: Value  # (B, N)
    touched: Value  # (B, N)


def currents(
    force: Value,
    s: Value,
    gain: Value,
    params: GraspParams,
) -> GraspSpikes:
    """What the three groups are driven by. Elementwise."""
    drive = params.go - params.inhibition * s
    touched = gain * params.touch * force
    return GraspSpikes(gain * drive, -gain * drive, touched)


def cells_step(
    drive: GraspSpikes, state: GraspState, params: GraspParams, dt: float
) -> tuple[GraspSpikes, tuple[LIFState, LIFState, LIFState]]:
    """Spikes of the three groups. Elementwise."""
    cells = LIFParams(params.membrane)
    closing, first = lif_step(drive.closing, state.closing, cells, dt)
    opening, second = lif_step(drive.opening, state.opening, cells, dt)
    touched, third = lif_step(drive.touched, state.touched, cells, dt)
    return GraspSpikes(closing, opening, touched), (first, second, third)


def reflex_step(s: Value, touched: Value, params: GraspParams, dt: float) -> Value:
    """The synapses ``dt`` ms later, for the part of the touch neurons that fired. Elementwise."""
    return exp(-dt / params.tau) * s + touched


def activation_step(a: Value, closing: Value, opening: Value, params: GraspParams) -> Value:
    """The activation, for the parts of both groups that fired. Elementwise."""
    return minimum(maximum(a + params.speed * (closing - opening), 0.0), 1.0)


def kept(force: float, gain: float, params: GraspParams) -> float:
    """The s that a touch neuron of one gain leads to at a force that lasts, by its mean rate."""
    current = gain * params.touch * force
    if current <= 1:
        return 0.0
    return params.tau / (params.membrane * math.log(current / (current - 1)))


def band(gains: tuple[float, ...], params: GraspParams) -> tuple[float, float]:
    """Forces (N) at which the last closing neuron falls silent and the first opening one fires."""
    ends = []
    for wanted in ((params.go - 1 / max(gains)), (params.go + 1 / max(gains))):
        low, high = 0.0, 1e3
        for _ in range(80):
            middle = (low + high) / 2
            s = sum(kept(middle, gain, params) for gain in gains) / len(gains)
            low, high = (middle, high) if params.inhibition * s < wanted else (low, middle)
        ends.append(high)
    return ends[0], ends[1]
