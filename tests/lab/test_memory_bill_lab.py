"""Lab memory-bill: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.lab import memory_bill as lab
from neurolab.lab import memory_bill_challenge as challenge
from neurolab.lab import memory_bill_peak as ways
from neurolab.lab import memory_bill_sizes as sizes
from neurolab.lab import memory_bill_step as step
from neurolab.recurrent import VanillaWeights, bptt_step


def says(name, value):
    result = neurolab.check(f"memory-bill.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 2048)[0] == "right"
    assert "4 bytes" in says("warmup", 512)[1]


# Question 1


def with_a_formula(r, x, before, after, W):
    d = (1 - after**2) * r
    return torch.outer(d, x), torch.outer(d, before), d, W.T @ d


def with_numpy(*given):
    r, x, before, after, W = (part.numpy() for part in given)
    d = r - after * after * r
    return [d[:, None] * x, d[:, None] * before, d, d @ W]


def with_the_package(r, x, before, after, W):
    """What W_in x + b must have been follows from after; b = 0 is one way to make it."""
    sum_ = torch.atanh(after) - W @ before
    weights = VanillaWeights(torch.outer(sum_, x) / (x @ x), W, torch.zeros_like(r))
    parts, carried = bptt_step(r[None], 0 * r[None], x[None], before[None], weights)
    return *parts, carried[0]


@pytest.mark.parametrize("make", [with_a_formula, with_numpy, with_the_package])
def test_q1_whatever_gives_the_derivatives_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


def with_slip(k, slip):
    def back(*given):
        made = list(with_a_formula(*given))
        made[k] = slip(*(part.numpy() for part in given))
        return made

    return back


@pytest.mark.parametrize(("k", "reason"), [(k, r) for k in range(4) for r in step.SLIPS[k]])
def test_q1_slips_are_answered_by_name(k, reason):
    status, message = says("q1", with_slip(k, step.SLIPS[k][reason]))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        (lambda *given: with_a_formula(*given)[::-1], "another order"),
        (lambda *given: with_a_formula(*given)[:3], "these are 3"),
        (lambda *given: with_a_formula(*given)[0], "these are 1"),
        (lambda *given: [1.1 * part for part in with_a_formula(*given)], "off by up to"),
        (with_slip(2, lambda r, *_: r[:2]), "has shape (2,)"),
        (lambda *given: 1 / 0, "ZeroDivisionError"),
        (7, "A function is asked"),
    ],
)
def test_q1_other_mistakes(back, reason):
    status, message = says("q1", back)
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("answer", [None, (None, 1.0, 1.0, 1.0)])
def test_q1_half_filled_is_not_yet(answer):
    assert says("q1", lambda *_: answer)[0] == "not yet"


# Question 2


def test_q2_right():
    for bytes in (4_096_000, torch.tensor(4.1e6)):
        assert says("q2", bytes)[0] == "right"


@pytest.mark.parametrize(
    ("bytes", "reason"),
    [
        (1_024_000, "each takes 4 bytes"),
        (32_768_000, "are bits"),
        (128_000, "one of the 32"),
        (2048, "all 2000 are kept"),
        (4096, "in kB"),
        (4.096, "in MB"),
        (4 * 16 * 21, "the weights, 4 bytes each"),
        (4 * 16 * 21 * 2000, "shares them"),
        (8_192_000, "not 8"),
        (3e6, "too few"),
        (5e6, "too many"),
        ("4096000", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(bytes, reason):
    status, message = says("q2", bytes)
    assert status == "wrong" and reason in message


# The ways, and what they need


@pytest.mark.parametrize("seed", [0, 1])
def test_all_ways_make_the_gradient_of_autograd(seed):
    x, start, weights = ways.network(23, 5, 3, seed)
    learned = VanillaWeights(*(w.clone().requires_grad_() for w in weights))
    h = start
    for now in x:
        h = torch.tanh(now @ learned.weight.T + h @ learned.recurrent.T + learned.bias)
    right = torch.autograd.grad(h.square().sum() / 2, learned)
    made = {
        "bptt": ways.by_bptt(x, start, weights),
        "rtrl": ways.by_rtrl(x, start, weights),
        "whole window": ways.by_truncated(x, start, weights, 23),
        "ours": challenge.ours(x, start, weights),
    }
    made |= {f"{s} segments": ways.by_segments(x, start, weights, s) for s in (1, 4, 23)}
    for way, found in made.items():
        for part, want in zip(found, right, strict=True):
            torch.testing.assert_close(part, want, rtol=1e-4, atol=1e-5, msg=way)
    short = ways.by_truncated(x, start, weights, 3)
    assert not torch.allclose(short.recurrent, right[1], rtol=0.01)


def needed(way, *sizes, **options):
    x, start, weights = ways.network(*sizes)
    return ways.peak(lambda: way(x, start, weights, **options), x, start, *weights)


def test_the_bytes_are_those_of_the_formulas():
    grown = [needed(ways.by_bptt, T, 16, 32) for T in (10, 20)]
    assert (grown[1] - grown[0]) / 10 == sizes.STATE
    influence = 4 * 20 * 20 * (20 + 4 + 1)
    assert 2 * influence <= needed(ways.by_rtrl, 3, 20) < 2.2 * influence
    assert needed(ways.by_rtrl, 3, 20) == needed(ways.by_rtrl, 9, 20) == sizes.rtrl_bytes(20)
    kept = needed(ways.by_segments, 144, 16, 32, segments=12)
    assert 24 * sizes.STATE <= kept < 1.3 * 24 * sizes.STATE
    assert sizes.bptt_bytes(20, 80) == pytest.approx(needed(ways.by_bptt, 80, 20), rel=0.01)


def test_peak_does_not_count_what_was_there():
    x = torch.zeros(1000)
    assert ways.peak(lambda: x.add_(1), x) == 0
    assert ways.peak(lambda: x + 1, x) == 4000


def test_network_refuses():
    with pytest.raises(ValueError, match="steps: a whole number from 1 is needed, got 0"):
        ways.network(0, 3)
    with pytest.raises(ValueError, match="units"):
        ways.network(3, 2.5)


# Question 3


def test_q3_right():
    for found in ([2048, 0, 0], np.array([2050.0, 0.1, 0]), [torch.tensor(2048.0), 0, 0]):
        assert says("q3", found)[0] == "right"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([512, 0, 0], "how many numbers"),
        ([1.0, 0, 0], "an exponent"),
        ([2.048, 0, 0], "in kB"),
        ([-2048, 0, 0], "sign is turned"),
        ([2100, 900, 120], "take differences"),
        ([1500, 0, 0], "one state more is 2048"),
        ([2048, 0], "three numbers"),
        ([math.nan, 0, 0], "three numbers"),
    ],
)
def test_q3_slips_are_answered_by_name(found, reason):
    status, message = says("q3", found)
    assert status == "wrong" and reason in message


def test_q3_half_filled_is_not_yet():
    assert says("q3", [None] * 3)[0] == "not yet"


# Question 4

EDGE = (-5 + math.sqrt(25 + 4000)) / 2


@pytest.mark.parametrize("answer", [(EDGE, 25, 35), [29, 24, 36], (30, np.int64(26), 34.0)])
def test_q4_right(answer):
    status, message = says("q4", answer)
    assert status == "right" and "Theory's 29.2 is inside" in message


@pytest.mark.parametrize(
    ("edge", "reason"),
    [
        ((-5 + math.sqrt(25 + 8000)) / 2, "counts the influence once"),
        (1000**0.5, "N (I + 1) more"),
        (10, "divide both sides by N"),
        (2000 ** (1 / 3), "N^3 is set against T"),
        (2000, "These are the steps"),
        (20, "too low"),
        (50, "too high"),
        ("29", "quotation marks"),
    ],
)
def test_q4_a_wrong_edge_is_named(edge, reason):
    status, message = says("q4", (edge, 25, 35))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        (35, 25, "swapped"),
        (25, 25, "high above low"),
        (1, 2, "at least 2"),
        (20, 35, "1.75 times low"),
        (35, 40, "Take low lower"),
        (18, 22, "Take high higher"),
        (90, 120, "far above"),
        (24.5, 35, "whole numbers"),
    ],
)
def test_q4_wrong_sizes_are_named(low, high, reason):
    status, message = says("q4", (EDGE, low, high))
    assert status == "wrong" and reason in message


def test_q4_needs_three():
    assert "three numbers" in says("q4", (25, 35))[1]
    assert says("q4", (..., 25, 35))[0] == "not yet"


# Question 5


def bill(steps, segments):
    return 2048 * (segments + steps / segments)


def answer(steps, segments):
    three = [1.05 * bill(steps, s) for s in (segments // 2, segments, 2 * segments)]
    return [steps, segments, bill(steps, segments), three]


@pytest.mark.parametrize(("steps", "segments"), [(1600, 40), (500, 22), (4000, 64), (1000, 28)])
def test_q5_right(steps, segments):
    status, message = says("q5", answer(steps, segments))
    assert status == "right" and f"{2.048 * steps:.0f} kB for BPTT" in message


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({0: 100}, "500 to 4000"),
        ({0: 1600.5}, "whole number of steps"),
        ({1: 1}, "from 2 to steps"),
        ({1: 20}, "too few"),
        ({1: 80}, "too many"),
        ({2: 80}, "These are states"),
        ({2: bill(1600, 40) / 4}, "each takes 4 bytes"),
        ({2: bill(1600, 40) / 1000}, "in kB"),
        ({2: 2048 * 1600}, "BPTT without segments"),
        ({2: 1.2 * bill(1600, 40)}, "too many"),
        ({2: 0.8 * bill(1600, 40)}, "too few"),
        ({3: [1e5, 1e5]}, "three peaks"),
        ({3: [math.nan] * 3}, "three peaks"),
        ({3: [bill(1600, s) for s in (20, 40, 80)]}, "your prediction"),
        ({3: [1e5] * 3}, "your own steps"),
        ({1: "40"}, "quotation marks"),
    ],
)
def test_q5_slips_are_answered_by_name(changed, reason):
    given = answer(1600, 40)
    for k, value in changed.items():
        given[k] = value
    status, message = says("q5", given)
    assert status == "wrong" and reason in message


def test_q5_one_part_alone_is_named():
    given = answer(1600, 44)  # where the two parts differ
    assert "inside of one" in says("q5", [*given[:2], 2048 * 44, given[3]])[1]
    assert "before each of them" in says("q5", [*given[:2], 2048 * 1600 / 44, given[3]])[1]


def test_q5_half_filled_is_not_yet():
    assert says("q5", (..., ..., ..., [math.nan] * 3))[0] == "not yet"
    assert "four things" in says("q5", (1600, 40))[1]


def test_explain_is_compared():
    assert says("explain", "It carries what each weight has done.")[0] == "compared"
    assert says("explain", "influence")[0] == says("explain", 7)[0] == "wrong"


# Challenge


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(challenge, "steps", lambda: 60)
    challenge._our_score.cache_clear()
    yield
    challenge._our_score.cache_clear()


def test_halving_needs_fewer_bytes_than_segments_and_these_than_bptt(short):
    def with_segments(*given):
        return lab.by_segments(*given, 8)

    found = [lab.score(way) for way in (challenge.ours, with_segments, lab.by_bptt)]
    assert found[0].bytes < 0.95 * found[1].bytes < 0.6 * found[2].bytes
    assert max(one.off for one in found) < 1e-4
    status, message = says("challenge", challenge.ours)
    assert status == "score" and message.count(f"{found[0].bytes / 1000:.1f} kB (") == 2


@pytest.mark.parametrize(
    ("gradient", "reason"),
    [
        (lambda x, start, w: ways.by_truncated(x, start, w, 2), "% of its length off"),
        (lambda x, start, w: w[:2], "three things"),
        (lambda x, start, w: (w[0], w[1], w[1]), "The shape is"),
        (lambda x, start, w: [math.nan * part for part in w], "off"),
        (lambda x, start, w: x[10**6], "stopped with IndexError"),
    ],
)
def test_a_wrong_gradient_is_refused(gradient, reason, short):
    status, message = says("challenge", gradient)
    assert status == "wrong" and reason in message


def test_a_blank_gradient_is_not_yet(short):
    assert says("challenge", lambda *_: ...)[0] == "not yet"
