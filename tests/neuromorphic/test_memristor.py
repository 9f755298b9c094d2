"""A crossbar against the product, against circuits by hand and against its noise."""

import pytest
import torch

from neurolab.neuromorphic.memristor import Crossbar, CrossbarParams, solve

FINE = CrossbarParams(levels=100_000)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_without_faults_it_is_the_product():
    weight, x = drawn(4, 6), drawn(5, 6)
    torch.testing.assert_close(Crossbar(weight, FINE)(x), x @ weight.T, atol=1e-3, rtol=0)


def test_few_levels_are_as_coarse_as_they_are():
    weight, x = drawn(4, 6), torch.eye(6).double()
    step = weight.abs().max() / 15
    error = Crossbar(weight, CrossbarParams(levels=16))(x).T - weight
    assert error.abs().max() <= step / 2 + 1e-9 and error.abs().max() > step / 8


def test_one_device_and_its_wires_are_a_series_circuit():
    g, v, r = torch.tensor([[1e-3]]).double(), torch.tensor([[2.0]]).double(), 50.0
    torch.testing.assert_close(solve(g, v, r), v / (1 / g + 2 * r))


def test_two_devices_on_a_row_by_hand():
    """The second column is reached through one more piece of wire."""
    g, v, r = torch.tensor([[1e-3, 2e-3]]).double(), torch.tensor([[1.0]]).double(), 100.0
    far = 1 / (1 / g[0, 1] + 2 * r)  # device and its column, then a piece of row
    near = 1 / (1 / g[0, 0] + r)
    node = (1 / r) / (1 / r + far + near)  # potential of the first node of the row
    torch.testing.assert_close(solve(g, v, r), torch.stack([node * near, node * far])[None])


def test_currents_add_up_and_thick_wires_do_not_matter():
    g, v = 1e-4 * drawn(5, 4).abs(), drawn(1, 5)
    torch.testing.assert_close(solve(g, v, 1e-3), v @ g, rtol=1e-4, atol=0)
    weak = solve(g, v.abs(), 500.0)
    assert (weak < v.abs() @ g).all() and (weak > 0).all()
    both = solve(g, torch.cat([v, 2 * v]), 500.0)
    torch.testing.assert_close(both[1], 2 * both[0])  # a circuit is linear
    one, two = torch.eye(5).double()[:2]
    apart = solve(g, torch.stack([one, two, one + two]), 500.0)
    torch.testing.assert_close(apart[2], apart[0] + apart[1])


@pytest.mark.parametrize("kind", ["write", "read"])
def test_noise_on_devices_is_noise_on_outputs(kind):
    weight = torch.full((1, 200), 0.5).double()
    weight[0, 0] = 1.0  # sets the range
    params = CrossbarParams(g_min=0.0, levels=100_000, **{kind: 0.05})
    x, made = torch.ones(1, 200).double(), []
    bar = Crossbar(weight, params)
    for seed in range(400):
        made.append((bar if kind == "read" else Crossbar(weight, params, seed))(x).item())
    expected = 0.05 * weight.square().sum().sqrt()
    assert torch.tensor(made).std() == pytest.approx(float(expected), rel=0.12)


def test_devices_drift():
    weight = torch.ones(1, 3).double()
    params = CrossbarParams(g_min=0.0, levels=1000, drift=0.05, spread=0.0)
    x = torch.ones(1, 3).double()
    aged = Crossbar(weight, params, age=1000.0)(x)
    assert aged.item() == pytest.approx(3 * 1000**-0.05)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="g_min: from 0 to below g_max"):
        CrossbarParams(g_min=1.0)
    with pytest.raises(ValueError, match="levels: a whole number of at least 2"):
        CrossbarParams(levels=1)
    with pytest.raises(ValueError, match="write: a number from 0"):
        CrossbarParams(write=-0.1)
    with pytest.raises(ValueError, match=r"weight: shape \(N, I\)"):
        Crossbar(torch.zeros(3))
    with pytest.raises(ValueError, match="age: seconds since writing"):
        Crossbar(torch.ones(1, 1), age=0.0)
    with pytest.raises(ValueError, match=r"v: shape \(B, I = 3\)"):
        Crossbar(torch.ones(1, 3)).currents(torch.zeros(2, 2))
