"""A pendulum's controller as one small matrix, found in the page; see tasks.upright.

Reference: as there, Chen et al. (2020), doi:10.1126/scirobotics.abb6938
"""

from typing import NamedTuple

from neurolab.tasks.pendulum import PendulumParams

DT = 0.01  # s
UNITS = [0.05, 0.5, 0.5]  # rad, rad / s, N m: what a volt stands for
SENSOR = 0.005  # rad, deviation of what is measured
PUSH = 0.02  # N m, deviation of the torque of the world
ROUNDS = 1500  # of the iteration for the gains


class Linear(NamedTuple):
    a: list  # (2, 2) rows
    b: list  # (2,)


def product(x, y):
    """Of two matrices as lists of rows."""
    rows = []
    for row in x:
        made = []
        for j in range(len(y[0])):
            total = 0.0
            for k in range(len(y)):
                total += row[k] * y[k][j]
            made.append(total)
        rows.append(made)
    return rows


def near_upright(params: PendulumParams) -> Linear:
    """A step of the linearised pendulum: the matrix exponential as a sum."""
    inertia = params.mass * params.length * params.length
    fall = params.gravity / params.length
    whole = [
        [0.0, DT, 0.0],
        [DT * fall, -DT * params.friction, DT / inertia],
        [0.0, 0.0, 0.0],
    ]
    total = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    term = total
    for k in range(1, 12):
        term = [[v / k for v in row] for row in product(term, whole)]
        total = [[total[i][j] + term[i][j] for j in range(3)] for i in range(3)]
    return Linear([[total[0][0], total[0][1]], [total[1][0], total[1][1]]],
                  [total[0][2], total[1][2]])  # fmt: skip


def gain_of(a, b, q, r):
    """The gain (2,) of the regulator that weighs states by q (2, 2) and one input by r."""
    p = q
    gain = [0.0, 0.0]
    for _ in range(ROUNDS):
        pa = product(p, a)
        pb = [p[0][0] * b[0] + p[0][1] * b[1], p[1][0] * b[0] + p[1][1] * b[1]]
        under = r + b[0] * pb[0] + b[1] * pb[1]
        gain = [(b[0] * pa[0][j] + b[1] * pa[1][j]) / under for j in range(2)]
        closed = [[a[i][j] - b[i] * gain[j] for j in range(2)] for i in range(2)]
        pc = product(p, closed)
        p = [
            [q[i][j] + a[0][i] * pc[0][j] + a[1][i] * pc[1][j] for j in range(2)] for i in range(2)
        ]
    return gain


def controller(params: PendulumParams):
    """(3, 3): estimate of the next step and torque, from estimate and measured angle, in volts."""
    lin = near_upright(params)
    a, b = lin.a, lin.b
    regulator = gain_of(a, b, [[10.0, 0.0], [0.0, 1.0]], 1.0)
    moved = (PUSH + 0.001) * (PUSH + 0.001)
    spread = [[moved * b[i] * b[j] for j in range(2)] for i in range(2)]
    turned = [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
    seen = (SENSOR + 0.0001) * (SENSOR + 0.0001)
    found = gain_of(turned, [1.0, 0.0], spread, seen)
    det = a[0][0] * a[1][1] - a[0][1] * a[1][0]
    correct = [
        (a[1][1] * found[0] - a[0][1] * found[1]) / det,
        (a[0][0] * found[1] - a[1][0] * found[0]) / det,
    ]
    told = [[1.0 - correct[0], 0.0, correct[0]], [-correct[1], 1.0, correct[1]]]
    closed = [[a[i][j] - b[i] * regulator[j] for j in range(2)] for i in range(2)]
    rows = product(closed, told)
    rows.append([-(regulator[0] * told[0][j] + regulator[1] * told[1][j]) for j in range(3)])
    into = [UNITS[0], UNITS[1], UNITS[0]]
    return [[rows[i][j] * into[j] / UNITS[i] for j in range(3)] for i in range(3)]
