"""The compiled loop over pictures equals the slow path, spike for spike and weight for weight."""

from dataclasses import replace

import numpy as np
import pytest

from neurolab import kernels
from neurolab.hebbian.digit_network import DigitNetwork
from neurolab.hebbian.stdp_digits import DigitsParams

pytest.importorskip("numba")

P = DigitsParams()
CASES = {
    "one input, one cell": (1, 1, {"gain": 300.0}),
    "odd sizes": (13, 7, {"gain": 12.0, "least": 3}),
    "odd steps": (29, 3, {"gain": 6.0, "picture": 52.5, "rest": 17.5}),
    "no silence": (17, 5, {"gain": 10.0, "rest": 0.0}),
    "silence too short to be quiet": (17, 5, {"gain": 10.0, "rest": 6.0}),
    "another step": (17, 5, {"gain": 10.0, "dt": 0.3}),
    "bright": (33, 9, {"gain": 10.0, "peak": 1500.0, "theta_plus": 1.0}),
    "dim, shown again": (33, 9, {"gain": 8.0, "peak": 20.0}),
    "fast learning, forgetting": (33, 9, {"gain": 6.0, "rate": 0.3, "tau_theta": 1e3}),
    "not scaled": (33, 9, {"gain": 6.0, "rate": 0.3, "keep_mean": False}),
    "as in the paper": (784, 100, {"picture": 100.0, "mean_weight": 0.3}),
}


def both(inputs, units, x, steps, **changes):
    """(slow, fast) networks and their counts after the same calls."""
    found = []
    for setting in (kernels.disable, kernels.enable):
        network = DigitNetwork(inputs, units, replace(P, **changes), seed=inputs)
        with setting():
            counts = [network.present(x[a:b], learn) for a, b, learn in steps]
        found.append((network, np.vstack(counts)))
    return found


@pytest.mark.parametrize("case", CASES)
def test_equals_the_slow_path_to_the_last_bit(case):
    inputs, units, changes = CASES[case]
    x = np.random.default_rng(inputs).random((5, inputs)) * (np.arange(inputs) % 3 != 1)
    x[3] *= 0.1  # a dim one between
    changes = {"picture": 60.0, "rest": 80.0, "attempts": 3} | changes
    calls = [(0, 3, True), (3, 4, False), (4, 4, True), (0, 5, True)]
    (slow, want), (fast, got) = both(inputs, units, x, calls, **changes)
    assert want.sum() >= 10, "nothing was compared"
    np.testing.assert_array_equal(got, want)
    for name, array in slow.state().items():
        np.testing.assert_array_equal(fast.state()[name], array, err_msg=name)
    first = DigitNetwork(inputs, units, slow.params, seed=inputs)
    if inputs > 1:
        assert not np.array_equal(first.weight, slow.weight)


def test_may_change_its_way_between_two_pictures():
    x = np.random.default_rng(0).random((4, 20))
    (slow, want), _ = both(20, 6, x, [(0, 4, True)], gain=10.0, picture=60.0)
    mixed, counts = DigitNetwork(20, 6, slow.params, seed=20), []
    for row, setting in zip(x, (kernels.enable, kernels.disable) * 2, strict=True):
        with setting():
            counts.append(mixed.present(row[None]))
    np.testing.assert_array_equal(np.vstack(counts), want)
    np.testing.assert_array_equal(mixed.weight, slow.weight)


def test_no_pictures_change_nothing():
    _, (fast, counts) = both(20, 6, np.zeros((0, 20)), [(0, 0, True)])
    assert counts.shape == (0, 6) and fast.shown == 0
    np.testing.assert_array_equal(fast.weight, DigitNetwork(20, 6, P, seed=20).weight)
