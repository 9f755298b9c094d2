"""Both learners against what is known of them, and the measures by hand."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from neurolab.dendrites import TemporalParams
from neurolab.experiments import Refused
from neurolab.experiments.sequence_learners import Htm, OnlineLSTM
from neurolab.experiments.sequence_memory import PRESETS, Config, judged, run
from neurolab.tasks.melodies import Stream


def told(count):
    """Ends at 4, 9, 14, ...; behind each a stray element is left out, for short."""
    time = torch.arange(count)
    position = time % 5
    return Stream(time, time // 5, position, position > 0, position == 4)


def test_measures_by_hand():
    """Ends are right from 24 on, wrong from the change at 60 on, and right again from 79 on."""
    config = replace(Config(), steps=120, change=60, recent=4)
    stream = told(120)
    right = stream.foreseeable.clone()
    time = torch.arange(120)
    right[stream.last & ((time < 24) | ((time >= 60) & (time < 79)))] = False
    right[50] = right[51] = False  # 50 is a first element, 51 one of 12 late ones that count
    found = judged(right, stream, config)
    assert found["accuracy"] == pytest.approx(11 / 12) and found["ends"] == 1
    assert found["learned"] == 40, "ends 24, 29, 34 and 39 are the first four right ones"
    assert found["recovery"] == 95 - 60 and found["recovered"] == 1
    never = judged(right & ~stream.last, stream, config)
    assert (never["learned"], never["recovery"], never["recovered"]) == (60, 60, 0)
    assert judged(right[:30], stream, config)["recovery"] == 60


def test_the_lstm_learns_as_torch_does():
    """Every symbol: a step of Adam on the last transitions, from the state before the first."""
    ours = OnlineLSTM(5, 6, 0.02, window=3, every=1, seed=0)
    cell = ours.cell.to_torch()
    out = nn.Linear(6, 5)
    out.load_state_dict(ours.out.state_dict())
    net = nn.ModuleList([cell, out])
    adam = torch.optim.Adam(net.parameters(), 0.02)
    symbols = torch.tensor([0, 1, 2, 4, 3, 0, 2])
    x = one_hot(symbols, 5).float()[:, None]
    states, guesses = [(torch.zeros(1, 1, 6), torch.zeros(1, 1, 6))], []
    for t in range(7):
        first = max(0, t - 3)
        if t:
            h, _ = cell(x[first:t], states[first])
            adam.zero_grad()
            cross_entropy(out(h[:, 0]), symbols[first + 1 : t + 1]).backward()
            adam.step()
        with torch.no_grad():
            h, state = cell(x[t : t + 1], states[t])
            guesses.append(int(out(h[0, 0]).argmax()))
            states.append(state)
    assert ours.see(symbols[:4]).tolist() + ours.see(symbols[4:]).tolist() == guesses
    torch.testing.assert_close(ours.out.weight, out.weight)
    torch.testing.assert_close(ours.now, torch.cat(states[-1])[:, 0])


def test_asking_leaves_no_trace():
    for learner in (
        Htm(6, 60, 8, 4, 300, 10, TemporalParams(5, 4, 8, initial=0.5), 0),
        OnlineLSTM(6, 8, 0.02, 4, 1, 0),
    ):
        learner.see(torch.tensor([0, 1, 2, 3] * 3))
        before = learner.state()
        asked = learner.ask(torch.tensor([0, 1, 2]))
        after = learner.state()
        for name in before.keys() - {"htm.chance"}:  # ties of winners are drawn
            assert torch.equal(torch.as_tensor(before[name]), torch.as_tensor(after[name])), name
        if isinstance(learner, Htm):
            assert asked.tolist() == [1, 2, 3]


@pytest.mark.slow
def test_the_memory_learns_the_ends_and_keeps_what_is_old():
    *_, last = run(replace(PRESETS["quick"], seed=11))
    found = last.metrics
    assert found["accuracy_htm"] > 0.85 and found["ends_htm"] > 0.75, found
    assert found["kept_htm"] >= 0.8 * found["old_htm"] > 0.5, found
    assert found["kept_htm"] > found["kept_lstm"], found
    assert found["new_htm"] > 0.6, found
    assert 0 < found["changed_htm"] < 0.2 < found["changed_lstm"] <= 1 / 3, found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pool": 4}, "pool must be more than order, got 4"),
        ({"change": 8000}, "change must be at most steps, got 8000"),
        ({"sample": 30}, "sample must be at most room, got 30"),
        ({"order": 0}, "order"),
    ],
)
def test_bad_settings_are_named(changes, words):
    with pytest.raises(Refused, match=words):
        replace(Config(), **changes)
