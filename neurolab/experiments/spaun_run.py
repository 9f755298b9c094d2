"""Makes the recorded run of the live figure ``spaun``: one trial of each task, as a table.

    python -m neurolab.experiments.spaun_run > neurolab/live/spaun_run.py

The network of ``mini-spaun`` in its preset "full" and seed 0 sees the first trial of each task. A
picture is packed as in ``live.digits``; what the registers hold is written every 0.05 s, the pen
every 0.01 s.
"""

import sys
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from neurolab.neuromorphic.spaun_use import ACTIONS
from neurolab.neuromorphic.spaun_use import ANSWER as ANSWERING
from neurolab.neuromorphic.spaun_vision import DIGITS, SYMBOLS, TASKS

from .mini_spaun import PRESETS, Config, built
from .spaun_trials import ANSWER, Exam, shown

FRAME, PEN = 0.05, 0.01  # s
WATCH = ("symbol", "actions", "task", "phase", "digit", "place", "steps")
HEAD = '''"""A recorded run of the mini-Spaun: one trial of each task, small enough for a page.

Made by ``python -m neurolab.experiments.spaun_run``, which says how (tested: it makes them again).
A row of each list is a trial: COPY, READ, LIST, COUNT.

    PICTURES    the pictures in order, packed as in ``live.digits``
    SYMBOL      what the eye says every 0.05 s: place in SYMBOLS, -1 for nothing
    ACTION      the action that is let through: place in ACTIONS, -1 for none
    HELD        the digit register: ten levels from 0 to 7 as the digits of base 8, ZERO first
    TASK, PHASE what these registers hold: place in COPY, READ, LIST, COUNT and in LISTEN, ANSWER
    LEFT        the register of the steps that are left to count, 0 to 9, -1 for none
    PLACE       the place in the list, 0 to 6
    NEEDS       of each action but the last, of each register (symbol, task, phase, place, steps):
                the words of which one must be held, none where any may
    UNLESS      the same of what forbids it
    ANSWERS     1 for an action that what is seen forbids
    PEN         pen every 0.01 s: x, y in hundredths, ink 0 or 1
"""

'''


def pack(picture: Tensor) -> list[int]:
    """Four whole numbers, each 16 pixels in eight levels as the digits of base 8."""
    levels = (picture.flatten() * 8).floor().clamp(0, 7).long().tolist()
    return [
        sum(level * 8 ** (15 - k) for k, level in enumerate(levels[at : at + 16]))
        for at in range(0, 64, 16)
    ]


def best(rows: np.ndarray, least: float) -> list[int]:
    """Which of the columns is active, -1 where none is."""
    return [int(row.argmax()) if row.max() > least else -1 for row in rows]


def recorded(exam: Exam, network, k: int) -> dict[str, list]:
    """One trial."""
    task, pictures, _ = exam.trial(k)
    trial = network.run(shown(pictures), ANSWER[task])
    step, fine = round(FRAME / network.every), round(PEN / network.every)
    frames = {name: rows[step - 1 :: step] for name, rows in trial.more.items()}
    nothing = [-1] * len(frames["symbol"])
    held = (frames["digit"] * 7).round().clip(0, 7).astype(int)
    found = {
        "PICTURES": [pack(picture) for picture in pictures],
        "SYMBOL": best(frames["symbol"], 0.3),
        "ACTION": best(frames["actions"], 0.3),
        "TASK": best(frames["task"], 0.3),
        "PHASE": best(frames["phase"], 0.3),
        "HELD": [sum(int(x) * 8 ** (9 - k) for k, x in enumerate(row)) for row in held],
        "LEFT": best(frames["steps"], 0.3) if task == "COUNT" else nothing,
        "PLACE": best(frames["place"], 0.3),
        "PEN": [
            [round(100 * float(x)), round(100 * float(y)), int(down > 0.3)]
            for (x, y), down in zip(
                trial.pen[fine - 1 :: fine], trial.ink[fine - 1 :: fine], strict=True
            )
        ],
    }
    return found


def runs(config: Config, kept: dict) -> tuple[list[str], list[dict[str, list]]]:
    """Names of the actions and the first trial of each task, for what ``mini_spaun.run`` kept."""
    exam = Exam(config)
    _, network = built(config, kept, WATCH)
    made = [recorded(exam, network, k) for k in range(len(config.tasks))]
    names = list(network.actions)
    network.close()
    return names, made


def codes(conditions: dict) -> list[list[int]]:
    """Of each register the places of the words that are asked for."""
    words = {
        **{"symbol": SYMBOLS, "task": TASKS, "phase": ("LISTEN", "ANSWER")},
        **{"place": [f"P{k}" for k in range(7)], "steps": DIGITS},
    }
    return [[words[r].index(w) for w in conditions.get(r, ())] for r in words]


def text(names: list[str], made: list[dict[str, list]]) -> str:
    """The file with the table."""
    lines = []
    for name, words in (("SYMBOLS", SYMBOLS), ("ACTIONS", names)):
        lines += [f"{name} = [", *(f'    "{word}",' for word in words), "]"]
    actions = [ACTIONS[name] for name in names[:-1]]
    for name, rows in (
        ("NEEDS", [codes(action.needs) for action in actions]),
        ("UNLESS", [codes(action.unless) for action in actions]),
    ):
        lines += [f"{name} = [", *(f"    {row}," for row in rows), "]"]
    answers = [int(action.needs.get("phase") == ANSWERING) for action in actions]
    lines += [f"ANSWERS = {answers}"]
    for name in made[0]:
        lines += [f"{name} = ["]
        for trial in made:
            lines += ["    ["]
            row, long = "", []
            for value in trial[name]:
                if len(row) + len(f"{value}, ") > 90:
                    long.append(row.rstrip())
                    row = ""
                row += f"{value}, "
            lines += [f"        {part}" for part in [*long, row.rstrip()] if part]
            lines += ["    ],"]
        lines += ["]  # fmt: skip"]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    from . import mini_spaun

    torch.set_num_threads(1)
    full = replace(PRESETS["full"], trials=1)
    stages = mini_spaun.run(full)
    state = [next(stages).state, next(stages).state][1]
    eye = {name: x for name, x in state.items() if name not in ("done", "seen")}
    sys.stdout.write(text(*runs(full, eye)))
