"""Binding by neurons against numpy's spectra, and against Nengo's matrices and networks."""

import numpy as np
import pytest
import torch

from neurolab.nef import Convolution, Vocabulary, bind, from_spectrum, similarity, to_spectrum
from neurolab.nef.convolution import half_spectrum


def pair(d: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return tuple(Vocabulary(d, ["A", "B"], seed=seed).vectors.double())


@pytest.mark.parametrize("d", [2, 3, 7, 16])
def test_the_matrices_are_those_of_nengo(d):
    theirs = pytest.importorskip("nengo.networks.circularconvolution")
    kept = half_spectrum(d)[2].numpy()
    assert kept.sum() == 2 * d - 2 + d % 2
    for inverted in (False, True):
        for second, name in ((False, "A"), (True, "B")):
            ours = to_spectrum(d, second, inverted).numpy()
            full = theirs.transform_in(d, name, inverted)
            np.testing.assert_allclose(ours, full[kept], atol=1e-12)
    full = theirs.transform_out(d)
    np.testing.assert_allclose(from_spectrum(d).numpy(), full[:, kept], atol=1e-12)
    zero = theirs.transform_in(d, "A", False) * theirs.transform_in(d, "B", False)
    assert np.abs(zero[~kept]).max() < 1e-12  # what Nengo keeps beside them is always 0


@pytest.mark.parametrize("d", [2, 7, 16])
@pytest.mark.parametrize("inverted", [(0, 0), (1, 0), (0, 1)])
def test_without_neurons_it_is_numpy_s_convolution(d, inverted):
    a, b = pair(d)
    net = Convolution(d, 5, *map(bool, inverted)).double()
    spectra = [np.fft.fft(x.numpy()) for x in (a, b)]
    spectra = [s.conj() if flip else s for s, flip in zip(spectra, inverted, strict=True)]
    expected = np.fft.ifft(spectra[0] * spectra[1]).real
    np.testing.assert_allclose(net.exact(a, b).numpy(), expected, atol=1e-6)


def test_neurons_bind_and_unbind():
    a, b = pair(16)
    a, b = a.float(), b.float()
    for net, x, expected in (
        (Convolution(16, 60), a, bind(a, b)),
        (Convolution(16, 60, invert_a=True), a, bind(a.roll(-1).flip(0), b)),
    ):
        out, spikes, _ = net(x.expand(150, 1, -1), b.expand(150, 1, -1))
        assert similarity(out[50:, 0].mean(0), expected) > 0.98
        assert spikes.shape == (150, 1, 60) and spikes.sum() > 1000


def test_it_may_be_cut_anywhere():
    x = torch.randn(60, 2, 8, generator=torch.Generator().manual_seed(0)) / 3
    net = Convolution(8, 10)
    whole, z, _ = net(x, x.flip(2))
    first, z_first, state = net(x[:23], x[:23].flip(2))
    second, z_second, _ = net(x[23:], x[23:].flip(2), state)
    assert torch.equal(torch.cat([first, second]), whole)
    assert torch.equal(torch.cat([z_first, z_second]), z)


def test_the_same_neurons_in_nengo_give_the_same_output():
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    a, b = (x.expand(80, -1) for x in pair(6))
    net = Convolution(6, 15).double()
    ours, _, _ = net(a[:, None], b[:, None])
    theirs = there.convolution_in_nengo(a, b, like=net)
    assert theirs.abs().max() > 0.2
    np.testing.assert_allclose(ours[:-1, 0].numpy(), theirs[1:].numpy(), atol=1e-4)


@pytest.mark.slow
def test_it_is_as_good_as_nengo_s_own_with_as_many_neurons():
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    ours, theirs = [], []
    for seed in range(5):
        a, b = (x.float().expand(200, -1) for x in pair(16, seed))
        out, _, _ = Convolution(16, 30, seed=seed)(a[:, None], b[:, None])
        nengo = there.convolution_in_nengo(a, b, 30, seed).float()
        for found, x in ((ours, out[:, 0]), (theirs, nengo)):
            found.append(float(similarity(x[60:], bind(a[0], b[0])).mean()))
    ours, theirs = np.array(ours), np.array(theirs)
    spread = np.sqrt(ours.var(ddof=1) / 5 + theirs.var(ddof=1) / 5)
    assert ours.min() > 0.85 and abs(ours.mean() - theirs.mean()) < 3 * spread + 0.02


@pytest.mark.slow
def test_the_error_falls_as_the_root_of_the_number_of_neurons():
    sizes, found = (15, 60, 240), []
    for n in sizes:
        errors = []
        for seed in range(3):
            a, b = (x.float() for x in pair(8, seed))
            out, _, _ = Convolution(8, n, seed=seed)(a.expand(200, 1, -1), b.expand(200, 1, -1))
            errors.append(float((out[60:, 0] - bind(a, b)).square().mean().sqrt()))
        found.append(np.mean(errors))
    slope = np.polyfit(np.log(sizes), np.log(found), 1)[0]
    assert -1.1 < slope < -0.4  # spikes of LIF neurons are more even than noise: down to -1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="dimensions: a whole number of at least 2, got 1"):
        Convolution(1)
    with pytest.raises(ValueError, match="tau_syn: a number of ms above 0"):
        Convolution(4, 5, tau_syn=0)
    with pytest.raises(ValueError, match=r"a, b: shape \(T, B, 4\) is needed"):
        Convolution(4, 5)(torch.zeros(3, 1, 4), torch.zeros(3, 1, 5))
