"""The hand on its own: it draws what is held, and waits when it is told to."""

import numpy as np
import pytest

nengo = pytest.importorskip("nengo")
from neurolab.neuromorphic.spaun_hand import Hand  # noqa: E402
from neurolab.neuromorphic.spaun_strokes import POINTS, templates  # noqa: E402


def drawn(digit: int, wait: float, seconds: float):
    """Pen (T, 2) and activity of ``on`` (T,), every ms; the hand waits at first."""
    means = templates().flatten(1).numpy()
    with nengo.Network(seed=1) as network:
        waiting = nengo.Node(lambda t: float(t < wait))
        hand = Hand(means, np.zeros((10, 2 * POINTS, 1)), 1.0, waiting, None, None)
        nengo.Connection(nengo.Node(np.eye(10)[digit]), hand.held, synapse=None)
        pen, on = nengo.Probe(hand.pen), nengo.Probe(hand.on, synapse=0.03)
    with nengo.Simulator(network, progress_bar=False, seed=1) as simulator:
        simulator.run(seconds, progress_bar=False)
        return simulator.data[pen], simulator.data[on][:, 0]


@pytest.mark.slow
def test_passes_the_via_points_of_the_held_digit():
    pen, on = drawn(3, 0.15, 1.7)
    path, via = pen[on > 0.3], templates()[3].numpy()
    near = np.linalg.norm(path[:, None] - via, axis=2).min(0)
    assert near[1:-1].mean() < 0.12
    other = np.linalg.norm(path[:, None] - templates()[2].numpy(), axis=2).min(0)
    assert other[1:-1].mean() > 1.5 * near[1:-1].mean(), "it is not any digit"
    order = np.linalg.norm(path[:, None] - via, axis=2).argmin(0)
    assert order[1] < order[5] < order[10], "in order"
    assert 0.8 < 0.001 * len(path) < 1.3


@pytest.mark.slow
def test_waits_while_it_is_told_to():
    _, on = drawn(3, 1.0, 1.0)
    assert on.max() < 0.1
