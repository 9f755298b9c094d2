"""One neuron with additive STDP: weights at both ends, and an earlier answer."""

import json

import numpy as np
import pytest

from neurolab.hebbian import STDPParams, STDPState, stdp_step
from neurolab.hebbian.competition import Bursts, Competition, compete, ends, latency
from neurolab.spiking.conductance import ConductanceParams, conductance_step

ALIKE = np.full((1, 1000), 10.0)  # 1 / s


def test_the_same_seed_gives_the_same_run_and_no_learning_leaves_the_weights():
    w = np.full(50, 0.5)
    rates = np.full((1, 50), 40.0)
    a, b = (compete(rates, 2.0, 3, w, speed=4.0, g_max=0.2) for _ in range(2))
    assert a.spikes.sum() > 5
    assert np.array_equal(a.weights, b.weights) and np.array_equal(a.spikes, b.spikes)
    assert not np.array_equal(a.weights, w)
    still = compete(rates, 2.0, 3, w, speed=0.0, g_max=0.2)
    assert np.array_equal(still.weights, w) and still.spikes.sum() > 5


def whole_vectors(rates, seconds, seed, w, speed, g_max):
    """The same neuron the long way: each step changes every weight, silent inputs included."""
    chance, rule = np.random.default_rng([seed, 2]), STDPParams(0.005 * speed, 0.00525 * speed)
    inhibition = chance.poisson(2.0, round(1000 * seconds))
    state, v, g_exc, g_inh = STDPState(0.0 * w, 0.0), -70.0, 0.0, 0.0
    spikes = np.zeros(len(inhibition))
    for t in range(len(spikes)):
        pre = 1.0 * (chance.random(len(w)) < rates[t % len(rates)] / 1000)
        g_exc = np.exp(-1 / 5) * g_exc + g_max * (pre * w).sum()
        g_inh = np.exp(-1 / 5) * g_inh + 0.05 * inhibition[t]
        spikes[t], v = conductance_step(float(g_exc), float(g_inh), v, ConductanceParams(), 1.0)
        dw, state = stdp_step(pre, spikes[t], state, rule, 1.0)
        w = np.clip(w + dw, 0, 1)
    return w, spikes


@pytest.mark.parametrize(("rates", "speed"), [(np.full((1, 200), 10.0), 20.0), (None, 4.0)])
def test_touching_only_the_weights_that_change_changes_no_result(rates, speed):
    rates = Bursts().rates(200, 5) if rates is None else rates
    want, spikes = whole_vectors(rates, 5.0, 5, np.full(200, 0.6), speed, 0.075)
    found = compete(rates, 5.0, 5, np.full(200, 0.6), speed, 0.075)
    assert spikes.sum() > 10 and np.abs(want - 0.6).max() > 0.3
    assert (want == 0).any() and np.array_equal(found.spikes, spikes)
    np.testing.assert_allclose(found.weights, want, atol=1e-12)


def test_a_run_that_stops_goes_on_to_the_same_numbers():
    """Cut at odd places, away from the blocks in which inputs are drawn; the state through JSON."""
    given = Bursts().rates(100, 2), 3.0, 2, np.full(100, 0.6), 4.0, 0.15
    whole, parts, state = compete(*given), [], None
    for steps in (1, 99, 733, 0, 2167):
        one = Competition(*given)
        if state is not None:
            one.restore({**state, "chance": json.loads(json.dumps(state["chance"]))})
        parts.append(one.advance(steps))
        state = one.state()
    assert whole.spikes.sum() > 10
    assert np.array_equal(np.concatenate(parts), whole.spikes)
    assert np.array_equal(state["w"], whole.weights)
    with pytest.raises(ValueError, match="steps must be 0 to 0, got 1"):
        one.advance(1)


def test_inputs_fire_at_their_rates_and_in_their_bursts():
    b = Bursts(spread=10.0)
    rates, late = b.rates(200, 0), b.latencies(200, 0)
    assert rates.shape == (200, 200)
    np.testing.assert_allclose(rates.sum(0) / 1000, b.rate * b.length / 1000, atol=0.11)
    np.testing.assert_allclose(rates.argmax(0), np.ceil(late))
    assert late.std() == pytest.approx(10, rel=0.15) and late.mean() == pytest.approx(80, abs=3)


def test_latency_is_the_mean_first_spike():
    spikes = np.zeros(1050)
    spikes[[30, 90, 250, 499, 1020]] = 1  # of five whole periods of 200 ms three have spikes
    assert latency(spikes, 200) == pytest.approx((30 + 50 + 99) / 3)


def test_ends_counts_both():
    assert ends(np.array([0.0, 0.05, 0.5, 0.95])) == (0.5, 0.25)


@pytest.mark.slow
def test_additive_stdp_drives_the_weights_to_both_ends():
    """1000 s, learning as slow as the paper's; from all at the top. Uniform would be 0.1 and 0.1;
    after 2000 s it was 0.34 and 0.34."""
    found = compete(ALIKE, 1000.0, 0, np.ones(1000))
    low, high = ends(found.weights)
    histogram, _ = np.histogram(found.weights, 10, (0, 1))
    assert low > 0.15 and high > 0.15
    assert min(histogram[0], histogram[-1]) > 2 * histogram[1:-1].max()
    last = np.diff(np.flatnonzero(found.spikes[-100_000:]))
    assert 5 < 1000 / last.mean() < 20  # 1 / s; at the start it fires several times as often
    first = found.spikes[:2000].sum() / 2
    assert first > 2 * 1000 / last.mean()
    assert last.std() / last.mean() > 0.7, "irregular, driven by fluctuations"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_early_inputs_win_and_the_neuron_answers_sooner(seed):
    bursts, start = Bursts(), np.full(1000, 0.2)
    rates, late = bursts.rates(1000, seed), bursts.latencies(1000, seed)
    before = compete(rates, 20.0, seed, start, speed=0)
    w = compete(rates, 50.0, seed, start, speed=2.0).weights
    after = compete(rates, 20.0, seed, w, speed=0)
    assert min(before.spikes.sum(), after.spikes.sum()) > 100, "one a period and more"
    assert latency(after.spikes, bursts.period) < latency(before.spikes, bursts.period) - 5
    assert w[late < 65].mean() > 0.5 > 0.05 > w[late > 95].mean()
