"""The conductance-based neuron against closed forms."""

import math
import random

import numpy as np
import pytest
import torch

from neurolab.spiking import ConductanceParams, conductance_step
from tests.live.conftest import node  # noqa: F401
from tests.live.programs import driver, program

P = ConductanceParams()
SILENT = ConductanceParams(threshold=100.0)


@pytest.mark.parametrize(("g_exc", "g_inh"), [(0.0, 0.0), (0.5, 0.2), (3.0, 0.0), (0.1, 4.0)])
@pytest.mark.parametrize("dt", [0.1, 1.0, 5.0])
def test_held_conductances_settle_as_the_closed_form(g_exc, g_inh, dt):
    v, total = -60.0, 1 + g_exc + g_inh
    for _ in range(round(20 / dt)):
        _, v = conductance_step(g_exc, g_inh, v, SILENT, dt)
    rest = (-70 + 0 * g_exc - 70 * g_inh) / total
    assert v == pytest.approx(rest + (-60 - rest) * math.exp(-20 * total / P.tau), rel=1e-12)


@pytest.mark.parametrize("g_exc", [0.35, 0.5, 1.0])
def test_period_is_the_closed_form(g_exc):
    dt, v, times = 0.01, P.reset, []
    for k in range(40_000):
        z, v = conductance_step(g_exc, 0.0, v, P, dt)
        if z:
            times.append(k * dt)
            assert v == P.reset
    settle = P.rest / (1 + g_exc)
    period = P.tau / (1 + g_exc) * math.log((settle - P.reset) / (settle - P.threshold))
    assert len(times) > 5
    assert np.diff(times).mean() == pytest.approx(period, abs=2 * dt)


def test_too_little_input_or_strong_inhibition_keeps_it_silent():
    for g_exc, g_inh in ((0.29, 0.0), (0.5, 1.0)):  # 16 / 54 = 0.296 reaches the threshold
        v, spikes = P.rest, 0.0
        for _ in range(5000):
            z, v = conductance_step(g_exc, g_inh, v, P, 0.5)
            spikes += z
        assert spikes == 0


def samples():
    rng = random.Random(0)
    return [[3 * rng.random(), rng.random(), rng.uniform(-80, -50), rng.uniform(0.1, 5)]
            for _ in range(300)]  # fmt: skip


def test_floats_arrays_tensors_and_the_page_agree(node):  # noqa: F811
    rows = samples()
    floats = np.array([conductance_step(*r[:3], P, r[3]) for r in rows]).T
    assert 20 < floats[0].sum() < 280
    columns = np.array(rows).T
    arrays = np.array(conductance_step(*columns[:3], P, columns[3]))
    np.testing.assert_allclose(arrays, floats, rtol=1e-12)
    x = torch.from_numpy(columns)
    tensors = conductance_step(*x[:3], P, x[3])
    np.testing.assert_allclose(torch.stack([t.double() for t in tensors]), floats, rtol=1e-12)
    head = "from neurolab.spiking import ConductanceParams, conductance_step"
    body = "z, v = conductance_step(a, b, c, ConductanceParams(), d)\nreturn [z, v]"
    for checked in (False, True):
        found = node.answers(program(driver(body, head, "a, b, c, d"), checked), rows)
        np.testing.assert_allclose(np.array(found, dtype=float).T, floats, rtol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_follows(dtype):
    z, v = conductance_step(*torch.rand(3, 4, dtype=dtype), P, 1.0)
    assert z.dtype == v.dtype == dtype
