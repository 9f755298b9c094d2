"""Segments against loops over single synapses, and random sets against the uniform law."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from neurolab.dendrites import Segment, patterns_of, segment_active, segment_overlap, subsets


def test_overlap_is_a_loop_over_synapses():
    x = torch.rand(4, 3, 30) < 0.3
    cells, connected = torch.randint(30, (5, 8)), torch.rand(5, 8) < 0.7
    found, bare = segment_overlap(x, cells, connected), segment_overlap(x.int(), cells)
    assert found.shape == (4, 3, 5)
    for b, c, k in itertools.product(range(4), range(3), range(5)):
        on = [bool(x[b, c, i]) for i in cells[k].tolist()]
        assert bare[b, c, k] == sum(on)
        assert found[b, c, k] == sum(
            o and w for o, w in zip(on, connected[k].tolist(), strict=True)
        )


def test_active_from_the_threshold_on_in_every_kind():
    assert [segment_active(v, 3) for v in (2, 3, 4)] == [0.0, 1.0, 1.0]
    assert segment_active(np.array([2, 3]), 3).tolist() == [0, 1]
    assert segment_active(torch.tensor([2, 3]), torch.tensor([2, 4])).tolist() == [1, 0]


def test_a_segment_knows_its_pattern_up_to_what_the_threshold_leaves():
    pattern = subsets(1, 20, 200)[0]
    segment = Segment(pattern[:12], threshold=7)
    whole = patterns_of(pattern, 200)
    assert segment(whole) == 1 and segment(torch.zeros(2, 3, 200)).shape == (2, 3)
    for lost in range(13):
        x = whole.clone()
        x[pattern[:lost]] = False
        assert segment(x) == (12 - lost >= 7)


@pytest.mark.parametrize("size, of", [(3, 7), (4, 6), (6, 6)])
def test_subsets_are_uniform(size, of):
    """Each in rising order, without repeats, and every one of them as often as the others."""
    rows = subsets(100_000, size, of, torch.Generator().manual_seed(0))
    assert subsets(5, 0, of).shape == (5, 0)
    found, counts = rows.unique(dim=0, return_counts=True)
    assert list(map(tuple, found.tolist())) == list(itertools.combinations(range(of), size))
    if len(found) > 1:
        assert chisquare(counts).pvalue > 0.001


def test_the_cells_of_a_pattern_and_back():
    cells = subsets(7, 5, 40)
    x = patterns_of(cells, 40)
    assert torch.equal(x.nonzero()[:, 1].view(7, 5), cells) and x.dtype == torch.bool


def test_refuses_by_name():
    with pytest.raises(ValueError, match=r"size: at most of = 3 is needed, got 4"):
        subsets(1, 4, 3)
    with pytest.raises(ValueError, match=r"count: a whole number of at least 0 is needed, got -1"):
        subsets(-1, 2, 3)
    with pytest.raises(ValueError, match=r"cells: numbers from 0 to 4 are needed, got 2 to 5"):
        patterns_of(torch.tensor([[2, 5]]), 5)
    with pytest.raises(ValueError, match=r"cells: .* all different"):
        Segment(torch.tensor([1, 1]), 1)
    with pytest.raises(ValueError, match=r"threshold: a whole number of at least 1, got 0"):
        Segment(torch.tensor([1, 2]), 0)
