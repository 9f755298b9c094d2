"""A burst where soma and dendrite are reached together, and a linear dendrite below it."""

import math
from itertools import pairwise

import pytest
import torch

from neurolab.dendrites import (
    TwoCompartment,
    TwoCompartmentParams,
    two_compartment_start,
    two_compartment_step,
)

DT = 0.1
AT = 40.0  # ms, when the soma is reached
GAPS = [-20.0, -10.0, 0.0, 2.0, 4.0, 10.0, 20.0]  # ms, from there to the dendrite's input


def inputs(gaps, soma=2000.0, dendrite=1000.0, time=120.0):
    """5 ms of current into the soma; a current into the dendrite that rises and falls."""
    t = torch.arange(round(time / DT), dtype=torch.float64)[:, None] * DT
    i_s = soma * ((t >= AT) & (t < AT + 5)).double().expand(-1, len(gaps))
    x = t - AT - torch.tensor(gaps, dtype=torch.float64)
    i_d = dendrite * torch.where(x >= 0, torch.exp(-x / 8) - torch.exp(-x / 2), 0.0)
    return i_s, i_d


def spikes(neuron=None, **given):
    return (neuron or TwoCompartment())(*inputs(GAPS, **given))[0].sum(0).tolist()


def test_a_burst_comes_only_where_both_coincide():
    assert spikes(dendrite=0.0) == [1] * 7
    assert spikes(soma=0.0) == [0] * 7
    both = dict(zip(GAPS, spikes(), strict=True))
    assert both[0.0] >= 3 and both[2.0] >= 3 and both[4.0] >= 3
    assert all(both[gap] == 1 for gap in (-20.0, -10.0, 10.0, 20.0))


def test_without_the_spike_that_travels_back_there_is_none():
    assert spikes(TwoCompartment(TwoCompartmentParams(back=0.0))) == [1] * 7


def test_the_dendrite_is_linear_below_its_channels():
    """f is nothing: (v_d, w_d) obey a 2 x 2 system, solved by the matrix exponential."""
    p = TwoCompartmentParams(half=1000.0)
    system = torch.tensor(
        [[-1 / p.tau_d, -1 / p.c_d], [p.a / p.tau_wd, -1 / p.tau_wd]], dtype=torch.float64
    )
    held = -torch.linalg.solve(system, torch.tensor([300 / p.c_d, 0.0]).double())
    exact = held - torch.linalg.matrix_exp(8 * system) @ held
    errors = []
    for dt in (0.2, 0.1, 0.05):
        state = two_compartment_start(p)
        for _ in range(round(8 / dt)):
            z, state = two_compartment_step(0.0, 300.0, state, p, dt)
            assert z == 0
        errors.append(abs(state.v_d - p.rest - exact[0].item()))
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    assert errors[-1] < 0.05 and orders == pytest.approx([2, 2], abs=0.1)
    assert exact[0] > 3 and state.w_d > 10


def test_soma_alone_is_a_neuron_that_leaks():
    """To threshold by a held current, in closed form; then silent for 3 ms, then slower."""
    p = TwoCompartmentParams(back=0.0, g_s=0.0)
    held = p.tau_s / p.c_s * 900
    first = p.tau_s * math.log(held / (held - (p.threshold - p.rest)))
    i = torch.full((4000, 1), 900.0, dtype=torch.float64)
    z, _ = TwoCompartment(p, DT)(i, torch.zeros_like(i))
    times = (z[:, 0].nonzero()[:, 0] + 1) * DT
    gaps = times.diff()
    assert times[0].item() == pytest.approx(first, abs=DT)
    assert len(times) > 5 and gaps[0] > first + p.refractory and (gaps.diff() > -1.5 * DT).all()


def test_the_spike_travels_back_within_its_window():
    """The dendrite moves from 0.5 to 2.5 ms after the spike, and by what 2 ms of current give."""
    p = TwoCompartmentParams(g_d=0.0, g_s=0.0, a=0.0)
    i = torch.zeros(400, 1, dtype=torch.float64)
    i[100:150] = 2500
    z, _, kept = TwoCompartment(p, DT)(i, 0 * i, keep=("v_d",))
    v, at = kept["v_d"][:, 0], int(z[:, 0].nonzero()[0])
    moved = [k - at for k in range(1, 400) if v[k] > v[k - 1] + 1e-12]
    assert [round(moved[0] * DT, 1), round(moved[-1] * DT, 1)] == [0.6, 2.5]
    peak = p.tau_d * p.back / p.c_d * (1 - math.exp(-2 / p.tau_d))
    assert v.max().item() - p.rest == pytest.approx(peak, rel=0.01)


def test_floats_and_cuts_agree_with_one_run():
    i_s, i_d = inputs([0.0, 4.0])
    whole, last, kept = TwoCompartment()(i_s, i_d, keep=("v_d",))
    first, state = TwoCompartment()(i_s[:431], i_d[:431])
    second, end = TwoCompartment()(i_s[431:], i_d[431:], state)
    assert torch.equal(torch.cat([first, second]), whole) and whole.sum() > 4
    torch.testing.assert_close(end.v_d, last.v_d)
    state = two_compartment_start(TwoCompartmentParams())
    for t, (a, b) in enumerate(zip(i_s[:, 0].tolist(), i_d[:, 0].tolist(), strict=True)):
        z, state = two_compartment_step(a, b, state, TwoCompartmentParams(), DT)
        assert z == whole[t, 0] and state.v_d == pytest.approx(kept["v_d"][t, 0].item())


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: TwoCompartment(TwoCompartmentParams(tau_d=0)), "tau_d"),
        (lambda: TwoCompartment(TwoCompartmentParams(back=math.nan)), "back"),
        (lambda: TwoCompartment(dt=1.0), "dt"),
        (lambda: TwoCompartment()(torch.zeros(3, 2), torch.zeros(3, 1)), "one shape"),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
