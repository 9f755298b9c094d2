"""A flat world: a hand moved by forces, a puck it can push or hold, a block, four walls.

    v <- exp(-c dt) v + dt a,    x <- x + dt v            hand and puck, see ``speed_step``
    hand and puck meet           an impulse along the line between the two centres
    hand holds the puck          both get their common momentum's velocity

    symbol    meaning                                             shape    unit
    x         place of a centre; the walls are at -1 and 1        (B, 2)   length
    v         velocity                                            (B, 2)   length / s
    a         acceleration by the hand's force, and by a drift    (B, 2)   length / s2
    c         damping                                             ()       1 / s
    dt        step                                                ()       s
    m         masses of hand and puck                             ()       -

All bodies are discs. The hand holds the puck while it grips (``grip`` above 0) and the gap between
the two is below ``reach``. Bodies that overlap after a step are moved apart: hand and puck by the
other's mass, so that their centre of mass stays; then each off what cannot move, the hand off the
walls, the puck off hand, block and walls, the hand off block, puck and walls. What still overlaps
is squeezed between three. A block of radius 0 is none.

What follows, and is tested: without damping and force, free flight keeps momentum and energy; an
elastic meeting is that of the textbook; a grip keeps momentum; half the way forwards and half the
way back with the whole force ends at rest, after (F / m) (T / 2)^2; nothing overlaps; a batch is
its rows.

Reference: Tassa et al. (2018), arXiv:1801.00690 (small bodies in a plane as tasks of control)
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.core.ops import Value, maximum, minimum, where


@dataclass(frozen=True)
class ArenaNumbers:
    dt: float = 0.05  # s
    force: float = 4.0  # largest acceleration of the free hand, length / s2
    damping: float = 2.0  # of the hand, 1 / s
    puck_damping: float = 3.0  # 1 / s
    hand_mass: float = 1.0
    puck_mass: float = 0.5
    hand_radius: float = 0.06  # length
    puck_radius: float = 0.1  # length
    bounce: float = 0.0  # 0: what meets stays together along the line; 1: elastic
    reach: float = 0.05  # largest gap over which the hand can hold, length


@dataclass(frozen=True)
class ArenaParams(ArenaNumbers):
    """The same, checked."""

    def __post_init__(self):
        above = ("dt", "force", "hand_mass", "puck_mass", "hand_radius", "puck_radius")
        for name, value in vars(self).items():
            low = "above 0" if name in above else "at least 0"
            if not math.isfinite(value) or value < 0 or (value == 0 and name in above):
                raise ValueError(f"{name}: a finite number {low} is needed, got {value!r}")
        if self.bounce > 1:
            raise ValueError(f"bounce: 0 to 1 is allowed, got {self.bounce!r}")


class Arena(NamedTuple):
    hand: Tensor  # (B, 2)
    hand_speed: Tensor  # (B, 2)
    puck: Tensor  # (B, 2)
    puck_speed: Tensor  # (B, 2)
    block: Tensor  # (B, 2), a centre
    block_radius: Tensor  # (B, 1), 0 for none


def speed_step(v: Value, push: Value, kept: Value, dt: Value) -> Value:
    """Velocity after a step with acceleration ``push``; ``kept`` is exp(-c dt)."""
    return kept * v + dt * push


def common_step(v: Value, w: Value, m: Value, n: Value) -> Value:
    """Velocity of two masses that move as one."""
    return (m * v + n * w) / (m + n)


def impulse_step(apart: Value, deep: Value, m: Value, n: Value, bounce: Value) -> Value:
    """Impulse of two masses that overlap by ``deep`` and go apart with velocity ``apart``."""
    return -(1 + bounce) * where(deep > 0, minimum(apart, 0.0), 0.0) * m * n / (m + n)


def off_step(v: Value, towards: Value, deep: Value, along: Value) -> Value:
    """Velocity along one axis without the part into what is overlapped by ``deep``."""
    return v - where(deep > 0, minimum(towards, 0.0), 0.0) * along


def wall_step(x: Value, v: Value, edge: Value) -> tuple[Value, Value]:
    """One coordinate within -edge to edge, and its velocity without the part into the wall."""
    inside = minimum(maximum(x, -edge), edge)
    return inside, where((x - inside) * v > 0, 0.0, v)


def _line(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Distance (B, 1) from b to a, and the unit vector (B, 2); (1, 0) where they coincide."""
    away = a - b
    far = torch.linalg.vector_norm(away, dim=1, keepdim=True)
    first = torch.zeros_like(away)
    first[:, 0] = 1
    return far, torch.where(far > 0, away / far.clamp_min(1e-12), first)


def held(arena: Arena, grip: Tensor, params: ArenaParams) -> Tensor:
    """Whether the hand holds the puck, (B, 1) booleans."""
    far, _ = _line(arena.hand, arena.puck)
    gap = far - params.hand_radius - params.puck_radius
    return (grip > 0) & (gap < params.reach)


def together(arena: Arena, hold: Tensor, params: ArenaParams) -> Arena:
    """Where ``hold`` (B, 1), both velocities become that of the common momentum."""
    m, n = params.hand_mass, params.puck_mass
    common = common_step(arena.hand_speed, arena.puck_speed, m, n)
    hand_speed = torch.where(hold, common, arena.hand_speed)
    return arena._replace(
        hand_speed=hand_speed, puck_speed=torch.where(hold, common, arena.puck_speed)
    )


def meet(arena: Arena, params: ArenaParams) -> Arena:
    """Hand and puck that overlap are moved apart and exchange an impulse, if they approach."""
    m, n = params.hand_mass, params.puck_mass
    far, normal = _line(arena.hand, arena.puck)
    deep = (params.hand_radius + params.puck_radius - far).clamp_min(0)
    apart = ((arena.hand_speed - arena.puck_speed) * normal).sum(1, keepdim=True)
    impulse = impulse_step(apart, deep, m, n, params.bounce) * normal
    return arena._replace(
        hand=arena.hand + deep * n / (m + n) * normal,
        puck=arena.puck - deep * m / (m + n) * normal,
        hand_speed=arena.hand_speed + impulse / m,
        puck_speed=arena.puck_speed - impulse / n,
    )


def off_disc(x: Tensor, v: Tensor, centre: Tensor, least: Tensor | float) -> tuple[Tensor, Tensor]:
    """x (B, 2) at least ``least`` from a centre, without a velocity towards it."""
    far, normal = _line(x, centre)
    deep = (least - far).clamp_min(0)
    towards = (v * normal).sum(1, keepdim=True)
    return x + deep * normal, off_step(v, towards, deep, normal)


def off_walls(x: Tensor, v: Tensor, radius: float) -> tuple[Tensor, Tensor]:
    """x (B, 2) with its disc within the walls, without a velocity into them."""
    return wall_step(x, v, 1 - radius)


def arena_step(
    arena: Arena, action: Tensor, params: ArenaParams, drift: Tensor | float = 0.0
) -> Arena:
    """One step.

    Args:
        arena: the state.
        action: (B, 3): force along both axes, parts of the largest, and grip; kept in -1 to 1.
        drift: acceleration of the hand from outside, (B, 2).
    """
    if action.shape != (len(arena.hand), 3):
        needed, got = (len(arena.hand), 3), tuple(action.shape)
        raise ValueError(f"action: shape {needed} is needed, got {got}")
    push, p = action.clamp(-1, 1), params
    kept, puck_kept = math.exp(-p.damping * p.dt), math.exp(-p.puck_damping * p.dt)
    now = arena._replace(
        hand_speed=speed_step(arena.hand_speed, p.force * push[:, :2] + drift, kept, p.dt),
        puck_speed=speed_step(arena.puck_speed, 0.0, puck_kept, p.dt),
    )
    now = together(now, held(arena, push[:, 2:], p), p)
    now = now._replace(hand=now.hand + p.dt * now.hand_speed, puck=now.puck + p.dt * now.puck_speed)
    now = meet(now, p)
    solid, touch = arena.block_radius > 0, p.hand_radius + p.puck_radius
    least = torch.where(solid, arena.block_radius + p.puck_radius, 0.0)
    hand, hand_speed = off_walls(now.hand, now.hand_speed, p.hand_radius)
    puck, puck_speed = off_disc(now.puck, now.puck_speed, hand, touch)
    puck, puck_speed = off_disc(puck, puck_speed, arena.block, least)
    puck, puck_speed = off_walls(puck, puck_speed, p.puck_radius)
    least = torch.where(solid, arena.block_radius + p.hand_radius, 0.0)
    hand, hand_speed = off_disc(hand, hand_speed, arena.block, least)
    hand, hand_speed = off_disc(hand, hand_speed, puck, touch)
    hand, hand_speed = off_walls(hand, hand_speed, p.hand_radius)
    return now._replace(hand=hand, hand_speed=hand_speed, puck=puck, puck_speed=puck_speed)
