"""Questions 4 and 5 of lab distal-reward: how long should a mark stay?

    ratio = mean exp(-t / tau_z) over the delays t / sqrt(NU (tau_z + TAU_M) / 2)

    symbol    meaning                                                shape    unit
    ratio     change by a reward over the deviation by chance marks  ()       -
    t         from the earned mark to its reward                     (K,)     ms
    tau_z     how long a mark stays                                  ()       ms
    NU        chance marks of either sign                            ()       1 / ms

Theory is this formula on a fine grid. The judge also measures, by another way than the notebook: no
steps, but chance marks at drawn times, each weighed by what is left of it when mark and dopamine
meet.

Reference: Izhikevich (2007), doi:10.1093/cercor/bhl152
"""

import functools
from typing import Any

import numpy as np

from .values import Wrong, array, number

NU, TAU_M = 0.002, 200.0  # 1 / ms, ms
DELAY = 3000.0  # ms, of question 4
STAYS = np.geomspace(1, 1e6, 20_001)  # tau_z, ms
LATEST = 10_000.0  # ms, the longest delay of question 5


def theory(delays: Any, tau_z: Any) -> np.ndarray:
    """The ratio for each tau_z, over equally likely ``delays``."""
    tau_z = np.asarray(tau_z, dtype=float)
    left = np.exp(-np.ravel(delays)[:, None] / np.ravel(tau_z)).mean(0).reshape(tau_z.shape)
    return left / np.sqrt(NU * (tau_z + TAU_M) / 2)


@functools.cache
def measured(tau_z: float, delay: float = DELAY, trials: int = 20_000, seed: int = 7) -> float:
    """The ratio over trials of one reward each: what its mark adds, over what chance does."""
    chance = np.random.default_rng(seed)
    before, after = 5 * tau_z, 5 * TAU_M
    up, down = chance.poisson(NU * (before + after) * trials / 2, size=2)  # marks of either sign
    at = chance.uniform(-before, after, up + down)  # ms after the reward
    left = np.exp(np.where(at < 0, at / tau_z, -at / TAU_M))
    left[:down] *= -1
    of = chance.integers(0, trials, up + down)  # the trial of each mark
    changes = np.bincount(of, left, minlength=trials)
    return float(np.exp(-delay / tau_z) / changes.std())


def best(delays: Any) -> float:
    """The tau_z with the largest ratio, in ms."""
    return float(STAYS[theory(delays, STAYS).argmax()])


def edges() -> tuple[float, float]:
    """Shortest and longest tau_z with at least half of the best ratio, in ms."""
    ratio = theory(DELAY, STAYS)
    enough = np.flatnonzero(ratio >= ratio.max() / 2)
    return float(STAYS[enough[0]]), float(STAYS[enough[-1]])


# Question 4: below which tau_z is less than half of the best ratio left?


def judge_break(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three times: (edge, low, high).")
    edge, low, high = (number(part, what="A time in ms") for part in value)
    right, _ = edges()
    _judge_edge(edge)
    if low > high:
        raise Wrong("Low and high are swapped.")
    if not 0 < low < high:
        raise Wrong("Low must be above 0, and high above low.")
    if high > 1.5 * low:
        raise Wrong(
            f"High is {high / low:.2f} times low; at most 1.5 is asked. Move them together."
        )
    if high > best(DELAY):
        raise Wrong("High is longer than the best mark. The short side is asked.")
    shares = [measured(tau) / measured(best(DELAY)) for tau in (low, high)]
    if shares[0] >= 0.5:
        raise Wrong(f"At {low:g} ms we measure {shares[0]:.2f} of the best ratio. Take low lower.")
    if shares[1] < 0.5:
        raise Wrong(
            f"At {high:g} ms we measure {shares[1]:.2f} of the best ratio. Take high higher."
        )
    inside = "inside" if low < right < high else "outside"
    return (
        f"We measure {shares[0]:.2f} of the best ratio at {low:g} ms and {shares[1]:.2f} at "
        f"{high:g} ms. Theory's {right:.0f} ms is {inside}."
    )


def _judge_edge(edge: float) -> None:
    right, far = edges()
    if abs(edge - right) < 0.05 * right:
        return
    top = best(DELAY)
    known = {
        "This is the far side, where marks stay too long. The short side is asked.": far,
        "This is half of the best tau_z. The tau_z is asked at which the ratio is half.": top / 2,
        "This is the best tau_z itself.": top,
        "This is in s; ms are asked.": right / 1000,
        "This halves what is left of the mark. A short mark also gathers less chance.": (
            DELAY / (np.log(2) + DELAY / top)
        ),
        "Here half of the mark is left at the reward. Half of the best ratio is asked.": (
            DELAY / np.log(2)
        ),
        "This is the ratio; the tau_z at which it is half is asked.": theory(DELAY, right),
    }
    _named(edge, known)
    raise Wrong(f"An edge at {edge:.4g} ms is too {'short' if edge < right else 'long'}.")


# Question 5: delays that differ


def judge_delays(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 5:
        raise Wrong("Pass five things: (shortest, longest, stay, expected, found).")
    shortest, longest, stay, expected = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, ("shortest", "longest", "stay", "expected"), strict=False)
    )
    if not 0 <= shortest < longest <= LATEST or longest < 100:
        raise Wrong(
            f"Delays from {shortest:g} to {longest:g} ms: shortest must be 0 or more, longest "
            f"100 to {LATEST:g} ms."
        )
    if longest < 5 * shortest:
        raise Wrong("Take longest at least five times shortest, so that the delays differ.")
    delays = np.linspace(shortest, longest, 501)
    _judge_stay(stay, shortest, longest)
    _judge_expected(expected, stay, delays)
    found = array(value[4]).ravel()
    if found.size != 3 or not np.isfinite(found).all():
        raise Wrong("Measured are three ratios: at half of stay, at stay, at twice stay.")
    right = theory(delays, np.array([stay / 2, stay, 2 * stay]))
    if np.allclose(found, right, rtol=1e-4) or abs(found[1] - expected) < 1e-9:
        raise Wrong("The measured ratio is your prediction. What did the synapses say?")
    if (np.abs(found - right) > 0.1 * right + 0.03).any():
        raise Wrong(
            f"You measured {_list(found)} where theory says {_list(right)}: from one_reward, "
            "with the delays drawn?"
        )
    return (
        f"Best for these delays: {best(delays):.0f} ms. Half of yours, yours and twice yours "
        f"measure {_list(found)}; theory says {_list(right)}."
    )


def _judge_stay(stay: float, shortest: float, longest: float) -> None:
    delays = np.linspace(shortest, longest, 501)
    right = best(delays)
    if abs(stay - right) < 0.06 * right:
        return
    middle = (shortest + longest) / 2
    known = {
        "This is in s; ms are asked.": right / 1000,
        "This is best for the mean delay. Average the ratio over the delays instead: a late "
        "reward finds little, so it counts for little.": best(middle),
        "This is best for the longest delay alone.": best(longest),
        "This is best for the shortest delay alone.": best(shortest),
        "This is twice the mean delay. Average the ratio over the delays, and look for the "
        "tau_z where it is largest.": 2 * middle,
        "This is the mean delay; a mark should stay longer.": middle,
        "This leaves out chance marks that come after the reward.": float(
            STAYS[(theory(delays, STAYS) * np.sqrt(1 + TAU_M / STAYS)).argmax()]
        ),
    }
    _named(stay, known)
    raise Wrong(f"A mark of {stay:.4g} ms stays too {'short' if stay < right else 'long'}.")


def _judge_expected(expected: float, stay: float, delays: np.ndarray) -> None:
    right = float(theory(delays, stay))
    if abs(expected - right) < 0.05 * right:
        return
    root = np.sqrt(NU * (stay + TAU_M) / 2)
    known = {
        "This is the ratio at the mean delay; average it over the delays.": theory(
            delays.mean(), stay
        ),
        "This is what is left of the mark; divide by the deviation that chance makes.": (
            right * root
        ),
        "This divides by the variance; the deviation is its root.": right / root,
        "This is the ratio for the longest delay alone.": theory(delays.max(), stay),
        "This is the ratio for the shortest delay alone.": theory(delays.min(), stay),
    }
    _named(expected, known)
    raise Wrong(
        f"The ratio you expect, {expected:.3g}, is too "
        f"{'small' if expected < right else 'large'} for a mark of {stay:.0f} ms."
    )


def _named(given: float, known: dict[str, Any]) -> None:
    """Raise the reason whose slip is nearest, if one is within 3 %."""

    def off(pair: tuple[str, Any]) -> float:
        return abs(given - float(pair[1])) / max(abs(float(pair[1])), 1e-9)

    for reason, slip in sorted(known.items(), key=off)[:1]:
        if off((reason, slip)) < 0.03:
            raise Wrong(reason)


def _list(ratios: np.ndarray) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)
