"""The small networks of the page: what made them makes them again, and the page runs them alike."""

import numpy as np
import pytest
import torch

from neurolab.experiments import small_nets as maker
from neurolab.experiments.two_nets import Dense, Spiking, images
from neurolab.live import small_nets
from neurolab.live.digits import unpacked
from neurolab.live.figures import raster


def table(name: str, count: int) -> torch.Tensor:
    rows = small_nets.weights(
        getattr(small_nets, name), getattr(small_nets, f"{name}_SCALE"), count
    )
    return torch.tensor(rows)


def shown() -> tuple[Dense, Spiking]:
    """The networks of the table as modules of torch."""
    dense = Dense(64, maker.UNITS)
    time = (maker.STEPS, maker.DT, maker.WINDOW, maker.THRESHOLD, maker.TAU)
    spiking = Spiking(64, maker.UNITS, *time, maker.GAIN)
    with torch.no_grad():
        for layer, name in ((dense.first, "DENSE_HIDDEN"), (dense.second, "DENSE_OUT")):
            w = table(name, layer.in_features + 1)
            layer.weight.copy_(w[:, :-1])
            layer.bias.copy_(w[:, -1])
        spiking.hidden.weight.copy_(table("SPIKING_HIDDEN", 64))
        spiking.out.weight.copy_(table("SPIKING_OUT", maker.UNITS))
    return dense, spiking


def test_a_table_is_its_matrix_in_63_levels():
    w = torch.randn(5, 21)
    scale, rows = maker.packed(w)
    back = torch.tensor(small_nets.weights(rows, scale, 21))
    assert (back - w).abs().max() <= 0.501 * scale
    assert scale == pytest.approx(w.abs().max() / 31, rel=1e-5)


@torch.no_grad()
def test_the_page_runs_them_as_torch_does():
    """Another program: tensors and the fast core, in place of lists."""
    dense, spiking = shown()
    x = torch.tensor(unpacked())
    s, z = spiking.spikes(x)
    mean = spiking.potentials(z).cumsum(0) / torch.arange(1, maker.STEPS + 1)[:, None, None]
    for digit in (0, 3, 38, 99):
        told, (h, score) = raster.spiking(x[digit].tolist()), raster.dense(x[digit].tolist())
        k, n = z[:, digit].nonzero(as_tuple=True)
        assert told["hidden_t"] == (k * maker.DT).tolist() and told["hidden"] == n.tolist()
        k, n = s[:, digit].nonzero(as_tuple=True)
        assert told["pixel_t"] == (k * maker.DT).tolist() and told["pixel"] == n.tolist()
        np.testing.assert_allclose(told["mean"], mean[:, digit], atol=1e-4)
        np.testing.assert_allclose(score, dense(x[digit]), atol=1e-4)
        assert told["synops"][-1] == 24 * s[:, digit].sum() + 10 * z[:, digit].sum()
        assert len(h) == maker.UNITS


@torch.no_grad()
def test_they_read_digits_they_did_not_learn_from():
    x, y = images("digits", 1)
    dense, spiking = shown()
    x = maker.in_levels(x).flatten(1)
    assert (dense(x).argmax(-1) == y).double().mean() > 0.95
    assert (spiking(x).mean(0).argmax(-1) == y).double().mean() > 0.9


@pytest.mark.slow
def test_they_are_made_again():
    """Rounding differs by machine: the same to a level for nearly all weights."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    made = maker.matrices(*maker.learned())
    torch.set_num_threads(threads)
    for name, w in made.items():
        kept = table(name, w.shape[1])
        close = (kept - w).abs() <= 1.01 * getattr(small_nets, f"{name}_SCALE")
        assert close.double().mean() > 0.95, name
