"""The figures of decoders and of values that hold themselves run the package's ensembles."""

import math

import numpy as np
import pytest
import torch

from neurolab.core.random import seeded
from neurolab.live import decoded
from neurolab.live.figures import attractor, decoders
from neurolab.nef import Ensemble, Population, dynamics, solve_decoders
from neurolab.nef.population import PopulationState
from neurolab.spiking.refractory import RefractoryLIFState


def shown(figure, **moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def exact(x) -> torch.Tensor:
    return torch.tensor(x, dtype=torch.float64)


def ensemble(group: decoded.Cells, points: list, radius: float = 1.0) -> Ensemble:
    """The package's ensemble with the cells of a figure."""
    made = Ensemble(len(group.gain), len(points[0]), radius).double()
    for name in ("encoders", "gain", "bias"):
        setattr(made, name, exact(getattr(group, name)))
    made.points = exact(points)
    return made


def test_cells_are_drawn_from_the_ranges_of_an_ensemble():
    group, _ = decoded.cells(400, 2, seeded(1))
    made = ensemble(group, [[0.0, 0.0]])
    torch.testing.assert_close(made.encoders.norm(dim=1), torch.ones(400).double())
    ends = made.rates(made.encoders)
    top = ends.diagonal()
    assert 200 <= top.min() < 210 and 390 < top.max() <= 400
    begin = (1 - made.bias) / made.gain
    assert -1 <= begin.min() < -0.95 and 0.85 < begin.max() <= 0.9
    assert made.encoders.mean(0).norm() < 0.1


@pytest.mark.parametrize("function", [0, 1, 2])
def test_decoders_are_those_of_the_package(function):
    for noise, radius in ((1, 1.0), (10, 1.5), (30, 0.5)):
        data = shown(decoders, function=function, noise=noise, radius=radius, order=3)
        points = [[x] for x in decoders.points(radius)]
        group, _ = decoded.cells(20, 1, seeded(4))
        made = ensemble(group, points, radius)
        wanted = exact([[decoders.wanted(function, 3, x)] for (x,) in points])
        found = solve_decoders(made.rates(made.points), wanted, noise / 100)
        read = made.rates(exact(data["x"])[:, None]) @ found.weights
        np.testing.assert_allclose(data["read"], read[:, 0], atol=1e-7)
        assert data["rmse"][0] == pytest.approx(found.rmse, abs=1e-9)


def test_the_error_with_noise_is_that_of_drawn_noise():
    group, d, _, whole, _ = decoders.solved(20, 0.1, 1.0, decoders.POWER, 2, seeded(4))
    points = [[x] for x in decoders.points(1.0)]
    made = ensemble(group, points)
    a = made.rates(made.points)
    chance = torch.Generator().manual_seed(0)
    noise = 0.1 * a.max() * torch.randn(4000, *a.shape, generator=chance, dtype=a.dtype)
    off = (a + noise) @ exact(d) - made.points[:, 0] ** 2
    assert whole == pytest.approx(float(off.square().mean().sqrt()), rel=0.02)


@pytest.mark.parametrize("way", [0, 1], ids=["holds", "turns"])
@pytest.mark.parametrize("spiking", [0, 1])
def test_a_run_is_that_of_the_package(way, spiking):
    """Spikes by ``Population`` from the same start; rates by its equation."""
    settings = {"neurons": 16, "hertz": 1.25 * way, "spiking": spiking, "tau": 60}
    data = shown(attractor, **settings)
    group, _ = decoded.cells(16, 1 + way, seeded(12))
    made = ensemble(group, attractor.points(1 + way))
    omega = 2 * math.pi * 1.25 * way
    a = exact([[0.0, -omega], [omega, 0.0]] if way else [[0.0]])
    feedback = dynamics(a, torch.eye(1 + way).double(), 60.0)[0]
    network = Population(made, feedback=feedback, tau_syn=60.0, dt=attractor.DT)
    x = exact([[0.3] + way * [0.0]])
    if spiking:
        rest = torch.zeros(1, 16).double()
        start = PopulationState(RefractoryLIFState(rest, rest, rest - 1), x)
        found, z, _ = network(torch.zeros(attractor.STEPS, 1, 1 + way).double(), start)
        assert z.sum() > 1000
        np.testing.assert_allclose(data["x"][1:200], found[:199, 0, 0], atol=1e-5)
        return
    found, keep = [0.3], math.exp(-attractor.DT / 60)
    for _ in range(attractor.STEPS):
        x = keep * x + (1 - keep) * made.rates(x @ feedback.T) @ network.weights
        found.append(float(x[0, 0]))
    np.testing.assert_allclose(data["x"], found, atol=1e-6)


def test_the_drift_is_the_slope_of_the_run():
    """A value at rest moves first as fast as the lower picture says."""
    for tau in (20, 100, 200):
        data = shown(attractor, tau=tau)
        speed = (data["x"][1] - data["x"][0]) / (attractor.DT / 1000)
        assert data["own"][0] == pytest.approx(speed, rel=0.06)
    data = shown(attractor, tau=20)
    assert len(data["holds"]) == 3 and min(abs(x - data["end"][0]) for x in data["holds"]) < 0.1


@pytest.mark.slow
def test_answer_of_decoders():
    first, few, more = (shown(decoders, **m) for m in ({}, {"neurons": 5}, {"neurons": 60}))
    assert few["rmse_noisy"][0] > 2 * first["rmse_noisy"][0] > 3 * more["rmse_noisy"][0]
    slope = np.polyfit(np.log(first["sizes"]), np.log(first["errors"]), 1)[0]
    assert -0.8 < slope < -0.5
    calmer = shown(decoders, noise=1)
    assert np.polyfit(np.log(calmer["sizes"]), np.log(calmer["errors"]), 1)[0] < slope - 0.4
    quiet = shown(decoders, noise=1, order=1)
    assert np.polyfit(np.log(quiet["sizes"]), np.log(quiet["static"]), 1)[0] < -1.5
    wave, calm = shown(decoders, function=1, order=5), shown(decoders, function=1, order=1)
    assert wave["rmse"][0] > 5 * calm["rmse"][0]
    outside = {r: shown(decoders, order=1, radius=r, value=1.4) for r in (0.5, 1.5)}
    assert outside[0.5]["here"][0] < 1.0 and abs(outside[1.5]["here"][0] - 1.4) < 0.1
    step = shown(decoders, function=2, order=1)
    assert step["rmse"][0] > 3 * first["rmse"][0]


@pytest.mark.slow
def test_answer_of_attractor():
    first, many = shown(attractor), shown(attractor, neurons=40)
    assert first["end"][0] > 0.7 and len(first["holds"]) == 3
    assert abs(many["end"][0] - 0.3) < 0.1 and len(many["holds"]) > 3
    assert abs(shown(attractor, tau=200)["end"][0] - 0.3) < abs(first["end"][0] - 0.3)
    assert abs(shown(attractor, start=-0.2)["end"][0] + 0.58) < 0.2
    turning = shown(attractor, hertz=1)
    assert "in place of 2.00" in turning["summary"]
    radii = [
        float(found["summary"].split("its radius is ")[1].split(". ")[0])
        for found in (shown(attractor, hertz=1, start=at) for at in (0.1, 0.3, 0.6, 0.9))
    ]
    assert min(radii) > 0.4 and max(radii) < 0.85
    assert shown(attractor, spiking=1)["end"][0] == pytest.approx(first["end"][0], abs=0.15)
    for moved in ({"start": -0.2}, {"neurons": 40}, {"tau": 200}):
        rate, spikes = (shown(attractor, spiking=k, **moved)["end"][0] for k in (0, 1))
        assert spikes == pytest.approx(rate, abs=0.25), moved
