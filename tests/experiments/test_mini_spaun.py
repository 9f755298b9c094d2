"""The exam of the mini-Spaun: intervals, stimuli, reading; and one real trial of each task."""

from dataclasses import replace

import numpy as np
import pytest
import torch

pytest.importorskip("nengo_spa")
from neurolab.experiments import mini_spaun
from neurolab.experiments.spaun_trials import LONGEST_LIST, SIDE, Exam, drawings, wilson
from neurolab.neuromorphic.spaun_strokes import pen, templates
from neurolab.neuromorphic.spaun_vision import TASKS

QUICK = mini_spaun.PRESETS["quick"]


class Recorded:
    """A trial as a network would give it."""

    def __init__(self, paths, every=0.005):
        pens, inks = [], []
        for path in paths:
            pens += [path.numpy(), np.zeros((60, 2))]
            inks += [np.ones(len(path)), np.zeros(60)]
        self.pen, self.ink = np.concatenate(pens), np.concatenate(inks)
        self.t = every * (1 + np.arange(len(self.ink)))


def test_wilson_is_where_the_score_test_just_rejects():
    """(right - p)^2 = z^2 p (1 - p) / n at both ends."""
    z = 1.959964
    for right, n in ((0.8, 25), (0.5, 10), (0.96, 25)):
        for p in wilson(right, n):
            assert (right - p) ** 2 == pytest.approx(z * z * p * (1 - p) / n, rel=1e-6)
    assert wilson(1.0, 25)[1] == 1.0 and wilson(0.0, 25)[0] == 0.0


def test_trials_show_digits_that_the_eye_has_not_learned():
    exam = Exam(replace(QUICK, tasks=TASKS, trials=3, digits_from="held-out"))
    known = {tuple(x.flatten().tolist()) for x in exam.x}
    for k in range(12):
        task, pictures, answer = exam.trial(k)
        assert task == TASKS[k % 4]
        digits = [tuple(p.flatten().tolist()) for p in pictures[1:-1]]
        assert not known & set(digits)
        assert len(digits) == {"COPY": 1, "READ": 1, "LIST": LONGEST_LIST, "COUNT": 2}[task]
        assert len(answer) == (LONGEST_LIST if task == "LIST" else 1)
        if task == "COUNT":
            start, steps = (exam.read(p) for p in pictures[1:-1])
            assert 0 <= int(answer) <= 9 and steps <= 5 and start <= 9
    again = Exam(replace(QUICK, tasks=TASKS, trials=3, digits_from="held-out")).trial(5)[1]
    assert torch.equal(torch.stack(again), torch.stack(exam.trial(5)[1]))


def test_drawings_are_what_the_pen_left_while_it_was_down():
    """Two digits, a pause between them, and a short touch that is none."""
    seven, three = pen(templates()[[7, 3]], 100)
    exam = Exam(QUICK)
    found = drawings(Recorded([seven, three, torch.zeros(20, 2)]), exam.width)
    assert [exam.read(x) for x in found] == [7, 3]
    assert found[0].shape == (SIDE, SIDE)
    assert drawings(Recorded([torch.zeros(20, 2)]), exam.width) == []


def test_what_is_measured_of_answers_that_are_given():
    config = replace(QUICK, tasks=TASKS, trials=2)
    exam, seen = Exam(config), torch.full((8, 2 * LONGEST_LIST + 2), -1.0)
    seen[0::4, 0], seen[0::4, -2:] = 1, torch.tensor([[0.9, 0.8], [0.7, 0.8]])
    seen[1::4, 0], seen[1::4, -2] = torch.tensor([1.0, 0.0]), torch.tensor([0.6, 0.75])
    seen[2::4, :5] = torch.tensor([[1.0, 1, 0, 1, 1], [1, 1, 1, 1, 1]])
    seen[3::4, 0] = 1
    found = mini_spaun.measured(config, exam, seen, None, {})
    assert found["accuracy_copy"] == 0.5, "one copy is less like it than a drawing without style"
    assert found["beats_mean"] == 0.5
    likes = [found[f"like_{name}"] for name in ("copy", "read", "mean")]
    assert likes == pytest.approx([0.8, 0.675, 0.8])
    unfinished = mini_spaun.measured(config, exam, seen[:5], None, {})
    assert unfinished["accuracy_copy"] == 1, "the second copy waits for its other drawing"
    assert found["accuracy_recognition"] == 0.5 and found["accuracy_counting"] == 1
    assert found["accuracy_memory"] == pytest.approx(0.9) and found["lists_memory"] == 0.5
    assert [found[f"memory_{k}"] for k in range(1, 6)] == [1, 1, 0.5, 1, 1]
