"""Registers, relays, counters, the serial memory and the choice of actions, each on its own."""

import numpy as np
import pytest
import torch

from neurolab.nef import bind

nengo = pytest.importorskip("nengo")
spa = pytest.importorskip("nengo_spa")
from neurolab.neuromorphic import spaun_actions as actions  # noqa: E402
from neurolab.neuromorphic import spaun_memory as memory  # noqa: E402
from neurolab.neuromorphic import spaun_parts as parts  # noqa: E402

WORDS = ("ONE", "TWO", "THREE")


def words(dimensions: int = 32) -> "spa.Vocabulary":
    vocab = spa.Vocabulary(dimensions, pointer_gen=np.random.RandomState(0), max_similarity=0.4)
    vocab.populate(";".join(WORDS))
    return vocab


def held(network, of, seconds: float) -> np.ndarray:
    """Activities (T, K) of the words of a register."""
    with network:
        seen = nengo.Probe(of.selection.output, synapse=0.02)
    with nengo.Simulator(network, progress_bar=False, seed=0) as simulator:
        simulator.run(seconds, progress_bar=False)
        return simulator.data[seen]


def test_a_register_keeps_the_last_word():
    vocab = words()
    with spa.Network(seed=0) as network:
        kept = parts.register(vocab, WORDS, 30, "kept")
        given = {0.0: "ONE", 0.3: "THREE"}

        def told(t):
            now = [w for s, w in given.items() if s <= t < s + 0.1]
            return parts.NEW * vocab[now[0]].v if now else np.zeros(vocab.dimensions)

        nengo.Connection(nengo.Node(told), kept.input, synapse=None)
    seen = held(network, kept, 0.7)
    assert seen[290].argmax() == 0 and seen[290].max() > 0.7
    assert seen[-1].argmax() == 2 and seen[-1].max() > 0.7
    assert np.sort(seen[-1])[-2] < 0.1, "one word at a time"


@pytest.mark.parametrize("open_", [True, False])
def test_a_relay_passes_its_mapping_only_when_open(open_):
    vocab = words()
    with spa.Network(seed=0) as network:
        through = parts.relay(vocab, {"ONE": "TWO", "TWO": "THREE"}, 20, "next")
        nengo.Connection(nengo.Node(vocab["ONE"].v), through.input, synapse=None)
        action = nengo.Node(float(open_))
        parts.hold_down(parts.gate(30, "shut", [action]), through.shut)
        out = nengo.Probe(through.output, synapse=0.02)
    with nengo.Simulator(network, progress_bar=False, seed=0) as simulator:
        simulator.run(0.3, progress_bar=False)
        last = simulator.data[out][-1]
    if open_:
        assert last @ vocab["TWO"].v > 0.7 and last @ vocab["ONE"].v < 0.6
    else:
        assert np.abs(last).max() < 1e-6


def test_a_counter_moves_one_word_a_turn():
    """Three turns of a clock of 0.4 s: from ONE over TWO to THREE and ONE again."""
    vocab = words()
    following = dict(zip(WORDS, (*WORDS[1:], WORDS[0]), strict=True))
    with spa.Network(seed=0) as network:
        high = nengo.Node(lambda t: float(t % 0.4 < 0.2))
        low = nengo.Node(lambda t: float(t % 0.4 >= 0.2))
        first, _ = parts.counter(vocab, following, 30, high, low)
        start = nengo.Node(lambda t: parts.NEW * vocab["ONE"].v * (t < 0.1))
        nengo.Connection(start, first.input, synapse=None)
    seen = held(network, first, 1.2)
    assert [seen[k].argmax() for k in (190, 390, 790, 1190)] == [0, 1, 2, 0]


@pytest.mark.slow
def test_the_spiking_memory_binds_keeps_and_gives_back():
    """One pair, shown for 0.25 s; asked 0.4 s later: the item, by far, and of the right size."""
    vocab = words()
    vocab.populate("P1.unitary(); P2.unitary()")
    with spa.Network(seed=0) as network:
        place = nengo.Node(vocab["P1"].v)
        item = nengo.Node(lambda t: vocab["TWO"].v * (t < 0.25))
        idle = nengo.Node(lambda t: float(t >= 0.25))
        made = memory.SerialMemory(vocab, place, (30, 30, 30), idle=idle)
        nengo.Connection(item, made.item, synapse=None)
        out = nengo.Probe(made.recall, synapse=0.05)
        store = nengo.Probe(made.parts["store"].output, synapse=0.05)
    with nengo.Simulator(network, progress_bar=False, seed=0) as simulator:
        simulator.run(0.65, progress_bar=False)
        recalled, kept = simulator.data[out][-1], simulator.data[store][-1]
    alike = [recalled @ vocab[w].v for w in WORDS]
    assert np.argmax(alike) == 1 and alike[1] > 2 * max(alike[0], alike[2])
    pair = bind(torch.tensor(vocab["TWO"].v), torch.tensor(vocab["P1"].v)).numpy()
    assert kept @ pair > 0.5
    assert kept @ pair / np.linalg.norm(kept) > 0.7


CASES = [
    ({"symbol": "COPY"}, "task"),
    ({"symbol": "ASK", "task": "COPY", "phase": "LISTEN"}, "ask"),
    ({"symbol": "SIX", "task": "LIST", "phase": "LISTEN", "place": "P3"}, "see to list"),
    ({"symbol": "SIX", "task": "COUNT", "phase": "LISTEN", "place": "P2"}, "see steps"),
    ({"task": "COUNT", "phase": "ANSWER", "steps": "TWO"}, "count"),
    ({"task": "COUNT", "phase": "ANSWER", "steps": "ZERO"}, "reply"),
    ({"task": "COPY", "phase": "LISTEN"}, "wait"),
]


@pytest.mark.slow
def test_the_action_whose_conditions_hold_is_let_through():
    """All cases one after the other, 0.15 s each."""
    from neurolab.neuromorphic.spaun_use import possible
    from neurolab.neuromorphic.spaun_vision import TASKS
    from neurolab.neuromorphic.spaun_words import vocabulary

    vocab, names = vocabulary(64, 0), possible(TASKS)

    def given(register, t):
        word = CASES[min(int(t / 0.15), len(CASES) - 1)][0].get(register)
        return vocab[word].v if word else np.zeros(64)

    with spa.Network(seed=0) as network:
        registers = {}
        for name in ("symbol", "task", "phase", "place", "steps"):
            registers[name] = spa.Transcode(lambda t, name=name: given(name, t), output_vocab=vocab)
        bright = nengo.Node(lambda t: float("symbol" in CASES[min(int(t / 0.15), 6)][0]))
        choice = actions.choose(names, registers, bright, 40)
        out = nengo.Probe(choice.thalamus.output, synapse=0.02)
    with nengo.Simulator(network, progress_bar=False, seed=0) as simulator:
        simulator.run(0.15 * len(CASES), progress_bar=False)
        seen = simulator.data[out]
    for k, (_, wanted) in enumerate(CASES):
        last = seen[150 * k + 145]
        assert names[last.argmax()] == wanted and np.sort(last)[-2] < 0.5 * last.max()
