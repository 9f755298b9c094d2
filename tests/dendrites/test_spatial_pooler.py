"""The spatial pooler against a loop over synapses, and what learning and boosting are good for."""

import math

import pytest
import torch

from neurolab.dendrites import PoolerParams, SpatialPooler, duty_entropy, patterns_of, subsets


def made(seed=0, **changes):
    chance = torch.Generator().manual_seed(seed)
    pooler = SpatialPooler(120, 80, 6, PoolerParams(**changes), chance=chance)
    return pooler, patterns_of(subsets(30, 14, 120, chance), 120), chance


@pytest.mark.parametrize("boost", [0.0, 50.0])
def test_exactly_k_are_on_whatever_comes(boost):
    pooler, x, chance = made(boost=boost)
    odd = torch.stack([torch.zeros(120), torch.ones(120)]).bool()
    noise = torch.rand(20, 120, generator=chance) < 0.3
    for _ in range(2):
        assert (pooler(torch.cat([x, odd, noise])).sum(1) == 6).all()
        assert (pooler.eval()(torch.cat([x, odd, noise])).sum(1) == 6).all()
        pooler.train()


def test_a_step_is_a_loop_over_synapses():
    pooler, x, _ = made(boost=20.0, period=10.0)
    for one in x[:12]:
        p, duty = pooler.permanence.tolist(), pooler.duty.tolist()
        mean, scores = sum(duty) / 80, []
        for i in range(80):
            o = sum(bool(one[j] and pooler.pool[i, j]) and p[i][j] >= 0.5 for j in range(120))
            scores.append(o * math.exp(20 * (mean - duty[i])))
        on = sorted(range(80), key=lambda i: (-scores[i], i))[:6]
        assert pooler(one).nonzero()[:, 0].tolist() == sorted(on)
        for i in range(80):
            duty[i] += ((i in on) - duty[i]) / 10
            for j in range(120):
                if i in on and pooler.pool[i, j]:
                    p[i][j] = min(1.0, p[i][j] + 0.1) if one[j] else max(0.0, p[i][j] - 0.02)
        torch.testing.assert_close(pooler.permanence, torch.tensor(p, dtype=torch.float64))
        torch.testing.assert_close(pooler.duty, torch.tensor(duty, dtype=torch.float64))
    assert (pooler.permanence[~pooler.pool] == 0).all()


def noisy(x, moved, chance):
    """``moved`` of the active inputs are silent, and as many others are on."""
    score = torch.rand(x.shape, generator=chance)
    off = torch.where(x, score, -1.0).topk(moved, 1)[1]
    on = torch.where(x, -1.0, score).topk(moved, 1)[1]
    return x.scatter(1, off, False).scatter(1, on, True)


def test_noise_moves_the_code_less_after_learning():
    pooler, x, chance = made()
    changed = noisy(x.repeat(5, 1), 4, chance)

    def kept():
        pooler.eval()
        same = pooler(x).repeat(5, 1) & pooler(changed)
        pooler.train()
        return same.sum(1).double().mean().item() / 6

    before = kept()
    for _ in range(12):
        pooler(x)
    assert kept() > before + 0.2 and before < 0.7, (before, kept())


def test_boosting_raises_the_entropy_of_the_duty_cycles():
    """As often as they are on during the last 5 passes; all alike is the most there can be."""
    entropy = []
    for boost in (0.0, 60.0):
        pooler, x, _ = made(boost=boost, period=100.0)
        codes = [pooler(x) for _ in range(12)]
        entropy.append(float(duty_entropy(torch.cat(codes[7:]).double().mean(0))))
    d = 6 / 80
    most = -d * math.log2(d) - (1 - d) * math.log2(1 - d)
    assert entropy[0] + 0.02 < entropy[1] <= most, (entropy, most)
    assert float(duty_entropy(torch.full((80,), d))) == pytest.approx(most)
    assert float(duty_entropy(torch.tensor([0.0, 1.0, 0.5]))) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: PoolerParams(gain=-0.1), "gain: 0 to 1 is allowed, got -0.1"),
        (lambda: PoolerParams(period=0), "period: 1 to 1e.09 is allowed, got 0"),
        (lambda: SpatialPooler(5, 3, 4), "k: at most columns = 3 is needed, got 4"),
        (lambda: SpatialPooler(5, 3, 2, potential=0), "potential: a number in"),
        (lambda: SpatialPooler(5, 3, 2)(torch.ones(4)), r"x: shape \(B, 5\) is needed, got \(4,\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
