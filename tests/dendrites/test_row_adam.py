"""Adam on touched rows equals Adam on all of them."""

import pytest
import torch
from torch import nn
from torch.nn.functional import embedding

from neurolab.dendrites import RowAdam, Together


def gradients(steps, chance):
    """Rows are touched late, never, once, or again and again; one is touched by a single number."""
    found = torch.zeros(steps, 5, 3, 4).double()
    found[:, 0] = torch.randn(steps, 3, 4, generator=chance).double()
    found[steps // 2 :, 1, 1] = torch.randn(steps - steps // 2, 4, generator=chance).double()
    found[2, 2, 0, 3] = 1e-12
    found[::3, 3, 2] = 5.0
    return found


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.0, 0.5)])
def test_equals_adam(betas):
    chance = torch.Generator().manual_seed(0)
    start = torch.randn(5, 3, 4, generator=chance).double()
    ours, theirs = (nn.Parameter(start.clone()) for _ in range(2))
    fast = RowAdam([ours], 0.01, betas)
    full = torch.optim.Adam([theirs], 0.01, betas)
    for g in gradients(30, chance):
        ours.grad, theirs.grad = g.clone(), g.clone()
        fast.step()
        full.step()
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)
    assert torch.equal(ours[4], start[4]), "never touched"
    assert (ours[2, 0] != start[2, 0]).any(), "the smallest gradient moves its row"
    assert sorted(fast.state[ours]["rows"].tolist()) == [0, 1, 2, 4, 6, 11]


def test_takes_sparse_gradients_as_an_embedding_gives_them():
    torch.manual_seed(0)
    start, chosen = torch.randn(6, 3).double(), [[0, 2, 2], [2, 5, 0], [0, 0, 0]]
    ours, theirs = (nn.Parameter(start.clone()) for _ in range(2))
    fast, full = RowAdam([ours], 0.1), torch.optim.Adam([theirs], 0.1)
    both = Together(fast, full)
    for rows in chosen:
        both.zero_grad()
        slope = torch.randn(3, 3).double()
        for p, sparse in ((ours, True), (theirs, False)):
            (slope * embedding(torch.tensor(rows), p, sparse=sparse)).sum().backward()
        both.step()
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)
    assert ours.grad.is_sparse and fast.state[ours]["rows"].tolist() == [0, 2, 5]


def test_a_parameter_without_a_gradient_stays():
    p = nn.Parameter(torch.ones(2, 2))
    RowAdam([p]).step()
    assert torch.equal(p, torch.ones(2, 2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: RowAdam([p], lr=-1), "lr"),
        (lambda p: RowAdam([p], betas=(1, 0)), "betas"),
        (lambda p: RowAdam([nn.Parameter(torch.ones(2))]), "params: two dimensions"),
        (lambda p: RowAdam([p]).step(lambda: 0), "closure"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(nn.Parameter(torch.ones(2, 2)))
