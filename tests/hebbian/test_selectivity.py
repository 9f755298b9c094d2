"""BCM becomes selective; Krotov and Hopfield's units compete and turn into prototypes."""

import pytest
import torch
from sklearn.datasets import load_digits

from neurolab.hebbian import (
    BCM,
    BCMParams,
    BCMState,
    KrotovHopfield,
    KrotovHopfieldParams,
    bcm_step,
)

K, INPUTS = 5, 20


def clusters():
    """Bumps around a ring of inputs (K, INPUTS); neighbours overlap by a cosine of 0.17."""
    apart = (torch.arange(INPUTS) - 4 * torch.arange(K)[:, None]).abs()
    apart = torch.minimum(apart, INPUTS - apart).double()
    return torch.exp(-(apart**2) / (2 * 1.5**2))


CLUSTERS = clusters()


def sample(n):
    label = torch.randint(K, (n,))
    return CLUSTERS[label] + 0.05 * torch.randn(n, INPUTS).double(), label


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bcm_gives_one_selective_cell_to_each_cluster(seed):
    """Inhibition 0.2, rate 0.005, 6000 batches of 20 (chosen on seeds 10 to 19)."""
    torch.manual_seed(seed)
    layer = BCM(INPUTS, K, BCMParams(inhibition=0.2)).double()
    for _ in range(6000):
        layer.learn(sample(20)[0], rate=0.005)
    x, label = sample(2000)
    y = layer(x)
    answer = torch.stack([y[label == k].mean(0) for k in range(K)])  # cluster, cell
    assert sorted(answer.argmax(0).tolist()) == list(range(K)), "each cluster has its cell"
    first, second = answer.topk(2, dim=0).values
    assert (first - K).abs().max() < 0.1 * K
    assert (second / first).max() < 0.1


def test_bcm_rests_where_theory_says():
    """K independent prototypes, equally often: one is answered by y = theta = K, the rest by 0."""
    layer, x = BCM(INPUTS, 3).double(), torch.rand(K, INPUTS).double()
    for _ in range(6000):
        layer.learn(x, rate=0.01)
    y, most = layer(x), layer(x).argmax(0)
    want = K * torch.nn.functional.one_hot(most, K).T.double()
    torch.testing.assert_close(y, want, atol=1e-3, rtol=0)
    torch.testing.assert_close(layer.theta, torch.full((3,), float(K)).double(), atol=1e-3, rtol=0)


def test_bcm_threshold_slides_to_the_mean_square():
    layer, x = BCM(INPUTS, 3, BCMParams(tau=30.0)).double(), torch.rand(50, INPUTS).double()
    square = layer(x).square().mean(0)
    for _ in range(30):
        layer.learn(x, rate=0.0)
    torch.testing.assert_close(layer.theta, square * (1 - (1 - 1 / 30) ** 30))
    for _ in range(1000):
        layer.learn(x, rate=0.0)
    torch.testing.assert_close(layer.theta, square)


def test_bcm_does_not_rest_where_two_inputs_are_answered():
    """y = theta = K / 2 for two of them is a fixed point, too; a push of 1e-6 grows."""
    layer, x = BCM(INPUTS, 1).double(), torch.rand(K, INPUTS).double()
    answer = torch.tensor([K / 2, K / 2, 0, 0, 0]).double()
    layer.weight.copy_(torch.linalg.lstsq(x, answer[:, None]).solution.T)
    layer.theta.fill_(K / 2)
    assert layer.changes(x, layer(x), 1.0)["weight"].norm() < 1e-9
    layer.weight += 1e-6 * x[0]
    push = (layer(x)[0] - layer(x)[1]).item()
    for _ in range(500):
        layer.learn(x, rate=0.01)
    assert (layer(x)[0] - layer(x)[1]).item() > 100 * abs(push)


def test_bcm_step_changes_sign_at_the_threshold():
    for y in (0.5, 1.0, 2.0):
        dw, after = bcm_step(3.0, y, BCMState(1.0), 0.1, 10.0)
        assert dw == pytest.approx(0.1 * y * (y - 1) * 3)
        assert after.theta == pytest.approx(1 + (y * y - 1) / 10)


def test_bcm_refuses_inhibition_that_cancels_everything():
    BCM(4, 5, BCMParams(inhibition=0.24))
    with pytest.raises(ValueError, match=r"^inhibition: less than 0.25 is needed for 5, got 0.25"):
        BCM(4, 5, BCMParams(inhibition=0.25))


@pytest.mark.slow
@pytest.mark.parametrize(("p", "radius"), [(2.0, 1.0), (3.0, 1.0), (2.0, 1.7), (2.5, 0.6)])
def test_krotov_hopfield_comes_to_its_radius(p, radius):
    """The p-norm of every unit that goes on winning, from above and from below."""
    params = KrotovHopfieldParams(p=p, radius=radius, delta=0.0)
    layer = KrotovHopfield(8, 4, params).double()
    layer.weight *= torch.tensor([0.1, 0.5, 1.0, 2.0]).double()[:, None]
    wins = torch.zeros(4)
    for k in range(6000):
        y = layer.learn(torch.rand(16, 8).double(), rate=0.1 * (1 - k / 6000))
        if k > 3000:
            wins += torch.nn.functional.one_hot(y.argmax(1), 4).sum(0)
    norm = layer.weight.abs().pow(p).sum(1).pow(1 / p)[wins > 3000]
    assert len(norm) >= 1
    torch.testing.assert_close(norm, torch.full_like(norm, radius), rtol=0.01, atol=0)


def test_krotov_hopfield_norm_obeys_its_equation():
    """d|w|_p^p = p rate g h (radius^p - |w|_p^p), to first order, by a small step."""
    layer = KrotovHopfield(8, 3, KrotovHopfieldParams(p=3.0, k=3, radius=1.3)).double()
    x = torch.rand(1, 8).double()
    h = layer(x)[0]
    g = torch.zeros(3).double().scatter(0, h.argsort(), torch.tensor([-0.4, 0.0, 1.0]).double())
    size = layer.weight.abs().pow(3).sum(1)
    layer.learn(x, rate=1e-6)
    slope = (layer.weight.abs().pow(3).sum(1) - size) / 1e-6
    torch.testing.assert_close(slope, 3 * g * h * (1.3**3 - size), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("k", [2, 4, 7])
def test_krotov_hopfield_best_learns_and_the_kth_unlearns(k):
    layer = KrotovHopfield(8, 7, KrotovHopfieldParams(k=k, delta=0.3, radius=5.0)).double()
    layer.weight *= 0.01  # so that the pull to the radius is small beside the input
    x = torch.rand(1, 8).double()
    rank = layer(x)[0].argsort(descending=True)
    before = layer.weight.clone()
    layer.learn(x, rate=1e-3)
    along = (layer.weight - before) @ x[0] / (1e-3 * 25 * (x @ x.T).item())
    assert along[rank[0]].item() == pytest.approx(1, abs=0.01)
    assert along[rank[k - 1]].item() == pytest.approx(-0.3, abs=0.01)
    others = [n for r, n in enumerate(rank.tolist()) if r not in (0, k - 1)]
    assert torch.equal(layer.weight[others], before[others])


def test_krotov_hopfield_scaled_moves_the_most_by_the_rate():
    layer = KrotovHopfield(8, 4, KrotovHopfieldParams(scaled=True)).double()
    plain = KrotovHopfield(8, 4).double()
    plain.weight.copy_(layer.weight)
    start, x = layer.weight.clone(), torch.rand(16, 8).double()
    layer.learn(x, rate=0.03)
    plain.learn(x, rate=0.03)
    scaled, change = layer.weight - start, plain.weight - start
    assert scaled.abs().max().item() == pytest.approx(0.03)
    torch.testing.assert_close(scaled / scaled.norm(), change / change.norm())


def test_krotov_hopfield_units_become_prototypes_of_digits():
    """100 passes over 1400 digits, rate 0.2 falling to 0: held-out digits named by the winner."""
    data = load_digits()
    order = torch.randperm(len(data.target))
    x, label = torch.tensor(data.data / 16)[order].float(), torch.tensor(data.target)[order]
    layer = KrotovHopfield(64, 100)

    def accuracy():
        """Every unit votes for the most frequent training label among the digits it wins."""
        winner, named = layer(x).argmax(1), torch.full((100,), -1)
        for unit in winner[:1400].unique():
            named[unit] = label[:1400][winner[:1400] == unit].mode().values
        return (named[winner[1400:]] == label[1400:]).float().mean()

    assert accuracy() < 0.5, "before learning"
    for k in range(100):
        for batch in x[:1400][torch.randperm(1400)].split(100):
            layer.learn(batch, rate=0.2 * (1 - k / 100))
    assert accuracy() > 0.82  # 0.88 and 0.90 on seeds 10 and 11


def test_krotov_hopfield_needs_k_units():
    with pytest.raises(ValueError, match=r"^units: at least k=3 are needed, got 2"):
        KrotovHopfield(4, 2, KrotovHopfieldParams(k=3))
    with pytest.raises(ValueError, match=r"^k: a whole number is needed, got 2.5"):
        KrotovHopfieldParams(k=2.5)
