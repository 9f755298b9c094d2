"""The spike-coding network: its potentials are errors, and its error falls as 1/N."""

import math

import pytest
import torch

from neurolab.recurrent import SpikeCoding, around, farthest

TAU, DT = 20.0, 0.1


def circle(steps, batch=1, speed=0.01):
    """A point (T, B, 2) that grows to the unit circle and goes round; each of a batch elsewhere."""
    t = DT * torch.arange(1, steps + 1, dtype=torch.float64)[:, None]
    phase = speed * t + torch.arange(batch, dtype=torch.float64)
    return (1 - torch.exp(-t / TAU))[..., None] * torch.stack([phase.cos(), phase.sin()], -1)


def off(told, x, skip=1000):
    return (told - x)[skip:].square().sum(-1).mean().sqrt().item()


@pytest.mark.parametrize("price", [0.0, 0.004])
def test_a_potential_is_the_error_though_nobody_computes_it(price):
    x, decoder = circle(600, batch=3), torch.randn(2, 17, dtype=torch.float64) / 17
    net = SpikeCoding(decoder, TAU, price, DT)
    state = net.start(3)
    for one in x:
        _, told, state = net(one[None], state)
        wanted = (one - told[0]) @ decoder - price * state.r
        torch.testing.assert_close(state.v, wanted, rtol=0, atol=1e-12)
        assert (state.v <= net.threshold + 1e-12).all(), "whoever is above has fired"


def test_the_trace_is_that_of_the_spikes_and_the_signal_that_of_the_trace():
    x, net = circle(300), SpikeCoding(around(12, 0.1), TAU, 0.0, DT)
    spikes, told, _ = net(x)
    ages = torch.arange(300)[:, None] - torch.arange(300)
    kernel = torch.where(ages >= 0, torch.exp(-DT / TAU * ages.double()), 0.0)
    wanted = torch.einsum("ts,sbn,kn->tbk", kernel, spikes, net.decoder)
    torch.testing.assert_close(told, wanted, rtol=0, atol=1e-12)
    assert spikes.sum() > 10


def test_each_spike_makes_the_objective_smaller():
    """In any state; and a spike of whoever stays silent would make it larger."""
    g = torch.Generator().manual_seed(0)
    decoder = torch.randn(3, 9, generator=g, dtype=torch.float64)
    price = 0.3
    net = SpikeCoding(decoder, price=price)
    for _ in range(50):
        x = 3 * torch.randn(1, 3, generator=g, dtype=torch.float64)
        r = torch.rand(1, 9, generator=g, dtype=torch.float64)

        def objective(r, x=x):
            return ((x - r @ decoder.T).square().sum() + price * r.square().sum()).item()

        v = (x - r @ decoder.T) @ decoder - price * r
        gain = [objective(r) - objective(r + row) for row in torch.eye(9, dtype=torch.float64)]
        above = (v > net.threshold)[0].tolist()
        assert [g > 0 for g in gain] == above
        z = farthest(v, net.threshold)[0]
        assert z.sum() == any(above)


def slope(sizes, errors):
    """Of log error over log size, by least squares."""
    x, y = torch.tensor([sizes, errors], dtype=torch.float64).log()
    return (((x - x.mean()) * y).sum() / (x - x.mean()).square().sum()).item()


@pytest.mark.slow
def test_the_error_falls_as_one_over_n_and_that_of_poisson_neurons_as_its_root():
    """The Poisson neurons draw as many spikes in a step as decode to the signal on average."""
    sizes, x, decay = (10, 20, 50, 100, 200), circle(2500), math.exp(-DT / TAU)
    new = x - decay * torch.cat([0 * x[:1], x[:-1]])  # what a step must add to the decoded signal
    ours, chance = [], []
    g = torch.Generator().manual_seed(1)
    for n in sizes:
        decoder = around(n, 3 / n)
        ours.append(off(SpikeCoding(decoder, TAU, 0.0, DT)(x)[1], x))
        # sum over n of D_n max(0, D_n . y) is n |D|^2 y / 4 for directions all around
        mean = 4 / (n * (3 / n) ** 2) * (new @ decoder).clamp(min=0).expand(-1, 20, -1)
        counts = torch.poisson(mean, generator=g) @ decoder.T
        told = [counts[0]]
        for count in counts[1:]:
            told.append(decay * told[-1] + count)
        chance.append(off(torch.stack(told), x))
    assert slope(sizes, ours) == pytest.approx(-1, abs=0.1)
    assert slope(sizes, chance) == pytest.approx(-0.5, abs=0.1)
    assert ours[-1] < chance[-1] / 5


def test_neurons_that_fall_silent_are_stood_in_for():
    x, n = circle(4000), 40
    alive = torch.ones(4000, n, dtype=torch.bool)
    alive[2000:, ::2] = False
    net = SpikeCoding(around(n, 3 / n), TAU, 0.0, DT)
    spikes, told, _ = net(x, alive=alive)
    assert spikes[2000:, :, ::2].sum() == 0 and spikes[:2000, :, ::2].sum() > 0
    before, after = off(told[:2000], x[:2000]), off(told[2000:], x[2000:])
    assert after < 1.3 * before
    others = [s[:, :, 1::2].sum() for s in (spikes[1000:2000], spikes[3000:])]
    assert others[1] > 1.5 * others[0]


@pytest.mark.slow
def test_slow_weights_hold_a_linear_system():
    """An oscillator and an integrator, against the matrix exponential; the error falls with |D|."""
    turn = torch.tensor([[0.0, -0.02], [0.02, 0.0]], dtype=torch.float64)
    c = torch.zeros(3000, 1, 2, dtype=torch.float64)
    c[:100] = torch.tensor([0.1, 0.0], dtype=torch.float64)  # 10 ms of push
    for system in (turn, torch.zeros(2, 2, dtype=torch.float64)):
        errors = []
        for length in (0.1, 0.02):
            _, told, _ = SpikeCoding(around(30, length), TAU, 0.0, DT, system)(c)
            x, wanted = torch.zeros(2, dtype=torch.float64), []
            for one in c:
                x = torch.linalg.matrix_exp(DT * system) @ x + DT * one[0]
                wanted.append(x)
            errors.append(off(told[:, 0], torch.stack(wanted), 200))
        assert errors[1] < 0.1 and errors[1] < errors[0]


def test_a_longer_run_is_two_shorter_ones():
    x, net = circle(200, batch=2), SpikeCoding(around(9, 0.2), TAU, 0.001, DT)
    whole = net(x)
    first = net(x[:77])
    second = net(x[77:], first[2])
    torch.testing.assert_close(torch.cat([first[0], second[0]]), whole[0])
    assert all(torch.equal(a, b) for a, b in zip(second[2], whole[2], strict=True))


def test_empty_runs_are_defined():
    net = SpikeCoding(around(5, 0.2))
    assert net(torch.zeros(0, 2, 2, dtype=torch.float64))[0].shape == (0, 2, 5)
    assert net(torch.zeros(4, 0, 2, dtype=torch.float64))[1].shape == (4, 0, 2)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda: SpikeCoding(torch.ones(3)), "decoder: finite floats"),
        (lambda: SpikeCoding(torch.zeros(2, 3)), "decoder: each neuron"),
        (lambda: SpikeCoding(torch.ones(2, 3), dt=30.0), "dt: 0 < dt < tau"),
        (lambda: SpikeCoding(torch.ones(2, 3), price=-1.0), "price: "),
        (lambda: SpikeCoding(torch.ones(2, 3), system=torch.ones(3, 3)), "system: shape"),
        (lambda: SpikeCoding(torch.ones(2, 3))(torch.ones(4, 2)), "x: shape"),
        (lambda: SpikeCoding(torch.ones(2, 3))(torch.full((4, 1, 2), math.nan)), "x: finite"),
        (
            lambda: SpikeCoding(torch.ones(2, 3))(torch.ones(4, 1, 2), alive=torch.ones(4, 3)),
            "alive: booleans",
        ),
        (lambda: around(2, 1.0), "count: at least 3"),
    ],
    ids=list("abcdefghi"),
)
def test_refuses(what, message):
    with pytest.raises(ValueError, match=message):
        what()
