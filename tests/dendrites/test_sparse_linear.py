"""A sparse layer is a dense one with zeros that stay."""

import pytest
import torch
from torch.nn.functional import linear

from neurolab.dendrites import SparseLinear, sparse_mask


def test_every_unit_has_as_many_weights_now_and_after_learning():
    torch.manual_seed(0)
    layer, x = SparseLinear(40, 7, 0.3), torch.randn(16, 40)
    assert (layer.mask.sum(1) == 12).all()
    assert torch.equal(layer.weight != 0, layer.mask)
    first = layer.weight.detach().clone()
    adam = torch.optim.Adam(layer.parameters(), 0.01)
    for _ in range(5):
        adam.zero_grad()
        layer(x).square().sum().backward()
        assert (layer.weight.grad[~layer.mask] == 0).all()
        adam.step()
    assert torch.equal(layer.weight != 0, layer.mask)
    assert ((layer.weight != first) == layer.mask).all()


def test_equals_a_dense_layer_with_the_same_zeros():
    layer, x = SparseLinear(9, 5, 0.4).double(), torch.randn(2, 3, 9).double()
    torch.testing.assert_close(layer(x), linear(x, layer.weight * layer.mask, layer.bias))
    with torch.no_grad():
        layer.weight.fill_(1.0)
    expected = torch.stack([x[..., row].sum(-1) for row in layer.mask], -1) + layer.bias
    torch.testing.assert_close(layer(x), expected)


def test_places_are_drawn_evenly():
    mask = sparse_mask(4000, 20, 0.25, torch.Generator().manual_seed(3))
    assert (mask.sum(1) == 5).all()
    counts = mask.sum(0).double()  # binomial: mean 1000, standard deviation 27
    assert (counts - 1000).abs().max() < 4 * 27.4


@pytest.mark.parametrize("active", [1.0, 0.05])
def test_first_sums_are_as_large_whatever_part_of_the_inputs_is_on(active):
    """Variance bound^2 / 3 = 1 / (3 density I active), of density I active inputs that are 1."""
    torch.manual_seed(2)
    layer = SparseLinear(2000, 3000, 0.5, active, bias=False)
    x = torch.zeros(2000)
    x[torch.randperm(2000)[: round(2000 * active)]] = 1
    assert layer(x).var().item() == pytest.approx(1 / 3, rel=0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: SparseLinear(5, 2, 0.0), "density"),
        (lambda: SparseLinear(5, 2, 0.5, active=2), "active"),
        (lambda: SparseLinear(5, 2)(torch.rand(3, 4)), "x: shape \\(..., 5\\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
