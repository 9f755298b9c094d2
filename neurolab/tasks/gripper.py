"""A planar gripper of two fingers with two joints, and a disc that gives way between them.

    friction dq_j / dt = motor (goal_j - q_j) + torque_j         each joint, a soft motor
    drag dx / dt = force of the left finger - force of the right one
    force = stiffness max(radius - distance of disc and link, 0)      along the line between them

    symbol      meaning                                                   shape   unit
    q           angles of the two joints, 0 straight up, rising inward    (B,)    rad
    goal        where the motors are told to go                           (B,)    rad
    torque      of the contact forces about a joint                       (B,)    N m
    x           place of the disc, from the middle, towards this finger   (B,)    m
    radius      of the disc                                               (B,)    m
    stiffness   of its surface                                            (B,)    N / m
    motor       stiffness of a joint                                      ()      N m / rad

The disc lies at a fixed height and is free to slide sideways. One finger is computed; the other is
its mirror image, with -x for x.

What follows, and is tested: without contact the angles relax to their goals as exp(-t motor /
friction); at rest the torques of the motors balance those of the disc (virtual work: the force is
the slope of the stored energy); a disc off the middle is pushed there by two equal fingers.

Where it differs from a hand: no inertia, no friction at the contact, discs alone.

Reference: what a grasp needs of forces and stiffness: Murray, Li & Sastry (1994), A Mathematical
Introduction to Robotic Manipulation, doi:10.1201/9781315136370
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, cos, maximum, minimum, sin, sqrt

NEAR = 1e-9  # m, below which two points are one


@dataclass(frozen=True)
class GripperParams:
    base: float = 0.05  # m, of a finger from the middle
    link: float = 0.05  # m, length of each of its two links
    height: float = 0.06  # m, of the disc's centre
    motor: float = 1.0  # N m / rad
    friction: float = 0.05  # N m s / rad
    drag: float = 20.0  # N s / m, of the disc


class Finger(NamedTuple):
    q1: Value  # (B,) rad
    q2: Value  # (B,) rad


class Contact(NamedTuple):
    torque1: Value  # (B,) N m
    torque2: Value  # (B,) N m
    force: Value  # (B,) N, of both links together
    along: Value  # (B,) N, what pushes the finger outward; the disc feels the opposite


def joints(finger: Finger, params: GripperParams) -> tuple[Value, Value, Value, Value]:
    """Places (m) of the second joint and of the tip of the right finger. Elementwise."""
    x1 = params.base - params.link * sin(finger.q1)
    y1 = params.link * cos(finger.q1)
    whole = finger.q1 + finger.q2
    return x1, y1, x1 - params.link * sin(whole), y1 + params.link * cos(whole)


def touch(
    ax: Value, ay: Value, bx: Value, by: Value, x: Value, y: Value, radius: Value, stiffness: Value
) -> tuple[Value, Value, Value, Value, Value]:
    """Where a link from a to b is nearest to a disc, and the force on it: place, force, its parts.

    Elementwise.
    """
    dx, dy = bx - ax, by - ay
    part = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    part = minimum(maximum(part, 0.0), 1.0)
    px, py = ax + part * dx, ay + part * dy
    ux, uy = px - x, py - y
    far = maximum(sqrt(ux * ux + uy * uy), NEAR)
    force = stiffness * maximum(radius - far, 0.0)
    return px, py, force, force * ux / far, force * uy / far


def contact_step(
    finger: Finger, x: Value, radius: Value, stiffness: Value, params: GripperParams
) -> Contact:
    """Forces between a disc and the right finger. Elementwise."""
    x1, y1, x2, y2 = joints(finger, params)
    px, py, near, fx, fy = touch(params.base, 0.0, x1, y1, x, params.height, radius, stiffness)
    torque1 = (px - params.base) * fy - py * fx
    px, py, far, gx, gy = touch(x1, y1, x2, y2, x, params.height, radius, stiffness)
    torque2 = (px - x1) * gy - (py - y1) * gx
    torque1 = torque1 + (px - params.base) * gy - py * gx
    return Contact(torque1, torque2, near + far, fx + gx)


def finger_step(
    goal1: Value, goal2: Value, contact: Contact, finger: Finger, params: GripperParams, dt: float
) -> Finger:
    """The angles ``dt`` s later. Elementwise."""
    pull1 = params.motor * (goal1 - finger.q1) + contact.torque1
    pull2 = params.motor * (goal2 - finger.q2) + contact.torque2
    return Finger(
        q1=finger.q1 + dt / params.friction * pull1, q2=finger.q2 + dt / params.friction * pull2
    )
