"""Questions 5 and 6 and the challenge of lab fit-neurons: fitted constants, run again by the judge.

The judge believes no Gamma it is told: it runs the neurons with the constants handed in, on the
current of the fit, on the learner's own, and on currents that the notebook never shows.
"""

import functools
from typing import Any, NamedTuple

from .fit_neurons_gamma import coincidence_factor
from .fit_neurons_models import BUDGET, MEAN, RANGES, SD, candidates, spike_times, trace
from .values import Blank, Wrong, is_blank, number

DURATION = 1000.0  # ms, of every current
FIT, NEW, JUDGE = 0, 1, (2, 3)  # seeds of the currents: of the fit, question 6, the challenge
ENOUGH = {"lif": 0.33, "adex": 0.36, "izhikevich": 0.4}  # Gamma that a search of 200 exceeds
MEANS, SDS, SLOWEST = (1.0, 8.0), (3.0, 9.0), 15  # what question 6 may choose; spikes


def constants(name: str, value: Any) -> dict[str, float]:
    """Constants of one neuron as floats.

    Raises:
        Wrong: other names than in ``RANGES``, no numbers, or outside the range.
        Blank: some are still missing.
    """
    if is_blank(value):
        raise Blank
    if not isinstance(value, dict) or set(value) != set(RANGES[name]):
        raise Wrong(f"The constants of {name} are a dict of {', '.join(RANGES[name])}.")
    found = {}
    for key, (low, high) in RANGES[name].items():
        found[key] = number(value[key], what=f"For {key} of {name}, one number")
        if not low <= found[key] <= high:
            raise Wrong(f"{key} of {name} is {found[key]:.4g}; it must be {low:g} to {high:g}.")
    return found


@functools.cache
def _gamma(name: str, given: tuple, seed: int, mean: float, sd: float) -> tuple[float, int]:
    current, spikes, _ = trace(seed, DURATION, mean, sd)
    made = spike_times(name, dict(given), current)[0]
    return coincidence_factor(spikes, made, DURATION), len(made)


def gamma(
    name: str, given: dict[str, float], seed: int, mean: float = MEAN, sd: float = SD
) -> float:
    """Gamma of the neuron ``name`` against the cell, under the current of ``seed``."""
    return _gamma(name, tuple(sorted(given.items())), seed, mean, sd)[0]


def _all(value: Any) -> dict[str, dict[str, float]]:
    if is_blank(value):
        raise Blank
    if not isinstance(value, dict) or set(value) != set(RANGES):
        raise Wrong(f"Pass a dict of three fits: {', '.join(RANGES)}.")
    return {name: constants(name, value[name]) for name in RANGES}


def _text(gammas: dict[str, float]) -> str:
    return ", ".join(f"{name} {found:.2f}" for name, found in gammas.items())


def judge_fit(value: Any) -> str:
    fits = _all(value)
    made = {name: gamma(name, fit, FIT) for name, fit in fits.items()}
    target = len(trace(FIT, DURATION)[1])
    for name, found in made.items():
        if found == found and found >= ENOUGH[name]:
            continue
        count = _gamma(name, tuple(sorted(fits[name].items())), FIT, MEAN, SD)[1]
        first = candidates(name, BUDGET, 0)
        if all(abs(fits[name][key] - first[key][0]) < 1e-9 for key in first):
            raise Wrong(f"{name} has the first candidate that was drawn, not the best.")
        if abs(count - target) <= 0.06 * target:
            raise Wrong(
                f"{name} fires {count} times, the cell {target}, but Gamma is {found:.2f}: as "
                "often is not when. Choose by Gamma."
            )
        if count < 0.2 * target:
            raise Wrong(
                f"{name} fires {count} times, the cell {target}. The largest Gamma is best: did "
                "you take the smallest?"
            )
        raise Wrong(
            f"We measure Gamma {found:.2f} for {name}; the best of 200 reaches {ENOUGH[name]} "
            "nearly always."
        )
    return f"We run them again and measure Gamma: {_text(made)}."


def judge_change(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 5:
        raise Wrong("Pass five things: (mean, sd, bet, fits, held).")
    if any(is_blank(part) for part in value):
        raise Blank
    mean, sd = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value[:2], ("mean", "sd"), strict=True)
    )
    if not (MEANS[0] <= mean <= MEANS[1] and SDS[0] <= sd <= SDS[1]):
        raise Wrong(
            f"mean must be {MEANS[0]:g} to {MEANS[1]:g} and sd {SDS[0]:g} to {SDS[1]:g}, these "
            f"are {mean:g} and {sd:g}."
        )
    if abs(mean - MEAN) + abs(sd - SD) < 1:
        raise Wrong(f"This is nearly the current of the fit, {MEAN:g} and {SD:g}. Go farther.")
    bet = value[2]
    if bet not in RANGES:
        raise Wrong(f"Bet on one name: {', '.join(RANGES)}.")
    if len(trace(NEW, DURATION, mean, sd)[1]) < SLOWEST:
        raise Wrong(f"Under this current the cell fires less than {SLOWEST} times. Raise it.")
    fits, held = _all(value[3]), value[4]
    if not isinstance(held, dict) or set(held) != set(RANGES):
        raise Wrong("Held is a dict, too: a Gamma for each name.")
    right = {name: gamma(name, fit, NEW, mean, sd) for name, fit in fits.items()}
    given = {name: number(held[name], what=f"For {name}, one Gamma") for name in RANGES}
    if all(abs(given[name] - right[name]) < 0.03 for name in RANGES):
        best = max(right, key=right.get)
        won = "You bet on it." if bet == best else f"You bet on {bet}."
        return f"On the new current: {_text(right)}. Best is {best}. {won}"
    old = {name: gamma(name, fit, FIT) for name, fit in fits.items()}
    if all(abs(given[name] - old[name]) < 1e-6 for name in RANGES):
        raise Wrong("These are the Gammas on the current of the fit. Run them on the new one.")
    name = max(RANGES, key=lambda key: abs(given[key] - right[key]))
    raise Wrong(
        f"For {name} you have {given[name]:.2f}, and we measure {right[name]:.2f}: new spikes of "
        "the cell against new spikes of the neuron?"
    )


class Choice(NamedTuple):
    name: str
    constants: dict[str, float]


# The best of two rounds of 150 on seeds 10 and 11, around the best of 200 on the fit's own current.
OURS = Choice(
    "izhikevich", {"a": 0.1277, "b": 0.2208, "d": 16.7708, "gain": 2.0983, "offset": 1.0923}
)


def score(name: str, given: dict[str, Any], seeds: tuple[int, ...] = JUDGE) -> float:
    """Mean Gamma over currents that no fit has seen; choose on other seeds, 10 and up.

    Raises:
        ValueError: no such neuron.
    """
    if name not in RANGES:
        raise ValueError(f"name: one of {sorted(RANGES)} is needed, got {name!r}")
    found = {key: float(x) for key, x in given.items()}
    return sum(gamma(name, found, seed) for seed in seeds) / len(seeds)


def judge_choice(value: Any) -> tuple[str, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two things: (name, constants).")
    name = value[0]
    if not isinstance(name, str) or name not in RANGES:
        raise Wrong(f"The name is one of {', '.join(RANGES)}.")
    yours, ours = score(name, constants(name, value[1])), score(*OURS)
    line = (
        f"{yours:.3f}. Ours: {ours:.3f} ({OURS.name}). Both: mean Gamma on two currents of 1 s "
        "that no fit has seen."
    )
    return line, yours
