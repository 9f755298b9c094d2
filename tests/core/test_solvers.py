"""Solvers against closed forms: order by regression, Taylor polynomial to rounding."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from neurolab.core import SOLVERS, euler_step, heun_step, integrate, rk4_step


def slope(t, x):
    """Depends on both; with x(0) = 1 it is solved by exp(sin t) / (1 + t)."""
    return x * (np.cos(t) - 1 / (1 + t))


def exact(t):
    return math.exp(math.sin(t)) / (1 + t)


@pytest.fixture(params=SOLVERS)
def solver(request):
    return SOLVERS[request.param]


def test_order_by_regression(solver):
    steps = np.array([20, 40, 80, 160])
    errors = [
        abs(integrate(slope, 1.0, np.linspace(0, 2, n + 1), solver.step)[-1] - exact(2.0))
        for n in steps
    ]
    order = np.polyfit(np.log(2 / steps), np.log(errors), 1)[0]
    assert order == pytest.approx(solver.order, abs=0.1)


@pytest.mark.parametrize("a", [-2.0, 0.5, 1.0])
def test_one_step_is_the_taylor_polynomial_of_exp(solver, a):
    dt = 0.3
    taylor = sum((a * dt) ** k / math.factorial(k) for k in range(solver.order + 1))
    assert solver.step(lambda t, x: a * x, 0.0, 1.0, dt) == pytest.approx(taylor, rel=1e-14)


def test_time_alone_is_a_quadrature_rule(solver):
    """On dx/dt = t^k: left rectangle (exact for k = 0), trapezoid (1), Simpson (3)."""
    exact_up_to = {1: 0, 2: 1, 4: 3}[solver.order]
    for k in range(exact_up_to + 2):
        got = solver.step(lambda t, x, k=k: t**k, 1.0, 0.0, 2.0)
        want = (3.0 ** (k + 1) - 1) / (k + 1)
        assert (got == pytest.approx(want, rel=1e-12)) == (k <= exact_up_to)


def test_stability_limit_on_the_negative_axis(solver):
    """|polynomial| passes 1 at -2 for Euler and Heun, at -2.785 for rk4."""
    limit = 2.785 if solver.order == 4 else 2.0
    grow = [abs(solver.step(lambda t, x: -x, 0.0, 1.0, f * limit)) for f in (0.98, 1.02)]
    assert grow[0] < 1 < grow[1]


def test_float_array_and_tensor_agree(solver):
    times = [0.0, 0.1, 0.3, 0.4]
    start = [0.5, 1.0, 2.0]

    def f(t, x):
        return -x * x + t

    floats = np.stack([integrate(f, x, times, solver.step) for x in start], axis=1)
    array = integrate(f, np.array(start), np.array(times), solver.step)
    tensor = integrate(f, torch.tensor(start).double(), times, solver.step)
    assert isinstance(tensor, torch.Tensor)
    np.testing.assert_allclose(array, floats, rtol=1e-14)
    np.testing.assert_allclose(tensor.numpy(), floats, rtol=1e-14)


def test_rk4_finds_what_another_solver_finds():
    """A system without a closed form, on an uneven grid: van der Pol against scipy's DOP853."""

    def f(t, x):
        return np.array([x[1], (1 - x[0] ** 2) * x[1] - x[0]])

    times = np.concatenate([np.linspace(0, 3, 400), np.linspace(3, 8, 900)[1:]])
    reference = solve_ivp(f, (0, 8), [1.0, 0.0], "DOP853", times, rtol=1e-11, atol=1e-12)
    ours = integrate(f, np.array([1.0, 0.0]), times)
    np.testing.assert_allclose(ours.T, reference.y, atol=1e-7)


def test_forward_and_back_ends_where_it_began():
    forward = integrate(slope, 1.0, np.linspace(0, 1, 101))[-1]
    assert integrate(slope, forward, np.linspace(1, 0, 101))[-1] == pytest.approx(1.0, abs=1e-8)


def test_path_begins_with_the_start_and_has_one_row_a_time():
    path = integrate(lambda t, x: x, torch.ones(3), [0.0, 0.1])
    assert path.shape == (2, 3)
    assert (path[0] == 1).all()
    assert integrate(lambda t, x: x, 1.0, [5.0]).tolist() == [1.0]


def test_gradient_flows_through_a_path():
    """d x(1) / d a of dx/dt = a x with x(0) = 1 is e^a."""
    a = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    start = torch.ones((), dtype=torch.float64)
    integrate(lambda t, x: a * x, start, np.linspace(0, 1, 51))[-1].backward()
    assert a.grad.item() == pytest.approx(math.exp(0.7), rel=1e-7)


def test_no_times_is_an_error():
    with pytest.raises(ValueError, match="times: at least one"):
        integrate(slope, 1.0, [])


def test_table_holds_the_steps():
    assert [s.step for s in SOLVERS.values()] == [euler_step, heun_step, rk4_step]
