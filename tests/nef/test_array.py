"""Arrays of ensembles against their ensembles, and decoders of one sign against scipy and Nengo."""

import numpy as np
import pytest
import torch
from scipy.optimize import nnls

from neurolab.nef import (
    Ensemble,
    EnsembleArray,
    Population,
    one_sided,
    one_sign,
    solve_decoders,
    thresholding,
)


def test_an_array_does_what_its_ensembles_do():
    ensembles = [Ensemble(30, seed=k).double() for k in range(3)]
    array = EnsembleArray(ensembles, [None, torch.square, torch.abs])
    x = torch.linspace(-0.9, 0.9, 100).double()[:, None, None].expand(100, 1, 3)
    cells, seen = array.start(1), []
    for x_t in x:
        _, z, cells = array.step(x_t, cells)
        seen.append(z)
    for m, function in enumerate((None, torch.square, torch.abs)):
        alone = Population(ensembles[m], function)
        _, z, _ = alone(x[..., :1])
        assert z.sum() > 0 and torch.equal(z[:, 0], torch.stack(seen)[:, 0, m])
        torch.testing.assert_close(array.weights[m], alone.weights[:, 0])


def test_what_holds_an_ensemble_silences_it():
    array = EnsembleArray([Ensemble(30, seed=k) for k in range(2)])
    cells, fired = array.start(1), 0
    for _ in range(100):
        _, z, cells = array.step(torch.full((1, 2), 0.5), cells, torch.tensor([[0.0, 100.0]]))
        fired = fired + z.sum((0, 2))
    assert fired[0] > 50 and fired[1] == 0


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("bump", [False, True])
def test_decoders_of_one_sign_are_those_of_scipy_and_nengo(seed, bump):
    """Least squares with the penalty as more rows; a bump cannot be had with one sign."""
    solvers = pytest.importorskip("nengo.solvers")
    ensemble = one_sided(40, -0.25, 1.5, seed).double()
    x, rates = ensemble.points, ensemble.rates(ensemble.points)
    wanted = torch.exp(-8 * (x - 0.3).square()) if bump else (x + 0.25).clamp_min(0)
    ours = one_sign(rates, wanted)
    a, m = rates.numpy(), len(rates)
    sigma = 0.1 * a.max() * np.sqrt((a > 0).mean(0))
    rows = np.vstack([a, np.diag(np.sqrt(m) * sigma)])
    expected, _ = nnls(rows, np.append(wanted.numpy()[:, 0], np.zeros(40)))
    np.testing.assert_allclose(ours.weights[:, 0].numpy(), expected, atol=1e-9)
    theirs, _ = solvers.NnlsL2nz()(a, wanted.numpy())  # solves the normal equations by signs:
    same = np.abs(ours.weights.numpy() - theirs).max() < 1e-9  # that is least squares
    assert same != bump  # as long as no decoder is held at 0
    free = solve_decoders(rates, wanted)
    assert (ours.weights >= 0).all() and (free.weights < 0).any() == bump
    assert (ours.rmse < 0.05) != bump and (not bump or ours.rmse > 2 * free.rmse)


def test_a_thresholding_ensemble_is_silent_below_and_faithful_above():
    array = EnsembleArray([thresholding(50, seed=3).double()])
    below, above = array.rates(torch.tensor([[-0.5], [0.0]]).double()), torch.tensor(0.5).double()
    assert (below == 0).all()
    decoded = (array.rates(above[None, None])[0, 0] * array.weights[0]).sum()
    assert abs(decoded - above) < 0.03


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="ensembles: equally many neurons in each"):
        EnsembleArray([Ensemble(5), Ensemble(6)])
    with pytest.raises(ValueError, match="functions: one for all or one each, got 1 for 2"):
        EnsembleArray([Ensemble(5), Ensemble(5)], [None])
    with pytest.raises(ValueError, match=r"x: values \(B, 2\) are needed, got \(1, 3\)"):
        array = EnsembleArray([Ensemble(5), Ensemble(5)])
        array.step(torch.zeros(1, 3), array.start(1))
