"""The eye: rates against Nengo's LIF, and held-out digits."""

import numpy as np
import pytest
import torch

from neurolab import tasks
from neurolab.neuromorphic.spaun_strokes import fit, templates
from neurolab.neuromorphic.spaun_vision import EyeParams, learn, soft_lif

nengo = pytest.importorskip("nengo")


def test_without_roundness_the_rates_are_those_of_nengo():
    current = np.linspace(0.5, 5, 40)
    theirs = nengo.LIF().rates(current[:, None], np.ones(1), np.zeros(1))[:, 0]
    ours = soft_lif(torch.tensor(current), 1e-4).numpy()
    fires = current > 1
    np.testing.assert_allclose(ours[fires], theirs[fires], atol=0.1)
    assert theirs[~fires].max() == 0 and ours[~fires].max() < 2, (
        "the rate begins with infinite slope"
    )
    assert soft_lif(torch.tensor(1.0), 0.05) > 1, "round at the threshold"


@pytest.fixture(scope="module")
def learned():
    x, y = tasks.load("digits", split="train")
    via = fit(x[:600], templates()[y[:600]], 0.17, steps=15)
    eye = learn(x[:600].flatten(1), y[:600], via, EyeParams(neurons=150, epochs=60))
    return eye, via, x, y


def test_reads_digits_that_it_was_not_shown(learned):
    eye, _, x, y = learned
    scores, _ = eye(x[600:].flatten(1))
    assert (scores.argmax(1) == y[600:]).float().mean() > 0.8
    assert eye(torch.zeros(1, 64))[0].abs().max() < 0.3, "an empty picture is no symbol"


def test_style_brings_the_movement_nearer_than_the_mean(learned):
    """Of held-out digits: the error of their via points must fall."""
    eye, _, x, y = learned
    x, y = x[600:700], y[600:700]
    wanted = fit(x, templates()[y], 0.17, steps=15)
    _, z = eye(x.flatten(1))
    styled = (eye.paths(z, y) - wanted).square().mean()
    plain = (eye.paths(0 * z, y) - wanted).square().mean()
    assert styled < 0.8 * plain


def test_spikes_say_what_the_rates_say(learned):
    """The layer in Nengo, on a held-out digit for half a second."""
    eye, _, x, _ = learned
    picture = x[601].flatten()
    with nengo.Network(seed=0) as network:
        node, size = nengo.Node(picture.numpy()), eye.params.neurons
        group = nengo.Ensemble(
            size, 1, gain=np.ones(size), bias=eye.bias.numpy(), encoders=np.ones((size, 1))
        )
        nengo.Connection(node, group.neurons, transform=eye.weight.numpy(), synapse=None)
        out = nengo.Probe(group.neurons)
    with nengo.Simulator(network, progress_bar=False, seed=0) as simulator:
        simulator.run(0.5, progress_bar=False)
        counted = torch.tensor(simulator.data[out]).mean(0).float()
    spikes = counted @ eye.scores.T / 100
    rates, _ = eye(picture[None])
    torch.testing.assert_close(spikes, rates[0], atol=0.15, rtol=0)


def test_refuses_movements_of_letters():
    with pytest.raises(ValueError, match="via"):
        learn(torch.zeros(3, 64), torch.tensor([0, 12, 1]), torch.zeros(2, 12, 2))
