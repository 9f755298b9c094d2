"""How fast gains and links learn, against theory, and what gains can never reach."""

import math

import pytest
import torch

from neurolab.dendrites import (
    LinkAdaptation,
    NodalAdaptation,
    Trunks,
    answer_error,
    disagreement,
    generalization,
    out_of_reach,
    sign_error,
)

S, K, M = 400, 5, 8


def links(seed=0):
    """Links of trunks that are alike in size."""
    w = torch.randn(S, K, M, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return w / w.norm(dim=2, keepdim=True)


def gains(seed=1):
    return torch.randn(S, K, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def inputs(steps, seed=2):
    chance = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        yield torch.randn(S, K, M, generator=chance, dtype=torch.float64)


@pytest.mark.parametrize("kind, size", [(NodalAdaptation, K), (LinkAdaptation, K * M)])
@pytest.mark.parametrize("rate", [1.0, 0.4])
def test_distance_falls_at_the_rate_of_its_number_of_parameters(kind, size, rate):
    teacher, student = Trunks(links(), gains()), kind(links(), torch.ones(S, K).double())
    first = generalization(student, teacher)
    for x in inputs(size):
        student.learn(x, answer_error(teacher(x), student(x)), rate)
    fell = (generalization(student, teacher) / first).mean().item()
    assert fell == pytest.approx((1 - rate * (2 - rate) / size) ** size, rel=0.1)


def test_a_step_makes_its_example_right_and_leaves_what_is_across():
    for kind in (NodalAdaptation, LinkAdaptation):
        student = kind(links(), gains())
        (x,), t = list(inputs(1)), torch.ones(S).double()
        seen = (
            (student.links * x).sum(2) if kind is NodalAdaptation else x * student.gains[..., None]
        )
        weight = student.gains if kind is NodalAdaptation else student.links
        before = weight.clone()
        student.learn(x, answer_error(t, student(x)), 1.0)
        torch.testing.assert_close(student(x), t)
        moved = (weight - before).flatten(1)
        across = torch.cosine_similarity(moved, seen.flatten(1)).abs()
        torch.testing.assert_close(across, torch.ones(S).double())


def test_links_tied_by_trunk_are_nodes():
    """The same numbers: only what may change counts, not where it sits."""
    teacher = Trunks(links(), gains())
    node, tied = NodalAdaptation(links(), torch.ones(S, K).double()), torch.ones(S, K).double()
    for x in inputs(20):
        t = teacher(x)
        common = (links() * x).sum(2)  # what a common factor of a trunk's links sees
        error = t - (tied * common).sum(1)
        tied = tied + error[:, None] * common / common.square().sum(1, keepdim=True)
        node.learn(x, answer_error(t, node(x)), 1.0)
    torch.testing.assert_close(node.effective, tied[..., None] * links())


def test_gains_do_not_reach_another_teacher():
    """Least squares over all gains, by another solver; and 1 - 1 / M on average."""
    teacher = Trunks(links(5), gains())
    told = out_of_reach(links(), teacher)
    directions = torch.zeros(S, K * M, K, dtype=torch.float64)
    for k in range(K):
        directions[:, k * M : (k + 1) * M, k] = links()[:, k]
    target = teacher.effective.flatten(1)[..., None]
    left = target - directions @ torch.linalg.lstsq(directions, target).solution
    want = left.square().sum((1, 2)) / target.square().sum((1, 2))
    torch.testing.assert_close(told, want)
    assert told.mean().item() == pytest.approx(1 - 1 / M, abs=0.01)
    student = NodalAdaptation(links(), torch.ones(S, K).double())
    for x in inputs(300):
        student.learn(x, answer_error(teacher(x), student(x)), 0.1)
    assert (generalization(student, teacher) >= told - 1e-9).all()
    assert generalization(student, teacher).mean() < told.mean() + 0.15
    assert out_of_reach(links(), Trunks(links(), gains())).max() < 1e-9


def test_signs_differ_as_often_as_counted():
    student, teacher = Trunks(links(), gains()), Trunks(links(), gains(4))
    differ = sum((student(x) > 0) != (teacher(x) > 0) for x in inputs(400)) / 400
    assert differ.mean().item() == pytest.approx(
        disagreement(student, teacher).mean().item(), abs=0.01
    )


def test_from_signs_alone_nodes_learn_faster_and_both_learn():
    teacher, left = Trunks(links(), gains()), {}
    for kind in (NodalAdaptation, LinkAdaptation):
        student = kind(links(), torch.ones(S, K).double())
        for x in inputs(40):
            student.learn(x, sign_error(torch.sign(teacher(x)), student(x)), 1.0)
        left[kind] = disagreement(student, teacher).mean().item()
    start = disagreement(NodalAdaptation(links(), torch.ones(S, K).double()), teacher).mean()
    assert left[NodalAdaptation] < 0.5 * left[LinkAdaptation] < 0.5 * float(start)
    assert sign_error(1.0, 3.0) == 0 and sign_error(-1.0, 0.5) == -1.5 and math.isfinite(left[kind])


def test_refuses():
    with pytest.raises(ValueError, match="links, gains"):
        Trunks(torch.zeros(2, 3, 4), torch.zeros(2, 4))
