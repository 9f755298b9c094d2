"""Sparse and dense under noise: sizes, what noise does, and that both learn."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from neurolab.experiments import Refused
from neurolab.experiments.sparse_noise import (
    LEVELS,
    PRESETS,
    SIDE,
    Config,
    Net,
    heard,
    pictures,
    run,
)

QUICK = PRESETS["quick"]


def test_networks_of_the_paper_have_its_sizes():
    sparse, dense = (Net(Config(), which, 28) for which in (True, False))
    x, found = torch.rand(3, 28, 28), {}
    for name in ("first", "second"):
        getattr(sparse, name).register_forward_hook(lambda m, _, y, n=name: found.update({n: y}))
    assert sparse(x).shape == dense(x).shape == (3, 10)
    assert ((found["first"] != 0).flatten(1).sum(1) == round(0.093 * 30 * 144)).all()
    assert ((found["second"] != 0).sum(1) == 50).all()
    sparse.eval()(x)
    assert ((found["second"] != 0).sum(1) == 75).all()
    assert int((sparse.layer.weight != 0).sum()) == 150 * round(0.3 * 30 * 144)
    assert isinstance(dense.layer, nn.Linear) and dense.layer.weight.shape == (150, 4320)


def test_noise_sets_so_many_pixels_to_one_value_and_leaves_the_others():
    plain, y = pictures(QUICK, "test")
    noisy, same = pictures(QUICK, "test", 30)
    changed = noisy != plain
    assert torch.equal(y, same)
    assert changed.double().mean().item() == pytest.approx(0.3, abs=0.01)
    assert (noisy[changed] == 2).all()
    train, _ = pictures(QUICK, "train")
    assert train.mean().item() == pytest.approx(0, abs=1e-5)
    assert train.std().item() == pytest.approx(1, abs=1e-5)


def test_sound_gives_way_to_noise():
    time = torch.arange(4000) / 8000
    sound = torch.sin(2 * torch.pi * 440 * time)
    clean, half, noise = (
        heard(sound, level, torch.Generator().manual_seed(1)) for level in (0.0, 0.5, 1.0)
    )
    assert clean.shape == (SIDE, SIDE)
    loud = clean.mean(0).argmax()  # the channel of the tone
    share = [float(p.mean(0)[loud] / p.mean(0).sum()) for p in (clean, half, noise)]
    assert share[0] > share[1] > share[2]
    assert share[2] < 3 / SIDE


@pytest.mark.slow
def test_both_learn_and_noise_costs_them():
    *_, last = run(replace(QUICK, epochs=6))
    found = last.metrics
    for way in ("dense", "sparse"):
        curve = [found[f"{way}_at_{q}"] for q in LEVELS]
        assert curve[0] == found[f"accuracy_{way}"] > 0.8
        assert curve[-1] < curve[0] - 0.1
        assert found[f"score_{way}"] == pytest.approx(450 * sum(curve))
    assert found["ahead"] == float(found["score_sparse"] > found["score_dense"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data": "cifar"}, "data must be one of"),
        ({"data": "digits", "kernel": 7}, "kernel must be at most 5"),
        ({"filters_on": 0}, "filters_on"),
    ],
)
def test_bad_settings_are_named(changes, words):
    with pytest.raises(Refused, match=words):
        Config(**changes)
