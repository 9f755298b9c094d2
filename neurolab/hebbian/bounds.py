"""Bounds: what keeps a weight between a smallest and a largest value.

    hard   dw <- what of dw fits between low and high
    soft   dw <- dw (high - w) / (high - low) where dw > 0,   dw (w - low) / (high - low) else

    symbol      meaning                     shape    unit
    dw          change that a rule asks for (N, I)   weight
    w           weights, within the bounds  (N, I)   weight
    low, high   bounds                      ()       weight

What follows: with hard bounds the rule does not know where the weight stands, so competition drives
weights to both ends; with soft ones steps get smaller toward the end they go to. There random
rises P and falls D a step settle the mean at low + (high - low) P / (P + D), whatever the start, at
the rate (P + D) / (high - low). Neither lets a weight out by more than rounding: a soft step that
would overshoot, |dw| > high - low, ends at the bound. All tested.

Where it differs from the source: Guetig et al. raise the distance to the bound to a power between
0 (hard) and 1 (soft); here are the two ends. A step's net change is bounded, not its rise and fall
one by one; they differ where both fall into the same step.

References: Guetig, Aharonov, Rotter & Sompolinsky (2003), doi:10.1523/JNEUROSCI.23-09-03697.2003;
van Rossum, Bi & Turrigiano (2000), doi:10.1523/JNEUROSCI.20-23-08812.2000
"""

from dataclasses import dataclass

from neurolab.core.ops import Value, maximum, minimum, where


@dataclass(frozen=True)
class BoundsParams:
    low: float = 0.0  # weight
    high: float = 1.0  # weight


def hard_bounds_step(
    dw: Value,
    w: Value,
    params: BoundsParams,
) -> Value:
    """What of the change ``dw`` fits. Elementwise."""
    return minimum(maximum(dw, params.low - w), params.high - w)


def soft_bounds_step(dw: Value, w: Value, params: BoundsParams) -> Value:
    """The change ``dw``, scaled by the room left on its side. Elementwise."""
    room = where(dw > 0, params.high - w, w - params.low)
    return hard_bounds_step(dw * room / (params.high - params.low), w, params)


def no_bounds_step(dw: Value, w: Value, params: BoundsParams) -> Value:
    """The change as it is."""
    return dw


BOUNDS = {"hard": hard_bounds_step, "soft": soft_bounds_step, "none": no_bounds_step}
