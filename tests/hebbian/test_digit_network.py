"""The network that learns digits by spike timing, part by part, on its slow path."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from neurolab import kernels
from neurolab.hebbian.digit_network import DigitNetwork, assign, tally, vote
from neurolab.hebbian.stdp_digits import (
    GOLDEN,
    Cells,
    DigitsParams,
    cell_step,
    digits_stdp_step,
    input_spikes,
    mixed,
    network_step,
    silent_step,
    steps_in,
    thresholds,
)
from neurolab.spiking.conductance import ConductanceParams, conductance_step

P = DigitsParams()
SHORT = replace(P, picture=60.0, gain=20.0, attempts=2)  # 10 inputs drive as 200 would


@pytest.fixture(autouse=True)
def slow_path():
    with kernels.disable():
        yield


def pictures(many, inputs=10, seed=0):
    return np.random.default_rng(seed).random((many, inputs)).astype(np.float32)


def test_potential_converges_to_the_exact_one_with_order_one():
    """Held conductances, below threshold; ``conductance_step`` is exact for them."""
    cell = P.excitatory
    exact = ConductanceParams(cell.tau, cell.rest, 1e9, cell.reset, 0.0, cell.e_inh)
    errors = []
    for dt in (2.0, 1.0, 0.5):
        v = w = cell.rest
        for _ in range(round(40 / dt)):
            _, v, _ = cell_step(v, 0.3, 0.2, 0.0, 1e9, cell, dt)
            _, w = conductance_step(0.3, 0.2, w, exact, dt)
        errors.append(abs(v - w))
    assert errors[2] > 1e-4
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.03)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.03)


def test_a_held_conductance_gives_the_period_of_the_closed_form():
    """Refractory time plus the time from reset to threshold; a step is at most lost twice."""
    cell, g = P.excitatory, 0.5
    settle = cell.rest / (1 + g)
    rise = cell.tau / (1 + g) * np.log((settle - cell.reset) / (settle - cell.threshold))
    v, wait, times = cell.reset, 0.0, []
    for step in range(20_000):
        z, v, wait = cell_step(v, g, 0.0, wait, 0.0, cell, 0.05)
        times += [step * 0.05] * int(z)
    assert np.diff(times).mean() == pytest.approx(cell.refractory + rise, abs=0.1)


def test_a_spike_inhibits_all_others_and_not_itself():
    zero = np.zeros(3, np.float32)
    s = Cells(zero - 65, zero, zero, zero, np.eye(3, dtype=np.float32)[1], zero - 60, *[zero] * 3)
    steps = 0
    while not s.k.any():
        s, steps = network_step(zero, s, s.k.sum() - s.k, zero, P), steps + 1
        assert steps <= 3, "its inhibitory cell must fire at once"
    assert s.k.tolist() == [0, 1, 0]
    s = network_step(zero, s, s.k.sum() - s.k, zero, P)
    np.testing.assert_allclose(s.g_inh, [P.inhibition, 0, P.inhibition])
    assert s.v[0] == s.v[2] < s.v[1] == pytest.approx(-65)


def test_a_cell_alone_is_never_inhibited_and_two_are():
    for units in (1, 2):
        network, most = DigitNetwork(10, units, SHORT), 0.0
        for fired in input_spikes(np.ones(10, np.float32), 0, 0, 0, SHORT):
            network._step(fired.nonzero()[0], False)
            most = max(most, network.cells.g_inh.max())
            assert units > 1 or network.cells.g_inh.max() == 0
        assert units == 1 or most >= SHORT.inhibition
        assert network.cells.h.max() != SHORT.inhibitory.rest  # its inhibitory cell was driven


def test_repeated_spikes_approach_the_largest_weight_geometrically():
    """1 - w shrinks by 1 - rate (trace - target) a spike; below the target w falls to 0, not on."""
    w = first = 0.3
    for _ in range(50):
        w += digits_stdp_step(0.7, w, P)
    assert 1 - w == pytest.approx((1 - first) * (1 - P.rate * (0.7 - P.target)) ** 50)
    w = np.array([0.3, 1e-5])
    for _ in range(2000):
        w = w + digits_stdp_step(np.array([0.8 * P.target, 0.0]), w, P)
        assert (w >= 0).all()
    assert w[1] == 0 and 0 < w[0] < 0.3


def test_hash_is_splitmix64():
    """The first published outputs of the generator seeded with 1234567."""
    states = np.array([1234567], np.uint64) + np.arange(1, 4, dtype=np.uint64) * np.uint64(GOLDEN)
    want = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert mixed(states).tolist() == want


def test_input_counts_are_binomial():
    """Mean and variance over 2000 equal inputs; neighbours in time and place are independent."""
    x, steps = np.full(2000, 0.8, np.float32), steps_in(P.picture, P)
    spikes = input_spikes(x, 3, 5, 0, P)
    assert spikes.shape == (steps, 2000) and spikes.dtype == bool
    odds, counts = 0.8 * 63.75 * 0.5 / 1000, spikes.sum(0)
    assert counts.mean() == pytest.approx(steps * odds, rel=0.02)
    assert counts.var() == pytest.approx(steps * odds * (1 - odds), rel=0.1)
    assert spikes.sum(1).var() == pytest.approx(2000 * odds * (1 - odds), rel=0.2)
    for a, b in ((spikes[1:], spikes[:-1]), (spikes[:, 1:], spikes[:, :-1])):
        assert (a & b).mean() == pytest.approx(odds**2, rel=0.1)
    others = [input_spikes(x, *place, P) for place in ((4, 5, 0), (3, 6, 0), (3, 5, 1))]
    for other in others[:2]:
        assert (spikes & other).mean() == pytest.approx(odds**2, rel=0.1)
    brighter = others[2].mean() / spikes.mean()
    assert brighter == pytest.approx((P.peak + P.raise_by) / P.peak, rel=0.03)


def test_black_never_fires_and_odds_above_one_always():
    p = replace(P, peak=3000.0)
    assert thresholds(np.array([0.0, 1.0], np.float32), 0, p).tolist() == [0, 2**32]
    assert input_spikes(np.array([0, 1], np.float32), 0, 0, 0, p).mean(0).tolist() == [0, 1]


def test_jump_over_silence_equals_its_steps():
    network = DigitNetwork(10, 4, SHORT)
    network.present(pictures(1), learn=False)
    for fired in input_spikes(pictures(1)[0], 0, 0, 0, SHORT):
        network._step(fired.nonzero()[0], False)
    nobody, steps = np.zeros(0, int), steps_in(SHORT.rest, SHORT)
    assert not network.quiet()
    other = DigitNetwork(10, 4, SHORT)
    other.restore(network.state())
    network._silence(False)
    moving = 0
    for _ in range(steps):
        moving += not other.quiet()
        other._step(nobody, False)
    assert moving < steps / 2, "hardly a step is spared"
    for mine, its in zip(network.cells, other.cells, strict=True):
        np.testing.assert_allclose(mine, its, rtol=0, atol=1e-3)  # mV; float32 steps round
    assert (network.since == other.since).all()
    assert other.quiet() and (network.cells.v != SHORT.excitatory.rest).all()
    v = np.array([-70.0, -55.0])
    once = cell_step(v, 0.0, 0.0, np.zeros(2), 1e9, P.excitatory, P.dt)[1]
    np.testing.assert_allclose(silent_step(v, 1, P.excitatory, P.dt), once, rtol=1e-12)


def test_a_cell_comes_to_the_shape_of_what_it_sees():
    """Black pixels lose all weight; what is kept by scaling is spread over the white ones."""
    x = np.repeat(np.array([[1, 0]], np.float32), 6, axis=1)  # six white, six black
    network = DigitNetwork(12, 1, replace(SHORT, rate=0.1, least=1))
    counts = network.present(np.repeat(x, 20, axis=0))
    assert counts.sum() > 40
    weight = network.weight[0].reshape(2, 6)
    assert (weight[1] == 0).all()
    assert weight[0].mean() == pytest.approx(0.1 * 12 / 6, rel=1e-5)
    assert weight[0].std() < 0.25 * weight[0].mean()


def test_learning_raises_thresholds_by_its_spikes_and_answers_change_nothing():
    network = DigitNetwork(10, 4, replace(SHORT, attempts=1))
    counts = network.present(pictures(3))
    assert counts.sum() > 3
    np.testing.assert_allclose(network.theta, 0.05 * counts.sum(0), rtol=1e-3)
    np.testing.assert_allclose(network.weight.mean(1), 0.1, rtol=1e-5)
    weight, theta = network.weight.copy(), network.theta.copy()
    assert network.present(pictures(3), learn=False).sum() > 3
    assert (network.weight == weight).all() and (network.theta == theta).all()


def test_dim_pictures_are_shown_again_brighter():
    dim = 0.1 * pictures(1)
    once = DigitNetwork(10, 4, replace(SHORT, attempts=1)).present(dim, learn=False)
    often = DigitNetwork(10, 4, replace(SHORT, attempts=40)).present(dim, learn=False)
    assert once.sum() < SHORT.least <= often.sum()
    assert DigitNetwork(10, 4, SHORT).present(0 * dim).sum() == 0  # black is given up


def test_goes_on_from_a_state_to_the_same_numbers():
    x = pictures(5)
    whole, cut = DigitNetwork(10, 4, SHORT, seed=7), DigitNetwork(10, 4, SHORT, seed=7)
    want, head = whole.present(x), cut.present(torch.from_numpy(x[:2]))
    rest = DigitNetwork(10, 4, SHORT, seed=7)
    rest.restore(cut.state())
    np.testing.assert_array_equal(want, np.vstack([head, rest.present(x[2:])]))
    assert all(np.array_equal(a, rest.state()[n]) for n, a in whole.state().items())
    assert not np.array_equal(want, DigitNetwork(10, 4, SHORT, seed=8).present(x))


def test_labels_and_votes_against_loops():
    chance = np.random.default_rng(0)
    counts, y = chance.poisson(1.0, (40, 6)), np.arange(40) % 3
    counts[:, 5] = 0
    means = [[counts[y == c, n].mean() for c in range(3)] for n in range(6)]
    labels = assign(tally(counts, y, 3))
    assert labels.tolist() == [int(np.argmax(m)) for m in means[:5]] + [-1]
    parts = tally(counts[:7], y[:7], 3) + tally(counts[7:], y[7:], 3)
    assert (parts == tally(counts, y, 3)).all()
    for row, said in zip(counts, vote(counts, labels, 3), strict=True):
        means = [row[labels == c].mean() if (labels == c).any() else 0 for c in range(3)]
        assert means[said] == max(means)


def test_refuses_what_it_cannot_show():
    network = DigitNetwork(10, 4, SHORT)
    assert network.present(np.zeros((0, 10))).shape == (0, 4)
    with pytest.raises(ValueError, match=r"x: \(B, 10\) is needed, got \(2, 9\)"):
        network.present(pictures(2, 9))
    for wrong in (np.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="x: values from 0 to 1"):
            network.present(np.full((1, 10), wrong))
    with pytest.raises(ValueError, match="units: a whole number of at least 1 is needed, got 0"):
        DigitNetwork(10, 0)
