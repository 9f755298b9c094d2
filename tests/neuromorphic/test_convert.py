"""Networks of rectified units turned into spikes."""

import pytest
import torch
from torch import nn

from neurolab.neuromorphic import Unsupported, convert, from_nir, to_nir
from neurolab.neuromorphic.convert import shown


def trained() -> tuple[nn.Sequential, torch.Tensor]:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 30), nn.ReLU(), nn.Linear(30, 20), nn.ReLU(), nn.Linear(20, 4))
    return net, torch.rand(300, 8)


def test_a_rate_is_the_activity_but_for_what_is_left():
    """Constant input: T a / lambda spikes, cut to 0 .. T, less than one spike off."""
    net, x = trained()
    made, (scale, _) = convert(net, x, percentile=95.0)
    with torch.no_grad():
        _, _, seen = made(shown(x, 200), record=True)
        wanted = (net[1](net[0](x)) / scale).clamp(max=1.0)
    assert (wanted == 1).any() and (wanted > 0).float().mean() > 0.2
    assert (seen[1].mean(0) - wanted).abs().max() <= 1 / 200 + 1e-4


def test_the_answer_comes_as_near_as_one_likes():
    net, x = trained()
    made, _ = convert(net, x, percentile=100.0)
    with torch.no_grad():
        wanted = net(x)
        errors = [(made(shown(x, t))[0].mean(0) - wanted).abs().mean() for t in (25, 100, 400)]
    assert errors[0] > 3 * errors[1] > 9 * errors[2] and errors[2] < 0.01 * wanted.abs().mean()


def test_convolutions_and_means_too():
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Dropout(), nn.Flatten()),
        nn.Linear(36, 5),
    ).eval()
    x = torch.rand(50, 1, 8, 8)
    made, scales = convert(net, x, percentile=100.0)
    with torch.no_grad():
        found, wanted = made(shown(x, 300))[0].mean(0), net(x)
    assert len(scales) == 1 and (found - wanted).abs().max() < 0.02
    again = from_nir(to_nir(made, (1, 8, 8)))
    with torch.no_grad():
        torch.testing.assert_close(again(shown(x, 30))[0], made(shown(x, 30))[0])


def test_what_cannot_be_converted_is_refused():
    x = torch.rand(10, 3)
    with pytest.raises(Unsupported, match=r"nn\.ReLU behind weights is needed, got Tanh"):
        convert(nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 2)), x)
    with pytest.raises(Unsupported, match=r"a layer of weights or nn\.ReLU, got LSTM"):
        convert(nn.Sequential(nn.LSTM(3, 2)), x)
    with pytest.raises(ValueError, match="percentile: a number above 0"):
        convert(nn.Sequential(nn.Linear(3, 2)), x, percentile=0.0)
