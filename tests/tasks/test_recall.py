"""Store and recall: the answer told again from the spikes alone, and what is on when."""

import math

import pytest
import torch

from neurolab import tasks

SMALL = {"symbols": 10, "symbol": 20, "delay": 3.0, "population": 5}


def test_answers_are_told_by_the_spikes_alone():
    """Someone who counts spikes and keeps a note finds every answer, and no other question."""
    found = tasks.store_recall(200, **SMALL, rate=400.0)
    counts = found.x.reshape(10, 20, 200, 4, 5).sum((1, 4))
    for trial in range(200):
        note = None
        for s in range(10):
            zero, one, store, recall = counts[s, trial].tolist()
            assert (zero > 0) + (one > 0) == (0 if recall else 1)
            if recall:
                assert note is not None and int(found.y[s, trial]) == note
                note = None
            else:
                assert int(found.y[s, trial]) == -1
            if store:
                assert note is None and not recall
                note = int(one > 0)
        assert counts[:, trial, 3].sum() > 0, "nothing was asked"


def test_populations_fire_at_their_rate_while_they_are_on():
    found = tasks.store_recall(500, **SMALL, rate=80.0, seed=1)
    assert found.x.shape == (200, 500, 20) and set(found.x.unique().tolist()) == {0, 1}
    shown = found.command != 2
    for k, on in enumerate(
        [shown & (found.bit == 0), shown & (found.bit == 1), found.command == 1, ~shown]
    ):
        fired = found.x.reshape(10, 20, 500, 4, 5)[:, :, :, k].mean((1, 3))
        assert fired[~on].sum() == 0
        assert abs(fired[on].mean().item() + math.expm1(-0.08)) < 0.004


def test_a_bit_is_kept_for_delay_symbols_on_average():
    """Far from the end of a trial the wait is geometric, with the mean ``delay``."""
    found = tasks.store_recall(1500, symbols=80, symbol=1, delay=4.0, population=1)
    waits = []
    for trial in range(1500):
        moments = (found.command[:, trial] > 0).nonzero()[:, 0].tolist()
        kinds = found.command[moments, trial].tolist()
        assert kinds == [1, 2] * (len(kinds) // 2) + [1] * (len(kinds) % 2)
        if len(moments) > 1 and moments[0] < 20:
            waits.append(moments[1] - moments[0])
    waits = torch.tensor(waits).double()
    assert abs(waits.mean().item() - 4) < 4 * math.sqrt(12 / len(waits))
    assert abs((waits == 1).double().mean().item() - 0.25) < 0.03


def test_bits_are_fair_and_do_not_tell_the_answer():
    found = tasks.store_recall(5000, **SMALL, seed=3)
    assert abs(found.bit.double().mean().item() - 0.5) < 0.01
    asked = found.y >= 0
    same = (found.bit == found.y)[asked].double().mean().item()
    assert abs(same - 0.5) < 0.02


@pytest.mark.parametrize("delay", [1.0, 2.0])
def test_extreme_delays_still_ask_something(delay):
    found = tasks.store_recall(50, symbols=2, symbol=1, delay=delay, population=1)
    assert (found.command == torch.tensor([[1], [2]])).all()


@pytest.mark.parametrize(
    "wrong",
    [
        *({"count": 0}, {"symbols": 1}, {"symbol": 2.5}, {"delay": 0.5}, {"population": True}),
        *({"rate": 0.0}, {"rate": math.nan}, {"delay": 13.0}),
    ],
)
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        tasks.store_recall(**{"count": 2, **wrong})
