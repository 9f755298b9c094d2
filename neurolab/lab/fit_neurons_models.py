"""The traces and the three neurons of lab fit-neurons.

The cell to be fitted is a Hodgkin-Huxley neuron under a noise current made here:

    dI/dt = (MEAN - I) / TAU_I + noise of deviation SD

Each neuron that is fitted is one of ``neurolab.spiking`` under ``gain I + offset``, since its
current has another unit. What a search may change stands in ``RANGES``; AdEx goes without a (0),
all else keeps the defaults.

    symbol          meaning                                              shape     unit
    I               current into the cell                                (T,)      uA / cm^2
    gain, offset    of the current of a fitted neuron                    (K,)      of that neuron

Only times of spikes are compared: the potentials of the three have no common scale.

References: Kistler, Gerstner & van Hemmen (1997), doi:10.1162/neco.1997.9.5.1015; for the neurons
see their files in ``neurolab.spiking``
"""

import functools
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from neurolab.spiking.family import NEURONS
from neurolab.spiking.hodgkin_huxley import (
    HodgkinHuxleyParams,
    HodgkinHuxleyState,
    hodgkin_huxley_start,
    hodgkin_huxley_step,
)

DT, FINE = 0.2, 0.05  # ms, of the fitted neurons and of the cell
MEAN, SD, TAU_I = 3.0, 6.0, 3.0  # uA / cm^2, uA / cm^2, ms
BUDGET = 200  # candidates a search may try
RANGES = {  # name of a neuron -> what is searched, from lowest to highest
    "lif": {"tau": (1.0, 30.0), "gain": (0.02, 0.3), "offset": (-0.5, 1.5)},
    "adex": {
        "capacitance": (30.0, 900.0),
        "b": (1.0, 300.0),
        "tau_w": (2.0, 200.0),
        "gain": (10.0, 300.0),
        "offset": (-200.0, 1200.0),
    },
    "izhikevich": {
        "a": (0.01, 0.5),
        "b": (0.05, 0.25),
        "d": (0.1, 20.0),
        "gain": (0.3, 10.0),
        "offset": (-10.0, 30.0),
    },
}
FIXED = {"lif": {}, "adex": {"a": 0.0}, "izhikevich": {}}


def noise_current(duration: float, seed: int, mean: float = MEAN, sd: float = SD) -> np.ndarray:
    """The current (T,) in uA / cm^2, a value for each ``FINE`` ms."""
    chance = np.random.default_rng(seed)
    steps, keep = round(duration / FINE), np.exp(-FINE / TAU_I)
    kicks = chance.standard_normal(steps) * np.sqrt(1 - keep**2)
    x, current = chance.standard_normal(), np.empty(steps)
    for t, kick in enumerate(kicks):
        x = keep * x + kick
        current[t] = x
    return mean + sd * current


def cell(current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spike times in ms and the potential (T,) in mV of the Hodgkin-Huxley neuron."""
    params, v, z = HodgkinHuxleyParams(), np.empty(len(current)), np.empty(len(current))
    state = HodgkinHuxleyState(*map(float, hodgkin_huxley_start(params)))
    for t, i in enumerate(current.tolist()):
        z[t], state = hodgkin_huxley_step(i, state, params, FINE)
        v[t] = state.v
    return np.flatnonzero(z > 0) * FINE, v


@functools.cache
def trace(seed: int, duration: float, mean: float = MEAN, sd: float = SD) -> tuple[np.ndarray, ...]:
    """Current, spike times in ms and potential of the cell under the current of ``seed``."""
    current = noise_current(duration, seed, mean, sd)
    made = (current, *cell(current))
    for part in made:
        part.flags.writeable = False
    return made


def candidates(name: str, many: int, seed: int) -> dict[str, np.ndarray]:
    """Random constants (many,) for each name of ``RANGES``: even in the logarithm, or even."""
    chance = np.random.default_rng(seed)
    drawn = {}
    for key, (low, high) in RANGES[name].items():
        u = chance.random(many)
        even = key == "offset"
        drawn[key] = low + (high - low) * u if even else low * (high / low) ** u
    return drawn


def spike_times(name: str, constants: Mapping[str, Any], current: np.ndarray) -> list[np.ndarray]:
    """Spike times in ms of the neuron ``name`` for each of K sets of constants, side by side.

    Args:
        name: a key of ``RANGES``.
        constants: for each name of ``RANGES[name]`` a number or an array (K,).
        current: (T,), uA / cm^2, a value for each ``FINE`` ms.

    Raises:
        ValueError: no such neuron, or constants of other names.
    """
    if name not in RANGES:
        raise ValueError(f"name: one of {sorted(RANGES)} is needed, got {name!r}")
    if set(constants) != set(RANGES[name]):
        needed = sorted(RANGES[name])
        raise ValueError(f"constants: {needed} are needed, got {sorted(constants)}")
    given = {key: np.atleast_1d(np.asarray(x, dtype=float)) for key, x in constants.items()}
    kind = NEURONS[name]
    own = {f.name for f in fields(kind.params)}
    params = kind.params(**FIXED[name], **{k: x for k, x in given.items() if k in own})
    size = max(len(x) for x in given.values())
    start = kind.start(params)
    state = type(start)(*(np.zeros(size) + np.asarray(x) for x in start))
    coarse = np.asarray(current).reshape(-1, round(DT / FINE)).mean(1)
    fired = np.empty((len(coarse), size), dtype=bool)
    with np.errstate(all="ignore"):
        for t, i in enumerate(coarse):
            z, state = kind.step(given["gain"] * i + given["offset"], state, params, DT)
            fired[t] = z > 0
    return [np.flatnonzero(column) * DT for column in fired.T]
