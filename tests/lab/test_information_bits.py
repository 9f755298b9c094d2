"""Question 1 of lab information: the bits of a table, whoever computes them, and known slips."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import information_bits as bits


def says(name, value):
    result = neurolab.check(f"information.{name}", value)
    return result.status, result.message


def with_torch(table):
    p = table / table.sum()
    apart = p.sum(1, keepdim=True) * p.sum(0, keepdim=True)
    return (p * torch.log2(p / apart))[p > 0].sum()


def with_loops(table):
    table, total = np.array(table), 0.0
    for s, row in enumerate(table):
        for r, n in enumerate(row):
            if n:
                even = table[s].sum() * table[:, r].sum() / table.sum()
                total += n / table.sum() * math.log2(n / even)
    return total


def with_entropies(table):
    def H(p):
        return -torch.xlogy(p, p).sum() / math.log(2)

    p = table / table.sum()
    return float(H(p.sum(0)) + H(p.sum(1)) - H(p))


def with_a_little_more(table):
    p = table / table.sum()
    apart = p.sum(1, keepdim=True) * p.sum(0, keepdim=True)
    return (p * torch.log2((p + 1e-12) / (apart + 1e-12))).sum()


@pytest.mark.parametrize("make", [with_torch, with_loops, with_entropies, with_a_little_more])
def test_q1_whatever_gives_the_bits_of_theory_passes(make):
    status, message = says("q1", make)
    assert status == "right" and "0.531 bits" in message, message


@pytest.mark.parametrize("reason", bits.SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", lambda table: bits.SLIPS[reason](np.array(table)))
    assert status == "wrong" and reason in message, message


def test_q1_slips_differ():
    """No slip gives what theory gives, or what another slip does."""
    made = [[slip(table) for table, _ in bits.cases().values()] for slip in bits.SLIPS.values()]
    made.append([right for _, right in bits.cases().values()])
    for k, one in enumerate(made):
        assert not any(np.allclose(one, other, atol=1e-3) for other in made[:k])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda t: (t / t.sum() * torch.log2(t / t.sum())).sum(), "leave it out"),
        (lambda t: torch.log2(t / t.sum()).abs().sum(), "infinite"),
        (lambda t: t, "one number"),
        (lambda t: "0.5", "one number"),
        (lambda t: 1.02 * with_torch(t), "theory says 0.531"),
        (lambda t: 1 / 0, "ZeroDivisionError"),
        (3.0, "its name"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message, message


def test_q1_blank_is_not_yet():
    assert says("q1", lambda table: None)[0] == says("q1", None)[0] == "not yet"
