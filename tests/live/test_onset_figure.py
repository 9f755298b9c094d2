"""The figure of the onset reads as the package reads, and falls as theory says."""

import numpy as np
import pytest
import torch

from neurolab.coding.context import nearest_latency
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figures import onset


def shown(**moved):
    return onset.simulate(**(onset.FIGURE.params | moved))


def session(cells, jitter):
    """Rows (4, N), pictures (n,), spikes since the onset (n, N) and onsets in parts of the range:
    the same draws as the figure, in arrays."""
    rows, s = onset.latencies(cells, seeded(onset.SEED))
    rows, picture, late, part = torch.tensor(rows, dtype=torch.float64), [], [], []
    for p in range(4):
        for _ in range(onset.TRIALS):
            drawn = []
            for _ in range(cells):
                z, s = normal(s)
                drawn.append(z)
            u, s = uniform(s)
            picture.append(p)
            late.append(drawn)
            part.append(u)
    picture = torch.tensor(picture)
    noise = torch.tensor(late, dtype=torch.float64)
    return rows, picture, rows[picture] + jitter * noise, torch.tensor(part, dtype=torch.float64)


def right(times, rows, picture):
    found = torch.cdist(times, rows, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
    return 100 * (found == picture).double().mean().item()


@pytest.mark.parametrize("cells, jitter", [(1, 1.5), (3, 1.5), (3, 5), (8, 3)])
def test_readers_are_those_of_arrays(cells, jitter):
    """Nearest row by Euclid's distance: with the onset, at the middle of the range, from the first
    spike."""
    rows, picture, late, part = session(cells, jitter)
    data = shown(cells=cells, jitter=jitter)
    assert data["known"] == pytest.approx([right(late, rows, picture)] * 51)
    unknown = [right(late + w * (part[:, None] - 0.5), rows, picture) for w in data["range"]]
    np.testing.assert_allclose(data["unknown"], unknown, atol=1e-9)
    assert data["unknown"][0] == data["known"][0]
    own, own_rows = (x - x.amin(1, keepdim=True) for x in (late, rows))
    wanted = right(own, own_rows, picture) if cells > 1 else 25  # of four alike the first
    assert data["own"] == pytest.approx([wanted] * 51)


def test_one_cell_is_the_decoder_of_the_package():
    rows, picture, late, part = session(1, 1.5)
    told = nearest_latency((late + 60 * (part[:, None] - 0.5))[:, 0], rows[:, 0])
    assert shown(cells=1)["unknown"][30] == 100 * (told == picture).double().mean().item()


def test_one_cell_falls_as_theory_says():
    """Without jitter: 1 / 4 + 15 / (4 W) for a range of W > 10 ms, by integration over it."""
    data = shown(cells=1, jitter=0)
    w, found = np.array(data["range"], float), np.array(data["unknown"])
    assert (found[w < 5] == 100).all()
    wide = w > 10
    error = 100 * np.sqrt(0.25 / 400)
    np.testing.assert_allclose(found[wide], 25 + 375 / w[wide], atol=2.5 * error)
    assert found[-1] < 32


def test_the_raster_shows_what_its_reader_reads():
    for knows in (0, 1):
        data = shown(knows=knows)
        assert len(data["first_t"]) == 32 and len(data["other_t"]) == 64
        assert len(data["right_t"]) + len(data["wrong_t"]) == 32
        spread = np.std(np.array(data["first_t"]).reshape(4, 8), 1).max()
        assert spread < 2.5 if knows else spread > 10
        assert len(data["wrong_t"]) < 3 if knows else len(data["wrong_t"]) > 10
    gaps = [np.array(shown(knows=k)["other_t"])[::2] - shown(knows=k)["first_t"] for k in (0, 1)]
    np.testing.assert_allclose(*gaps, atol=1e-9)  # the onset is in neither


def test_no_two_pictures_have_the_same_latencies_or_the_same_mean():
    for cells in range(1, 9):
        rows = np.array(onset.latencies(cells, seeded(onset.SEED))[0])
        assert set(rows.flatten().round(9)) <= {0, 5, 10, 15} and rows[:, 0].tolist()[3] == 15
        assert np.diff(np.sort(rows.sum(1))).min() > 4.9
        own = rows - rows.min(1, keepdims=True)
        assert cells == 1 or len({tuple(r) for r in own.round(9)}) == 4
