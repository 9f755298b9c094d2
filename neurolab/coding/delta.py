"""Send-on-delta: a spike says that the signal has moved, up or down, since the last one.

    z = +1 if x - level >= threshold,  -1 if x - level <= -threshold,  else 0
    level <- level + threshold z

    symbol      meaning                                       shape       unit
    x           signal over time, 0 to 1                      (T, B, N)   -
    level       what the receiver knows of it                 (B, N)      -
    threshold   size of a move worth a spike                  ()          -
    z           spikes up and down, +1, 0, -1                 (T, B, N)   -

The receiver is told the first value and adds threshold for each spike, so it holds the same level.
What follows, and is tested: if no step of the signal is larger than the threshold, the receiver is
always closer to the signal than the threshold; a constant signal costs no spike; a straight rise of
height h costs h / threshold of them, at any speed. A larger step is followed by one threshold a
step (slope overload).

Where it differs from the source: time stands on a grid, with at most one spike a step.

References: Miskowicz (2006), doi:10.3390/s6010049; in silicon: Lichtsteiner, Posch & Delbruck
(2008), doi:10.1109/JSSC.2007.914337
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value, where
from neurolab.core.scan import scan

from .spikes import check_positive, check_values


@dataclass(frozen=True)
class DeltaParams:
    threshold: float = 0.1

    def __post_init__(self):
        check_positive(threshold=self.threshold)


def delta_step(x: Value, level: Value, params: DeltaParams) -> tuple[Value, Value]:
    """The spike of this step, +1, 0 or -1, and the level after it. Elementwise."""
    up = where(x - level >= params.threshold, 1.0, 0.0 * x)
    z = where(x - level <= -params.threshold, -1.0, up)
    return z, level + params.threshold * z


def delta(x: Tensor, params: DeltaParams = DeltaParams()) -> Tensor:
    """Spikes up and down (T, B, N) from a signal (T, B, N); the first value is the first level."""
    check_values(x, ndim=3)
    if len(x) == 0:
        return torch.zeros_like(x)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    z, _ = scan(lambda x_t, level: delta_step(x_t, level, params), wide, wide[0])
    return z.to(x.dtype)


def delta_value(z: Tensor, start: Tensor, params: DeltaParams = DeltaParams()) -> Tensor:
    """The signal (T, B, N) as the receiver holds it, from spikes and the first value (B, N)."""
    return start + params.threshold * z.cumsum(0)
