"""The mini-Spaun as a whole: its size, a trial of each task, and what a lesion does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

pytest.importorskip("nengo_spa")
from neurolab.experiments import mini_spaun
from neurolab.experiments.spaun_trials import ANSWER, Exam, drawings, shown
from neurolab.neuromorphic.spaun import MiniSpaun, SpaunParams
from neurolab.neuromorphic.spaun_vision import TASKS, Eye, EyeParams
from neurolab.neuromorphic.spaun_words import DIGITS, EARLIER, FOLLOWING, vocabulary

CONFIG = replace(
    mini_spaun.PRESETS["quick"], examples=500, epochs=60, eye_neurons=300, digits_from="held-out"
)


@pytest.fixture(scope="module")
def learned():
    """What an eye of middling training has learned."""
    stages = mini_spaun.run(CONFIG)
    next(stages)
    state = next(stages).state
    return {name: x for name, x in state.items() if name not in ("done", "seen")}


def trial(learned, **changes):
    """Row of the first trial: 1 where the drawing at that place was right."""
    config = replace(CONFIG, **changes)
    eye, network = mini_spaun.built(config, learned)
    row = mini_spaun.taken(Exam(config), network, eye, 0)
    network.close()
    return row


def test_words_are_unlike_and_counting_goes_up_and_down():
    vocab = vocabulary(64, 0)
    for kind, most in ((slice(0, 17), 1.0), (slice(17, 24), 0.5)):  # symbols, phases; places
        alike = vocab.vectors[kind] @ vocab.vectors[kind].T
        assert np.abs(alike - np.eye(len(alike))).max() <= most / 8 + 1e-6
    assert len(vocab) == 24
    assert all(EARLIER[FOLLOWING[d]] == d for d in DIGITS[:-1]) and EARLIER["ZERO"] == "ZERO"
    place, digit = vocab["P3"], vocab["SIX"]
    np.testing.assert_allclose((digit * place * ~place).v, digit.v, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
def test_digits_at_other_places_disturb_less_than_random_ones(seed):
    vocab = vocabulary(64, seed)
    digits = [vocab[d] for d in DIGITS]
    other = [
        (a * vocab[f"P{i}"] * ~vocab[f"P{j}"]).dot(b)
        for i, j in ((1, 2), (2, 1), (1, 5), (5, 3), (3, 4))
        for a in digits
        for b in digits
    ]
    assert np.mean(np.square(other)) < 2 / 3 / 64


@pytest.mark.slow
def test_only_the_parts_that_the_tasks_need_are_built_and_all_fit():
    """All four tasks: at most 20,000 neurons, and more than those for one."""
    eye = Eye(64, 12, EyeParams(), 0).requires_grad_(False)
    params = [SpaunParams(tasks=tasks) for tasks in (TASKS, ("READ",))]
    whole, small = (MiniSpaun(eye, 2.0, one) for one in params)
    assert small.neurons < 0.5 * whole.neurons and 10_000 < whole.neurons <= 20_000
    with pytest.raises(ValueError, match="watch"):
        MiniSpaun(eye, 2.0, params[1], watch=("recall",))
    with pytest.raises(ValueError, match=r"seconds: 0.005 or more .* got 0.002"):
        small.run([], 0.002)


@pytest.mark.slow
def test_recognises_a_digit(learned):
    assert trial(learned, tasks=("READ",))[0] == 1


@pytest.mark.slow
def test_copies_in_the_style_shown_and_recognises_without_any(learned):
    """Via points of one network while it draws a TWO, against those of the eye and of the class."""
    config = replace(CONFIG, tasks=("COPY", "READ"), trials=3)
    eye, network = mini_spaun.built(config, learned, ("plan",))
    exam, far = Exam(config), {}
    for k in (4, 5):
        task, pictures, answer = exam.trial(k)
        seen = network.run(shown(pictures), ANSWER[task])
        plan = torch.tensor(seen.more["plan"][seen.ink > 0.3].mean(0))
        styled = eye.paths(eye(pictures[1].flatten()[None])[1], answer).flatten()
        far[task] = [float((plan - via).square().mean().sqrt()) for via in (styled, eye.means[2])]
        (drawn, *_) = drawings(seen, exam.width)
        assert answer.tolist() == [2] and exam.read(drawn) == 2
    network.close()
    assert far["COPY"][0] < 0.5 * far["COPY"][1], far
    assert far["READ"][1] < 0.02, far


@pytest.mark.slow
def test_recalls_a_list(learned):
    """Four of five at least; a guess would be right in one of ten."""
    assert trial(learned, tasks=("LIST",))[:5].sum() >= 4


@pytest.mark.slow
def test_counts(learned):
    assert trial(learned, tasks=("COUNT",))[0] == 1


@pytest.mark.slow
def test_without_the_output_of_the_basal_ganglia_nothing_is_drawn(learned):
    config = replace(CONFIG, tasks=("READ",), lesion=True)
    _, network = mini_spaun.built(config, learned)
    exam = Exam(config)
    seen = network.run(shown(exam.trial(0)[1]), 1.0)
    network.close()
    assert seen.ink.max() < 0.3
    assert torch.equal(trial(learned, tasks=("READ",), lesion=True)[:1], torch.zeros(1))
