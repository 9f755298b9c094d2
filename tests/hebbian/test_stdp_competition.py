"""One neuron with additive STDP: weights at both ends, and an earlier answer."""

import numpy as np
import pytest

from neurolab.hebbian.competition import Bursts, compete, ends, latency

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
