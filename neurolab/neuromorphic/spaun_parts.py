"""Registers, relays and gates: how spiking neurons keep a symbol and pass it on when told to.

    register   one group of neurons a symbol; an active one feeds itself and holds down the others:
               d x_k/dt = (-x_k + [x_k > h] - sum_{l != k} x_l + input_k) / tau
    relay      an associative memory from symbol to symbol, silent while its gate is shut
    gate       a group that is active, and holds its relays down, until an action lets it go:
               shut = max(0, 1 - sum of actions) + max(0, anything else that forbids it)
    counter    two registers and two relays: while a clock is high the second register takes the
               successor of the first, while it is low the first takes what the second holds

    symbol    meaning                                       unit
    x_k       activity of symbol k, 1 when held             -
    h         threshold, 0.3                                -
    tau       of the synapse that feeds back                s

A single register that is replaced by its own successor would run away; the pair moves one symbol
for each turn of the clock, as a flip-flop does.

All of these are nengo-spa's associative memories, which choose among semantic pointers.

What follows, and is tested: a register keeps what it was given and takes what is given next; a
relay that is shut passes nothing; a counter moves by one symbol a turn.

References: Stewart, Tang & Eliasmith (2011), doi:10.1016/j.cogsys.2010.06.006 (associative memory
in spikes); Eliasmith et al. (2012), doi:10.1126/science.1225266
"""

from collections.abc import Sequence

import nengo
import nengo_spa as spa
import numpy as np

THRESHOLD, TAU = 0.3, 0.05  # of a register; s
SHUT = -15.0  # current into neurons that are held down
NEW = 2.0  # strength of what replaces


def step(x: np.ndarray) -> np.ndarray:
    return x > 0


def register(vocab: spa.Vocabulary, words: Sequence[str], neurons: int, label: str):
    """Keeps one of the words until another comes: a winner-take-all memory that feeds itself."""
    made = spa.WTAAssocMem(
        THRESHOLD, vocab, mapping=list(words), n_neurons=neurons, function=step, label=label
    )
    choice = made.selection
    nengo.Connection(choice.output, choice.input, synapse=TAU)
    return made


def relay(vocab: spa.Vocabulary, mapping: dict[str, str], neurons: int, label: str):
    """From each word to another one; ``shut`` is where neurons are held down."""
    made = spa.ThresholdingAssocMem(
        THRESHOLD, vocab, vocab, mapping=mapping, n_neurons=neurons, function=step, label=label
    )
    with made:
        made.shut = made.selection.thresholding.add_neuron_input()
    return made


def hold_down(source, shut: nengo.Node, transform: float = 1.0, synapse: float = 0.005) -> None:
    """Activity of ``source`` silences the neurons behind ``shut``."""
    held = np.full((shut.size_in, source.size_out), SHUT * transform)
    nengo.Connection(source, shut, transform=held, synapse=synapse)


def switch(neurons: int, label: str, at: float = 0.0) -> nengo.Ensemble:
    """One number, at least 0: silent below ``at``."""
    with nengo.presets.ThresholdingEnsembles(at):
        return nengo.Ensemble(neurons, 1, label=label)


def gate(
    neurons: int,
    label: str,
    allowed: Sequence,
    forbidden: Sequence = (),
) -> nengo.Ensemble:
    """Shut, so active, unless one of ``allowed`` is at 1.

    And whenever one of ``forbidden`` is.
    """
    made = switch(neurons, label, 0.15)
    nengo.Connection(nengo.Node(1.0), made, synapse=None)
    for source in allowed:
        nengo.Connection(source, made, transform=-1.2, synapse=0.005)
    for source in forbidden:
        nengo.Connection(source, made, transform=1.5, synapse=0.005)
    return made


def counter(
    vocab: spa.Vocabulary,
    mapping: dict[str, str],
    neurons: int,
    high,
    low,
    shut: Sequence = (),
    label: str = "counter",
):
    """Two registers that move along ``mapping``, one word a turn.

    Args:
        high, low: active in one half of the turn and in the other.
        shut: gates that stop it altogether.
    """
    words = list(dict.fromkeys([*mapping, *mapping.values()]))
    same = {word: word for word in words}
    first = register(vocab, words, neurons, label)
    second = register(vocab, words, neurons, f"next {label}")
    forth = relay(vocab, mapping, neurons, f"{label} to next")
    back = relay(vocab, same, neurons, f"next to {label}")
    strong = {"transform": NEW, "synapse": 0.01}
    ways = ((first, forth, second, low), (second, back, first, high))
    for source, way, target, against in ways:
        nengo.Connection(source.output, way.input, synapse=0.005)
        nengo.Connection(way.output, target.input, **strong)
        for one in (against, *shut):
            hold_down(one, way.shut)
    return first, second
