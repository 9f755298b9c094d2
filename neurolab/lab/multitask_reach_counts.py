"""Questions 2 to 5 of lab multitask-reach: parameters, ends, wrong instructions, shared units.

    parameters of the dendritic network    W (p I + 1) + W (p W + 1) + 2 W S K + (W + 1) O
    of an MLP                              w^2 + (I + K + O + 2) w + O

    symbol     meaning                                   here
    W, w       units of each of two hidden layers        64, asked
    I, O       what is seen, what is done                14, 3
    S, K       segments on a unit, tasks                 2, 10
    p          part of the hidden weights that exist     1/2

Reference: Iyer et al. (2022), arXiv:2201.00042
"""

import functools
from typing import Any

import numpy as np
import torch

from neurolab.tasks.reach import ACTIONS, NEAR, SEEN, scenes

from .multitask_reach_learn import CONNECTED, DENSITY, SEGMENTS, TASKS, WIDTH, both
from .values import Blank, Wrong, call, is_blank, number

OURS = (
    round(WIDTH * (CONNECTED * SEEN + 1) + WIDTH * (CONNECTED * WIDTH + 1))
    + 2 * WIDTH * SEGMENTS * TASKS
    + (WIDTH + 1) * ACTIONS
)


def of_mlp(width: float, inputs: int = SEEN + TASKS) -> float:
    return width**2 + (inputs + ACTIONS + 2) * width + ACTIONS


def width_for(parameters: float, inputs: int = SEEN + TASKS) -> float:
    b = inputs + ACTIONS + 2
    return ((b * b + 4 * (parameters - ACTIONS)) ** 0.5 - b) / 2


def judge_width(value: Any) -> str:
    width = number(value)
    got = of_mlp(width)
    if width == int(width) and abs(got - OURS) <= 0.02 * OURS:
        return f"{got:.0f} numbers beside {OURS} of the dendritic network."
    segments = 2 * WIDTH * SEGMENTS * TASKS
    dense = OURS + round((1 - CONNECTED) * WIDTH * (SEEN + WIDTH))
    slips = {
        "The weights of the segments learn, too: count them.": width_for(OURS - segments),
        "Half of the hidden weights do not exist; count those that do.": width_for(dense),
        "The MLP is told the task beside what it sees: 14 + 10 inputs.": width_for(OURS, SEEN),
        "Both hidden layers have segments.": width_for(OURS - segments / 2),
    }
    for reason, slip in slips.items():
        if abs(width - slip) < 0.6:
            raise Wrong(reason)
    much = "few" if got < OURS else "many"
    raise Wrong(f"That MLP has {got:.0f} numbers, too {much}: the other network has {OURS}.")


def judge_share(function: Any) -> str:
    chance = np.random.default_rng(1)
    place = chance.uniform(-0.8, 0.8, (400, 2))
    hand = place + chance.uniform(-0.15, 0.15, (400, 2))
    got = number(call(function, torch.tensor(hand), torch.tensor(place)))
    off = hand - place
    far = np.sqrt((off**2).sum(1))
    right = (far < NEAR).mean()
    if abs(got - right) < 1e-6:
        return f"Of 400 made-up hands {100 * right:.0f} % are there."
    slips = {
        "This is a mean distance; the share of hands nearer than 0.1 is asked.": far.mean(),
        "Each axis alone is below 0.1 in a square; the distance is that of a circle.": (
            (np.abs(off) < NEAR).all(1).mean()
        ),
        "This counts single coordinates; a hand is one point.": (np.abs(off) < NEAR).mean(),
        "This is the share of hands that are not there.": 1 - right,
        "This counts hands; divide by how many there are.": (far < NEAR).sum(),
        "This is in per cent; a share is asked.": 100 * right,
        "The square of the distance was compared with 0.1.": (far**2 < NEAR).mean(),
    }
    for reason, slip in slips.items():
        if abs(got - slip) < 1e-6:
            raise Wrong(reason)
    raise Wrong(f"This says {got:.3g}; counted one by one it is {right:.3g}.")


@functools.cache
def apart() -> float:
    """Mean distance between a goal and its mirror image, of the episodes of reach."""
    scene = scenes(both(100), torch.Generator().manual_seed(99))
    return 2 * scene.goal[:100].norm(dim=1).mean().item()


def judge_wrong_word(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Two numbers are asked: predicted and measured.")
    if any(is_blank(part) for part in value):
        raise Blank
    predicted, measured = number(value[0]), number(value[1])
    right = apart()
    if abs(predicted - right) < 0.03 * right:
        return f"A perfect policy would end {right:.2f} from the goal, this one {measured:.2f}."
    slips = {
        "That is the way to the middle; the mirror image lies as far beyond it.": right / 2,
        "At the goal is where it would end if it were told the truth.": 0.0,
    }
    for reason, slip in slips.items():
        if abs(predicted - slip) < 0.03 * right:
            raise Wrong(reason)
    raise Wrong(f"Not {predicted:.3g}: goal and mirror image lie on both sides of the middle.")


def judge_overlap(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("A number and a function are asked: the chance, and overlap.")
    if is_blank(value[0]) or value[1] is None or value[1] is Ellipsis:
        raise Blank
    by_chance = number(value[0])
    random = np.random.default_rng(2)
    on = (random.random((2, 50, 30)) < random.random((2, 1, 30))) * random.random((2, 50, 30))
    got = number(call(value[1], torch.tensor(on[0]), torch.tensor(on[1])))
    a, b = ((x != 0).mean(0) for x in on)
    right = float(a @ b / np.sqrt((a @ a) * (b @ b)))
    if abs(got - right) > 1e-6:
        raw = on.mean(1)
        cosine = float(raw[0] @ raw[1] / np.sqrt((raw[0] @ raw[0]) * (raw[1] @ raw[1])))
        if abs(got - cosine) < 1e-6:
            raise Wrong("How often a unit is on counts, not how strongly.")
        if abs(got - float(a @ b)) < 1e-6:
            raise Wrong("Divide by the lengths of both vectors.")
        raise Wrong(f"Of made-up units this overlap is {got:.3g}; it should be {right:.3g}.")
    if abs(by_chance - DENSITY) > 0.02:
        raise Wrong(
            "If each task drew its own quarter of the units, which part of one task's units "
            "would the other have drawn as well?"
        )
    return f"Two random quarters share a part of {DENSITY}; that is their cosine, too."
