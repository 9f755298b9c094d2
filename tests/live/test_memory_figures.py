"""The figures ``unroll`` and ``angle``: bytes as measured, gradients as autograd's."""

import numpy as np
import pytest
import torch

from neurolab.core import FastSigmoid
from neurolab.core.random import seeded
from neurolab.eprop import EProp
from neurolab.experiments.memory_bill import Config, measured
from neurolab.live import FIGURES
from neurolab.live.figures import angle, unroll
from neurolab.spiking import NEURONS, LIFParams, Neurons, Recurrent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("units", "steps"),
    [(20, 200)] + [pytest.param(*more, marks=pytest.mark.slow) for more in ((60, 250), (100, 450))],
)
def test_unroll_draws_the_bytes_that_are_measured(units, steps):
    """To the byte; those of RTRL, the same at any length, in a short run."""
    window = 2 * units // 5 + 20
    config = Config(units=units, window=window, rtrl_units=units)
    found = FIGURES["unroll"].simulate(steps, units, window)["bytes"]
    ways = ("bptt", "checkpointed", "truncated", "eprop")
    assert found[:4] == [measured(way, config, steps)[0] for way in ways]
    assert found[4] == measured("rtrl", config, 2)[0] == unroll.bytes_rtrl(units)


@pytest.mark.slow
def test_unroll_draws_the_bytes_that_are_measured_at_2000_steps():
    found = FIGURES["unroll"].simulate(2000, 100, 100)["bytes"]
    ways = ("bptt", "checkpointed", "truncated", "eprop")
    assert found[:4] == [measured(way, Config(), 2000)[0] for way in ways]


def test_unroll_rtrl_needs_the_same_at_any_length():
    config = Config(rtrl_units=5)
    assert measured("rtrl", config, 3)[0] == measured("rtrl", config, 30)[0] == unroll.bytes_rtrl(5)


def both_gradients(strength, units, delay, tau, seed):
    """The driver's network through the package: e-prop's gradient and autograd's, [W_in | W]."""
    w_in, w, out, s = angle.network(units, seeded(seed))
    steps = angle.CUE + delay + angle.ASKED
    x = torch.tensor(angle.trains(steps, s)[0], dtype=torch.float64)[:, None]
    surrogate = FastSigmoid(angle.SHARPNESS)
    neurons = Neurons(NEURONS["lif"], LIFParams(float(tau)), dt=1.0, surrogate=surrogate)
    net = EProp(Recurrent(angle.INPUTS, units, neurons), 1, tau_out=angle.TAU_OUT).double()
    with torch.no_grad():
        net.layer.raw.copy_(strength * torch.tensor(w, dtype=torch.float64))
        net.layer.weight.copy_(torch.tensor(w_in, dtype=torch.float64))
        net.output.copy_(torch.tensor([out], dtype=torch.float64))
        net.bias.zero_()
    target = torch.full((steps, 1, 1), angle.TARGET, dtype=torch.float64)
    when = torch.zeros(steps, dtype=torch.float64)
    when[angle.CUE + delay :] = 1
    found = []
    for way in ("eprop", "bptt"):
        net.zero_grad()
        if way == "eprop":
            net.learn(x, target, when=when)
        else:
            y, z = net(x)
            assert z.sum() > 2, "a silent network would make this test empty"
            ((y - target).square().sum((1, 2)) * when / 2).sum().backward()
        found.append(torch.cat([net.layer.weight.grad, net.layer.raw.grad], 1).numpy())
    return found


@pytest.mark.parametrize(
    ("strength", "units", "delay", "tau"),
    [(1.0, 6, 20, 20), (2.5, 4, 0, 5), (0.0, 3, 10, 20), (1.7, 10, 60, 35)],
)
def test_angle_makes_both_gradients_as_the_package_does(strength, units, delay, tau):
    for seed in (1, 2):
        wanted = both_gradients(strength, units, delay, tau, seed)
        w_in, w, out, s = angle.network(units, seeded(seed))
        x, _ = angle.trains(angle.CUE + delay + angle.ASKED, s)
        scaled = [[strength * v for v in row] for row in w]
        *kept, drawn, eprop = angle.forward(w_in, scaled, out, x, delay, tau, angle.LONGEST)
        bptt = angle.backward(scaled, out, *kept, tau)
        others = np.ones((units, angle.INPUTS + units))
        others[:, angle.INPUTS :] -= np.eye(units)
        assert np.abs(wanted[1]).max() > 1e-3
        np.testing.assert_allclose(eprop * others, wanted[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(bptt * others, wanted[1], rtol=1e-9, atol=1e-12)
        a, b = (part.ravel() / np.linalg.norm(part) for part in wanted)
        degrees = np.degrees(np.arccos(np.clip(a @ b, -1, 1)))
        found, again = angle.angle(strength, units, delay, tau, angle.LONGEST, seed)
        assert found == pytest.approx(degrees, abs=1e-5) and again == drawn


def test_angle_is_nothing_without_recurrence_and_grows_with_it():
    figure = FIGURES["angle"]
    data = figure.simulate(**figure.params)
    assert data["mean"][0] < 1e-5
    assert 5 < data["mean"][2] < data["mean"][5] < data["mean"][-1]
    still = figure.simulate(**(figure.params | {"strength": 0.0}))
    assert still["own"][0] < 1e-5 and "the same direction" in still["summary"]


def test_frozen_traces_do_not_care_when_the_answer_comes():
    """The errors differ, the direction does not: one sum of errors times traces that stay."""

    def gradient(delay: int, frozen: int) -> list:
        w_in, w, out, s = angle.network(5, seeded(1))
        x, _ = angle.trains(angle.CUE + delay + angle.ASKED, s)
        return angle.forward(w_in, w, out, x, delay, 20.0, frozen)[-1]

    assert angle.between(gradient(0, angle.CUE), gradient(60, angle.CUE)) < 1e-4
    assert angle.between(gradient(0, angle.LONGEST), gradient(60, angle.LONGEST)) > 1
