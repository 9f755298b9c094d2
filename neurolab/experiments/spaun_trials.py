"""The exam of the mini-Spaun: which pictures are shown, and how a drawing is read.

    stream = letter, pause, digits and pauses, ?, pause
    picture drawn = ink of the pen's path, each time the pen was down for a quarter of a second

    symbol    meaning                                      unit
    right     share of right answers                       -
    trials    their number n                               -
    z         1.96, for 95 %                               -

Wilson's interval of a share p of n trials:

    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

Reference: Wilson (1927), doi:10.1080/01621459.1927.10502953
"""

import math

import torch
from torch import Tensor

from neurolab import tasks
from neurolab.neuromorphic.spaun_strokes import (
    LETTERS,
    fit,
    glyphs,
    ink,
    pen_width,
    read,
    templates,
)
from neurolab.neuromorphic.spaun_vision import TASKS, Eye, EyeParams, learn

SIDE, SHOWN, GAP, LONGEST_LIST = 8, 0.25, 0.15, 5  # pixels, s, s, digits
FINE = 0.7  # width of the network's pen, whose hand shakes, in widths of the digits' lines


def wilson(right: float, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a share ``right`` of so many trials."""
    middle = (right + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials)
    half *= math.sqrt(right * (1 - right) / trials + z * z / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def letters(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Pictures (5 count, H, H) of the letters C, R, M, N and ?, and their symbols."""
    chance = torch.Generator().manual_seed(seed)
    width = pen_width(SIDE)
    x = torch.cat([glyphs(symbol, count, SIDE, width, chance) for symbol in LETTERS])
    return x, torch.arange(10, 15).repeat_interleave(count)


class Exam:
    """All that is shown, and how answers are read."""

    def __init__(self, config):
        self.config, self.width = config, pen_width(SIDE)
        x, y = tasks.load("digits", split="train")
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(config.seed))
        some, rest = order[: config.examples], order[config.examples :]
        self.x, self.y = x[some], y[some]
        self.test = tasks.load("digits", split="test")
        self.shown = self.test if config.digits_from == "test" else (x[rest], y[rest])
        self.letters, _ = letters(config.trials, 2 * config.seed + 1)

    def moves(self) -> Tensor:
        """Via points (M, J, 2) of the training digits."""
        return fit(self.x, templates()[self.y], self.width, self.config.fit_steps)

    def eye(self, via: Tensor) -> Eye:
        x, y = letters(100, 2 * self.config.seed)
        params = EyeParams(neurons=self.config.eye_neurons, epochs=self.config.epochs)
        x, y = torch.cat([self.x, x]), torch.cat([self.y, y])
        return learn(x.flatten(1), y, via, params, self.config.seed)

    def trial(self, k: int) -> tuple[str, list[Tensor], Tensor]:
        """Task, pictures in order and the digits that are to be drawn, of trial k."""
        task, turn = self.config.tasks[k % len(self.config.tasks)], k // len(self.config.tasks)
        chance = torch.Generator().manual_seed(1000 * self.config.seed + k)
        x, y = self.shown

        def picture(digit: int) -> Tensor:
            known = (y == digit).nonzero()[:, 0]
            return x[known[torch.randint(len(known), (), generator=chance)]]

        if task == "LIST":
            digits = torch.randperm(10, generator=chance)[:LONGEST_LIST]
            shown, answer = digits.tolist(), digits
        elif task == "COUNT":
            steps = int(torch.randint(1, 5, (), generator=chance))
            start = int(torch.randint(10 - steps, (), generator=chance))
            shown, answer = [start, steps], torch.tensor([start + steps])
        else:
            shown, answer = [turn % 10], torch.tensor([turn % 10])
        letter = TASKS.index(task)
        pictures = [self.letters[letter * self.config.trials + turn], *map(picture, shown)]
        return task, [*pictures, self.letters[4 * self.config.trials + turn]], answer

    def read(self, picture: Tensor) -> int:
        return int(read(picture[None], self.x, self.y))


def drawings(trial, width: float, shortest: float = 0.25) -> list[Tensor]:
    """The pictures (H, H) that a pen left: one each time it was down for long enough (s)."""
    down = torch.as_tensor(trial.ink > 0.3)
    path, every = torch.as_tensor(trial.pen).float(), float(trial.t[1] - trial.t[0])
    found, first, up = [], None, 0
    for k in range(len(down) + 1):
        if k < len(down) and down[k]:
            first, up = (k if first is None else first), 0
        elif first is not None:
            up += 1
            if up * every > 0.05 or k == len(down):  # a pen that only jumped goes on
                if (k + 1 - up - first) * every >= shortest:
                    part = path[None, first : k + 1 - up]
                    found.append(ink(part, SIDE, FINE * width)[0])
                first, up = None, 0
    return found


# Seconds left for drawing.
ANSWER = {"COPY": 1.7, "READ": 1.7, "LIST": 7.4, "COUNT": 3.6}


def shown(pictures: list[Tensor]) -> list:
    """The stream: each picture, then a pause."""
    from neurolab.neuromorphic.spaun_words import Seen

    stream = []
    for picture in pictures:
        stream += [Seen(picture.flatten().numpy(), SHOWN), Seen(None, GAP)]
    return stream
