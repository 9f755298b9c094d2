"""Rich and lazy: ranks, kernels and alignments against closed forms."""

import pytest
import torch

from neurolab.recurrent import (
    alignment,
    effective_rank,
    low_rank,
    representation,
    tangent_kernel,
    weight_change,
)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_low_rank_weights_have_their_rank_and_their_norm():
    for rank in (1, 3, 20):
        w = low_rank(20, rank, 4.0, chance())
        assert torch.linalg.matrix_rank(w) == rank
        assert w.norm().item() == pytest.approx(4.0, rel=1e-5)
    assert torch.equal(low_rank(9, 2, 1.0, chance(1)), low_rank(9, 2, 1.0, chance(1)))


def test_low_rank_weights_are_the_best_of_their_rank():
    """They are the matrix on their own column space, and leave only smaller singular values."""
    full = torch.randn(20, 20, generator=chance())
    w = low_rank(20, 4, 1.0, chance())
    part = w @ torch.linalg.pinv(w) @ full
    torch.testing.assert_close(part / part.norm(), w, atol=1e-4, rtol=0)
    left = torch.linalg.matrix_norm(full - part, 2)
    assert left <= torch.linalg.svdvals(part)[3] * 1.0001


def test_effective_rank_of_known_matrices():
    turn = torch.linalg.qr(torch.randn(6, 6, generator=chance(), dtype=torch.float64))[0]
    assert effective_rank(3 * turn).item() == pytest.approx(6)
    assert effective_rank(torch.outer(turn[0], turn[1])).item() == pytest.approx(1)
    assert effective_rank(torch.diag(torch.tensor([2.0, 1.0]))).item() == pytest.approx(25 / 17)
    ranks = [effective_rank(low_rank(30, r, 1.0, chance(2))).item() for r in (1, 3, 10, 30)]
    assert ranks == sorted(ranks) and ranks[0] == pytest.approx(1, abs=1e-4)


def test_the_kernel_of_a_linear_model_does_not_move():
    """y = x w: K = X X^T before learning, and after it; that of a product of weights moves."""
    x = torch.randn(7, 3, generator=chance(), dtype=torch.float64)
    target = torch.randn(7, generator=chance(1), dtype=torch.float64)

    def learned(answer, weights):
        for _ in range(200):
            leaves = {n: w.clone().requires_grad_() for n, w in weights.items()}
            loss = (answer(leaves) - target).square().mean()
            slopes = torch.autograd.grad(loss, list(leaves.values()))
            weights = {n: w - 0.1 * g for (n, w), g in zip(weights.items(), slopes, strict=True)}
        return weights

    def linear(w):
        return x @ w["w"]

    def product(w):
        return x @ w["w"] @ w["v"]

    start = {"w": torch.zeros(3, dtype=torch.float64)}
    before, end = tangent_kernel(linear, start), learned(linear, start)
    torch.testing.assert_close(before, x @ x.T)
    assert end["w"].norm() > 0.1
    torch.testing.assert_close(tangent_kernel(linear, end), before)
    deep = {
        "w": 0.1 * torch.randn(3, 4, generator=chance(2), dtype=torch.float64),
        "v": 0.1 * torch.randn(4, generator=chance(3), dtype=torch.float64),
    }
    before, after = (tangent_kernel(product, w) for w in (deep, learned(product, deep)))
    w, v = deep["w"], deep["v"]
    by_hand = (v @ v) * (x @ x.T) + x @ w @ w.T @ x.T  # by v: X w; by w: x_a v_n
    torch.testing.assert_close(before, by_hand)
    assert alignment(before, after) < 0.99


def test_alignment_is_a_cosine():
    k = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
    assert alignment(k, 5 * k).item() == pytest.approx(1)
    one, other = torch.diag(torch.tensor([1.0, 0.0])), torch.diag(torch.tensor([0.0, 1.0]))
    assert alignment(one, other) == 0
    assert alignment(one, torch.eye(2)).item() == pytest.approx(0.5**0.5)


def test_a_representation_is_blind_to_turns_and_to_the_mean():
    h = torch.randn(6, 4, generator=chance(), dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(4, 4, generator=chance(1), dtype=torch.float64))[0]
    torch.testing.assert_close(representation(h @ turn + 7), representation(h))
    squeezed = h * torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=torch.float64)
    assert alignment(representation(squeezed), representation(h)) < 0.95


def test_weight_change_is_relative():
    w = torch.eye(4)
    assert weight_change(w, 1.5 * w).item() == pytest.approx(0.5)
    assert weight_change(w, w) == 0


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("rank", lambda: low_rank(4, 5, 1.0)),
        ("rank", lambda: low_rank(4, 0, 1.0)),
        ("size", lambda: low_rank(0, 1, 1.0)),
        ("norm", lambda: low_rank(4, 2, 0.0)),
        ("w:", lambda: effective_rank(torch.zeros(3))),
        ("other", lambda: alignment(torch.eye(2), torch.eye(3))),
        ("h:", lambda: representation(torch.zeros(3))),
        ("after", lambda: weight_change(torch.eye(2), torch.eye(3))),
        ("answer", lambda: tangent_kernel(lambda w: w["a"].sum(), {"a": torch.ones(3)})),
    ],
)
def test_wrong_arguments_are_refused_by_name(name, call):
    with pytest.raises(ValueError, match=name):
        call()
