"""The flat world against mechanics: momentum, energy, textbook meetings, a journey
in closed form.
"""

from dataclasses import replace

import pytest
import torch

from neurolab.tasks.arena import Arena, ArenaParams, arena_step, meet, speed_step

FREE = ArenaParams(damping=0.0, puck_damping=0.0)


def arena(hand, hand_speed, puck, puck_speed, block=(5.0, 5.0), radius=0.0):
    rows = (torch.tensor([x], dtype=torch.float64) for x in (hand, hand_speed, puck, puck_speed))
    last = torch.tensor([block], dtype=torch.float64), torch.tensor([[radius]], dtype=torch.float64)
    return Arena(*rows, *last)


def still(rows=1):
    return torch.zeros(rows, 3, dtype=torch.float64) - torch.tensor([0.0, 0.0, 1.0]).double()


def crowd(rows=300, seed=0):
    """Random bodies, some in each other's way, some with a block."""
    chance = torch.Generator().manual_seed(seed)

    def draw(scale):
        return (2 * torch.rand(rows, 2, generator=chance, dtype=torch.float64) - 1) * scale

    radius = 0.15 * (torch.rand(rows, 1, generator=chance, dtype=torch.float64) < 0.5)
    return Arena(draw(0.8), draw(1.5), draw(0.8), draw(1.5), draw(0.5), radius), chance


def momentum(a, p):
    return p.hand_mass * a.hand_speed + p.puck_mass * a.puck_speed


def energy(a, p):
    squares = a.hand_speed.square().sum(1), a.puck_speed.square().sum(1)
    return p.hand_mass / 2 * squares[0] + p.puck_mass / 2 * squares[1]


def test_free_flight_keeps_momentum_and_energy_and_goes_straight():
    now = first = arena((-0.6, 0.0), (0.3, 0.1), (0.5, 0.5), (-0.2, 0.1))
    for _ in range(20):
        now = arena_step(now, still(), FREE)
    torch.testing.assert_close(now.hand_speed, first.hand_speed)
    torch.testing.assert_close(now.hand, first.hand + 20 * FREE.dt * first.hand_speed)
    torch.testing.assert_close(energy(now, FREE), energy(first, FREE))


def test_damping_is_the_exponential():
    params = ArenaParams()
    now = arena((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.2))
    for _ in range(10):
        now = arena_step(now, still(), params)
    time = torch.tensor(10 * params.dt, dtype=torch.float64)
    assert now.hand_speed[0, 0] == pytest.approx(0.5 * torch.exp(-params.damping * time).item())
    lost = torch.exp(-params.puck_damping * time).item()
    assert now.puck_speed[0, 1] == pytest.approx(0.2 * lost)
    assert speed_step(1.0, 2.0, 0.5, 0.1) == pytest.approx(0.7)


def test_half_the_way_forwards_and_half_the_way_back():
    """The fastest journey to a stop: (F / m) (T / 2)^2 long, and at rest at its end."""
    now, half = arena((-0.8, 0.0), (0.0, 0.0), (0.8, 0.8), (0.0, 0.0)), 5
    for k in range(2 * half):
        action = still()
        action[0, 0] = 1.0 if k < half else -1.0
        now = arena_step(now, action, FREE)
    time = 2 * half * FREE.dt
    torch.testing.assert_close(now.hand_speed, torch.zeros_like(now.hand_speed))
    assert now.hand[0, 0] == pytest.approx(-0.8 + FREE.force * (time / 2) ** 2)


@pytest.mark.parametrize(("mass", "aside"), [(0.5, 0.0), (1.0, 0.05), (2.0, 0.1)])
def test_an_elastic_meeting_is_that_of_the_textbook(mass, aside):
    params = replace(FREE, bounce=1.0, puck_mass=mass)
    first = now = arena((-0.3, aside), (1.0, 0.0), (0.0, 0.0), (-0.2, 0.1))
    for _ in range(10):
        now = arena_step(now, still(), params)
    torch.testing.assert_close(momentum(now, params), momentum(first, params))
    torch.testing.assert_close(energy(now, params), energy(first, params))
    assert not torch.allclose(now.hand_speed, first.hand_speed), "they never met"
    if aside == 0:  # head on: only the axis of the centres changes
        v, w, m = 1.0, -0.2, mass
        assert now.hand_speed[0, 0] == pytest.approx(((1 - m) * v + 2 * m * w) / (1 + m), abs=0.05)


def test_a_soft_meeting_keeps_momentum_and_leaves_no_approach():
    first = arena((-0.1, 0.0), (1.0, 0.2), (0.02, 0.02), (-0.5, 0.0))
    now = meet(first, FREE)
    torch.testing.assert_close(momentum(now, FREE), momentum(first, FREE))
    normal = now.hand - now.puck
    assert ((now.hand_speed - now.puck_speed) * normal).sum().abs() < 1e-12
    assert energy(now, FREE) < energy(first, FREE)
    mass, other = FREE.hand_mass, FREE.puck_mass
    torch.testing.assert_close(
        mass * now.hand + other * now.puck, mass * first.hand + other * first.puck
    )
    apart = (now.hand - now.puck).norm().item()
    assert apart == pytest.approx(FREE.hand_radius + FREE.puck_radius)


def test_a_grip_makes_one_body_and_keeps_momentum():
    first = arena((-0.2, 0.0), (0.4, 0.0), (0.0, 0.0), (0.0, 0.0))
    action = still()
    action[0, 2] = 1
    now = arena_step(first, action, FREE)
    torch.testing.assert_close(momentum(now, FREE), momentum(first, FREE))
    torch.testing.assert_close(now.hand_speed, now.puck_speed)
    now = arena_step(now, torch.tensor([[-1.0, 0, 1]], dtype=torch.float64), FREE)
    torch.testing.assert_close(now.hand_speed, now.puck_speed)
    common = FREE.force / (FREE.hand_mass + FREE.puck_mass) * FREE.dt
    assert now.puck_speed[0, 0] == pytest.approx(0.4 / 1.5 - common), "it pulls the puck along"
    loose = arena_step(first, still(), FREE)
    assert loose.puck_speed.abs().max() == 0


def test_nothing_overlaps():
    now, chance = crowd()
    p, meetings = ArenaParams(), 0
    for _ in range(60):
        action = 2 * torch.rand(len(now.hand), 3, generator=chance, dtype=torch.float64) - 1
        action[:, :2] = (now.puck - now.hand) * 5 + action[:, :2]  # into the puck
        now = arena_step(now, action, p)
        gap = (now.hand - now.puck).norm(dim=1) - p.hand_radius - p.puck_radius
        stuck = []
        for x, radius in ((now.hand, p.hand_radius), (now.puck, p.puck_radius)):
            off = (x - now.block).norm(dim=1) - now.block_radius[:, 0] - radius
            off = torch.where(now.block_radius[:, 0] > 0, off, 1.0)
            wall = 1 - radius - x.abs().amax(1)
            assert wall.min() >= -1e-12
            stuck.append(torch.minimum(off, wall) < 1e-6)
            assert off.min() > -0.02
        squeezed = stuck[0] & stuck[1]  # both at a wall or the block: nowhere to go
        meetings += int((gap < 1e-9).sum())
        assert gap[~squeezed].min() > -1e-9
        assert gap.min() > -0.02
    assert meetings > 1000, "nothing met, nothing tested"


def test_a_batch_is_its_rows():
    whole, chance = crowd(20)
    action = 2 * torch.rand(20, 3, generator=chance, dtype=torch.float64) - 1
    drift = torch.randn(20, 2, generator=chance, dtype=torch.float64)
    after = arena_step(whole, action, ArenaParams(), drift)
    for k in range(20):
        rows = slice(k, k + 1)
        one = arena_step(Arena(*(x[rows] for x in whole)), action[rows], ArenaParams(), drift[rows])
        for a, b in zip(one, after, strict=True):
            torch.testing.assert_close(a, b[rows], atol=1e-14, rtol=0)


def test_bad_input():
    for name, wrong in (("dt", 0.0), ("bounce", 1.5), ("damping", -1.0), ("puck_mass", 0.0)):
        with pytest.raises(ValueError, match=name):
            ArenaParams(**{name: wrong})
    with pytest.raises(ValueError, match="action"):
        arena_step(crowd(3)[0], torch.zeros(3, 2), ArenaParams())
