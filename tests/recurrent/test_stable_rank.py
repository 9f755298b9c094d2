"""Norms of operators against the singular values of their dense matrices; films that do not end."""

import pytest
import torch
from torch import nn

from neurolab.recurrent import (
    DenoiserState,
    Operator,
    RecurrentDenoiser,
    SpectralNorm,
    StableRank,
    constrain,
    drive,
    length_of_state,
    runs_away,
    settle,
    stable_rank,
)

SIZE = (6, 5)
LAYERS = {
    "linear": lambda: nn.Linear(7, 5, bias=False),
    "zeros": lambda: nn.Conv2d(3, 4, 3, padding=1, bias=False),
    "joined": lambda: nn.Conv2d(2, 3, (3, 5), padding="same", padding_mode="circular", bias=False),
}


@pytest.fixture(params=LAYERS)
def layer(request):
    torch.manual_seed(1)
    made = LAYERS[request.param]().double()
    with torch.no_grad():
        made.weight.mul_(4)
    return made


def dense(layer, weight=None):
    operator = Operator(layer, None if isinstance(layer, nn.Linear) else SIZE)
    return operator.dense(layer.weight.detach() if weight is None else weight)


def test_the_dense_matrix_is_the_layer_and_back_is_its_transpose(layer):
    operator = Operator(layer, SIZE)
    v = torch.randn(2, *operator.sides[0], dtype=torch.float64)
    u = torch.randn(2, *operator.sides[1], dtype=torch.float64)
    torch.testing.assert_close(v.flatten(1) @ dense(layer).T, layer(v).detach().flatten(1))
    torch.testing.assert_close(
        u.flatten(1) @ dense(layer), operator.back(layer.weight.detach(), u).flatten(1)
    )
    w = layer.weight.detach().requires_grad_()
    (u[:1] * operator.forth(w, v[:1])).sum().backward()
    torch.testing.assert_close(operator.slope(u[0], v[0]), w.grad)
    filled = (operator.copies(w) * w.detach() ** 2).sum()
    torch.testing.assert_close(filled, (dense(layer) ** 2).sum())


def test_power_iteration_finds_the_norm_of_the_operator(layer):
    norm = SpectralNorm(layer, SIZE).double()
    norm.turn(layer.weight.detach(), 200)
    truth = torch.linalg.matrix_norm(dense(layer), 2)
    torch.testing.assert_close(norm.sigma(layer.weight.detach()), truth, rtol=1e-3, atol=0)
    if not isinstance(layer, nn.Linear):
        reshaped = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
        assert abs(reshaped / truth - 1) > 0.1, "the reshaped matrix would do as well"


def test_another_frequency_is_found_when_it_becomes_the_largest():
    """First the mean of a picture is stretched most, then what alternates from pixel to pixel."""
    torch.manual_seed(0)
    layer = nn.Conv2d(1, 1, 3, padding="same", padding_mode="circular", bias=False)
    part, size = SpectralNorm(layer, (6, 6)), torch.ones(1, 1, 3, 3)
    part.turn(size, 200)
    assert part.sigma(size).item() == pytest.approx(9, rel=1e-3)
    signs = torch.tensor([1.0, -1.0, 1.0])
    part.turn(1.1 * size * torch.outer(signs, signs), 20)
    assert part.sigma(1.1 * size * torch.outer(signs, signs)).item() == pytest.approx(9.9, rel=1e-3)


def test_the_bound_is_kept_and_a_small_norm_stays(layer):
    before = dense(layer)
    assert torch.linalg.matrix_norm(before, 2) > 1.2
    loose = constrain(layer, SIZE, bound=1e3)
    torch.testing.assert_close(dense(loose), before)
    nn.utils.parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    held = constrain(layer, SIZE, bound=0.9)
    settle(held)
    found = torch.linalg.matrix_norm(dense(held), 2).item()
    assert found == pytest.approx(0.9, rel=1e-3)


def test_the_bound_holds_after_training():
    """Towards an operator whose norm is three times the bound."""
    torch.manual_seed(0)
    layer = constrain(LAYERS["joined"](), SIZE, bound=0.5)
    x = torch.randn(64, 2, *SIZE)
    target = 3 * LAYERS["joined"]()(x).detach()
    before = layer.weight.detach().clone()
    for _ in range(15):
        loss = nn.functional.mse_loss(layer(x), target)
        (slope,) = torch.autograd.grad(loss, [layer.parametrizations.weight.original])
        with torch.no_grad():
            layer.parametrizations.weight.original -= 4 * slope
    assert (layer.weight - before).abs().max() > 0.05
    settle(layer)
    assert torch.linalg.matrix_norm(dense(layer), 2) == pytest.approx(0.5, rel=1e-3)


def test_stable_rank_of_a_linear_layer_keeps_what_is_largest():
    torch.manual_seed(0)
    layer = nn.Linear(8, 6, bias=False).double()
    u, s, v = torch.linalg.svd(layer.weight.detach())
    part = StableRank(layer, rank=1.5).double()
    part.turn(layer.weight.detach(), 300)
    found = part(layer.weight.detach())
    u2, s2, v2 = torch.linalg.svd(found)
    assert stable_rank(layer.weight.detach()) > 2
    assert stable_rank(found).item() == pytest.approx(1.5, rel=1e-5)
    assert s2[0].item() == pytest.approx(s[0].item(), rel=1e-5)
    torch.testing.assert_close(s2[1:] / s[1:], (s2[1] / s[1]).expand(5), rtol=1e-4, atol=0)
    assert abs(u[:, 0] @ u2[:, 0]) > 1 - 1e-6 and abs(v[0] @ v2[0]) > 1 - 1e-6
    wide = StableRank(layer, rank=6.0).double()
    torch.testing.assert_close(wide(layer.weight.detach()), layer.weight.detach())


@pytest.mark.parametrize("name", ("zeros", "joined"))
def test_stable_rank_of_a_convolution_comes_down_to_what_was_asked(name):
    torch.manual_seed(3)
    layer = LAYERS[name]().double()
    free = stable_rank(dense(layer)).item()
    norm = torch.linalg.matrix_norm(dense(layer), 2).item()
    part = StableRank(layer, SIZE, rank=0.7 * free).double()
    part.turn(layer.weight.detach(), 150)
    found = dense(layer, part(layer.weight.detach()))
    assert stable_rank(found) <= 0.7 * free + 1e-6
    assert torch.linalg.matrix_norm(found, 2) >= norm - 1e-6  # and u^T A v is what it was
    held = constrain(layer, SIZE, bound=0.8, rank=0.7 * free)
    settle(held, 150)
    assert torch.linalg.matrix_norm(dense(held), 2).item() == pytest.approx(0.8, rel=2e-3)
    assert stable_rank(dense(held)) <= 0.7 * free + 1e-2


def wild(seed, **options):
    """A denoiser whose kernels are three times as large as at the start."""
    torch.manual_seed(seed)
    net = RecurrentDenoiser(4, SIZE, **options)
    with torch.no_grad():
        for p in net.of_state.parameters():
            p.mul_(3)
    settle(net, 100)
    return net


def test_a_constrained_denoiser_forgets_its_start_and_stays_within_its_bound():
    net = wild(0, bound=0.9)
    film = torch.rand(30, 3, 1, *SIZE)
    with torch.no_grad():
        states = [DenoiserState(5 * torch.rand(3, 4, *SIZE)) for _ in "ab"]
        gaps, pushes = [], net.of_frame(film.flatten(0, 1)).flatten(1).norm(dim=1).max()
        for x in film:
            gaps.append((states[0].h - states[1].h).flatten(1).norm(dim=1))
            states = [net(x[None], state)[1] for state in states]
        gaps = torch.stack(gaps)
        seen = gaps[1:] > 1e-3  # below, rounding is what differs
        assert seen[:5].all() and (gaps[1:] <= 0.9 * 1.002 * gaps[:-1])[seen].all()
        assert gaps[-1].max() < 0.01 * gaps[0].min()
        assert length_of_state(states[0]).max() <= pushes / (1 - 0.902)
        long = torch.rand(100, 3, 1, *SIZE)
        assert not runs_away(net, long, None, limit=float(pushes / (1 - 0.902))).any()
        assert runs_away(wild(0), long, None, limit=1e6).all()


def test_a_film_may_be_cut_anywhere():
    net, film = wild(1, bound=0.9), torch.rand(5, 2, 1, *SIZE)
    with torch.no_grad():
        whole, last = net(film)
        first, state = net(film[:2])
        rest, end = net(film[2:], state)
    torch.testing.assert_close(torch.cat([first, rest]), whole)
    torch.testing.assert_close(end.h, last.h)
    assert (whole - film).abs().max() > 0.01


def test_finds_the_one_direction_in_which_a_network_runs_away():
    """h' = A h + x with A = 1.1 d d^T: only what lies along d grows."""
    d = torch.nn.functional.normalize(torch.tensor([1.0, -2.0, 0.5, 3.0]), dim=0)

    def run(x, h, size=1.1):
        h = torch.zeros_like(x[0]) if h is None else h
        for now in x.unbind():
            h = size * (h @ d)[:, None] * d + now
        return h, h

    torch.manual_seed(0)
    found = drive(run, 0.2 * torch.rand(10, 6, 4) - 0.1, 15, 0.2, (-1.0, 1.0))
    assert (found.x[:9] @ d).abs().min() > 0.99 * d.abs().sum()  # all that the limits allow
    assert (found.x[:9].sum(0) @ d).abs().min() > 8 * d.abs().sum()  # and always with one sign
    assert (found.after > 3 * found.before).all()
    assert runs_away(run, torch.zeros(200, 6, 4), found.state, limit=1e6).all()

    def calm(x, h):
        return run(x, h, 0.95)

    still = drive(calm, torch.rand(10, 6, 4), 15, 0.2, (-1.0, 1.0))
    assert not runs_away(calm, torch.zeros(200, 6, 4), still.state, limit=1e3).any()


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    (
        (lambda: Operator(nn.ReLU()), TypeError, "layer: nn.Linear or nn.Conv2d"),
        (lambda: Operator(nn.Conv2d(1, 1, 3), SIZE), ValueError, "layer: as large an output"),
        (lambda: Operator(nn.Conv2d(1, 1, 3, padding=1)), ValueError, "size: "),
        (lambda: constrain(nn.Linear(2, 2), bound=0.0), ValueError, "bound: a number above 0"),
        (lambda: constrain(nn.Linear(2, 2), rank=0.5), ValueError, "rank: at least 1"),
        (lambda: RecurrentDenoiser(0, SIZE), ValueError, "channels: a whole number"),
        (lambda: RecurrentDenoiser(1, SIZE, rank=2.0), ValueError, "rank: needs a bound"),
        (
            lambda: RecurrentDenoiser(1, SIZE)(torch.zeros(2, 3, *SIZE)),
            ValueError,
            r"x: shape \(T, B, 1, 6, 5\)",
        ),
        (lambda: drive(None, torch.zeros(1), rounds=0), ValueError, "rounds from 1"),
        (lambda: runs_away(None, torch.zeros(1, 1), None, 0.0), ValueError, "limit: a number"),
    ),
)
def test_says_what_is_wrong_with_a_layer_or_a_film(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
