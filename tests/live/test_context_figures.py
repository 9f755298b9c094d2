"""The figures of contexts are the package's own gates, winners, overlaps, PCGrad and prototypes."""

import math

import numpy as np
import pytest
import torch

from neurolab.continual import Prototypes, gradient_conflict, nearest_prototype, pcgrad
from neurolab.core.random import seeded
from neurolab.dendrites import (
    ActiveDendrites,
    abs_max_gate,
    kwinners,
    max_gate,
    subnetwork_overlap,
)
from neurolab.live import FIGURES
from neurolab.live.figures import collide, context, prototypes, subnetworks


def shown(name, **moved):
    return FIGURES[name].simulate(**(FIGURES[name].params | moved))


def soft_gate(d):
    return (torch.softmax(d, -1) * d).sum(-1)


@pytest.mark.parametrize("way", [0, 1, 2])
@pytest.mark.parametrize("c", [(1, -1, 1, -1), (0.3, 2, -0.7, 0), (0, 0, 0, 0)])
def test_the_layer_under_a_context_is_the_package_s(way, c):
    settings = {f"c{k + 1}": x for k, x in enumerate(c)} | {"strength": 3, "winners": 4}
    data = shown("context", way=way, **settings)
    weights, sums = context.drawn()
    gate = (max_gate, abs_max_gate, soft_gate)[way]
    layer = ActiveDendrites(context.NEURONS, context.SEGMENTS, context.ENTRIES, gate).double()
    with torch.no_grad():
        layer.segments.weight.copy_(3 * torch.tensor(weights).view(-1, context.ENTRIES))
        y = layer(torch.tensor([sums]).double(), torch.tensor(c).double())
        said = layer.segments.responses(torch.tensor(c).double())
    np.testing.assert_allclose(data["said"], said.flatten(), atol=1e-6)
    np.testing.assert_allclose(data["passed"], y[0], atol=1e-6)
    won = kwinners(y, 4)[0].nonzero()[:, 0] + 1
    assert data["won_at"] == won.tolist() and len(won) == 4
    if way < 2 and any(c):
        at = np.flatnonzero(data["decides"]) % context.SEGMENTS
        assert at.tolist() == layer.segments.winning(torch.tensor(c).double()).tolist()


def test_turning_the_context_round_turns_every_gate_of_the_largest_in_size():
    settings = [{f"c{k}": sign * x for k, x in zip((1, 2, 3, 4), (1, -1, 0.5, 2), strict=True)}
                for sign in (1, -1)]  # fmt: skip
    one, other = (np.array(shown("context", way=1, **s)["part"]) for s in settings)
    np.testing.assert_allclose(one + other, 100)
    one, other = (np.array(shown("context", way=0, **s)["part"]) for s in settings)
    assert (one + other > 100).mean() > 0.9


@pytest.mark.parametrize(
    "moved",
    [{}, {"strength": 4, "shut": 2, "part": 25}, {"strength": 8, "alike": 0.9, "part": 50}],
)
def test_overlaps_are_those_of_the_package(moved):
    data, given = shown("subnetworks", **moved), FIGURES["subnetworks"].params | moved
    said, state = subnetworks.deviations(given["alike"], seeded(5))
    sums = torch.tensor(subnetworks.sums_of(state)).double()  # (task, example, neuron)
    k = round(subnetworks.NEURONS * given["part"] / 100)
    g = given["strength"] * (abs_max_gate(torch.tensor(said).double()) - given["shut"])
    activity = [kwinners(y * torch.sigmoid(x), k) for y, x in zip(sums, g, strict=True)]
    overlap = subnetwork_overlap(activity)
    np.testing.assert_allclose(np.array(data["table"]).reshape(8, 8), overlap, atol=1e-6)
    off = ~torch.eye(8, dtype=torch.bool)
    assert data["mean"][0] == pytest.approx(overlap[off].mean().item(), abs=1e-6)
    rates = torch.stack([(y != 0).double().mean(0) for y in activity])
    chance, found = torch.Generator().manual_seed(0), []
    for _ in range(200):  # deal the rates of each task to other neurons
        dealt = torch.stack([r[torch.randperm(len(r), generator=chance)] for r in rates])
        dealt = dealt / dealt.norm(dim=1, keepdim=True)
        found.append((dealt @ dealt.T)[off].mean().item())
    assert data["chance"][0] == pytest.approx(np.mean(found), abs=4 * np.std(found) / 200**0.5)


def test_contexts_are_as_alike_as_the_slider_says():
    """Answers of segments to two contexts correlate as the contexts do."""
    for alike in (0, 0.5, 1):
        said, _ = subnetworks.deviations(alike, seeded(5))
        d = np.array(said).reshape(8, -1)
        found = np.corrcoef(d)[~np.eye(8, dtype=bool)].mean()
        assert found == pytest.approx(alike, abs=0.05) and 0.9 < d.std() < 1.1


@pytest.mark.parametrize("way", [0, 1, 2])
@pytest.mark.parametrize("moved", [{}, {"w1": -1, "w2": 0}, {"w1": 1.5, "w2": -1, "turn": 130}])
def test_gradients_and_paths_are_those_of_autograd_and_pcgrad(way, moved):
    given = FIGURES["collide"].params | moved
    data = shown("collide", way=way, **moved)
    turn = torch.tensor(math.radians(given["turn"]), dtype=torch.float64)
    axes = torch.stack([turn.cos(), turn.sin(), -turn.sin(), turn.cos()]).view(2, 2)
    steep = torch.diag(torch.tensor([1.0, given["narrow"]])).double()
    curves = [steep, axes.T @ steep @ axes]
    goals = torch.tensor(collide.GOALS).double()
    w = torch.tensor([given["w1"], given["w2"]], dtype=torch.float64)
    losses, cosines = [], []
    for _ in range(collide.STEPS + 1):
        w = w.detach().requires_grad_()
        both = [(w - m) @ c @ (w - m) / 2 for m, c in zip(goals, curves, strict=True)]
        losses.append([x.item() for x in both])
        g = torch.stack([torch.autograd.grad(x, w)[0] for x in both])
        cosines.append(gradient_conflict(g)[0, 1].item())
        go = (g[1], g.sum(0), pcgrad(g))[way]
        w = w - collide.RATE / given["narrow"] * go
    np.testing.assert_allclose(np.array([data["one"], data["two"]]).T, losses, atol=1e-9)
    assert data["cosine"][0] == pytest.approx(cosines[0], abs=1e-9)


@pytest.mark.parametrize("moved", [{}, {"apart": 2, "batch": 64}, {"batch": 4}, {"z": 2}])
def test_prototypes_are_opened_as_the_package_opens_them(moved):
    data, given = shown("prototypes", **moved), FIGURES["prototypes"].params | moved
    found, state = Prototypes(2, given["z"]), seeded(4)
    for task in range(prototypes.TASKS):
        for _ in range(prototypes.BATCHES):
            xs, ys, state = prototypes.examples(given["batch"], task, given["apart"], state)
            found.observe(torch.tensor([xs, ys], dtype=torch.float64).T)
    assert data["found"] == [len(found)]
    table = found.sums / found.counts[:, None]
    np.testing.assert_allclose(np.array([data["point_x"], data["point_y"]]).T, table, atol=1e-9)
    x = torch.tensor([data["x"], data["y"]], dtype=torch.float64).T
    assert data["given"] == (nearest_prototype(x, table) + 1).tolist()


def test_summaries_say_what_is_drawn():
    data = shown("context")
    who = "".join(f" {n:.0f}" for n in data["won_at"])
    assert data["summary"].startswith(f"Winning neurons:{who}. ")
    assert f"{sum(p < 50 for p in data['part'])} of 12" in data["summary"]
    data = shown("subnetworks")
    assert f"overlap by {data['mean'][0]:.2f}" in data["summary"]
    data = shown("collide")
    assert f"cosine is {data['cosine'][0]:.2f}" in data["summary"]
    data = shown("prototypes")
    assert f"{data['found'][0]:.0f} prototypes" in data["summary"]
