"""The clean-up memory in neurons against its formula and against nengo-spa's."""

import numpy as np
import pytest
import torch

from neurolab.nef import AssociativeMemory, Vocabulary, similarity

WORDS = Vocabulary(32, [f"W{k}" for k in range(6)], most_similar=0.25, seed=1)


def noisy(word: str, size: float, seed: int = 0) -> torch.Tensor:
    x = torch.randn(32, generator=torch.Generator().manual_seed(100 + seed)) / 32**0.5
    return WORDS[word] + size * x


def settled(memory: AssociativeMemory, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    out, spikes, _ = memory(x.expand(200, 1, -1))
    return out[80:, 0].mean(0), spikes[80:, 0].sum(0)


def test_it_cleans_up_as_the_formula_does():
    memory = AssociativeMemory(WORDS.vectors, threshold=0.4)
    x = noisy("W2", 0.8)
    out, spikes = settled(memory, x)
    assert similarity(x, WORDS["W2"]) < 0.85 and similarity(out, WORDS["W2"]) > 0.999
    torch.testing.assert_close(out, memory.exact(x), atol=0.05, rtol=0)
    below = WORDS.similarities(x) < 0.4
    assert below.sum() == 5 and (spikes[below] == 0).all() and spikes[2] > 100


def test_it_answers_with_the_partner():
    memory = AssociativeMemory(WORDS.vectors, WORDS.vectors.roll(1, 0))
    out, _ = settled(memory, noisy("W2", 0.3))
    assert WORDS.cleanup(out[None]) == ["W1"]


def test_inhibition_lets_one_word_win_where_two_would_pass():
    x = 0.9 * WORDS["W0"] + 0.6 * WORDS["W3"]
    both, _ = settled(AssociativeMemory(WORDS.vectors), x)
    one, _ = settled(AssociativeMemory(WORDS.vectors, inhibition=1.0), x)
    assert WORDS.similarities(both)[3] > 0.4 and WORDS.similarities(one)[3] < 0.25
    assert WORDS.similarities(one)[0] > 0.7


def test_strong_inhibition_keeps_the_old_word():
    """What was on first holds a somewhat better one down."""
    first, then = WORDS["W0"], 0.6 * WORDS["W0"] + 0.8 * WORDS["W3"]
    x = torch.stack([first, then]).repeat_interleave(150, 0)[:, None]
    said = []
    for inhibition in (0.5, 4.0):
        out, _, _ = AssociativeMemory(WORDS.vectors, inhibition=inhibition)(x)
        said.append(WORDS.cleanup(out[-70:, 0].mean(0)[None])[0])
        alone, _ = settled(AssociativeMemory(WORDS.vectors, inhibition=inhibition), then)
        assert WORDS.cleanup(alone[None]) == ["W3"]
    assert said == ["W3", "W0"]


def test_it_may_be_cut_anywhere():
    memory, x = AssociativeMemory(WORDS.vectors, inhibition=1.0), noisy("W1", 0.5)
    x = x.expand(90, 2, -1)
    whole, z, _ = memory(x)
    first, _, state = memory(x[:31])
    second, z_second, _ = memory(x[31:], state)
    assert torch.equal(torch.cat([first, second]), whole) and torch.equal(z[31:], z_second)


@pytest.mark.parametrize("inhibition", [0.0, 1.0])
def test_the_same_neurons_in_nengo_spa_give_the_same_output(inhibition):
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    memory = AssociativeMemory(WORDS.vectors, inhibition=inhibition).double()
    x = torch.zeros(160, 32).double()  # nothing at first, while their constants rise
    x[80:] = (0.8 * WORDS["W0"] + 0.5 * WORDS["W1"]).double()
    ours, _, _ = memory(x[:, None])
    theirs = there.memory_in_nengo(x, WORDS.vectors, inhibition=inhibition, like=memory)
    assert theirs.abs().max() > 0.2
    np.testing.assert_allclose(ours[:-1, 0].numpy(), theirs[1:].numpy(), atol=2e-4)


@pytest.mark.slow
def test_it_cleans_up_as_well_as_nengo_spa_s_own():
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    gaps = []
    for seed in range(4):
        x = noisy("W4", 0.6, seed)
        out, _ = settled(AssociativeMemory(WORDS.vectors, seed=seed), x)
        theirs = there.memory_in_nengo(x.expand(200, -1), WORDS.vectors, seed=seed).float()
        theirs = theirs[80:].mean(0)
        gaps.append([float(similarity(y, WORDS["W4"])) for y in (out, theirs)])
        assert abs(out.norm() - theirs.norm()) < 0.1
    assert np.min(gaps) > 0.98 and abs(np.diff(gaps, axis=1)).max() < 0.015


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="partners: as many as words"):
        AssociativeMemory(WORDS.vectors, WORDS.vectors[:2])
    with pytest.raises(ValueError, match="threshold: a number from 0 to below 1"):
        AssociativeMemory(WORDS.vectors, threshold=1.0)
    with pytest.raises(ValueError, match=r"x: shape \(T, B, 32\) is needed"):
        AssociativeMemory(WORDS.vectors)(torch.zeros(3, 1, 5))
