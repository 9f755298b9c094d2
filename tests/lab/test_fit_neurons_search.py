"""Questions 5 and 6 of lab fit-neurons and its challenge: constants are run again, slips named."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import neurolab
from neurolab.lab import fit_neurons as lab
from neurolab.lab import fit_neurons_models as models
from neurolab.lab import fit_neurons_search as search

NAMES = "lif", "adex", "izhikevich"


def says(name, value):
    result = neurolab.check(f"fit-neurons.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module")
def trains():
    """200 candidates of each neuron and their spikes, on the current of the fit."""
    current, spikes, _ = lab.trace(0, 1000.0)
    drawn = {name: lab.candidates(name, lab.BUDGET, 0) for name in NAMES}
    made = {name: lab.spike_times(name, drawn[name], current) for name in NAMES}
    return drawn, made, spikes


def pick(trains, rank):
    """Fits whose candidate has the largest rank(spikes, train)."""
    drawn, made, spikes = trains
    fits = {}
    for name in NAMES:
        ranks = [rank(spikes, train) for train in made[name]]
        k = int(np.nanargmax(ranks))
        fits[name] = {key: float(x[k]) for key, x in drawn[name].items()}
    return fits


def gamma(spikes, train):
    return lab.coincidence_factor(spikes, train, 1000.0)


@pytest.fixture(scope="module")
def fits(trains):
    return pick(trains, gamma)


def test_the_cell_fires_when_a_solver_of_another_kind_does():
    current = models.noise_current(60.0, 0)
    spikes, _ = models.cell(current)

    def slope(t, x):
        v, m, h, n = x
        am, bm, ah, bh, an, bn = models_rates(v)
        inward = 120 * m**3 * h * (50 - v) + 36 * n**4 * (-77 - v) + 0.3 * (-54.387 - v)
        drive = current[min(int(t / models.FINE), len(current) - 1)]
        gates = am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n
        return [inward + drive, *gates]

    def rises(t, x):
        return x[0]

    rises.direction = 1
    start = [-65.0, 0.0529, 0.596, 0.3177]
    found = solve_ivp(slope, (0, 60), start, events=rises, max_step=models.FINE, method="RK23")
    assert len(spikes) >= 2
    np.testing.assert_allclose(spikes, found.t_events[0], atol=0.2)


def models_rates(v):
    """Of the source, in today's sign."""
    am = 0.1 * (v + 40) / (1 - np.exp(-(v + 40) / 10))
    an = 0.01 * (v + 55) / (1 - np.exp(-(v + 55) / 10))
    bm, ah = 4 * np.exp(-(v + 65) / 18), 0.07 * np.exp(-(v + 65) / 20)
    return am, bm, ah, 1 / (1 + np.exp(-(v + 35) / 10)), an, 0.125 * np.exp(-(v + 65) / 80)


def test_a_lif_under_a_constant_current_has_the_period_of_theory():
    constants = {"tau": 10.0, "gain": 0.1, "offset": 1.0}
    (times,) = lab.spike_times("lif", constants, np.full(20_000, 5.0))  # i = 1.5
    assert np.diff(times).mean() == pytest.approx(10 * np.log(3), abs=models.DT)


@pytest.mark.slow
def test_candidates_side_by_side_are_each_alone(trains):
    drawn, made, _ = trains
    for name in NAMES:
        one = {key: x[7] for key, x in drawn[name].items()}
        (alone,) = lab.spike_times(name, one, lab.trace(0, 1000.0)[0])
        np.testing.assert_array_equal(alone, made[name][7])
        for key, (low, high) in models.RANGES[name].items():
            assert low <= drawn[name][key].min() and drawn[name][key].max() <= high


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match=r"name: one of .* got 'qif'"):
        lab.spike_times("qif", {}, np.zeros(40))
    with pytest.raises(ValueError, match=r"constants: .* got \['tau'\]"):
        lab.spike_times("lif", {"tau": 10.0}, np.zeros(40))
    with pytest.raises(ValueError, match="name: one of"):
        lab.score("qif", {})


@pytest.mark.slow
def test_q5_right(fits):
    status, message = says("q5", fits)
    assert status == "right" and "izhikevich 0." in message


@pytest.mark.slow
def test_q5_slips_are_answered_by_name(trains, fits):
    drawn = trains[0]
    first = {n: {key: x[0] for key, x in drawn[n].items()} for n in NAMES}
    as_often = pick(trains, lambda s, t: -abs(len(t) - len(s)) - 0.01 * np.nan_to_num(gamma(s, t)))
    silent = fits | {"lif": {"tau": 30.0, "gain": 0.02, "offset": -0.5}}
    for answer, reason in (
        (first, "first candidate"),
        (as_often, "as often is not when"),
        (silent, "did you take the smallest"),
        ({"lif": fits["lif"]}, "dict of three fits"),
        (fits | {"lif": {"tau": 3.0}}, "The constants of lif are"),
        (fits | {"lif": fits["lif"] | {"tau": 99.0}}, "must be 1 to 30"),
        (fits | {"lif": fits["lif"] | {"tau": "3"}}, "quotation marks"),
        ([1, 2], "dict of three fits"),
    ):
        status, message = says("q5", answer)
        assert status == "wrong" and reason in message, message
    assert says("q5", dict.fromkeys(NAMES))[0] == "not yet"


def on(fits, mean, sd, seed=1):
    current, spikes, _ = lab.trace(seed, 1000.0, mean, sd)
    return {n: gamma(spikes, lab.spike_times(n, fits[n], current)[0]) for n in NAMES}


@pytest.mark.slow
def test_q6_right_and_slips(fits):
    held = on(fits, 6.0, 4.0)
    best = max(held, key=held.get)
    assert says("q6", (6.0, 4.0, best, fits, held))[1].endswith("You bet on it.")
    other = next(name for name in NAMES if name != best)
    assert says("q6", (6.0, 4.0, other, fits, held))[1].endswith(f"You bet on {other}.")
    own = on(fits, models.MEAN, models.SD, seed=0)
    for answer, reason in (
        ((6.0, 4.0, best, fits, own), "current of the fit"),
        ((6.0, 4.0, best, fits, held | {"lif": held["lif"] + 0.1}), "For lif you have"),
        ((9.0, 4.0, best, fits, held), "mean must be"),
        ((3.0, 6.5, best, fits, held), "Go farther"),
        ((6.0, 4.0, "hh", fits, held), "Bet on one name"),
        ((6.0, 4.0, best, fits, [1, 2, 3]), "Held is a dict"),
        ((6.0, 4.0, best), "five things"),
    ):
        status, message = says("q6", answer)
        assert status == "wrong" and reason in message, message
    blank = (..., ..., ..., fits, dict.fromkeys(NAMES))
    assert says("q6", blank)[0] == "not yet"


@pytest.mark.slow
def test_challenge_scores_on_unseen_currents(fits):
    result = neurolab.check("fit-neurons.challenge", ("lif", fits["lif"]))
    alone = [on(fits, models.MEAN, models.SD, seed)["lif"] for seed in search.JUDGE]
    assert result.status == "score" and result.value == pytest.approx(np.mean(alone))
    assert "The name is one of" in says("challenge", ("hh", {"tau": 1.0}))[1]
    assert "two things" in says("challenge", 3)[1]
    assert says("challenge", ("lif", {"tau": 3.0}))[0] == "wrong"


@pytest.mark.slow
def test_our_choice_does_better_than_the_best_of_200(fits):
    ours = lab.score(*search.OURS)
    assert all(lab.score(name, fits[name]) < ours for name in NAMES)
