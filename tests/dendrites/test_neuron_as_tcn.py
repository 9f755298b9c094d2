"""A convolution over time: what it sees, and that a linear one finds the cable's response."""

import pytest
import torch

from neurolab.dendrites import NeuronTCN, cable_step, star


def test_it_looks_back_so_far_and_never_ahead():
    for depth in (0, 1, 2, 4):
        net = NeuronTCN(3, depth, units=5, window=7, later=3).double()
        assert net.memory == 7 + max(depth - 1, 0) * 2
        x = torch.randn(40, 2, 3, dtype=torch.float64)
        other = x.clone()
        other[20] += 5.0  # a larger input moves some unit
        changed = ((net(other) - net(x)).abs() > 1e-12).any(1).nonzero()[:, 0].tolist()
        assert changed[0] == 20 and max(changed) == 19 + net.memory


def test_without_depth_it_is_a_sum_over_the_past():
    net = NeuronTCN(2, 0, window=4).double()
    kernel, bias = net.layers[0].weight[0], net.layers[0].bias
    x = torch.randn(9, 1, 2, dtype=torch.float64)
    found = net(x)[:, 0]
    for t in range(9):
        want = bias[0].item()
        for s in range(4):
            if t - s >= 0:
                want += (kernel[:, 3 - s] * x[t - s, 0]).sum().item()
        assert found[t].item() == pytest.approx(want)


def test_fitted_to_a_passive_tree_it_is_the_response_of_the_cable():
    """Least squares in place of a descent; the response is that to one pulse of current."""
    tree, dt, window = star(), 2.0, 60
    size = len(tree.parent)

    def driven(current):
        """Soma above rest, with currents (T, 2) into the first tip and piece 3."""
        v, soma = [tree.e_leak] * size, []
        for a, b in current:
            i = [0.0] * size
            i[2], i[3] = a, b
            v = cable_step(v, [0.0] * size, i, tree, dt)
            soma.append(v[0] - tree.e_leak)
        return torch.tensor(soma, dtype=torch.float64)

    chance = torch.Generator().manual_seed(0)
    x = torch.randn(500, 2, generator=chance, dtype=torch.float64)
    y = driven(x.tolist())
    net = NeuronTCN(2, 0, window=window).double()
    past = torch.stack([torch.roll(x, s, 0) for s in range(window)], 1)[window:].flatten(1)
    best = torch.linalg.lstsq(past, y[window:, None]).solution.reshape(window, 2)
    with torch.no_grad():
        net.layers[0].weight[0] = best.flip(0).T
        net.layers[0].bias.zero_()
        told = net(x[:, None])[window:, 0]
    assert (told - y[window:]).square().mean() < 1e-3 * y[window:].var()
    for site in (0, 1):
        pulse = torch.zeros(20, 2)
        pulse[0, site] = 1
        response = driven(pulse.tolist())
        torch.testing.assert_close(
            best[:20, site], response, atol=0.03 * response.max().item(), rtol=0
        )


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: NeuronTCN(0, 1), "inputs"),
        (lambda: NeuronTCN(2, -1), "depth"),
        (lambda: NeuronTCN(2, 1, window=2.5), "window"),
        (lambda: NeuronTCN(2, 1)(torch.zeros(5, 1, 3)), "x: a shape"),
    ],
)
def test_refuses(make, name):
    with pytest.raises(ValueError, match=name):
        make()
