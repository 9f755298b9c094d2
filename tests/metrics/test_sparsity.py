"""Measures of sparsity against closed forms."""

import math

import pytest
import torch

from neurolab.metrics import (
    active_fraction,
    duty_cycle,
    hoyer,
    lifetime_sparsity,
    population_sparsity,
    treves_rolls,
)


@pytest.mark.parametrize("k, d", [(1, 10), (3, 10), (10, 10), (40, 2000)])
def test_some_that_answer_alike(k, d):
    """k of d units, each with the same answer, of whatever size."""
    r = torch.zeros(d, dtype=torch.float64)
    r[torch.randperm(d)[:k]] = 0.7
    assert treves_rolls(r).item() == pytest.approx(k / d)
    assert hoyer(-r).item() == pytest.approx((d**0.5 - k**0.5) / (d**0.5 - 1), abs=1e-12)
    (found,) = population_sparsity(r[None]).tolist()
    assert found == pytest.approx((1 - k / d) / (1 - 1 / d), abs=1e-12)
    assert active_fraction(r[None]).tolist() == [k / d]


def test_exponential_rates():
    """<r>^2 / <r^2> = 1/2; |r|_1 / |r|_2 = sqrt(D / 2)."""
    r = -torch.rand(20, 10_000, dtype=torch.float64).log()
    assert treves_rolls(r).mean().item() == pytest.approx(0.5, abs=0.005)
    root = 100.0
    want = (root - root / math.sqrt(2)) / (root - 1)
    assert hoyer(r).mean().item() == pytest.approx(want, abs=0.003)


def test_population_and_lifetime_are_each_other_s_turned_round():
    r = torch.rand(7, 5, dtype=torch.float64)
    torch.testing.assert_close(lifetime_sparsity(r), population_sparsity(r.T))
    assert population_sparsity(r).shape == (7,) and lifetime_sparsity(r).shape == (5,)


def test_population_and_lifetime_tell_apart_what_they_are_about():
    """One unit that always answers, alone; and units that take turns."""
    same = torch.zeros(6, 6)
    same[:, 2] = 1
    turns = torch.eye(6)
    torch.testing.assert_close(population_sparsity(same), torch.ones(6))
    assert lifetime_sparsity(same)[2] == 0 and lifetime_sparsity(same)[0].isnan()
    torch.testing.assert_close(lifetime_sparsity(turns), torch.ones(6))
    assert duty_cycle(same).tolist() == [0, 0, 1, 0, 0, 0]
    torch.testing.assert_close(duty_cycle(turns), torch.full((6,), 1 / 6).double())


def test_the_size_of_answers_does_not_matter_and_counts_do_as_rates():
    r = torch.poisson(torch.full((9, 30), 2.0))
    for measure in (treves_rolls, hoyer, population_sparsity, lifetime_sparsity):
        torch.testing.assert_close(measure(r), measure(40 * r))
        torch.testing.assert_close(measure(r.long()), measure(r.double()))


def test_duty_cycle_is_the_part_above():
    r = torch.tensor([[0.0, 2.0], [1.0, 3.0], [0.0, 0.5], [0.0, 0.0]])
    assert duty_cycle(r).tolist() == [0.25, 0.75]
    assert duty_cycle(r, above=1.0).tolist() == [0, 0.5]
    assert duty_cycle(r > 0).tolist() == [0.25, 0.75]


def test_refuses_by_name():
    with pytest.raises(ValueError, match=r"r: finite answers of at least 0 are needed, got -1"):
        treves_rolls(torch.tensor([1.0, -1.0]))
    with pytest.raises(ValueError, match=r"r: finite answers"):
        hoyer(torch.tensor([1.0, math.inf]))
    with pytest.raises(ValueError, match=r"r: 2 axes and some answers are needed"):
        duty_cycle(torch.ones(3))
    with pytest.raises(ValueError, match=r"r: at least 2 answers along axis -1 are needed, got 1"):
        population_sparsity(torch.ones(4, 1))
    with pytest.raises(ValueError, match=r"r: at least 2 numbers along axis -1"):
        hoyer(torch.ones(4, 1))
