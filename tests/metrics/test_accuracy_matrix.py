"""Numbers of an accuracy matrix, by pen and paper and by loops."""

import math

import pytest
import torch

from neurolab.metrics import (
    average_accuracy,
    backward_transfer,
    forgetting,
    forward_transfer,
)

R = torch.tensor([[0.9, 0.2, 0.1], [0.95, 0.8, 0.3], [0.6, 0.7, 0.8]]).double()


def test_by_pen_and_paper():
    assert average_accuracy(R) == pytest.approx(0.7)
    assert backward_transfer(R) == pytest.approx((-0.3 - 0.1) / 2)
    assert forgetting(R) == pytest.approx((0.35 + 0.1) / 2)
    assert forward_transfer(R, [0.1, 0.1, 0.1]) == pytest.approx((0.1 + 0.2) / 2)


def test_against_loops_and_what_is_above_the_diagonal_does_not_matter():
    torch.manual_seed(0)
    r = torch.rand(6, 6).double()
    later = r.clone()
    later[torch.ones(6, 6).triu(1).bool()] = math.nan
    last = range(5)
    expected = sum(max(r[i, j].item() for i in range(j, 5)) - r[5, j].item() for j in last) / 5
    assert forgetting(later) == pytest.approx(expected)
    expected = sum(r[5, j].item() - r[j, j].item() for j in last) / 5
    assert backward_transfer(later) == pytest.approx(expected)


@pytest.mark.parametrize("number", [backward_transfer, forgetting])
def test_one_task_forgets_nothing_that_could_be_measured(number):
    assert average_accuracy(torch.tensor([[0.5]])) == 0.5
    with pytest.raises(ValueError, match="at least 2 tasks"):
        number(torch.tensor([[0.5]]))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="r: a square matrix"):
        average_accuracy(torch.rand(2, 3))
    with pytest.raises(ValueError, match="untrained: shape"):
        forward_transfer(R, [0.1])
