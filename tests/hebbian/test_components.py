"""Rules that find subspaces: Sanger and similarity matching against PCA of real digits."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from neurolab.hebbian import Oja, Sanger, SimilarityMatching, SimilarityParams


@pytest.fixture(scope="module")
def digits():
    x = torch.from_numpy(load_digits().data / 16)
    return x - x.mean(0)


def components(x, n):
    """The first n, in rows, by scikit-learn."""
    return torch.from_numpy(PCA(n, svd_solver="full").fit(x.numpy()).components_)


def overlap(w, v):
    """Of the spans of the rows: 1 where they are the same, n / I by chance."""
    q = torch.linalg.qr(w.T)[0]
    return ((v @ q) ** 2).sum().item() / len(v)


def passes(x, n, size):
    """Batches of n passes in random order, and which part of the way is done."""
    for k in range(n):
        for batch in x[torch.randperm(len(x))].split(size):
            yield batch, k / n


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sanger_finds_eight_components_of_the_digits_in_order(digits, seed):
    """40 passes in batches of 10; the rate falls from 0.1 to 0.01 (chosen on seeds 10 to 12)."""
    torch.manual_seed(seed)
    layer, v = Sanger(64, 8).double(), components(digits, 8)
    assert overlap(layer.weight, v) < 0.5
    for batch, done in passes(digits, 40, 10):
        layer.learn(batch, rate=0.1 * 0.1**done)
    assert overlap(layer.weight, v) > 0.98
    assert torch.cosine_similarity(layer.weight, v).abs().min() > 0.95
    gram = layer.weight @ layer.weight.T
    torch.testing.assert_close(gram, torch.eye(8).double(), atol=0.05, rtol=0)


def test_sanger_of_one_unit_is_oja(digits):
    sanger, oja = Sanger(64, 1).double(), Oja(64, 1).double()
    oja.weight.copy_(sanger.weight)
    for batch in digits.split(100):
        sanger.learn(batch, rate=0.1)
        oja.learn(batch, rate=0.1)
    torch.testing.assert_close(sanger.weight, oja.weight)


def test_sanger_sees_what_the_units_before_leave_over(digits):
    """Unit n is Oja's rule on the input minus what the units before it explain."""
    layer = Sanger(64, 4).double()
    x = digits[:20]
    y, w = layer(x), layer.weight
    got = layer.changes(x, y, 0.1)["weight"]
    for n in range(4):
        left = x - y[:, :n] @ w[:n]
        want = 0.1 * (y[:, n, None] * (left - y[:, n, None] * w[n])).mean(0)
        torch.testing.assert_close(got[n], want)


def test_a_layer_of_oja_finds_the_first_component_in_every_unit(digits):
    layer, pc1 = Oja(64, 3).double(), components(digits, 1)
    for batch, done in passes(digits, 20, 10):
        layer.learn(batch, rate=0.1 * 0.1**done)
    assert torch.cosine_similarity(layer.weight, pc1).abs().min() > 0.99
    torch.testing.assert_close(layer.weight.norm(dim=1), torch.ones(3).double(), atol=0.02, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_similarity_matching_reaches_the_best_gram_matrix(digits, seed):
    """Outputs' Gram matrix against that of the inputs cut to its largest eigenvalues.

    20 passes in batches of 10, discount 0.995 (chosen on seeds 10 and 11).
    """
    torch.manual_seed(seed)
    layer = SimilarityMatching(64, 4, SimilarityParams(discount=0.995)).double()
    for batch, _ in passes(digits, 20, 10):
        layer.learn(batch)
    gram, y = digits @ digits.T, layer(digits)
    variance, vectors = torch.linalg.eigh(gram)  # ascending, (1797,)
    best = vectors[:, -4:] * variance[-4:] @ vectors[:, -4:].T
    assert (y @ y.T - best).norm() / best.norm() < 0.02
    assert (y @ y.T - gram).norm() / (best - gram).norm() < 1.001, "the objective"
    filters = torch.linalg.solve(torch.eye(4).double() + layer.lateral, layer.weight)
    assert overlap(filters, components(digits, 4)) > 0.99
    torch.testing.assert_close(filters @ filters.T, torch.eye(4).double(), atol=0.01, rtol=0)


def test_similarity_matching_as_in_the_paper(digits):
    """Without discount: the rate falls as 1 / D, and D is the power summed so far."""
    layer = SimilarityMatching(64, 4, SimilarityParams(start_power=1.0)).double()
    summed = layer.power.clone()
    for batch, _ in passes(digits, 10, 10):
        summed += layer.learn(batch).square().mean(0)
    torch.testing.assert_close(layer.power, summed)
    filters = torch.linalg.solve(torch.eye(4).double() + layer.lateral, layer.weight)
    assert overlap(filters, components(digits, 4)) > 0.95
