"""Eligibility is the derivative of a spike along every path inside its neuron."""

import numpy as np
import pytest
import torch

from neurolab.core import FastSigmoid
from neurolab.eprop import ELIGIBILITIES
from neurolab.eprop.eligibility import columns
from tests.eprop.networks import DT, INPUTS, KINDS, N, drive

STEPS, BATCH = 40, 2


def runs(kind):
    """x (T, B, INPUTS), w, then lists over time of u and of e."""
    torch.manual_seed(1)
    neurons = KINDS[kind].double()
    x = (torch.rand(STEPS, BATCH, INPUTS) < 0.5).double() * 3
    w = (0.4 + drive()).requires_grad_()
    step, kind_of_traces = ELIGIBILITIES[neurons.kind.step]
    zero = torch.zeros(BATCH, N, INPUTS).double()
    state, traces = (
        neurons.start(zero[..., 0]),
        kind_of_traces(*(zero for _ in kind_of_traces._fields)),
    )
    zs, us, es = [], [], []
    for x_t in x:
        z, state = neurons.kind.step(x_t @ w.T, state, neurons.params, DT, neurons.surrogate)
        with torch.no_grad():
            u, source = state.u[..., None], x_t[:, None]
            e, traces = step(source, u, traces, columns(neurons.params), DT, neurons.surrogate)
        zs, us, es = [*zs, z], [*us, state.u.detach()], [*es, e]
    return x, w, zs, us, es


@pytest.mark.parametrize("kind", KINDS)
def test_is_the_derivative_of_a_spike(kind):
    _, w, zs, _, es = runs(kind)
    assert sum(zs).sum(0).min() > 2, "a silent neuron tests little"
    for t in (0, 1, 9, STEPS - 1):
        for b in range(BATCH):
            wanted = torch.autograd.grad(zs[t][b].sum(), w, retain_graph=True)[0]
            torch.testing.assert_close(es[t][b], wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["lif", "alif"])
def test_floats_and_arrays_give_the_same(kind):
    x, _, _, us, es = runs(kind)
    step, kind_of_traces = ELIGIBILITIES[KINDS[kind].kind.step]
    given = KINDS[kind].params, DT, FastSigmoid(sharpness=1.0)
    number = kind_of_traces(*(0.0 for _ in kind_of_traces._fields))
    array = kind_of_traces(*(np.zeros((BATCH, N, INPUTS)) for _ in kind_of_traces._fields))
    for x_t, u, e in zip(x, us, es, strict=True):
        a, number = step(float(x_t[0, 2]), float(u[0, 3]), number, *given)
        b, array = step(x_t.numpy()[:, None], u.numpy()[..., None], array, *given)
        assert a == pytest.approx(float(e[0, 3, 2]), rel=1e-12)
        np.testing.assert_allclose(b, e, rtol=1e-12)


def test_adaptation_makes_the_trace_of_one_spike_last():
    """After input has gone, e of LIF is gone after 20 tau; that of ALIF falls as tau_a says."""
    size = {}
    for kind in ("lif", "alif"):
        step, kind_of_traces = ELIGIBILITIES[KINDS[kind].kind.step]
        traces, given = kind_of_traces(*(0.0 for _ in kind_of_traces._fields)), KINDS[kind].params
        for t in range(400):
            u = 0.1 if t < 20 else -50.0  # then far below the threshold, where psi is small
            e, traces = step(float(t < 20), u, traces, given, DT)
            size[kind, t] = abs(e)
    assert size["lif", 399] < 1e-15 * size["lif", 19]
    later = size["alif", 399] / size["alif", 299]
    assert later == pytest.approx(np.exp(-100 / 80.0), rel=0.01)
