"""PES beside a world, in Nengo as in torch, and on the emulator of the chip."""

import math

import numpy as np
import pytest
import torch

from neurolab.nef import Adaptive, Ensemble

pytest.importorskip("nengo")
from neurolab.neuromorphic.nengo_pes import learn_beside


class Wanted:
    """A world that moves x by itself and wants a function of it."""

    def __init__(self, x, function):
        self.x, self.function, self.said, self.t = x, function, [], 0

    def __call__(self, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = self.x(self.t)
        self.said.append(float(said[0]))
        self.t += 1
        return np.array([x]), said - self.function(x)


def test_in_nengo_the_decoders_are_ours():
    """The world hears the same numbers in each step, which hang on all that was learned before."""
    ensemble, kappa, steps = Ensemble(40, seed=2).double(), 1e-3, 400

    def world():
        return Wanted(lambda t: math.sin(2 * math.pi * t / 200), lambda x: x * x)

    theirs, ours = world(), world()
    learn_beside(ensemble, 1, theirs, steps, kappa, tau_syn=8.0, tau_learn=5.0)
    learner = Adaptive(ensemble, 1, kappa, tau_syn=8.0, tau_learn=5.0)
    said = np.zeros(1)
    for _ in range(steps):
        x, error = (torch.as_tensor(part) for part in ours(said))
        said = learner.step(x, error)[0].numpy()
    assert max(theirs.said) > 0.1
    count = min(len(theirs.said), len(ours.said))
    np.testing.assert_allclose(theirs.said[:count], ours.said[:count], atol=1e-9)


def test_numpys_generator_is_left_alone():
    before = np.random.get_state()[1].copy()
    learn_beside(Ensemble(5).double(), 1, Wanted(lambda t: 0.1, lambda x: x), 3, 1e-3)
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.slow
def test_on_the_chip_a_constant_is_learned():
    pytest.importorskip("nengo_loihi")
    world = Wanted(lambda t: 0.5, lambda x: 0.4)
    ensemble = Ensemble(60, max_rates=(100.0, 200.0), seed=1).double()
    learn_beside(ensemble, 1, world, 1500, 1e-3, tau_syn=20.0, chip=True)
    assert world.said[0] == 0
    assert np.mean(world.said[-300:]) == pytest.approx(0.4, abs=0.05)
