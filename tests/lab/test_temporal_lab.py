"""Lab temporal: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.special import lambertw

import neurolab
from neurolab.lab import temporal as lab
from neurolab.lab import temporal_search as referee
from neurolab.lab import temporal_time as times
from neurolab.live.figures import spiketime
from neurolab.spiking.temporal import TemporalParams, causal_spikes, lambert_w


def says(name, value):
    result = neurolab.check(f"temporal.{name}", value)
    return result.status, result.message


def test_warmup_is_where_an_input_is_felt_most():
    clock = np.linspace(0, 40, 4001)
    top = clock[referee.potential(clock, np.zeros(1), np.ones(1), 0.2).argmax()]
    assert says("warmup", top)[0] == "right"
    assert "One over the decay" in says("warmup", 0.2)[1]


def test_the_warm_up_tells_what_the_figure_does():
    """Input 3 has no say behind the output; a smaller weight 2 delays, then lets it leap."""

    def spike(**moved):
        return spiketime.simulate(**(spiketime.FIGURE.params | moved))["spike"][0]

    assert spike(t3=20) == spike() < spike(w2=0.25) < 15 < spike(w2=0.2)


# Question 1


def with_lambert(a, b, decay):
    z = -decay / a * math.exp(decay * b / a)
    return math.inf if z < -1 / math.e else b / a - lambert_w(z) / decay


def with_scipy(a, b, decay):
    t = b / a - lambertw(-decay / a * math.exp(decay * b / a)) / decay
    return torch.tensor(t.real) if abs(t.imag) < 1e-9 else torch.tensor(math.inf)


def by_a_root(a, b, decay):
    def over(t):
        return (a * t - b) * math.exp(-decay * t) - 1

    top = b / a + 1 / decay
    return brentq(over, b / a, top) if over(top) > 0 else np.array([math.inf])


@pytest.mark.parametrize("make", [with_lambert, with_scipy, by_a_root])
def test_q1_whatever_finds_the_time_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", times.CROSSING_SLIPS)
@pytest.mark.parametrize("w", [lambert_w, times._strict])
def test_q1_slips_are_answered_by_name(reason, w):
    slip = times.CROSSING_SLIPS[reason]
    status, message = says("q1", lambda a, b, decay: slip(a, b, decay, w))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda a, b, d: b / a - lambert_w(times._z(a, b, d)) / d, "never gets above"),
        (lambda *g: with_lambert(*g) if with_lambert(*g) < math.inf else None, "return math.inf"),
        (lambda *g: with_lambert(*g) + 0.1, "yours at"),
        (lambda a, b, d: b / a - lambertw(times._z(a, b, d)) / d, "needs `.real`"),
        (lambda *g: math.nan, "nan is no time"),
        (lambda *g: "3", "quotation marks"),
        (lambda *g: 1 / 0, "ZeroDivisionError"),
        (3.0, "A function is asked"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


# Question 2


def with_crossing(t_in, w, decay):
    a = b = 0.0
    for start, w_i, end in zip(t_in, w, [*t_in[1:], math.inf], strict=True):
        grown = w_i * math.exp(decay * start)
        a, b = a + grown, b + grown * start
        t = lab.crossing(a, b, decay)
        if start <= t <= end:
            return t
    return math.inf


def with_the_package(t_in, w, decay):
    params = TemporalParams(decay=decay, threshold=1.0)
    return causal_spikes(torch.tensor(t_in)[None], torch.tensor(w)[None], params).t


def by_small_steps(t_in, w, decay):
    for t in np.arange(0, 60, 0.001):
        if lab.potential(t, t_in, w, decay) >= 1:
            return t - 0.0005
    return math.inf


@pytest.mark.parametrize(
    "make", [with_crossing, with_the_package, pytest.param(by_small_steps, marks=pytest.mark.slow)]
)
def test_q2_whatever_finds_the_time_passes(make):
    status, message = says("q2", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", times.SET_SLIPS)
def test_q2_slips_are_answered_by_name(reason):
    status, message = says("q2", times.SET_SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda *g: with_crossing(*g) if with_crossing(*g) < math.inf else 0.0, "never fires"),
        (lambda *g: with_crossing(*g) if with_crossing(*g) < math.inf else None, "never fires"),
        (lambda t_in, w, d: with_crossing(t_in, 1.05 * w, d), "with weights"),
        (lambda t_in, w, d: t_in, "one number"),
        (lambda t_in, w, d: t_in[len(t_in)], "IndexError"),
    ],
)
def test_q2_other_mistakes(make, reason):
    status, message = says("q2", make)
    assert status == "wrong" and reason in message


def test_the_neurons_of_the_referee_have_inputs_before_and_after_and_margins():
    firing = referee.neurons()[: referee.FIRING]
    assert sum((one.t_in > one.t).any() for one in firing) > 5
    assert sum((one.w[one.t_in < one.t] < 0).any() for one in firing) > 3
    for one in referee.neurons()[referee.FIRING :]:
        clock = np.linspace(0, 200, 20_001)
        assert referee.potential(clock, one.t_in, one.w, referee.DECAY).max() < 0.95


def test_explain_is_compared():
    assert says("explain", "It moves where the threshold is.")[0] == "compared"
    assert says("explain", "threshold")[0] == says("explain", 7)[0] == "wrong"
