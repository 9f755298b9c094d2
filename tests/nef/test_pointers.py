"""Semantic pointers against sums, against nengo-spa and against their theory."""

import numpy as np
import pytest
import torch

from neurolab.nef import (
    Vocabulary,
    bind,
    bind_step,
    identity,
    inverse,
    recall_probability,
    similarity,
    unbind,
    unitary,
)


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    x = torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x / x.norm(dim=-1, keepdim=True)


@pytest.mark.parametrize("d", [7, 16])
def test_binding_is_the_sum(d):
    a, b = drawn(2, d)
    expected = [sum(a[j] * b[(k - j) % d] for j in range(d)) for k in range(d)]
    torch.testing.assert_close(bind(a, b), torch.stack(expected))
    torch.testing.assert_close(bind(a, identity(d).double()), a)


@pytest.mark.parametrize("d", [7, 16])
def test_tilde_inverts_unitary_pointers_and_nearly_others(d):
    a, b = drawn(2, d)
    u = unitary(a)
    torch.testing.assert_close(torch.fft.rfft(u).abs(), torch.ones(d // 2 + 1).double())
    torch.testing.assert_close(unbind(bind(u, b), u), b)
    assert similarity(unbind(bind(a, b), a), b) < 0.999
    long = drawn(2, 2048)
    assert similarity(unbind(bind(*long), long[0]), long[1]) > 0.6


def test_it_is_that_of_nengo_spa():
    spa = pytest.importorskip("nengo_spa")
    a, b = drawn(2, 64)
    theirs_a, theirs_b = (spa.SemanticPointer(x.numpy()) for x in (a, b))
    np.testing.assert_allclose((theirs_a * theirs_b).v, bind(a, b).numpy(), atol=1e-12)
    np.testing.assert_allclose((~theirs_a).v, inverse(a).numpy(), atol=1e-12)
    np.testing.assert_allclose(theirs_a.unitary().v, unitary(a).numpy(), atol=1e-9)


@pytest.mark.parametrize(("d", "pairs", "words"), [(64, 4, 20), (128, 8, 50), (64, 8, 20)])
def test_what_is_recalled_from_a_bundle_is_what_theory_says(d, pairs, words):
    trials, right = 2000, 0
    roles = unitary(drawn(trials, pairs, d, seed=1))
    others = drawn(trials, words, d, seed=2)
    trace = bind(roles, others[:, :pairs]).sum(1)
    answer = unbind(trace, roles[:, 0])
    right = int(((others @ answer[..., None])[..., 0].argmax(1) == 0).sum())
    expected = recall_probability(d, pairs, words)
    spread = (expected * (1 - expected) / trials) ** 0.5
    assert 0.3 < expected < 0.999 and abs(right / trials - expected) < 4 * spread + 0.01


def test_a_step_is_one_frequency_of_the_sum():
    a, b = drawn(2, 12, seed=4)
    spectra = [torch.fft.rfft(x) for x in (a, b)]
    re, im = bind_step(*(part for x in spectra for part in (x.real, x.imag)))
    by_sum = torch.stack([sum(a[j] * b[(k - j) % 12] for j in range(12)) for k in range(12)])
    torch.testing.assert_close(torch.fft.irfft(torch.complex(re, im), n=12), by_sum)


def test_words_that_are_alike_halve_the_dimensions():
    """With cosines of one half gap and noise both shrink, as if half the numbers were there."""
    trials, pairs, words, d = 1500, 4, 20, 64
    roles = unitary(drawn(trials, pairs, d, seed=1))
    own, common = drawn(trials, words, d, seed=2), drawn(trials, 1, d, seed=3)
    fillers = (own + common) * 0.5**0.5
    answer = unbind(bind(roles, fillers[:, :pairs]).sum(1), roles[:, 0])
    right = ((fillers @ answer[..., None])[..., 0].argmax(1) == 0).double().mean()
    assert abs(float(right) - recall_probability(d // 2, pairs, words)) < 0.05
    assert float(right) < recall_probability(d, pairs, words) - 0.08


def test_each_random_key_costs_a_root_of_two():
    for depth in (1, 2, 3):
        keys, x = drawn(depth, 100, 1024, seed=depth), drawn(100, 1024, seed=9)
        trace = x
        for key in keys:
            trace = bind(key, trace)
        for key in keys:
            trace = unbind(trace, key)
        assert float(similarity(trace, x).mean()) == pytest.approx(0.5 ** (depth / 2), rel=0.1)


def test_one_pair_alone_is_told_by_the_longest_of_many():
    assert recall_probability(10_000, 1, 2) == pytest.approx(1.0)
    assert recall_probability(64, 1, 100) > recall_probability(64, 2, 100)


def test_a_sentence_is_taken_apart_again():
    words = Vocabulary(
        256, ["AGENT", "VERB", "OBJECT", "DOG", "CAT", "CHASE"], ["AGENT", "VERB", "OBJECT"]
    )
    roles = ("AGENT", "DOG"), ("VERB", "CHASE"), ("OBJECT", "CAT")
    trace = sum(bind(words[role], words[filler]) for role, filler in roles)
    answers = torch.stack([unbind(trace, words[role]) for role, _ in roles])
    assert words.cleanup(answers) == ["DOG", "CHASE", "CAT"]
    assert words.cleanup(torch.zeros(1, 256), threshold=0.3) == [None]
    assert len(words) == 6 and words.similarities(words["DOG"]).argmax() == 3


def test_words_keep_apart_or_there_is_no_room():
    words = Vocabulary(64, [f"W{k}" for k in range(20)], most_similar=0.25)
    apart = words.vectors @ words.vectors.T - torch.eye(20)
    assert apart.abs().max() <= 0.25 + 1e-6
    with pytest.raises(ValueError, match=r"most_similar: 0\.01 leaves no room beside"):
        Vocabulary(4, [f"W{k}" for k in range(20)], most_similar=0.01)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="b: as many dimensions as in a"):
        bind(torch.zeros(3), torch.zeros(4))
    with pytest.raises(ValueError, match="words: different names"):
        Vocabulary(8, ["A", "A"])
    with pytest.raises(KeyError, match="is no word of this vocabulary: A"):
        Vocabulary(8, ["A"])["B"]
