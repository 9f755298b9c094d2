"""What hidden units learn without labels is worth more to a read-out than chance."""

import pytest
import torch

from neurolab import experiments, tasks
from neurolab.experiments import Refused
from neurolab.experiments import krotov_hopfield as kh
from neurolab.experiments.readout import Readout
from neurolab.hebbian import KrotovHopfield, KrotovHopfieldParams

MNIST = pytest.mark.skipif(tasks.find("mnist") is None, reason="MNIST is not on this machine")


def means(**options):
    found = experiments.run("krotov-hopfield", **options)["metrics"]
    return {name: metric["mean"] for name, metric in found.items()}


@pytest.mark.slow
def test_learned_units_beat_random_ones_on_the_digits():
    """Paired by seed: the same digits, the same number of units, the same read-out."""
    found = experiments.run("krotov-hopfield", seeds=3)["metrics"]
    pairs = zip(found["test_accuracy"]["values"], found["random_accuracy"]["values"], strict=True)
    assert all(learned > random for learned, random in pairs)
    assert found["winners"]["mean"] > 0.95 and found["settled"]["mean"] > 0.95
    for name in ("test", "random", "image", "pixel"):
        assert 0.85 < found[f"{name}_accuracy"]["mean"] < 0.97  # all are read out in earnest


def test_short_first_weights_leave_one_winner():
    """Too short to have to win in turn: the first winner takes all, the others turn away."""
    assert means(first=0.01, epochs=1)["winners"] < 0.05


def test_first_weights_of_both_signs_leave_units_that_never_win():
    """The rule as the authors' demo starts it, against the experiment's positive start."""
    x, chance = kh.images("digits", 0)[0], torch.Generator().manual_seed(0)
    params = KrotovHopfieldParams(delta=0.4, scaled=True)
    won = {}
    for start in ("both signs", "positive"):
        layer = KrotovHopfield(64, 100, params)
        first = torch.randn(100, 64, generator=chance)
        layer.weight.copy_(first if start == "both signs" else 0.3 * first.abs())
        for k in range(20):
            for rows in torch.randperm(len(x), generator=chance).split(20):
                layer.learn(x[rows], rate=0.05 * (1 - k / 20))
        won[start] = layer(x).argmax(1).unique().numel()
    assert won["both signs"] < 85 and won["positive"] > 95


def test_parts_of_the_digits_do_not_overlap():
    parts = [kh.images("digits", part) for part in range(3)]
    assert [len(y) for _, y in parts] == [1000, 347, 450]
    whole = tasks.load("digits", split="all")
    torch.testing.assert_close(torch.cat([x for x, _ in parts]), whole.x.flatten(1))
    assert torch.equal(torch.cat([y for _, y in parts]), whole.y)


def test_features_are_the_powers_of_overlaps():
    """Unit by unit, in float64: the largest is 1, and the length of a weight does not count."""
    chance = torch.Generator().manual_seed(0)
    x = torch.rand(6, 9, generator=chance).double()
    w = torch.randn(5, 9, generator=chance).double()
    h = torch.tensor([[max(0.0, float(v @ i) / float(v @ v) ** 0.5) for v in w] for i in x])
    want = (h.double() / h.double().amax(1, keepdim=True)) ** 3
    torch.testing.assert_close(kh.features(x, w, 2, 3), want, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(kh.features(x, 7 * w, 2, 3), kh.features(x, w, 2, 3))
    u = w.sign() * w**2  # what order 3 makes of w
    torch.testing.assert_close(kh.features(x, w, 3, 1), kh.features(x, u, 2, 1))


def test_readout_comes_to_the_least_cross_entropy():
    """Full batches, long: the gradient that autograd finds there is zero."""
    chance = torch.Generator().manual_seed(0)
    f, y = torch.randn(60, 4, generator=chance).double(), torch.arange(60) % 3
    settings = {"rate": 0.05, "batch": 60, "epochs": 1000}
    readout = Readout(f, y, chance=chance, **settings)
    for _ in range(settings["epochs"]):
        readout.epoch()
    v, b = readout.v.clone().requires_grad_(), readout.b.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(f / readout.size @ v.T + b, y)
    loss.backward()
    assert loss < 1.05 and readout.v.abs().max() > 0.1
    assert max(v.grad.abs().max(), b.grad.abs().max()) < 1e-4


def test_refuses_what_it_cannot_run():
    with pytest.raises(Refused, match="data must be one of digits, mnist, got 'cifar10'"):
        kh.Config(data="cifar10")
    with pytest.raises(Refused, match="k must be at most units = 5, got 6"):
        kh.Config(units=5, k=6)
    assert [kh.DATA(preset) for preset in kh.PRESETS.values()] == [("digits",), ("mnist",)]


@pytest.mark.slow
@pytest.mark.data
@MNIST
def test_learned_units_beat_random_ones_on_mnist(monkeypatch):
    """One reduced run on real MNIST: 200 units, 5,000 images to learn, seed 5."""
    parts = {"fit": 5000, "held-out": 2000, "test": 2000}
    few = tuple((split, 0, many) for split, many in parts.items())
    monkeypatch.setitem(kh.SETS, "mnist", few)
    small = {"units": 200, "passes": 10, "epochs": 10, "batch": 50, "readout_batch": 50}
    found = means(preset="full", seed=5, **small)
    assert found["winners"] > 0.95 and found["settled"] > 0.8
    assert found["test_accuracy"] > found["random_accuracy"] + 0.01
    assert found["held_out_accuracy"] > found["pixel_accuracy"]
