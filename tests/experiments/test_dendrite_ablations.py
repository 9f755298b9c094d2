"""Ablations: each variant is what its name says, and larger networks are as large as told."""

from dataclasses import replace
from itertools import pairwise

import pytest
from torch import nn

from neurolab.dendrites import KWinners
from neurolab.experiments import Refused
from neurolab.experiments.dendrite_ablations import (
    EQUAL,
    PRESETS,
    RATES,
    VARIANTS,
    Config,
    learned,
    made,
    run,
    settings,
    width_of,
)

SMALL = Config(data="digits-held-out", width=48, tasks=3, passes=1, batch=64)


@pytest.fixture(scope="module")
def streams():
    return {variant: made(SMALL, variant) for variant in VARIANTS}


def test_variants_are_what_they_are_called(streams):
    def has(variant, kind):
        return any(isinstance(m, kind) for m in streams[variant].net.modules())

    for variant in ("full", "no_dendrites", "max_gate", "with_si", "inferred"):
        assert has(variant, KWinners)
    for variant in ("no_winners", "mlp", "mlp_larger", "mlp_deeper"):
        assert has(variant, nn.ReLU) and not has(variant, KWinners)
    segments = {
        variant: stream.net.dendrites[0].segments.segments
        for variant, stream in streams.items()
        if getattr(stream.net, "dendrites", None)
    }
    assert segments == {"full": 3, "no_winners": 3, "max_gate": 3, "one_segment": 1} | {
        "many_segments": 6,
        "inferred": 3,
        "with_si": 3,
    }
    assert [v for v, s in streams.items() if s.learner.terms] == ["with_si", "mlp_si"]
    assert [v for v, s in streams.items() if not s.settings.known] == ["inferred"]
    assert streams["max_gate"].net.dendrites[0].segments.gate.__name__ == "max_gate"
    assert len(streams["mlp_deeper"].net.sums) == 10


def test_larger_networks_have_as_many_parameters(streams):
    wanted = learned(streams["full"])
    by_hand = 24 * 2 * 48 + 32 * 48 + 48 // 2 * 48 + 2 * 48 * 3 * 64 + 48 + 48 + 480 + 10
    assert wanted == by_hand - 24 * 2 * 48
    for variant in EQUAL:
        assert learned(streams[variant]) == pytest.approx(wanted, rel=0.02)


@pytest.mark.parametrize("layers", [1, 2, 7])
def test_width_by_parameters(layers):
    sizes = [64, *[37] * layers, 10]
    count = sum(a * b + b for a, b in pairwise(sizes))
    assert width_of(count, 64, 10, layers) == 37


def test_rates_and_strength_reach_their_variant():
    variants = ("full", "with_si", "mlp_si")
    rates = {"rates": (0.1, 0.2, 0.3), "strength": 7.0, "strength_mlp": 8.0}
    config = replace(SMALL, variants=variants, **rates)
    assert settings(config, "full").rate == 0.1 and settings(config, "full").si == 0
    assert settings(config, "with_si").rate == 0.2 and settings(config, "with_si").si == 7
    assert settings(config, "mlp_si").rate == 0.3 and settings(config, "mlp_si").si == 8
    assert settings(replace(config, rates=()), "full").rate == RATES["full"]
    assert set(RATES) == set(VARIANTS)


def test_quick_preset_compares():
    *_, last = run(PRESETS["quick"])
    assert last.done == last.total == 6
    for variant in PRESETS["quick"].variants:
        assert last.metrics[f"accuracy_{variant}"] > 0.3
    assert last.metrics["forgotten_full"] < last.metrics["forgotten_mlp_larger"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"variants": ("none",)}, "variants must be some of full"),
        ({"rates": (0.1,)}, "rates must be 13"),
        ({"rates": (2.0,) * 13}, "rates must be between"),
        ({"data": "x"}, "data must be one of"),
    ],
)
def test_bad_settings_are_named(changes, words):
    with pytest.raises(Refused, match=words):
        Config(**changes)
