"""The figures of one neuron run the package: its cable, its racing students, its dendrite."""

import math

import numpy as np
import pytest
import torch

from neurolab.core.random import normal, seeded, uniform
from neurolab.dendrites import (
    CableParams,
    Compartmental,
    GlutamateParams,
    LinkAdaptation,
    NodalAdaptation,
    Trunks,
    UrbanczikSenn,
    answer_error,
    generalization,
    out_of_reach,
    predicted_rate,
)
from neurolab.live.figures import apical, pyramidal, race


def shown(figure, **moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


@pytest.mark.parametrize("part, trunk, leak", [(2, 1.0, 30), (3, 2.5, 15), (5, 4.0, 5)])
def test_pyramidal_runs_the_cell_of_the_package(part, trunk, leak):
    """Another program: tensors, all compartments at once."""
    data = shown(pyramidal, part=part, trunk=trunk, leak=leak, count=7)
    tree = pyramidal.cell(trunk, CableParams(r_m=leak))
    assert len(tree.parent) == 1 + 16 + 5 + 8 and tree.parent.count(0) == 8 + 1
    at = pyramidal.site(part)
    neuron = Compartmental(tree, [at], GlutamateParams(nmda=0.0), dt=0.5).double()
    x = torch.zeros(120, 1, 1, dtype=torch.float64)
    x[0] = 7
    soma, _, kept = neuron(x, keep=("v",))
    np.testing.assert_allclose(data["soma"][1:], soma.v[:, 0] + 70, atol=1e-9)
    np.testing.assert_allclose(data["here"][1:], kept["v"][:, 0, at] + 70, atol=1e-9)


def test_pyramidal_loses_more_of_what_comes_from_further_out():
    kept = [there[1] / there[0] for there in (shown(pyramidal, part=k)["peaks"] for k in (3, 2, 5))]
    assert kept[0] == 1 > kept[1] > 2 * kept[2] > 0
    assert shown(pyramidal, part=1)["peaks"] == [0, 0]
    assert shown(pyramidal, trunk=4)["peaks"][1] > 1.5 * shown(pyramidal, trunk=1)["peaks"][1]
    for part in range(1, 6):  # as many lines are lit as belong to the part
        data = shown(pyramidal, part=part)
        assert len(data["lit_x1"]) == sum(line[4] == part for line in pyramidal.LINES)


def taught(k, m, mixed, rate):
    """The race with the package's neurons, all students at once, from the figure's numbers."""
    streams = [seeded(11 + n) for n in range(race.STUDENTS)]

    def draw(*shape):
        rows = []
        for n, s in enumerate(streams):
            row = []
            for _ in range(math.prod(shape)):
                x, s = normal(s)
                row.append(x)
            streams[n] = s
            rows.append(row)
        return torch.tensor(rows, dtype=torch.float64).reshape(-1, *shape)

    own, other, gains = draw(k, m), draw(k, m), draw(k)
    teacher = Trunks(math.sqrt(1 - mixed) * own + math.sqrt(mixed) * other, gains)
    students = [kind(own, torch.ones_like(gains)) for kind in (NodalAdaptation, LinkAdaptation)]
    errors = [[generalization(one, teacher).mean().item()] for one in students]
    for _ in range(race.PRESENTATIONS):
        x = draw(k, m)
        for one, told in zip(students, errors, strict=True):
            one.learn(x, answer_error(teacher(x), one(x)), rate)
            told.append(generalization(one, teacher).mean().item())
    return errors, out_of_reach(own, teacher).mean().item()


@pytest.mark.parametrize("k, m, mixed, rate", [(3, 5, 0.0, 1.0), (2, 8, 0.3, 0.5)])
def test_race_is_that_of_the_package(k, m, mixed, rate):
    data = shown(race, trunks=k, links=m, mixed=mixed, rate=rate)
    (nodes, links), reach = taught(k, m, mixed, rate)
    for name, found in (("nodes", nodes), ("links", links)):
        np.testing.assert_allclose(data[name], np.maximum(found, race.LEAST), rtol=1e-6)
    assert data["reach"][0] == pytest.approx(reach, abs=1e-9)


def test_race_is_won_by_gains_where_gains_suffice_and_lost_where_not():
    first, mixed = shown(race), shown(race, mixed=0.3)
    node, link, crossed = first["times"]
    assert 8 < link / node < 32 and crossed == race.PRESENTATIONS + 1
    assert mixed["links"][-1] < 0.05 < mixed["reach"][0] < mixed["nodes"][-1]
    assert 1 < mixed["times"][2] < 300


@torch.no_grad()
def test_apical_learns_as_the_neuron_of_the_package_does():
    """Told spikes, from the same uniform numbers; three periods, the first of which is drawn."""
    data = shown(apical, spikes=1, period=2)
    steps, inputs, p = apical.STEPS, apical.INPUTS, UrbanczikSenn(1, 1).params
    x, s = apical.pattern(seeded(5))
    net = UrbanczikSenn(inputs, 1, p, dt=apical.DT).double()
    for i in range(inputs):
        one, s = normal(s)
        net.weight[0, i] = one / math.sqrt(inputs)
    draws = []
    for _ in range(3 * steps):
        u, s = uniform(s)
        draws.append(u)
    x = torch.tensor(x, dtype=torch.float64).repeat(3, 1)[:, None]
    pulled = torch.tensor([apical.curve(k) for k in range(steps)], dtype=torch.float64).repeat(3)
    g_e = 5.0 * (pulled - p.e_i) / (p.e_e - p.e_i)
    shape = (3 * steps, 1, 1)
    draws = torch.tensor(draws, dtype=torch.float64).reshape(shape)
    told, _ = net(x, g_e.reshape(shape), (5.0 - g_e).reshape(shape), draws, rate=2.0)
    u, v, z = (part[-steps:].flatten() for part in (told.u, told.v, told.z))
    np.testing.assert_allclose(data["soma"], u, atol=1e-9)
    np.testing.assert_allclose(data["told"], v, atol=1e-9)
    assert data["fired"] == [apical.DT * k for k in range(steps) if z[k] > 0] != []
    gap = 1000 * (predicted_rate(u, p) - predicted_rate(v, p))
    np.testing.assert_allclose(data["gap"], gap, atol=1e-6)
    assert data["own"][0] == pytest.approx(gap.square().mean().sqrt().item())


def test_apical_error_falls_if_there_is_a_teacher_and_a_rate():
    first = shown(apical)
    assert first["errors"][-1] < 0.25 * first["errors"][0]
    assert np.corrcoef(first["told"], first["goal"])[0, 1] > 0.95
    noisy = shown(apical, spikes=1)
    assert first["errors"][-1] < 0.7 * noisy["errors"][-1] < 0.8 * noisy["errors"][0]
    assert shown(apical, rate=0)["errors"][-1] > 0.8 * first["errors"][0]
    assert max(shown(apical, teacher=0)["errors"]) < 0.5
