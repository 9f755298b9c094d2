"""Question 1 of lab fit-neurons: the coincidence factor of two spike trains, and what judges one.

    Gamma = (K - 2 f D N) / ((N + M) / 2) / (1 - 2 f D),     f = M / T

    symbol    meaning                                              shape    unit
    N, M      spikes of the data, of the model                     ()       -
    K         data spikes with a model spike within D of them      ()       -
    D         window on either side                                ()       ms
    T         duration                                             ()       ms
    f         rate of the model; 2 f D N coincide by chance        ()       1 / ms

1 where every spike is met and none is too many, 0 on average for a model that fires at random.

The judge knows no formula for K: it makes trains whose coincidences are counted beforehand. And it
turns a regular train around the clock: over all turns each data spike is met in a part 2 f D of
them, exactly, so the mean of Gamma is 0.

Reference: Kistler, Gerstner & van Hemmen (1997), doi:10.1162/neco.1997.9.5.1015
"""

from typing import Any

import numpy as np

from .values import Wrong, call, number

WINDOW = 2.0  # ms
CASES = (  # met, missed, too many, duration in ms
    (12, 5, 3, 1000.0),
    (20, 0, 15, 1500.0),
    (7, 18, 0, 2000.0),
)


def coincidence_factor(
    data: np.ndarray, model: np.ndarray, duration: float, window: float = WINDOW
) -> float:
    """Gamma of two trains of spike times.

    Args:
        data, model: times in ms, in order, (N,) and (M,); within a train no two may be closer than
            twice the window, or one spike could be met twice.
        duration: of both trains, ms.
        window: ms on either side.

    Returns:
        Gamma; 0 if the model never fires, nan if it fires so often that all coincide by chance.
    """
    data, model = np.asarray(data, dtype=float), np.asarray(model, dtype=float)
    if not len(model):
        return 0.0
    part = 2 * len(model) / duration * window  # met by chance
    if part >= 1:
        return float("nan")
    after = np.searchsorted(model, data)
    nearest = np.minimum(
        np.abs(model[np.minimum(after, len(model) - 1)] - data),
        np.abs(model[np.maximum(after - 1, 0)] - data),
    )
    found = (nearest <= window).sum() - part * len(data)
    return float(found / ((len(data) + len(model)) / 2) / (1 - part))


def pair(met: int, missed: int, extra: int, duration: float) -> tuple[np.ndarray, np.ndarray]:
    """Data and model whose coincidences are known: ``met``, half of them early, half late."""
    chance = np.random.default_rng(met)
    cells = met + missed + extra
    at = (np.arange(cells) + 0.5) * duration / cells  # far apart
    kind = chance.permutation(np.repeat([0, 1, 2], [met, missed, extra]))
    data, model = at[kind != 2], at[kind != 1].copy()
    both = np.flatnonzero(kind[kind != 1] == 0)
    model[both] += np.where(np.arange(met) % 2, 1.0, -1.0) * chance.uniform(0.3, 1.8, met)
    return data, model


def turns() -> tuple[np.ndarray, list[np.ndarray], float]:
    """Data, and a regular train at all its phases; over them Gamma is 0 on average."""
    duration, period, phases = 1000.0, 25.0, 50
    data = 3.0 + np.cumsum(np.random.default_rng(3).uniform(12, 40, 36))
    data = data[data < duration - 3]
    model = np.arange(0, duration, period)
    steps = (np.arange(phases) + 0.5) * period / phases
    return data, [model + step for step in steps], duration


def judge_gamma(value: Any) -> str:
    trains = [(*pair(*case), case[3]) for case in CASES]
    given = [number(call(value, a.copy(), b.copy(), T), what="A Gamma") for a, b, T in trains]
    K, missed, extra, T = np.array(CASES).T
    N, M = K + missed, K + extra
    part, mean = 2 * M / T * WINDOW, (N + M) / 2
    right = (K - part * N) / mean / (1 - part)
    if not np.allclose(given, right, atol=1e-3):
        _name(np.array(given), K, N, M, T)
    a, b = pair(9, 0, 0, 600.0)
    if abs(number(call(value, a.copy(), a.copy(), 600.0), what="A Gamma") - 1) > 1e-6:
        raise Wrong("A train against itself must make 1.")
    b = a + 3.0  # outside the window
    away = -2 * len(b) / 600 * WINDOW / (1 - 2 * len(b) / 600 * WINDOW)
    if abs(number(call(value, a.copy(), b, 600.0), what="A Gamma") - away) > 1e-3:
        raise Wrong("3 ms late is not met: the window is 2 ms on either side.")
    try:
        silent = number(call(value, a.copy(), a[:0].copy(), 600.0), what="A Gamma")
    except Wrong as problem:
        raise Wrong(f"A model that never fires must make 0. {problem}") from problem
    if abs(silent) > 1e-9:
        raise Wrong(f"A model that never fires must make 0; yours makes {silent:.3g}.")
    data, models, T = turns()
    chance = np.mean(
        [number(call(value, data.copy(), m.copy(), T), what="A Gamma") for m in models]
    )
    if abs(chance) > 0.01:
        raise Wrong(f"A train turned around the clock must average 0; yours makes {chance:.3f}.")
    return (
        f"A train against itself makes 1, one turned around the clock averages {abs(chance):.3f}."
    )


def _name(given: np.ndarray, K: np.ndarray, N: np.ndarray, M: np.ndarray, T: np.ndarray) -> None:
    """Raise the name of the slip, or how far it is off."""
    part, mean, part_of_data = 2 * M / T * WINDOW, (N + M) / 2, 2 * N / T * WINDOW
    right = (K - part * N) / mean / (1 - part)
    known = {
        "These are coincidences in all; take off those of chance and divide.": K,
        "Chance is not taken off: 2 f D N of the coincidences come by themselves.": K / mean,
        "Chance is taken off below but not above.": K / mean / (1 - part),
        "The last factor is missing: a perfect model must make 1, so divide by 1 - 2 f D.": (
            (K - part * N) / mean
        ),
        "You divide by 1 + 2 f D; it is 1 - 2 f D.": (K - part * N) / mean / (1 + part),
        "You multiply by 1 - 2 f D; divide by it.": (K - part * N) / mean * (1 - part),
        "The window has two sides: chance is 2 f D N.": (K - part * N / 2) / mean / (1 - part / 2),
        "You divide by N + M; its half is the mean number of spikes.": right / 2,
        "You divide by the data's spikes alone, so spikes too many cost nothing.": right * mean / N,
        "You divide by the model's spikes alone, so missed spikes cost nothing.": right * mean / M,
        "The rate f is the model's: a random model of that rate is what chance means.": (
            (K - part_of_data * N) / mean / (1 - part_of_data)
        ),
        "Chance is 2 f D times the number of data spikes, not of the model's.": (
            (K - part * M) / mean / (1 - part)
        ),
        "The rate is in spikes a second here; the window is in ms, so f = M / T in 1 / ms.": (
            (K - 1000 * part * N) / mean / (1 - 1000 * part)
        ),
    }
    for reason, slip in known.items():
        if np.allclose(given, slip, atol=1e-4):
            raise Wrong(reason)
    early = (np.ceil(K / 2) - part * N) / mean / (1 - part)
    late = (np.floor(K / 2) - part * N) / mean / (1 - part)
    if np.allclose(given, early, atol=1e-4) or np.allclose(given, late, atol=1e-4):
        raise Wrong("Only one side is counted: the model's spike may come before or after.")
    k = int(np.argmax(np.abs(given - right)))
    raise Wrong(
        f"{K[k]:.0f} of {N[k]:.0f} data spikes are met by {M[k]:.0f} of the model in "
        f"{T[k]:.0f} ms: Gamma is {right[k]:.3f}, yours {given[k]:.3f}."
    )
