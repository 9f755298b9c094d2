"""The trace against the convolution that defines it, and against closed forms."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from neurolab.core import exponential_trace, trace_step

TAU, DT = 12.0, 0.5


def test_is_the_convolution_with_an_exponential():
    x = torch.randn(200, 3).double()
    kernel = np.exp(-np.arange(200) * DT / TAU)
    want = np.stack([np.convolve(column, kernel)[:200] for column in x.T.numpy()], axis=1)
    np.testing.assert_allclose(exponential_trace(x, TAU, DT).numpy(), want, rtol=1e-10, atol=1e-12)


def test_a_spike_counts_one_and_decays_exactly():
    x = torch.zeros(50, dtype=torch.float64)
    x[10] = 1
    trace = exponential_trace(x, TAU, DT)
    t = torch.arange(50.0).double()
    want = torch.where(t < 10, 0.0, torch.exp(-(t - 10) * DT / TAU))
    torch.testing.assert_close(trace, want)


def test_decay_between_spikes_does_not_depend_on_the_step():
    """After 6 ms without input, 0.5 and 0.125 ms steps have forgotten the same."""
    left = [trace_step_many(1.0, dt, round(6 / dt)) for dt in (0.5, 0.125)]
    assert left[0] == pytest.approx(left[1], rel=1e-12)
    assert left[0] == pytest.approx(math.exp(-6 / TAU), rel=1e-12)


def trace_step_many(trace, dt, steps):
    for _ in range(steps):
        trace = trace_step(0.0, trace, TAU, dt)
    return trace


def test_constant_input_settles_at_the_geometric_sum():
    trace = exponential_trace(torch.ones(2000, dtype=torch.float64), TAU, DT)
    assert trace[-1].item() == pytest.approx(1 / (1 - math.exp(-DT / TAU)), rel=1e-9)


@given(cut=st.integers(0, 30))
def test_a_cut_sequence_equals_one_run(cut):
    x = torch.randn(30, 2, generator=torch.Generator().manual_seed(cut)).double()
    whole = exponential_trace(x, TAU, DT)
    first = exponential_trace(x[:cut], TAU, DT)
    start = first[-1] if cut else None
    second = exponential_trace(x[cut:], TAU, DT, start)
    torch.testing.assert_close(torch.cat([first, second]), whole, rtol=0, atol=0)


def test_step_agrees_on_floats_arrays_and_tensors():
    x, trace = np.random.default_rng(0).normal(size=(2, 20))
    floats = [trace_step(*pair, TAU, DT) for pair in zip(x.tolist(), trace.tolist(), strict=True)]
    np.testing.assert_allclose(trace_step(x, trace, TAU, DT), floats, rtol=1e-12)
    tensors = trace_step(torch.from_numpy(x), torch.from_numpy(trace), TAU, DT)
    np.testing.assert_allclose(tensors.numpy(), floats, rtol=1e-12)


def test_gradient_is_the_kernel_backwards():
    x = torch.zeros(20, dtype=torch.float64, requires_grad=True)
    exponential_trace(x, TAU, DT)[-1].backward()
    want = torch.exp(-torch.arange(19, -1, -1).double() * DT / TAU)
    torch.testing.assert_close(x.grad, want)
