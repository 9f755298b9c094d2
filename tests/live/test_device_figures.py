"""Figures of energy, memristors and the gripper: what they say is what the package says."""

import pytest
import torch

from neurolab.experiments import spiking_grasp
from neurolab.live.balance import controller
from neurolab.live.figures import crossbar, grasp, joules
from neurolab.neuromorphic import Crossbar, CrossbarParams
from neurolab.neuromorphic.energy import Operations, costs_of, energy_step
from neurolab.tasks import upright
from neurolab.tasks.pendulum import PendulumParams


def shown(figure, **moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def test_the_controller_is_that_of_the_experiment():
    theirs = upright.controller(PendulumParams(), upright.Disturbed())
    torch.testing.assert_close(
        torch.tensor(controller(PendulumParams()), dtype=torch.float64), theirs, rtol=0, atol=1e-6
    )


def test_devices_without_noise_hold_what_a_crossbar_of_the_package_holds():
    matrix = controller(PendulumParams())
    bars, _ = crossbar.held(matrix, 0.0, 4, 1)
    exact = torch.tensor(matrix, dtype=torch.float64)
    rows = exact.abs().amax(1)
    params = CrossbarParams(levels=16)
    theirs = Crossbar(exact / rows[:, None], params).g.T.reshape(3, 2, 3)
    ours = torch.tensor(bars, dtype=torch.float64).movedim(-1, 1) / rows[:, None, None]
    torch.testing.assert_close(ours * (params.g_max - params.g_min), theirs)


@pytest.mark.slow
def test_answer_of_crossbar():
    start = shown(crossbar)
    assert start["lasted"] == [20.0]
    sways = [float(part.split(" by ")[-1].split(" mrad")[0]) for part in
             start["summary"].split(". The same")]  # fmt: skip
    assert sways[0] > 4 * sways[1]
    for bar in (1, 2, 3):
        assert shown(crossbar, bar=bar, noise=5)["lasted"] == [20.0]
    assert shown(crossbar, noise=50)["lasted"][0] < 3
    fell = [shown(crossbar, bar=bar, noise=50)["lasted"][0] < 20 for bar in range(1, 11)]
    assert 3 <= sum(fell) <= 9
    assert shown(crossbar, noise=0, bits=2)["lasted"][0] < 20
    assert shown(crossbar, noise=0, bits=8)["lasted"] == [20.0]


@pytest.mark.slow
def test_the_grasp_is_that_of_the_experiment():
    p = grasp.FIGURE.params
    config = spiking_grasp.Config(neurons=grasp.CELLS, seconds=3.0)
    one = [torch.tensor([v], dtype=torch.float64) for v in
           (p["radius"] / 1000, p["stiffness"], p["off"] / 1000)]  # fmt: skip
    theirs = spiking_grasp.grasp(
        config, spiking_grasp.Discs(*one), p["motor"], "reflex", p["speed"] / 1000
    )
    ours = shown(grasp)
    drawn = theirs.forces[:: grasp.EVERY, :, 0]
    torch.testing.assert_close(torch.tensor(ours["right"], dtype=torch.float64), drawn[:, 0])
    torch.testing.assert_close(torch.tensor(ours["left"], dtype=torch.float64), drawn[:, 1])


@pytest.mark.slow
def test_answer_of_grasp():
    start = shown(grasp)
    assert "held softly" in start["summary"] and max(start["blind"]) > 3 * max(start["right"])
    for stiffness, radius in ((100, 22), (4000, 22), (1000, 15), (1000, 30)):
        found = shown(grasp, stiffness=stiffness, radius=radius)
        assert 1.7 < found["right"][-1] < 2.4 and "held softly" in found["summary"]
    hasty = shown(grasp, speed=20)
    assert "pressed too hard" in hasty["summary"] and max(hasty["right"]) > 5
    assert 1.7 < hasty["right"][-1] < 2.4
    soft = shown(grasp, speed=20, motor=1)
    assert "held softly" in soft["summary"]


def test_answer_of_joules():
    mac = energy_step(Operations(1.0, 0.0, 0.0), costs_of("float32", "SRAM"))
    assert joules.FIGURE.params["mac"] == pytest.approx(mac)
    start = shown(joules)
    assert start["bare"][0] == pytest.approx(mac / 23.6) and start["bare"][0] < 1
    assert 0.3 < start["meet"][0] < start["bare"][0]
    dense, still = 260_000 * mac, 0.005e-3 * 64e-3 / 1e-12
    assert start["now"][0] == pytest.approx((4 * 260_000 * 23.6 + still) / dense)
    assert 2.9 < shown(joules, each=2.8)["meet"][0] < 3.1
    assert shown(joules, mac=100)["meet"][0] == pytest.approx(4.19, abs=0.05)
    idle = shown(joules, idle=0.05)
    assert idle["meet"][0] < 0 and "Waiting alone costs more" in idle["summary"]
