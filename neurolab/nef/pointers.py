"""Semantic pointers: words as long vectors, structures as sums and bindings of them.

    binding     (a * b)_k = sum_j a_j b_(k - j mod d)     circular convolution: spectra multiply
    bundling    a + b                                     similar to both
    unbinding   ~a * (a * b) ~ b,     (~a)_k = a_(-k mod d)
    cleanup     the word of the vocabulary that is most similar

    symbol    meaning                                               shape
    a, b      pointers, mostly of length 1                          (..., d)
    d         dimensions                                            ()
    k         pairs in a bundle                                     ()
    M         words of the vocabulary                               ()

For a unitary pointer, whose spectrum has length 1 everywhere, ~a is the inverse; for a random one
it is nearly so. A bundle of k pairs a_i * b_i with unitary a, asked for what goes with a_1, answers
b_1 + noise: similarity to b_1 is 1 + N(0, (k - 1) / d), to any other word N(0, k / d). So it is
told rightly out of M words with the probability

    P = integral of N(x; 1, (k - 1) / d) Phi(x / sqrt(k / d))^(M - 1) dx.

What follows, and is tested: binding by spectra is the sum above, and that of nengo-spa; ~ inverts
unitary pointers; P against bundles that were drawn.

References: Plate (1995), doi:10.1109/72.377968; Eliasmith (2013), How to Build a Brain
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from neurolab.core.ops import Value


def bind_step(re: Value, im: Value, other_re: Value, other_im: Value) -> tuple[Value, Value]:
    """One frequency of a * b: two complex numbers, multiplied. Elementwise."""
    return re * other_re - im * other_im, re * other_im + im * other_re


def bind(a: Tensor, b: Tensor) -> Tensor:
    """a * b, circular convolution along the last axis, (..., d)."""
    if a.shape[-1] != b.shape[-1]:
        given = f"{a.shape[-1]} and {b.shape[-1]}"
        needed = "as many dimensions as in a are needed"
        raise ValueError(f"b: {needed}, got {given}")
    spectra = torch.fft.rfft(a) * torch.fft.rfft(b)
    return torch.fft.irfft(spectra, n=a.shape[-1])


def inverse(a: Tensor) -> Tensor:
    """~a: all but the first element in reverse order, (..., d)."""
    return a.roll(-1, -1).flip(-1)


def unbind(trace: Tensor, a: Tensor) -> Tensor:
    """What was bound to a in a trace, with noise, (..., d)."""
    return bind(trace, inverse(a))


def identity(dimensions: int) -> Tensor:
    """The pointer that changes nothing it is bound to, (d,)."""
    return torch.nn.functional.one_hot(torch.tensor(0), dimensions).float()


def unitary(a: Tensor) -> Tensor:
    """The nearest pointer whose spectrum has length 1 everywhere, (..., d)."""
    spectrum = torch.fft.rfft(a)
    size = spectrum.abs()
    flat = torch.where(size > 1e-12, spectrum / size.clamp_min(1e-12), torch.ones_like(spectrum))
    return torch.fft.irfft(flat, n=a.shape[-1])


def similarity(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of pointers (..., d) and (..., d); 0 where one is nothing."""
    return torch.nn.functional.cosine_similarity(a, b, dim=-1)


class Vocabulary:
    """Words as random pointers of length 1.

    Args:
        dimensions: d.
        words: their names, in order.
        unitary_words: those that are to be unitary, as roles are.
        most_similar: largest similarity of two words; drawn again until it holds.
        seed: of what is drawn.
    """

    def __init__(
        self,
        dimensions: int,
        words: Sequence[str],
        unitary_words: Sequence[str] = (),
        most_similar: float = 1.0,
        seed: int = 0,
    ):
        if isinstance(dimensions, bool) or not isinstance(dimensions, int) or dimensions < 1:
            raise ValueError(f"dimensions: a whole number of at least 1, got {dimensions!r}")
        if len(set(words)) != len(words) or not set(unitary_words) <= set(words):
            raise ValueError(f"words: different names, unitary ones among them, got {list(words)}")
        chance, vectors = torch.Generator().manual_seed(seed), torch.zeros(0, dimensions)
        for word in words:
            for _ in range(1000):
                x = torch.randn(dimensions, generator=chance)
                x = unitary(x) if word in unitary_words else x
                x = x / x.norm()
                if not len(vectors) or (vectors @ x).abs().max() <= most_similar:
                    break
            else:
                known = f"{len(vectors)} words in {dimensions} dimensions"
                raise ValueError(f"most_similar: {most_similar} leaves no room beside {known}")
            vectors = torch.cat([vectors, x[None]])
        self.words, self.vectors = list(words), vectors

    def __getitem__(self, word: str) -> Tensor:
        if word not in self.words:
            raise KeyError(f"{word!r} is no word of this vocabulary: {', '.join(self.words)}")
        return self.vectors[self.words.index(word)]

    def __len__(self) -> int:
        return len(self.words)

    def similarities(self, x: Tensor) -> Tensor:
        """Of pointers (..., d) to every word, (..., M): inner products."""
        return x @ self.vectors.T.to(x)

    def cleanup(self, x: Tensor, threshold: float = -math.inf) -> list[str | None]:
        """The most similar word of each pointer (B, d); None below the threshold."""
        best, which = self.similarities(x).max(-1)
        pairs = zip(best.tolist(), which.tolist(), strict=True)
        return [self.words[k] if value >= threshold else None for value, k in pairs]


def recall_probability(
    dimensions: int,
    pairs: int,
    words: int,
    points: int = 2001,
) -> float:
    """P of the head of this file, by the trapezium rule."""
    wide = math.sqrt(pairs / dimensions)
    narrow = math.sqrt((pairs - 1) / dimensions)
    others = torch.distributions.Normal(0.0, 1.0)
    if not narrow:
        return float(others.cdf(torch.tensor(1 / wide)) ** (words - 1))
    z = torch.linspace(-8, 8, points, dtype=torch.float64)
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    below = others.cdf((1 + narrow * z) / wide) ** (words - 1)
    return float(torch.trapezoid(density * below, z))
