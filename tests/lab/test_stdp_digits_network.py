"""Lab stdp-digits: what its text says of its networks and of the live figure holds."""

import numpy as np
import pytest

from neurolab import kernels
from neurolab.hebbian.digit_network import assign, tally
from neurolab.lab import stdp_digits_network as network
from neurolab.lab import stdp_digits_step as step
from neurolab.live.figures import digits as figure

pytest.importorskip("sklearn")


def test_pictures_of_the_parts_are_all_the_digits_in_their_order(monkeypatch):
    from sklearn.datasets import load_digits

    monkeypatch.delenv("NEUROLAB_FAST", raising=False)
    parts = [network.digits(part) for part in network.PARTS]
    assert [len(y) for _, y in parts] == [1000, 347, 450]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in parts]), load_digits().data / 16)
    np.testing.assert_array_equal(np.concatenate([y for _, y in parts]), load_digits().target)


def test_a_short_run_learns_from_fewer(monkeypatch):
    monkeypatch.setenv("NEUROLAB_FAST", "1")
    assert len(network.digits("learn")[1]) == 300 and len(network.digits("test")[1]) == 450


@pytest.mark.parametrize("given", [(3, 3, 0.7), (3, 10, 0.7), (3, 4, 1.5), (..., ..., 0.7)])
def test_two_digits_refuses_what_it_cannot_show(given):
    with pytest.raises(ValueError, match=r"needed|common"):
        network.two_digits(*given)


@pytest.mark.slow
def test_a_cell_sees_traces_above_their_mean_at_its_spikes(monkeypatch):
    """Over all steps they are at it. By the slow path, which can be watched."""
    white = network.black_and_white() == 1
    always, at_spikes = [], []

    def watched(self, fired, learn, plain=network.DigitNetwork._step):
        z = plain(self, fired, learn)
        always.append(self.table[self.since][white].mean())
        if z.any():
            at_spikes.append(always[-1])
        return z

    monkeypatch.setattr(network.DigitNetwork, "_step", watched)
    with kernels.disable():
        network.one_cell(seed=0)
    assert len(at_spikes) > 300
    mean = step.mean_trace()
    assert abs(np.mean(always) - mean) < 0.015 < np.mean(at_spikes) - mean
    assert abs(np.mean(at_spikes) - step.trace_behind(step.measured())) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("common", [0.6, 0.8])
def test_cells_go_to_digits_as_pictures_do(common):
    found = []
    for pair in ((4, 7), (0, 1), (3, 8)):
        mean = network.two_digits(*pair, common)
        found.append((mean[0] > mean[1]).sum())
    assert all(abs(cells - 100 * common) < 13 for cells in found)
    assert np.mean(found) < 100 * common - 1  # the rare digit gets a few more


@pytest.mark.slow
@pytest.mark.parametrize("short", ["0", "1"])
def test_every_digit_has_a_cell(monkeypatch, short):
    """So that a mean over the cells of a digit is a number, in short runs as well."""
    monkeypatch.setenv("NEUROLAB_FAST", short)
    x, y = network.digits("learn")
    cells = network.network(seed=0)
    cells.present(x)
    assert set(assign(tally(cells.present(x, learn=False), y))) >= set(range(10))


def seen(**moved):
    told = figure.simulate(**(figure.FIGURE.params | moved))
    return told["wins"], told["cell"].count(0)


@pytest.mark.slow
def test_the_answer_of_the_warm_up():
    assert sorted(seen(theta_plus=0)[0]) == [0] * 8 + [60]
    assert seen(inhibition=0)[1] > 30
