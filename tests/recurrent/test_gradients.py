"""BPTT and its relatives, each against autograd, against each other, or a closed form."""

import pytest
import torch

from neurolab.recurrent import (
    VanillaWeights,
    bptt_gradient,
    chunked_backward,
    rtrl_gradient,
    rtrl_start,
    rtrl_step,
    snap_gradient,
    snap_start,
    snap_step,
    truncated_gradient,
    truncated_start,
    truncated_step,
    uoro_gradient,
    uoro_start,
    uoro_step,
)
from neurolab.recurrent.derivatives import back, direct, pulled, through
from tests.recurrent.small_cells import CASES, B, N, T, angle, by_autograd, case, same

CASE = pytest.mark.parametrize("name", CASES)


def summed(parts):
    return [sum(column) for column in zip(*parts, strict=True)]


def rtrl(cell, weights, x, start, error):
    state, parts = rtrl_start(start, weights), []
    for t, x_t in enumerate(x):
        state = rtrl_step(x_t, state, weights, cell)
        parts.append(rtrl_gradient(error(t, state.h), state, weights))
    return summed(parts)


def truncated(cell, weights, x, start, error, window):
    state, parts = truncated_start(start), []
    for t, x_t in enumerate(x):
        state = truncated_step(x_t, state, weights, window, cell)
        parts.append(truncated_gradient(error(t, state.h), state, weights, cell))
    return summed(parts)


def snap(cell, weights, x, start, error):
    state, parts = snap_start(start, weights), []
    for t, x_t in enumerate(x):
        state = snap_step(x_t, state, weights, cell)
        parts.append(snap_gradient(error(t, state.h), state, weights))
    return summed(parts)


# ---- derivatives of a step -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vanilla", "gated"])
def test_derivatives_of_a_step_are_those_of_finite_differences(name):
    cell, weights, x, _, _ = case(name)
    h, small = torch.randn(B, N).double(), 1e-6
    _, d = through(cell, x[0], h, weights)
    for k in range(N):
        move = torch.zeros(N).double().index_fill(0, torch.tensor(k), small)
        up, down = (torch.stack([cell(a, b, weights) for a, b in zip(x[0], at, strict=True)])
                    for at in (h + move, h - move))  # fmt: skip
        torch.testing.assert_close(d[:, :, k], (up - down) / (2 * small), rtol=1e-6, atol=1e-8)
    g, flat = direct(cell, x[0], h, weights), torch.cat([w.flatten() for w in weights])
    for k in range(0, len(flat), 5):
        ends = []
        for sign in (1, -1):
            moved = flat.clone()
            moved[k] += sign * small
            parts = moved.split([w.numel() for w in weights])
            made = [p.reshape(w.shape) for p, w in zip(parts, weights, strict=True)]
            made = VanillaWeights(*made) if name == "vanilla" else made
            pairs = zip(x[0], h, strict=True)
            ends.append(torch.stack([cell(a, b, made) for a, b in pairs]))
        torch.testing.assert_close(g[..., k], (ends[0] - ends[1]) / 2 / small, rtol=1e-6, atol=1e-8)


def test_what_is_written_out_equals_the_general_way():
    vanilla, weights, x, _, _ = case("vanilla")
    plain, h, vector = case("plain")[0], torch.randn(B, N).double(), torch.randn(B, N).double()
    ours, theirs = ([*through(c, x[0], h, weights), pulled(c, x[0], h, weights, vector)]
                    for c in (vanilla, plain))  # fmt: skip
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
    (r, part), (r2, part2) = (back(c, x[0], h, weights, vector) for c in (vanilla, plain))
    torch.testing.assert_close(r, r2, rtol=1e-12, atol=1e-12)
    same(part, part2, 1e-12)


# ---- the gradients -------------------------------------------------------------------------------


@CASE
def test_bptt_written_out_equals_autograd(name):
    cell, weights, x, start, error = case(name)
    wanted, end = by_autograd(cell, weights, x, start, error)
    found, last = bptt_gradient(x, start, weights, error, cell)
    same(found, wanted)
    assert torch.equal(last, end) or torch.allclose(last, end, rtol=1e-12)


@CASE
def test_rtrl_equals_bptt(name):
    cell, weights, x, start, error = case(name)
    same(rtrl(cell, weights, x, start, error), by_autograd(cell, weights, x, start, error)[0])


@CASE
@pytest.mark.parametrize("window", [T, T + 5])
def test_truncated_with_a_window_of_all_steps_is_bptt(name, window):
    cell, weights, x, start, error = case(name)
    found = truncated(cell, weights, x, start, error, window)
    same(found, by_autograd(cell, weights, x, start, error)[0])


@pytest.mark.parametrize("window", [1, 3])
def test_truncated_sees_exactly_the_window(window):
    """Each error through a network that is cut, by autograd, ``window`` steps before it."""
    cell, weights, x, start, error = case("vanilla")
    states, wanted = [start], None
    for x_t in x:
        states.append(cell(x_t, states[-1], weights))
    for t in range(T):
        first = max(0, t + 1 - window)
        late = lambda s, h, t=t, first=first: error(s + first, h)  # noqa: E731
        part, _ = by_autograd(cell, weights, x[first : t + 1], states[first], late, t - first)
        wanted = part if wanted is None else [a + b for a, b in zip(wanted, part, strict=True)]
    same(truncated(cell, weights, x, start, error, window), wanted)


@pytest.mark.parametrize("window", [1, 5, 20])
def test_bias_of_a_window_has_a_closed_form(window):
    """h = a h + x, x = 1, loss h(T): dh(T)/da keeps the terms of the last k states."""
    a, steps = 0.9, 50

    def linear(x, h, weights):
        return weights[0] @ h + x

    weights = (torch.tensor([[a]], dtype=torch.float64),)
    x, start = torch.ones(steps, 1, 1).double(), torch.zeros(1, 1).double()
    end = lambda t, h: torch.ones_like(h) * (t == steps - 1)  # noqa: E731
    (found,) = truncated(linear, weights, x, start, end, window)
    state = [(1 - a**t) / (1 - a) for t in range(steps)]  # h(t)
    terms = [a**s * state[steps - 1 - s] for s in range(steps)]
    assert float(found) == pytest.approx(sum(terms[:window]), rel=1e-12)
    assert float(found) < 0.95 * sum(terms)
    (whole,) = truncated(linear, weights, x, start, end, steps)
    assert float(whole) == pytest.approx(sum(terms), rel=1e-12)


@pytest.mark.parametrize("window", [4, T, 50])
def test_chunks_are_bptt_inside_a_piece(window):
    cell, weights, x, start, error = case("vanilla")
    w = VanillaWeights(*(part.clone().requires_grad_() for part in weights))

    def run(piece, h):
        states = []
        for x_t in piece:
            h = cell(x_t, h, w)
            states.append(h)
        return torch.stack(states), h

    def loss(which, h):
        times = range(*which.indices(T))
        owed = torch.stack([error(t, s) for t, s in zip(times, h.detach(), strict=True)])
        return (owed * h).sum()

    _, last = chunked_backward(run, x, start, loss, window)
    wanted, h = None, start
    for first in range(0, T, window):
        late = lambda t, h, first=first: error(t + first, h)  # noqa: E731
        part, h = by_autograd(cell, weights, x[first : first + window], h, late)
        wanted = part if wanted is None else [a + b for a, b in zip(wanted, part, strict=True)]
    same([part.grad for part in w], wanted)
    assert not last.requires_grad
    torch.testing.assert_close(last, h)


# ---- UORO ----------------------------------------------------------------------------------------


def draws(count, steps, strength=1.0, forget_signs=False):
    """UORO's gradients (count, W) of one example, all draws side by side as a batch."""
    cell, weights, x, start, error = case("vanilla", strength, steps)
    chance = torch.Generator().manual_seed(3)
    rows = torch.zeros(count, N).double()
    state, total = uoro_start(rows, weights), 0.0
    for t in range(steps):
        nu = torch.randint(0, 2, (count, N), generator=chance).double() * 2 - 1
        nu = torch.ones_like(nu) if forget_signs else nu
        state = uoro_step(x[t, :1].expand(count, -1), state, weights, nu, cell)
        owed = error(t, state.h[:1].expand(B, -1))[:1]
        total = total + (owed * state.s).sum(1, keepdim=True) * state.q
    wanted, _ = by_autograd(cell, weights, x[:, :1], start[:1], lambda t, h: error(t, h)[:1])
    return total, torch.cat([part.flatten() for part in wanted])


def test_uoro_is_right_on_average():
    """Each weight's mean over 20,000 draws within 4.5 standard errors, few beyond 2."""
    found, wanted = draws(20_000, 6)
    off = (found.mean(0) - wanted) / (found.std(0) / len(found) ** 0.5)
    assert off.abs().max() < 4.5
    assert (off.abs() > 2).double().mean() < 0.2
    assert found.std(0).min() > 1e-3, "one draw is noisy"


def test_uoro_without_random_signs_is_not():
    found, wanted = draws(1, 6, forget_signs=True)
    assert (found[0] - wanted).norm() > 0.5 * wanted.norm()


def test_one_draw_of_uoro_is_off_by_more_than_the_gradient():
    found, wanted = draws(2000, 12)
    assert (found - wanted).square().sum(1).mean().sqrt() > wanted.norm()


def test_uoro_of_any_cell_is_that_of_the_vanilla_one():
    vanilla, weights, x, start, _ = case("vanilla")
    plain = case("plain")[0]
    ours, theirs = uoro_start(start, weights), uoro_start(start, weights)
    chance = torch.Generator().manual_seed(0)
    for x_t in x:
        nu = torch.randint(0, 2, (B, N), generator=chance).double() * 2 - 1
        ours = uoro_step(x_t, ours, weights, nu, vanilla)
        theirs = uoro_step(x_t, theirs, weights, nu, plain)
    same(ours, theirs)
    error = torch.ones(B, N).double()
    got = torch.cat([part.flatten() for part in uoro_gradient(error, ours, weights)])
    wanted = (ours.s.sum(1)[:, None] * ours.q).sum(0)
    torch.testing.assert_close(got, wanted)


# ---- SnAp-1 --------------------------------------------------------------------------------------


def test_snap_is_rtrl_where_units_reach_only_themselves():
    cell, weights, x, start, error = case("vanilla")
    alone = weights._replace(recurrent=weights.recurrent.diagonal().diag())
    found = snap(cell, alone, x, start, error)
    wanted = rtrl(cell, alone, x, start, error)
    inside = torch.eye(N).bool()
    same((found[0], found[1][inside], found[2]), (wanted[0], wanted[1][inside], wanted[2]))


@pytest.mark.parametrize("name", ["vanilla", "gated"])
def test_snap_is_rtrl_with_the_other_entries_set_to_zero(name):
    cell, weights, x, start, error = case(name)
    row = torch.cat([torch.arange(N).repeat_interleave(w[0].numel()) for w in weights])
    mask = (row == torch.arange(N)[:, None]).double()
    state, total = rtrl_start(start, weights), 0.0
    for t, x_t in enumerate(x):
        state = rtrl_step(x_t, state, weights, cell)
        state = state._replace(influence=state.influence * mask)
        part = rtrl_gradient(error(t, state.h), state, weights)
        total = total + torch.cat([p.flatten() for p in part])
    found = torch.cat([p.flatten() for p in snap(cell, weights, x, start, error)])
    torch.testing.assert_close(found, total, rtol=1e-10, atol=1e-10)


def test_angle_of_snap_grows_with_the_recurrent_weights():
    angles = []
    for strength in (0.0, 0.3, 1.2):
        found, wanted = [], []
        cell, weights, x, start, error = case("vanilla", strength, 30)
        found, wanted = snap(cell, weights, x, start, error), rtrl(cell, weights, x, start, error)
        angles.append(angle(found, wanted))
    assert angles[0] < 1e-3 < 1 < angles[1] < angles[2] < 90, angles


# ---- bad input -----------------------------------------------------------------------------------


def test_bad_input_is_refused_by_name():
    _, weights, x, start, _ = case("vanilla")
    with pytest.raises(ValueError, match=r"x: 3 on the last axis are needed, got 2"):
        rtrl_step(x[0, :, :2], rtrl_start(start, weights), weights)
    with pytest.raises(ValueError, match=r"x: finite numbers"):
        snap_step(x[0] * float("nan"), snap_start(start, weights), weights)
    with pytest.raises(ValueError, match=r"x: a batch of 2, as h has it, is needed, got 1"):
        rtrl_step(x[0, :1], rtrl_start(start, weights), weights)
    with pytest.raises(ValueError, match=r"window: .* got 0"):
        truncated_step(x[0], truncated_start(start), weights, 0)
    with pytest.raises(ValueError, match=r"window: .* got 2.5"):
        chunked_backward(lambda x, h: (x, h), x, start, lambda t, y: y.sum(), 2.5)
    with pytest.raises(ValueError, match=r"nu: \+1 and -1 of shape \(2, 4\)"):
        uoro_step(x[0], uoro_start(start, weights), weights, torch.zeros(B, N).double())
    with pytest.raises(ValueError, match=r"weights: 4 rows in tensor 1 are needed"):
        snap_start(start, (weights.weight, weights.bias[:2]))
    gradient, last = bptt_gradient(x[:0], start, weights, lambda t, h: h)
    assert torch.equal(last, start) and all(float(part.abs().max()) == 0 for part in gradient)
