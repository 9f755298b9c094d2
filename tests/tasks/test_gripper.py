"""The gripper's contact forces against energies, and its motors against their law."""

import math

import pytest
import torch

from neurolab.tasks.gripper import (
    Contact,
    Finger,
    GripperParams,
    contact_step,
    finger_step,
    joints,
    touch,
)

WORLD = GripperParams()
CASES = [(0.3, 0.5, 0.005, 0.03), (0.5, 0.6, 0.004, 0.028), (0.9, -0.2, 0.0, 0.02)]


def energy(q1, q2, x, radius, stiffness):
    """What the pressed disc stores, by distances to finely sampled links."""
    x1, y1, x2, y2 = joints(Finger(q1, q2), WORLD)
    part = torch.linspace(0, 1, 20001, dtype=torch.float64)
    stored = 0.0
    for (ax, ay), (bx, by) in (((WORLD.base, 0.0), (x1, y1)), ((x1, y1), (x2, y2))):
        far = torch.hypot(ax + part * (bx - ax) - x, ay + part * (by - ay) - WORLD.height).min()
        stored += float(0.5 * stiffness * (radius - far).clamp(min=0) ** 2)
    return stored


@pytest.mark.parametrize(("q1", "q2", "x", "radius"), CASES)
def test_torques_are_slopes_of_the_stored_energy(q1, q2, x, radius):
    given = [torch.tensor(v, dtype=torch.float64) for v in (q1, q2, x)]
    found = contact_step(Finger(*given[:2]), given[2], radius, 800.0, WORLD)
    assert found.force > 0
    slopes, h = [], 1e-5
    for k in range(3):
        ends = []
        for sign in (1, -1):
            moved = [v + sign * h * (i == k) for i, v in enumerate(given)]
            ends.append(energy(*moved, radius, 800.0))
        slopes.append((ends[0] - ends[1]) / (2 * h))
    assert float(found.torque1) == pytest.approx(-slopes[0], rel=2e-3, abs=1e-5)
    assert float(found.torque2) == pytest.approx(-slopes[1], rel=2e-3, abs=1e-5)
    assert float(found.along) == pytest.approx(slopes[2], rel=2e-3, abs=1e-3)


def test_a_link_above_the_disc_presses_upward():
    px, py, force, fx, fy = touch(-0.1, 0.05, 0.1, 0.05, 0.02, 0.0, 0.06, 100.0)
    assert (px, py) == pytest.approx((0.02, 0.05))
    assert (force, fx, fy) == pytest.approx((1.0, 0.0, 1.0))


def test_free_angles_relax_to_their_goals():
    finger, still = Finger(0.0, 0.0), Contact(0.0, 0.0, 0.0, 0.0)
    for _ in range(1000):
        finger = finger_step(0.4, 0.2, still, finger, WORLD, 1e-4)
    left = math.exp(-0.1 * WORLD.motor / WORLD.friction)
    assert finger.q1 == pytest.approx(0.4 * (1 - left), rel=1e-3)
    assert finger.q2 == pytest.approx(0.2 * (1 - left), rel=1e-3)
