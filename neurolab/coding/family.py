"""The family of encoders: what each row promises, and the table.

The contract of a row: ``encode(x, steps, params=..., dt=1.0) -> z``, with values x (B, N) from 0 to
1 and spikes z (T, B, N), 0 or 1, in the dtype and on the device of x. A row with chance is also
given a ``generator``, behind ``steps``, and has no other source of it. ``delta`` encodes a signal:
x is (T, B, N), there are no steps and dt, and z may be -1.

Tested for every row at once: shapes, dtype and device; T = 0 and an empty batch; members of a batch
do not see each other; a longer run begins as a shorter one; the global generators stay untouched;
values that are nan, outside or of another shape are refused by name. In all rows but ``population``
and ``delta`` 0 stays silent and a larger value fires sooner or more.

Reference: each row's own file; a comparison of several: Guo et al. (2021),
doi:10.3389/fnins.2021.638474
"""

from collections.abc import Callable
from typing import NamedTuple

from .burst import BurstParams, burst
from .delta import DeltaParams, delta
from .latency import (
    LinearLatencyParams,
    LogLatencyParams,
    RCLatencyParams,
    linear_latency,
    log_latency,
    rc_latency,
)
from .phase import PhaseParams, phase
from .population import PopulationParams, population
from .rank_order import RankOrderParams, rank_order
from .rate import RateParams, poisson, regular


class Encoder(NamedTuple):
    """One row of the family."""

    encode: Callable
    params: type  # frozen dataclass with defaults
    chance: bool = False  # a generator is needed
    signal: bool = False  # the input has a time axis


ENCODERS = {
    "poisson": Encoder(poisson, RateParams, chance=True),
    "regular": Encoder(regular, RateParams),
    "linear_latency": Encoder(linear_latency, LinearLatencyParams),
    "rc_latency": Encoder(rc_latency, RCLatencyParams),
    "log_latency": Encoder(log_latency, LogLatencyParams),
    "rank_order": Encoder(rank_order, RankOrderParams),
    "phase": Encoder(phase, PhaseParams),
    "burst": Encoder(burst, BurstParams),
    "population": Encoder(population, PopulationParams, chance=True),
    "delta": Encoder(delta, DeltaParams, signal=True),
}
