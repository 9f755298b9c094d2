"""Lab store-recall: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab import kernels
from neurolab.lab import store_recall_answers as answers
from neurolab.lab import store_recall_challenge as challenge
from neurolab.lab import store_recall_network as network
from neurolab.lab import store_recall_step as step
from neurolab.spiking import ALIFParams, ALIFState, alif_step


def says(name, value):
    result = neurolab.check(f"store-recall.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 2400)[0] == "right"
    assert "12 symbols" in says("warmup", 200)[1]


# Question 1


def with_three_lines(i, v, a, alpha, rho, beta):
    v = alpha * v + (1 - alpha) * i
    z = float(v > 1 + beta * a)
    return z, v - z, rho * a + z


def with_an_if(i, v, a, alpha, rho, beta):
    v += (1 - alpha) * (i - v)
    if v - beta * a > 1:
        return [True, v - 1, rho * a + 1]
    return [False, v, rho * a]


def with_the_package(i, v, a, alpha, rho, beta):
    params = ALIFParams(-1 / math.log(alpha), -1 / math.log(rho), beta)
    z, state = alif_step(i, ALIFState(v, a, 0.0), params, 1.0)
    return float(z), float(state.v), float(state.a)


@pytest.mark.parametrize("make", [with_three_lines, with_an_if, with_the_package])
def test_q1_whatever_settles_at_the_period_of_theory_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.slow
@pytest.mark.parametrize("reason", step.SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", step.SLIPS[reason])
    assert status == "wrong"
    assert reason in message or "without bounds" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *given: with_three_lines(*given)[:2], "these are 2"),
        (lambda i, *rest: with_three_lines(1.2 * i, *rest), "yours at"),
        (lambda *given: (0.5, 0.0, 0.0), "0 or 1"),
        (lambda *given: ("1", 0.0, 0.0), "quotation marks"),
        (lambda *given: 1 / 0, "ZeroDivisionError"),
        (lambda i, v, a, *rest: (0.0, 2 * v + 1.0, a), "without bounds"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


@pytest.mark.slow
@pytest.mark.parametrize("order", [(1, 2, 0), (2, 1, 0), (0, 2, 1)])
def test_q1_another_order_is_named(order):
    def turned(*given):
        made = with_three_lines(*given)
        return tuple(made[k] for k in order)

    status, message = says("q1", turned)
    assert status == "wrong" and "another order" in message


@pytest.mark.parametrize("answer", [None, (None, 1.0, 1.0)])
def test_q1_half_filled_is_not_yet(answer):
    assert says("q1", lambda *_: answer)[0] == "not yet"


def test_the_period_without_adaptation_is_that_of_the_lif_neuron():
    assert step.period(2.0, 0.0, 60.0) == pytest.approx(20 * math.log(2.0))


# Questions 2 and 3

LASTS = 1200 * math.log(5)


def test_q2_and_q3_right():
    for ms in (LASTS, 1931, torch.tensor(1950.0)):
        assert says("q2", ms)[0] == "right"
    for left in (0.5, torch.tensor(0.55), np.float32(0.47)):
        assert says("q3", left)[0] == "right"


@pytest.mark.parametrize(
    ("ms", "reason"),
    [
        (LASTS / 200, "in symbols"),
        (LASTS / 1000, "in s; ms"),
        (1200, "1.8 spikes"),
        (6000, "in proportion to time"),
        (1200 * math.log(2), "halves the lead"),
        (20 * math.log(5), "how the potential fades"),
        (1200 * math.log10(5), "natural logarithm"),
        (-LASTS, "above 0"),
        (1700, "too few"),
        (2200, "too many"),
        ("1931", "quotation marks"),
    ],
)
def test_q2_slips_are_answered_by_name(ms, reason):
    status, message = says("q2", ms)
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (math.exp(-800 / 1200), "This is the prediction"),
        (1.95, "Upside down"),
        (0.05, "turn the sign"),
        (0.3, "too little"),
        (0.9, "too much"),
        (math.nan, "overflow"),
    ],
)
def test_q3_slips_are_answered_by_name(left, reason):
    status, message = says("q3", left)
    assert status == "wrong" and reason in message


# Question 4


def erase(state, name):
    old = state.layer.neurons
    new = old._replace(**{name: torch.zeros_like(getattr(old, name))})
    return state._replace(layer=state.layer._replace(neurons=new))


def erase_u(state, name):
    return erase(state, "u")


def erase_all(state, name):
    return erase(erase(state, "v"), "a")


def one_for_zero(state, name):
    old = state.layer.neurons
    new = old._replace(**{name: torch.ones_like(getattr(old, name))})
    return state._replace(layer=state.layer._replace(neurons=new))


def spikes_too(state, name):
    state = erase(state, name)
    return state._replace(layer=state.layer._replace(z=torch.zeros_like(state.layer.z)))


MEASURED, GUESSES = (0.04, 0.5, 0.48), (0.05, 0.5, 0.5)


def test_q4_right():
    status, message = says("q4", (erase, GUESSES, MEASURED))
    assert status == "right" and "Errors 0.04, 0.50, 0.48" in message


@pytest.mark.parametrize(
    ("function", "guesses", "measured", "reason"),
    [
        (lambda state, name: state, GUESSES, MEASURED, "Nothing is erased"),
        (erase_u, GUESSES, MEASURED, "you change 'u'"),
        (erase_all, GUESSES, MEASURED, "you change 'v', 'a'"),
        (one_for_zero, GUESSES, MEASURED, "must be zeros"),
        (spikes_too, GUESSES, MEASURED, "Leave spikes"),
        (lambda state, name: state.layer, GUESSES, MEASURED, "whole state"),
        (lambda state, name: state._replace(layer=None), GUESSES, MEASURED, "has no neurons"),
        (lambda state, name: state.not_there, GUESSES, MEASURED, "stopped with AttributeError"),
        (erase, (50, 50, 5), MEASURED, "not per cent"),
        (erase, (0.5, 0.5, 0.5), MEASURED, "what is lost without them"),
        (erase, (0.05, 0.1, 0.5), MEASURED, "nothing tells apart"),
        (erase, GUESSES, (0.1, 0.2), "three each"),
        (erase, GUESSES, (4, 50, 50), "fractions"),
    ],
)
def test_q4_slips_are_answered_by_name(function, guesses, measured, reason):
    status, message = says("q4", (function, guesses, measured))
    assert status == "wrong" and reason in message


def test_q4_half_filled_is_not_yet():
    assert says("q4", (lambda *_: None, (..., ..., ...), (None, None, 0.5)))[0] == "not yet"
    assert "three things" in says("q4", (erase, GUESSES))[1]


# Question 5


def test_q5_right_and_the_share_is_that_of_drawn_waits():
    chance = np.random.default_rng(3)
    for delay, k in ((2, 3), (4, 5), (6, 8), (2.5, 4)):
        waited = chance.geometric(1 / delay, 100_000)
        measured = (waited >= k).mean()
        assert answers.share(k, delay) == pytest.approx(measured, abs=0.006)
        assert says("q5", (delay, k, answers.share(k, delay) + 0.002, measured))[0] == "right"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({2: 0.75**5}, "not k"),
        ({2: 0.75**3}, "leaves out k - 2"),
        ({2: 0.75**4 / 4}, "exactly k"),
        ({2: 1 - 0.75**4}, "for less"),
        ({2: 100 * 0.75**4}, "per cent"),
        ({2: 0.75**4 / 2}, "half of it"),
        ({2: math.exp(-1)}, "one by one"),
        ({2: 0.5}, "too large"),
        ({2: 0.28}, "too small"),
        ({3: 0.75**4}, "your prediction"),
        ({3: 0.1}, "among the recalls alone"),
        ({0: 10}, "from 2 to 6"),
        ({1: 2}, "from 3 to 8"),
        ({1: 4.5}, "whole number k"),
        ({2: "0.3"}, "quotation marks"),
    ],
)
def test_q5_slips_are_answered_by_name(changed, reason):
    given = [4, 5, 0.75**4, 0.32]
    for k, value in changed.items():
        given[k] = value
    status, message = says("q5", given)
    assert status == "wrong" and reason in message


def test_q5_half_filled_is_not_yet():
    assert says("q5", (..., ..., ..., None))[0] == "not yet"
    assert "four things" in says("q5", (4, 5))[1]


def test_explain_is_compared():
    assert says("explain", "It is in the raised thresholds.")[0] == "compared"
    assert says("explain", "thresholds")[0] == says("explain", 7)[0] == "wrong"


# The network and the challenge


@pytest.fixture(scope="module")
def seen():
    return network.trials(48, seed=10)


@pytest.fixture(scope="module")
def found(seen):
    with kernels.disable():
        return {
            "whole": network.counts(network.wired(), seen),
            "plain": network.counts(network.wired(beta=0.0), seen),
            "erased": network.counts(network.wired(), seen, lambda s: erase(s, "a")),
        }


@pytest.mark.slow
def test_a_bit_with_its_command_drives_its_group_and_a_bit_alone_does_not(seen, found):
    own, other = (
        found["whole"].gather(-1, side[..., None])[..., 0] for side in (seen.bit, 1 - seen.bit)
    )
    store = seen.command == 1
    assert own[store].mean() > 3 > 1 > other[store].mean()
    assert own[seen.command == 0].mean() < 0.2


@pytest.mark.slow
def test_thresholds_keep_the_bit_and_nothing_else_does(seen, found):
    errors = {name: network.wrong(spikes, seen) for name, spikes in found.items()}
    assert errors["whole"] < 0.15
    assert 0.35 < errors["plain"] < 0.65 and 0.35 < errors["erased"] < 0.65


def test_wrong_counts_ties_as_half(seen):
    spikes = torch.zeros(*seen.y.shape, 2)
    assert network.wrong(spikes, seen) == 0.5
    kept = seen.y.clamp(min=0)[..., None]
    assert network.wrong(spikes.scatter(-1, kept, 1.0), seen) == 1
    assert network.wrong(spikes.scatter(-1, kept, -1.0), seen) == 0


def test_waits_count_symbols_since_the_store():
    command = torch.tensor([[0, 1, 0, 2, 0, 1, 2]]).T
    assert network.waits(command)[:, 0].tolist() == [0, 0, 0, 2, 0, 0, 1]


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ((1, 0.1), "tau_a must be from 10"),
        ((1000, -1), "beta must be from 0"),
        ((1000,), "two numbers"),
        (1000, "two numbers"),
        ((1000, "0.1"), "quotation marks"),
    ],
)
def test_a_wrong_choice_is_refused(choice, reason):
    status, message = says("challenge", choice)
    assert status == "wrong" and reason in message


@pytest.mark.slow
def test_ours_is_better_than_a_threshold_that_falls_too_soon(monkeypatch):
    monkeypatch.setattr(challenge, "tested", lambda: 64)
    challenge._our_score.cache_clear()
    with kernels.disable():
        short = challenge.score(200.0, 0.1)
        status, message = says("challenge", challenge.OURS)
    ours = challenge._our_score()
    challenge._our_score.cache_clear()
    assert status == "score" and message.count(f"{100 * ours.wrong:.1f} % (") == 2
    assert ours.wrong < 0.5 * short.wrong
