"""Evidence accumulation: what is on when, how often, and who wins."""

import math

import pytest

from neurolab import tasks

SMALL = {"cues": 3, "cue": 20, "gap": 10, "delay": 40, "recall": 30, "channel": 5}


def test_the_answer_is_the_side_of_most_cues():
    found = tasks.evidence_cues(500, **SMALL)
    for side, y in zip(found.side.tolist(), found.y.tolist(), strict=True):
        assert y == (side.count(1) > side.count(0))


def test_channels_fire_when_they_are_on_and_only_then():
    found = tasks.evidence_cues(2000, **SMALL, rate=100.0, seed=1)
    assert found.x.shape == (160, 2000, 20) and set(found.x.unique().tolist()) == {0, 1}
    left, right, asked, noise = found.x.split(5, -1)
    full = -math.expm1(-0.1)
    for k in range(3):
        begin = 30 * k
        for channel, number in ((left, 0), (right, 1)):
            mine = found.side[:, k] == number
            shown = channel[begin : begin + 20]
            assert abs(float(shown[:, mine].mean()) - full) < 0.003
            assert not shown[:, ~mine].any() and not channel[begin + 20 : begin + 30].any()
    assert not left[90:].any() and not right[90:].any(), "a cue is left when the answer is asked"
    assert found.recall.tolist() == [0.0] * 130 + [1.0] * 30
    assert not asked[:130].any() and abs(float(asked[130:].mean()) - full) < 0.003
    assert abs(float(noise.mean()) + math.expm1(-0.025)) < 0.001


def test_sides_come_with_their_chance():
    """Binomial: the likely side wins 3 cues with p^3 + 3 p^2 (1 - p)."""
    found = tasks.evidence_cues(40_000, cues=3, cue=1, gap=0, delay=0, recall=1, channel=1)
    wins = found.side.sum(1)
    p = 0.7
    for k in range(4):
        chances = [math.comb(3, k) * q**k * (1 - q) ** (3 - k) for q in (p, 1 - p)]
        assert abs(float((wins == k).float().mean()) - sum(chances) / 2) < 0.01
    assert abs(float(found.y.float().mean()) - 0.5) < 0.01


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"cues": 4}, {"gap": -1}, {"likely": 0.4}, {"rate": math.nan}]
)
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        tasks.evidence_cues(**{"count": 2, **wrong})
