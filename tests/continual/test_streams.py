"""Streams of permuted pixels, and contexts made of their means."""

import pytest
import torch

from neurolab.continual import Permuted, Prototypes, nearest_prototype, xdg_masks


def test_a_permuted_task_keeps_pictures_and_distances():
    torch.manual_seed(0)
    x, y = torch.rand(12, 3, 5), torch.arange(12)
    stream = Permuted(x, y, 4, seed=1)
    assert len(stream) == 4 and [task.name for task in stream] == [0, 1, 2, 3]
    plain = x.flatten(1)
    for task in stream:
        assert torch.equal(task.x.sort(1).values, plain.sort(1).values)
        torch.testing.assert_close(torch.cdist(task.x, task.x), torch.cdist(plain, plain))
        assert torch.equal(task.y, y)
    orders = {tuple(order.tolist()) for order in stream.order}
    assert len(orders) == 4


def test_the_same_seed_fits_other_examples_and_the_first_may_be_plain():
    x = torch.arange(15.0).view(1, 15)
    one, other = (Permuted(torch.cat([x] * m), torch.zeros(m), 3, 7, True) for m in (1, 2))
    assert torch.equal(one[0].x, x)
    assert torch.equal(one[2].x[0], other[2].x[1])
    assert not torch.equal(Permuted(x, torch.zeros(1), 3, 8)[1].x, one[1].x)


def clusters(count, size, spread=0.1):
    torch.manual_seed(3)
    centers = torch.randn(count, 20) * 3
    return centers, [c + spread * torch.randn(size, 20) for c in centers]


def test_a_prototype_is_the_mean_in_whatever_batches_it_came():
    _, (x, *_) = clusters(1, 100)
    found = Prototypes(20)
    found.add(x[:1])
    for part in x[1:].split(13):
        found.add(part, 0)
    torch.testing.assert_close(found.table[0], x.mean(0), atol=1e-5, rtol=1e-5)
    assert len(found) == 1


def test_nearest_prototype_equals_a_loop():
    centers, parts = clusters(5, 8, spread=2.0)
    x = torch.cat(parts)
    by_loop = [min(range(5), key=lambda k: (row - centers[k]).norm().item()) for row in x]
    assert nearest_prototype(x, centers).tolist() == by_loop


def test_clusters_are_found_without_being_told():
    """In number, in membership and in place; a task that comes back is known again."""
    centers, parts = clusters(4, 200)
    found, said = Prototypes(20), []
    for k in (0, 1, 0, 2, 3, 1):
        said.append([found.observe(batch) for batch in parts[k].split(20)])
    assert [set(numbers) for numbers in said] == [{0}, {1}, {0}, {2}, {3}, {1}]
    torch.testing.assert_close(found.table, centers, atol=0.05, rtol=0)
    assert found.infer(parts[2]).unique().tolist() == [2]
    again = Prototypes(20)
    again.restore(found.state())
    assert torch.equal(again.table, found.table) and again.observe(parts[3]) == 3


def test_xdg_masks_have_so_many_ones_and_overlap_as_chance_says():
    masks = xdg_masks(400, 100, 0.8, seed=2)
    assert (masks.sum(1) == 20).all()
    shared = (masks @ masks.T).fill_diagonal_(0).sum() / (400 * 399)
    assert shared.item() == pytest.approx(0.2**2 * 100, rel=0.02)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Permuted(torch.rand(3, 4), torch.rand(2), 2, 0), "y: one label"),
        (lambda: Permuted(torch.rand(3, 4), torch.rand(3), 0, 0), "tasks"),
        (lambda: nearest_prototype(torch.rand(3, 4), torch.rand(0, 4)), "prototypes"),
        (lambda: nearest_prototype(torch.rand(3, 5), torch.rand(2, 4)), "x: shape \\(B, 4\\)"),
        (lambda: Prototypes(4).add(torch.rand(2, 5)), "x: shape \\(B, 4\\)"),
        (lambda: Prototypes(4).add(torch.rand(2, 4), 0), "k: prototypes"),
        (lambda: Prototypes(4, z=0), "z"),
        (lambda: xdg_masks(2, 5, 1.0), "gated"),
        (lambda: xdg_masks(0, 5), "tasks"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_stream_ends():
    with pytest.raises(IndexError, match="tasks 0 to 1"):
        Permuted(torch.rand(3, 4), torch.rand(3), 2, 0)[2]
