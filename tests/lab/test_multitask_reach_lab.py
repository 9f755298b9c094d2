"""Lab multitask-reach: right answers of different make pass, known slips are answered by name."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.dendrites import Segments, subnetwork_overlap
from neurolab.lab import multitask_reach as lab
from neurolab.lab import multitask_reach_counts as counts
from neurolab.lab import multitask_reach_gate as gates
from neurolab.lab import multitask_reach_learn as learn


def says(name, value):
    result = neurolab.check(f"multitask-reach.{name}", value)
    return result.status, result.message


def test_warmup():
    assert says("warmup", 1280)[0] == "right"
    assert "number of segments" in says("warmup", 128)[1]


# Question 1


def with_gather(u, task):
    d = u[:, :, task]
    return torch.sigmoid(d.gather(1, d.abs().argmax(1, keepdim=True))[:, 0])


def with_numpy(u, task):
    d = u.numpy()[:, :, task]
    low, high = d.min(1), d.max(1)
    return 1 / (1 + np.exp(-np.where(-low > high, low, high)))


def with_the_package(u, task):
    units, segments, tasks = u.shape
    layer = Segments(units, segments, tasks).double()
    with torch.no_grad():
        layer.weight.copy_(u.reshape(-1, tasks))
        return layer(torch.eye(tasks, dtype=torch.float64)[task]).sigmoid()


@pytest.mark.parametrize("make", [with_gather, with_numpy, with_the_package])
def test_q1_whatever_gives_the_factors_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", gates.SLIPS)
def test_q1_known_slips(reason):
    slip = gates.SLIPS[reason]
    status, message = says("q1", lambda u, k: slip(u.numpy(), k))
    assert status == "wrong" and reason in message


def test_q1_shape():
    assert "One factor for each" in says("q1", lambda u, k: torch.sigmoid(u[:, :, k]))[1]


# Question 2


def test_q2_counts_what_the_networks_have():
    def size(net):
        masks = [b for n, b in net.named_buffers() if n.endswith("mask")]
        return sum(p.numel() for p in net.parameters()) - sum(int((~m).sum()) for m in masks)

    assert size(lab.dendrites(3)) == counts.OURS == 5379
    assert size(lab.mlp(3)) == counts.of_mlp(60)


def test_q2():
    assert says("q2", 60)[0] == "right"
    for value, reason in (
        (40, "segments learn"),
        (75, "Half of the hidden weights"),
        (64, "14 + 10 inputs"),
        (51, "Both hidden layers"),
    ):
        status, message = says("q2", value)
        assert status == "wrong" and reason in message, (value, message)
    assert "too few" in says("q2", 20)[1] and "too many" in says("q2", 200)[1]


# Question 3


def test_q3():
    def by_norm(hand, place):
        return ((hand - place).norm(dim=-1) < 0.1).double().mean()

    def by_hypot(hand, place):
        off = (hand - place).numpy()
        return float(np.mean(np.hypot(off[:, 0], off[:, 1]) < 0.1))

    assert says("q3", by_norm)[0] == says("q3", by_hypot)[0] == "right"
    slips = {
        "mean distance": lambda h, p: (h - p).norm(dim=-1).mean(),
        "square": lambda h, p: ((h - p).abs() < 0.1).all(-1).double().mean(),
        "single coordinates": lambda h, p: ((h - p).abs() < 0.1).double().mean(),
        "not there": lambda h, p: 1 - by_norm(h, p),
        "divide": lambda h, p: ((h - p).norm(dim=-1) < 0.1).sum(),
        "per cent": lambda h, p: 100 * by_norm(h, p),
    }
    for reason, slip in slips.items():
        status, message = says("q3", slip)
        assert status == "wrong" and reason in message, (reason, message)


# Questions 4 and 5


def test_q4():
    _, goal = lab.ends(lab.learned(lab.mlp, 0))
    predicted = (2 * goal[0].norm(dim=-1)).mean()
    assert says("q4", (predicted, 0.3))[0] == "right"
    assert "as far beyond" in says("q4", (predicted / 2, 0.3))[1]
    assert "told the truth" in says("q4", (0, 0.3))[1]
    assert says("q4", (..., 0.3))[0] == "not yet"


def test_q5():
    def cosine(a, b):
        r, s = (a != 0).double().mean(0), (b != 0).double().mean(0)
        return r @ s / (r.norm() * s.norm())

    assert says("q5", (0.25, cosine))[0] == "right"
    assert says("q5", (0.25, lambda a, b: subnetwork_overlap([a, b])[0, 1]))[0] == "right"
    assert "drawn as well" in says("q5", (0.5, cosine))[1]
    strong = says("q5", (0.25, lambda a, b: cosine_of_means(a, b)))[1]
    assert "not how strongly" in strong
    assert says("q5", (0.25, ...))[0] == "not yet"


def cosine_of_means(a, b):
    r, s = a.mean(0), b.mean(0)
    return r @ s / (r.norm() * s.norm())


def test_two_random_quarters_share_a_quarter():
    chance = torch.Generator().manual_seed(0)
    found = []
    for _ in range(200):
        on = [torch.zeros(1, 64) for _ in range(2)]
        for x in on:
            x[0, torch.randperm(64, generator=chance)[:16]] = 1
        found.append(subnetwork_overlap(on)[0, 1].item())
    assert np.mean(found) == pytest.approx(0.25, abs=0.02)


def test_explain():
    assert says("explain", "The task decides which units are let through.")[0] == "compared"
    assert says("explain", "gates")[0] == "wrong"


# Challenge


def test_challenge(monkeypatch):
    monkeypatch.setenv("NEUROLAB_FAST", "1")
    status, message = says("challenge", (1, 0.5, 0.01))
    assert status == "score" and "Ours" in message
    assert "whole number" in says("challenge", (1.5, 0.5, 0.01))[1]
    assert "density" in says("challenge", (1, 1.5, 0.01))[1]
    assert "rate" in says("challenge", (1, 0.5, 5))[1]
    assert says("challenge", (1, ..., 0.01))[0] == "not yet"


def test_a_policy_learns_and_its_ways_begin_where_scenes_do():
    policy = lab.learned(lab.mlp, 2)
    ways, goal = lab.ways(policy, lab.PAIR[0], 5)
    assert ways.shape == (41, 5, 2) and goal.shape == (5, 2)
    assert (ways[0] - ways[1]).norm(dim=1).max() < 0.1, "a hand starts at rest"
    again = lab.learned(lab.mlp, 2)
    assert torch.equal(ways, lab.ways(again, lab.PAIR[0], 5)[0]), "a seed decides"
    shown = lab.activities(lab.learned(lab.dendrites, 0))
    assert shown.shape == (2, 100, 2 * learn.WIDTH)
    share = (shown != 0).double().mean().item()
    assert share == pytest.approx(learn.DENSITY, abs=0.01)
    assert math.isfinite(shown.sum().item())
