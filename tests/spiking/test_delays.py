"""Whole delays shift, fractions interpolate, and a delay can be learned."""

import pytest
import torch

from neurolab.spiking import Delays


def one_each(delays, longest):
    """A layer with weight 1 and these delays (N, I) or (I,)."""
    delays = torch.tensor(delays).double()
    inputs = delays.shape[-1]
    units = delays.shape[0] if delays.ndim == 2 else 1
    layer = Delays(inputs, units, longest, delays).double()
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.delays.copy_(delays)
    return layer


def by_hand(x, weight, delays):
    """Each connection for itself, by indices; (T, B, I), (N, I), (N, I) -> (T, B, N)."""
    out = torch.zeros(len(x), x.shape[1], len(weight)).double()
    for t in range(len(x)):
        for n in range(len(weight)):
            for i in range(x.shape[2]):
                low = int(delays[n, i])
                part = delays[n, i] - low
                for k, share in ((low, 1 - part), (low + 1, part)):
                    if t >= k:
                        out[t, :, n] += weight[n, i] * share * x[t - k, :, i]
    return out


def test_equals_each_connection_for_itself():
    x, delays = torch.randn(20, 2, 4).double(), 6 * torch.rand(3, 4).double()
    delays[0, 0], delays[1, 1], delays[2, 2] = 0.0, 6.0, 3.0
    layer = Delays(4, 3, 6, delays).double()
    layer.delays.data = delays
    current, _ = layer(x)
    torch.testing.assert_close(current, by_hand(x, layer.weight.detach(), delays))
    shared = Delays(4, 3, 6, delays[0]).double()
    shared.delays.data = delays[0]
    want = by_hand(x, shared.weight.detach(), delays[0].expand(3, 4))
    torch.testing.assert_close(shared(x)[0], want)


def test_a_whole_delay_is_a_shift():
    x = (torch.rand(30, 2, 1) < 0.3).double()
    for d in (0, 1, 7):
        current, _ = one_each([[float(d)]], 7)(x)
        assert torch.equal(current[d:], x[: 30 - d])
        assert (current[:d] == 0).all()


def test_a_ramp_is_shifted_by_exactly_the_delay():
    ramp = torch.arange(40.0).double()[:, None, None]
    current, _ = one_each([[0.3], [2.75], [5.0]], 5)(ramp)
    want = ramp - torch.tensor([0.3, 2.75, 5.0]).double()
    torch.testing.assert_close(current[6:], want[6:])


@pytest.mark.parametrize("cut", [0, 1, 3, 17, 40])
def test_continued_sequence_equals_one_run(cut):
    layer, x = Delays(4, 3, longest=6).double(), torch.randn(40, 2, 4).double()
    whole, end = layer(x)
    first, past = layer(x[:cut])
    second, last = layer(x[cut:], past)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    assert torch.equal(last, end)
    assert past.shape == (6, 2, 4)


def test_gradients_are_those_of_finite_differences():
    x = torch.randn(12, 2, 3).double()
    layer = Delays(3, 2, 4, learn=True).double()
    for shape in ((2, 3), (3,)):
        delays = (torch.randint(0, 4, shape) + 0.2 + 0.6 * torch.rand(shape)).double()

        def run(weight, delays, x):
            given = {"weight": weight, "delays": delays}
            return torch.func.functional_call(layer, given, x)[0]

        leaves = [layer.weight.detach().clone(), delays, x.clone()]
        assert torch.autograd.gradcheck(run, [leaf.requires_grad_() for leaf in leaves])


def test_at_a_whole_delay_the_gradient_is_of_both_sides():
    layer, x = one_each([[2.0]], 4), torch.randn(10, 1, 1).double()
    layer.delays.requires_grad_()
    current, _ = layer(x)
    (gradient,) = torch.autograd.grad(current[6].sum(), layer.delays)
    torch.testing.assert_close(gradient.squeeze(), (x[3] - x[5]).squeeze())


def test_learns_the_delay_of_another_layer():
    """From 1.5 steps to 4.7, on a signal that changes slowly."""
    t = torch.arange(80.0).double()
    x = torch.stack([torch.sin(t / 6 + k) + torch.sin(t / 9.1 + 2 * k) for k in range(2)], 1)
    want, _ = one_each([[4.7]], 8)(x[..., None])
    want, layer = want.detach(), one_each([[1.5]], 8)
    layer.delays.requires_grad_()
    optimizer = torch.optim.Adam([layer.delays], lr=0.3)
    for _ in range(100):
        loss = ((layer(x[..., None])[0] - want)[10:] ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert layer.delays.item() == pytest.approx(4.7, abs=0.05)


def test_delays_beyond_the_ends_count_as_the_ends():
    x = torch.randn(20, 2, 2).double()
    far, near = one_each([[0.0, 0.0]], 3), one_each([[3.0, 0.0]], 3)
    far.delays.data = torch.tensor([[9.0, -4.0]]).double()
    torch.testing.assert_close(far(x)[0], near(x)[0])


def test_empty_whole_numbers_and_dtype():
    layer = Delays(3, 2, longest=4)
    assert layer(torch.zeros(0, 5, 3))[0].shape == (0, 5, 2)
    assert layer(torch.zeros(6, 0, 3))[0].shape == (6, 0, 2)
    spikes = torch.rand(9, 2, 3) < 0.5
    torch.testing.assert_close(layer(spikes)[0], layer(spikes.float())[0])
    assert layer.double()(torch.zeros(4, 1, 3).double())[0].dtype == torch.float64
    assert Delays(3, 2, 0)(torch.ones(4, 1, 3))[1].shape == (0, 1, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": 0}, "inputs: a whole number from 1 is needed, got 0"),
        ({"units": 1.5}, "units: a whole number from 1 is needed, got 1.5"),
        ({"longest": -1}, "longest: a whole number from 0 is needed, got -1"),
        ({"delays": torch.ones(3, 2)}, r"delays: shape \(N, I\) = \(2, 3\) or .* got \(3, 2\)"),
        ({"delays": torch.full((2, 3), 4.5)}, "delays: steps from 0 to longest = 4 are needed"),
        ({"delays": torch.full((2, 3), torch.nan)}, "delays: steps from 0 to longest = 4"),
    ],
)
def test_bad_settings_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        Delays(**({"inputs": 3, "units": 2, "longest": 4} | arguments))


def test_bad_input_says_what_is_wrong():
    layer = Delays(3, 2, longest=4)
    with pytest.raises(ValueError, match=r"x: shape \(T, B, I = 3\) is needed, got \(9, 2\)"):
        layer(torch.zeros(9, 2))
    with pytest.raises(ValueError, match="x: finite numbers are needed, got 1 that are nan"):
        layer(torch.tensor([[[0.0, torch.nan, 0.0]]]))
    with pytest.raises(ValueError, match=r"past: shape \(K, B, I\) = \(4, 2, 3\) .* \(3, 2, 3\)"):
        layer(torch.zeros(9, 2, 3), torch.zeros(3, 2, 3))
