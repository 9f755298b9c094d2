"""Plain Hebb explodes, and at the rate that theory names."""

import numpy as np
import torch
from sklearn.datasets import load_digits

from neurolab.hebbian import hebb_step


def digits():
    """Every fourth digit (450, 64), mean removed: small enough that torch stays in one thread."""
    x = torch.from_numpy(load_digits().data[::4] / 16)
    return x - x.mean(0)


def test_grows_at_the_rate_of_the_largest_eigenvalue():
    """Averaged over the digits, log |w| rises by rate * lambda_max a step, within 2 %."""
    x, rate = digits(), 0.02
    spectrum = torch.linalg.eigvalsh(x.T @ x / len(x))  # ascending
    w = torch.ones(64, dtype=x.dtype) / 8
    lengths = []
    for _ in range(4_000):
        w = w + hebb_step(x, (x @ w)[:, None], rate).mean(0)
        lengths.append(w.norm().item())
    log_length = np.log(lengths)[3_000:]  # after the turn toward PC1
    slope = np.polyfit(np.arange(len(log_length)), log_length, 1)[0]
    largest, second = spectrum[-1].item(), spectrum[-2].item()
    assert abs(slope / (rate * largest) - 1) < 0.02
    assert abs(slope / np.log1p(rate * largest) - 1) < 1e-9  # a step multiplies by 1 + rate lambda
    assert rate * second < 0.95 * slope, "the second eigenvalue would pass, too"


def test_turns_toward_the_first_principal_component():
    x = digits()
    pc1 = torch.linalg.eigh(x.T @ x / len(x))[1][:, -1]
    w = torch.randn(64).double()
    for _ in range(500):
        w = w + hebb_step(x, (x @ w)[:, None], 0.2).mean(0)
    assert abs(torch.cosine_similarity(w, pc1, dim=0)) > 0.99


def test_is_the_outer_product_for_a_layer():
    x, y = torch.randn(7, 1, 5).double(), torch.randn(7, 3, 1).double()
    want = 0.1 * torch.einsum("bn,bi->bni", y[:, :, 0], x[:, 0])
    torch.testing.assert_close(hebb_step(x, y, 0.1), want)


def test_floats_and_arrays_agree():
    x = np.linspace(-1, 1, 9)
    assert hebb_step(x, 0.3, 0.1).tolist() == [hebb_step(x_i, 0.3, 0.1) for x_i in x.tolist()]
