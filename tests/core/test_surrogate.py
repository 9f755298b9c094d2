"""A spike is a step; its gradient is the surrogate's formula, wherever gradients are taken."""

import math
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from neurolab.core import SURROGATES, ArcTan, FastSigmoid, Gaussian, Triangular, spike

U = torch.tensor([-3.0, -1.0, -0.4, -1e-3, 0.0, 1e-3, 0.2, 1.0, 2.5], dtype=torch.float64)
ODD = {  # settings other than the defaults
    "triangular": Triangular(height=0.7, width=0.4),
    "fast_sigmoid": FastSigmoid(sharpness=3.0),
    "arctan": ArcTan(sharpness=5.0),
    "gaussian": Gaussian(width=1.3),
}
# From the papers' formulas by pen: the integral of psi over all u, and its height at 0.
INTEGRAL = {
    "triangular": lambda s: s.height * s.width,
    "fast_sigmoid": lambda s: 2 / s.sharpness,
    "arctan": lambda s: 1.0,
    "gaussian": lambda s: 1.0,
}
HEIGHT = {
    "triangular": lambda s: s.height,
    "fast_sigmoid": lambda s: 1.0,
    "arctan": lambda s: s.sharpness / 2,
    "gaussian": lambda s: 1 / (s.width * math.sqrt(2 * math.pi)),
}


@pytest.fixture(params=SURROGATES)
def name(request):
    return request.param


@pytest.fixture(params=["default", "odd"])
def surrogate(request, name):
    return SURROGATES[name]() if request.param == "default" else ODD[name]


def test_spike_is_a_step_on_floats_arrays_and_tensors():
    want = [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert [spike(u) for u in U.tolist()] == want
    assert spike(U.numpy()).tolist() == want
    assert spike(U).tolist() == want
    assert spike(math.nan) == 0
    assert spike(torch.tensor(math.nan)) == 0
    assert spike(5e-324) == 1


@given(u=st.floats())
def test_spike_agrees_everywhere(u):
    assert spike(u) == spike(np.array([u]))[0] == spike(torch.tensor([u], dtype=torch.float64))[0]


def test_spike_keeps_the_dtype():
    assert spike(U.float()).dtype == torch.float32
    assert spike(U.float().numpy()).dtype == np.float32


def test_integral_and_height(name, surrogate):
    psi = surrogate.derivative
    half = sum(quad(psi, a, b)[0] for a, b in ((0, 1), (1, 20), (20, math.inf)))
    assert 2 * half == pytest.approx(INTEGRAL[name](surrogate), rel=1e-6)
    assert psi(0.0) == pytest.approx(HEIGHT[name](surrogate))


@given(u=st.floats(allow_nan=False))
def test_symmetric_largest_at_the_threshold_and_finite(u):
    for kind in (*SURROGATES.values(), *(lambda s=s: s for s in ODD.values())):
        psi = kind().derivative
        assert psi(u) == psi(-u)
        assert 0 <= psi(u) <= psi(0.0)


def test_derivative_agrees_on_floats_arrays_and_tensors(surrogate):
    psi = surrogate.derivative
    floats = np.array([psi(u) for u in U.tolist()])
    np.testing.assert_allclose(psi(U.numpy()), floats, rtol=1e-12)
    np.testing.assert_allclose(psi(U).numpy(), floats, rtol=1e-12)


def test_gradient_of_a_spike_is_the_derivative(surrogate):
    u = U.clone().requires_grad_()
    upstream = torch.randn_like(U)
    (gradient,) = torch.autograd.grad(spike(u, surrogate), u, upstream)
    want = [surrogate.derivative(x) * g for x, g in zip(U.tolist(), upstream.tolist(), strict=True)]
    torch.testing.assert_close(gradient, torch.tensor(want, dtype=torch.float64))


def test_without_a_choice_it_is_the_fast_sigmoid():
    for given_none in (spike, lambda u: spike(u, None)):
        u = U.clone().requires_grad_()
        given_none(u).sum().backward()
        torch.testing.assert_close(u.grad, FastSigmoid(sharpness=10.0).derivative(U))


def loss(weight, x, surrogate):
    """Two layers of one step, so that a surrogate's value enters another's gradient."""
    hidden = spike(x @ weight - 0.1, surrogate)
    return (spike(hidden @ weight - 0.5, surrogate) * torch.arange(4.0).double()).sum()


def test_vmap_of_grad_equals_a_loop(surrogate):
    weight, xs = torch.randn(4, 4).double(), torch.randn(6, 4).double()
    together = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, None))(
        weight, xs, surrogate
    )
    leaf = weight.clone().requires_grad_()
    alone = [torch.autograd.grad(loss(leaf, x, surrogate), leaf)[0] for x in xs]
    assert together.abs().sum() > 0, "a silent net would make this test empty"
    torch.testing.assert_close(together, torch.stack(alone))


def test_second_derivative_is_that_of_the_formula(name):
    """Not at the corner of the triangle and of the fast sigmoid: away from 0."""
    u, surrogate = torch.tensor(0.3, dtype=torch.float64), SURROGATES[name]()
    second = torch.func.grad(torch.func.grad(lambda x: spike(x, surrogate)))(u)
    h = 1e-5
    want = (surrogate.derivative(0.3 + h) - surrogate.derivative(0.3 - h)) / (2 * h)
    assert second.item() == pytest.approx(want, rel=1e-6)


def test_anything_with_a_derivative_will_do():
    class Boxcar:
        def derivative(self, u):
            return (abs(u) < 0.5) * 1.0

    u = U.clone().requires_grad_()
    spike(u, Boxcar()).sum().backward()
    assert u.grad.tolist() == [0, 0, 1, 1, 1, 1, 1, 0, 0]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="torch.compile needs a C++ compiler")
def test_compiles_in_one_graph(surrogate):
    def run(u):
        return spike(u, surrogate) * u

    torch.compiler.reset()
    compiled = torch.compile(run, fullgraph=True)
    u, v = U.clone().requires_grad_(), U.clone().requires_grad_()
    out = compiled(u)
    out.sum().backward()
    run(v).sum().backward()
    torch.testing.assert_close(out, run(v))
    torch.testing.assert_close(u.grad, v.grad)


def test_without_gradients_it_is_the_same_and_no_derivative_is_lost_in_silence():
    u = torch.tensor([-1.0, -0.0, 0.0, 1e-30, 2.0, math.nan])
    with torch.no_grad():
        quick = spike(u)
        with pytest.raises(RuntimeError, match=r"forward mode|jvp"):
            torch.func.jvp(spike, (u,), (torch.ones_like(u),))
    assert torch.equal(quick, spike(u)) and quick.dtype == u.dtype
    slope = torch.func.grad(lambda x: spike(x))
    with torch.no_grad():  # torch.func.grad does not care
        assert slope(torch.tensor(0.0)) == FastSigmoid().derivative(torch.tensor(0.0))
