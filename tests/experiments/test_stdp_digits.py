"""Cells that learned by spike timing tell digits apart better than cells that did not."""

import numpy as np
import pytest
import torch

from neurolab import experiments, tasks
from neurolab.experiments import Refused
from neurolab.experiments import stdp_digits as digits
from neurolab.hebbian.digit_network import DigitNetwork, assign, tally, vote
from neurolab.hebbian.stdp_digits import DigitsParams

MNIST = pytest.mark.skipif(tasks.find("mnist") is None, reason="MNIST is not on this machine")
numba = pytest.importorskip("numba", reason="these runs take minutes without it")


def means(**options):
    found = experiments.run("stdp-digits", **options)["metrics"]
    return {name: metric["mean"] for name, metric in found.items()}


@pytest.mark.slow
def test_learned_weights_beat_the_first_ones():
    """The same cells, thresholds adapting in both; only the weights of one of them learn."""
    learned, first = means(), means(rate=0.0)
    assert learned["test_accuracy"] > first["test_accuracy"] + 0.05
    assert learned["held_out_accuracy"] > first["held_out_accuracy"] + 0.05
    assert learned["active_neurons"] > 80 and learned["spikes_per_image"] > 3


def test_stages_are_those_of_the_protocol(monkeypatch):
    """Rebuilt by hand from the network: who is shown when, whose labels are used, what is right."""
    few = (("train", 0, 30), ("train", 30, 50), ("test", 0, 25))
    monkeypatch.setitem(digits.SETS, "digits", few)
    config = digits.Config(**digits.SMALL | {"passes": 2, "units": 10, "step": 7, "seed": 3})
    last = list(digits.run(config))[-1]

    (x, y), (held, held_y), (test, test_y) = (digits.images("digits", part) for part in range(3))
    chance = np.random.default_rng([3, 3])  # each set in an order of the seed's own
    order, later = chance.permutation(30), chance.permutation(20)
    assert (order != np.arange(30)).any()
    x, y, held, held_y = x[order], y[order], held[later], held_y[later]
    params = DigitsParams(**{name: getattr(config, name) for name in digits.CHOSEN})
    network = DigitNetwork(64, 10, params, 3)
    for _ in range(2):
        network.present(x)
    labels = assign(tally(network.present(x, learn=False), y))
    said = vote(network.present(held, learn=False), labels)
    assert last.metrics["held_out_accuracy"] == (said == held_y.numpy()).mean()
    for _ in range(2):
        network.present(held)
    answers = network.present(torch.cat([x, held]), learn=False)
    labels = assign(tally(answers, torch.cat([y, held_y])))
    counts = network.present(test, learn=False)
    assert last.metrics["test_accuracy"] == (vote(counts, labels) == test_y.numpy()).mean()
    assert last.metrics["spikes_per_image"] == counts.sum() / 25
    assert last.metrics["active_neurons"] == answers.any(0).sum()
    assert last.done == last.total == 2 * 30 + 30 + 20 + 2 * 20 + 50 + 25
    assert torch.equal(last.state["weight"], torch.from_numpy(network.weight.copy()))


def test_labels_of_test_pictures_are_not_used(monkeypatch):
    """Shuffled test labels leave weights, and everything but the accuracy, as they were."""
    few = (("train", 0, 30), ("train", 30, 50), ("test", 0, 25))
    monkeypatch.setitem(digits.SETS, "digits", few)
    config, real = digits.Config(**digits.SMALL | {"passes": 1, "units": 10}), digits.images

    def other(name, part):
        x, y = real(name, part)
        return x, y if part < 2 else (y + 1) % 10

    want = list(digits.run(config))[-1]
    monkeypatch.setattr(digits, "images", other)
    got = list(digits.run(config))[-1]
    assert torch.equal(got.state["weight"], want.state["weight"])
    assert torch.equal(got.state["tallied"], want.state["tallied"])
    assert got.metrics["held_out_accuracy"] == want.metrics["held_out_accuracy"]
    assert got.metrics["test_accuracy"] != want.metrics["test_accuracy"]


def test_refuses_what_it_cannot_run():
    with pytest.raises(Refused, match="data must be one of digits, mnist, got 'cifar10'"):
        digits.Config(data="cifar10")
    with pytest.raises(Refused, match=r"mean_weight must be .* from 0\.0001 to 0\.9, got 1"):
        digits.Config(mean_weight=1)
    assert [digits.DATA(preset) for preset in digits.PRESETS.values()] == [("digits",), ("mnist",)]


@pytest.mark.slow
@pytest.mark.data
@MNIST
def test_a_reduced_run_on_mnist_is_far_above_chance(monkeypatch):
    """3,000 pictures to learn and 1,500 to judge by: two thirds right, one in ten by chance."""
    parts = {"fit": 3000, "held-out": 1000, "test": 500}
    few = tuple((split, 0, many) for split, many in parts.items())
    monkeypatch.setitem(digits.SETS, "mnist", few)
    found = means(preset="full", seed=5)
    assert found["held_out_accuracy"] > 0.6 and found["test_accuracy"] > 0.6
    assert np.isclose(found["active_neurons"], 100, atol=5)
