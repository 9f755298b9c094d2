"""Questions 2 to 5 of lab memory-bill: bytes predicted and measured.

    state     4 B N                          bytes that BPTT keeps in each step
    edge      2 N (N + I + 1) = T            from there on RTRL needs more than BPTT, B = 1
    segments  state (S + T / S)              smallest at S = sqrt(T)

    symbol     meaning                                            value, shape
    N, B, I    units, examples, inputs of questions 2, 3 and 5    16, 32, 4
    T          steps of questions 2 and 4                         2000
    S          segments                                           ()

Formulas judge the predictions. Question 4 is also measured here: RTRL needs the same at any length,
so three steps tell; what BPTT adds with each step is told by two short lengths.
"""

import functools
import math
from typing import Any

import numpy as np

from .memory_bill_peak import INPUTS, by_bptt, by_rtrl, network, peak
from .values import Blank, Wrong, array, is_blank, number

UNITS, BATCH, STEPS = 16, 32, 2000
STATE = 4 * BATCH * UNITS  # bytes
SHORTEST, LONGEST = 500, 4000  # steps of question 5


def judge_prediction(value: Any) -> str:
    bytes, right = number(value), float(STATE * STEPS)
    if abs(bytes - right) < 0.02 * right:
        return f"BPTT keeps {right / 1e6:.3f} MB in states, and more while it walks back."
    known = {
        "These are numbers; each takes 4 bytes.": right / 4,
        "These are bits; 8 of them are a byte.": 8 * right,
        "Only one of the 32 examples is counted.": right / BATCH,
        "This is one state; all 2000 are kept.": right / STEPS,
        "This is in kB; bytes are asked.": right / 1e3,
        "This is in MB; bytes are asked.": right / 1e6,
        "These are the weights, 4 bytes each: they are not copied for each step.": (
            4.0 * UNITS * (UNITS + INPUTS + 1)
        ),
        "Here the weights are copied for each step; the unrolled network shares them.": (
            4.0 * UNITS * (UNITS + INPUTS + 1) * STEPS
        ),
        "float32 takes 4 bytes, not 8.": 2 * right,
    }
    _named(bytes, known, 0.02)
    raise Wrong(f"{bytes:.4g} bytes are too {'few' if bytes < right else 'many'}.")


# Question 3: what does each step add?


def judge_growth(value: Any) -> str:
    if isinstance(value, list | tuple) and any(is_blank(part) for part in value):
        raise Blank
    found = array(value).ravel()
    if found.size != 3 or not np.isfinite(found).all():
        raise Wrong("Pass three numbers: bytes a step of BPTT, of RTRL and of truncated BPTT.")
    if abs(found[0] - STATE) < 0.02 * STATE and (abs(found[1:]) < 1).all():
        return (
            f"Each step adds {found[0]:.0f} bytes to BPTT, one state, and nothing to what runs "
            "forward or looks back over a window."
        )
    known = {
        "This is how many numbers a step adds; bytes are asked.": STATE / 4,
        "This is an exponent, the slope of logarithms. Bytes a step are asked.": 1.0,
        "This is in kB.": STATE / 1000,
        "The sign is turned: the longer one minus the shorter one, above and below.": -STATE,
    }
    if (abs(found[1:]) < 0.02).all():
        _named(float(found[0]), known, 0.05)
    if (abs(found[1:]) >= 1).all():
        raise Wrong(
            "RTRL and the window grow here, too. Did you divide bytes by steps? What is there at "
            "any length must drop out: take differences."
        )
    raise Wrong(
        f"You found {', '.join(f'{f:.4g}' for f in found)} bytes a step; one state more is {STATE}."
    )


# Question 4: from which size on does RTRL need more?


@functools.cache
def rtrl_bytes(units: int) -> int:
    """At any length, one example."""
    given = network(3, units)
    return peak(lambda: by_rtrl(*given), given[0], given[1], *given[2])


@functools.cache
def bptt_bytes(units: int, steps: int = STEPS) -> float:
    """Of one example, on the line through two short lengths."""
    sizes = []
    for short in (20, 40):
        given = network(short, units)
        sizes.append(peak(lambda given=given: by_bptt(*given), given[0], given[1], *given[2]))
    return sizes[1] + (steps - 40) * (sizes[1] - sizes[0]) / 20


def root(a: float, b: float, c: float) -> float:
    """The positive N with a N^2 + b N = c."""
    return (-b + math.sqrt(b * b + 4 * a * c)) / (2 * a)


def edge() -> float:
    """Units from which on RTRL needs more, by theory."""
    return root(2, 2 * (INPUTS + 1), STEPS)


def judge_break(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("Pass three numbers of units: (edge, low, high).")
    guess, low, high = (number(part, what="A number of units") for part in value)
    _judge_edge(guess)
    if low != round(low) or high != round(high):
        raise Wrong("Low and high are whole numbers of units.")
    low, high = int(low), int(high)
    if low > high:
        raise Wrong("Low and high are swapped.")
    if not 2 <= low < high:
        raise Wrong("Low must be at least 2, and high above low.")
    if high > 1.5 * low:
        raise Wrong(f"High is {high / low:.2f} times low; at most 1.5 is asked.")
    if high > 100:
        raise Wrong(f"{high} units are far above the edge.")
    ratios = [rtrl_bytes(units) / bptt_bytes(units) for units in (low, high)]
    if ratios[0] >= 1:
        raise Wrong(f"With {low} units RTRL needs {ratios[0]:.2f} of BPTT's bytes. Take low lower.")
    if ratios[1] < 1:
        raise Wrong(
            f"With {high} units RTRL needs {ratios[1]:.2f} of BPTT's bytes. Take high higher."
        )
    inside = "inside" if low < edge() < high else "outside"
    return (
        f"RTRL needs {ratios[0]:.2f} of BPTT's bytes with {low} units and {ratios[1]:.2f} with "
        f"{high}. Theory's {edge():.1f} is {inside}."
    )


def _judge_edge(guess: float) -> None:
    right = edge()
    if abs(guess - right) < 0.05 * right:
        return
    known = {
        "This counts the influence once. A step makes the new one while the old is alive.": (
            root(1, INPUTS + 1, STEPS)
        ),
        "This counts the weights between units alone; N (I + 1) more have an influence.": (
            root(2, 0, STEPS)
        ),
        "BPTT keeps N numbers in each step, not one: divide both sides by N.": 10.0,
        "N^3 is set against T. BPTT keeps N numbers in each step, and two influences are alive.": (
            STEPS ** (1 / 3)
        ),
        "These are the steps.": float(STEPS),
    }
    _named(guess, known, 0.02)
    raise Wrong(f"An edge at {guess:.4g} units is too {'low' if guess < right else 'high'}.")


# Question 5: run segments again


def judge_segments(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise Wrong("Pass four things: (steps, segments, predicted, measured).")
    names = "steps", "segments", "predicted"
    steps, segments, predicted = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(value, names, strict=False)
    )
    if steps != round(steps) or not SHORTEST <= steps <= LONGEST:
        raise Wrong(f"Take a whole number of steps from {SHORTEST} to {LONGEST}, got {steps:g}.")
    if segments != round(segments) or not 2 <= segments <= steps:
        raise Wrong(f"Take a whole number of segments, from 2 to steps, got {segments:g}.")
    least = 2 * math.sqrt(steps)
    kept = segments + steps / segments
    if kept > 1.04 * least:
        way = "few" if segments < math.sqrt(steps) else "many"
        raise Wrong(
            f"{segments:.0f} segments are too {way}: {kept:.0f} states are kept, and "
            f"{math.ceil(least)} are enough."
        )
    _judge_bytes(predicted, segments, steps)
    found = array(value[3]).ravel()
    if found.size != 3 or not np.isfinite(found).all():
        raise Wrong("Measured are three peaks: with half of the segments, with them, with twice.")
    right = [STATE * (s + steps / s) for s in (segments // 2, segments, 2 * segments)]
    if abs(found[1] - predicted) < 1e-9 * predicted:
        raise Wrong("The measured bytes are your prediction. What did the run need?")
    off = found / right - 1
    if (off < -0.03).any() or (off > 0.2).any():
        raise Wrong(
            f"You measured {_list(found)} kB where theory says {_list(right)} kB: with by_segments "
            "and your own steps?"
        )
    return (
        f"Half of {segments:.0f} segments, {segments:.0f} and twice need {_list(found)} kB; theory "
        f"says {_list(right)} kB, and {STATE * steps / 1000:.0f} kB for BPTT."
    )


def _judge_bytes(predicted: float, segments: float, steps: float) -> None:
    right = STATE * (segments + steps / segments)
    if abs(predicted - right) < 0.05 * right:
        return
    known = {
        "These are states; each is 2048 bytes.": right / STATE,
        "These are numbers; each takes 4 bytes.": right / 4,
        "This is in kB; bytes are asked.": right / 1000,
        "Only the states between segments are counted; those inside of one are kept, too.": (
            STATE * segments
        ),
        "Only one segment is counted; a state before each of them is kept, too.": (
            STATE * steps / segments
        ),
        "This is BPTT without segments.": STATE * steps,
    }
    _named(predicted, known, 0.03)
    raise Wrong(f"{predicted:.4g} bytes are too {'few' if predicted < right else 'many'}.")


def _named(given: float, known: dict[str, float], near: float) -> None:
    """Raise the reason whose slip is nearest, if one is near."""

    def off(reason: str) -> float:
        return abs(given - known[reason]) / max(abs(known[reason]), 1e-9)

    reason = min(known, key=off)
    if off(reason) < near:
        raise Wrong(reason)


def _list(sizes: Any) -> str:
    return ", ".join(f"{size / 1000:.0f}" for size in sizes)
