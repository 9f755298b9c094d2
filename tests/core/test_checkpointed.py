"""The scan that runs steps again equals the one that keeps them."""

import math
from typing import NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import grad

from neurolab.core import checkpointed_scan, scan
from neurolab.core.tree import leaves_of


class State(NamedTuple):
    h: torch.Tensor
    trace: tuple[torch.Tensor, None]


WEIGHT = torch.tensor([0.9, -1.3, 0.4, 1.1], dtype=torch.float64, requires_grad=True)


def squash(u):
    """Instead of tanh, whose threads wait for each other at every step of small arrays."""
    return u / (1 + u * u)


def step(x, state):
    """Nested trees, a weight from outside, a state with a None."""
    h = squash(x[0] + state.h.roll(1, -1) * WEIGHT)
    trace = 0.9 * state.trace[0] + h * x[1]
    return (h * trace, None), State(h, (trace, None))


def example(length, batch=3, seed=0):
    """Inputs and state, and all that gradients are asked of."""
    g = torch.Generator().manual_seed(seed)
    x = tuple(torch.randn(2, length, batch, 4, generator=g).double().unbind())
    h, trace = torch.randn(2, batch, 4, generator=g).double()
    leaves = [leaf.requires_grad_() for leaf in (*x, h, trace)]
    return x, State(h, (trace, None)), [*leaves, WEIGHT]


def loss(out, state, kept):
    """Every answer has its part."""
    total = out[0].pow(3).sum() + state.h.sum() + state.trace[0].sin().sum()
    return total + sum((k + 1) * kept[name].square().sum() for k, name in enumerate(kept))


def tensors(tree):
    return [leaf for leaf in leaves_of(tree) if leaf is not None]


SEGMENTS = st.one_of(st.none(), st.integers(1, 14))


@given(length=st.integers(0, 12), segments=SEGMENTS, batch=st.sampled_from([0, 1, 3]))
def test_equals_scan_to_the_last_bit(length, segments, batch):
    """Values, histories, gradients of inputs, of the first state and of a weight outside."""
    x, start, leaves = example(length, batch, seed=length)
    found = checkpointed_scan(step, x, start, keep=["h"], segments=segments)
    wanted = scan(step, x, start, keep=["h"])
    assert [type(part) for part in found] == [type(part) for part in wanted]
    assert isinstance(found[1], State) and found[0][1] is None and found[1].trace[1] is None
    for a, b in zip(found, wanted, strict=True):
        parts = (a, b) if isinstance(a, tuple) else (tuple(a.values()), tuple(b.values()))
        for one, other in zip(*map(tensors, parts), strict=True):
            assert torch.equal(one, other)
    ours, plain = (grad(loss(*made), leaves, materialize_grads=True) for made in (found, wanted))
    assert all(map(torch.equal, ours, plain))
    if length and batch:
        assert all(g.abs().sum() > 0 for g in plain), "nothing flows, nothing is tested"


@pytest.mark.slow
def test_gradient_equals_finite_differences():
    """Independent of scan; and the second derivative, too."""
    x, start, _ = example(5, batch=2)

    def run(a, b, h, trace):
        return checkpointed_scan(step, (a, b), State(h, (trace, None)), segments=2)[0][0]

    assert torch.autograd.gradcheck(run, (*x, start.h, start.trace[0]))
    assert torch.autograd.gradgradcheck(run, (*x, start.h, start.trace[0]))


def test_gradients_can_be_asked_for_again():
    x, start, leaves = example(9)
    out, _ = checkpointed_scan(step, x, start)
    first = grad(out[0].sum(), leaves, retain_graph=True)
    assert all(map(torch.equal, first, grad(out[0].sum(), leaves)))


def runs(length, segments):
    """How often a step ran: forward, and with the backward pass."""
    calls = []

    def counted(x, state):
        calls.append(1)
        return None, squash(x + state * WEIGHT)

    start = torch.zeros(2, 4).double()
    _, last = checkpointed_scan(
        counted, torch.ones(length, 2, 4).double(), start, segments=segments
    )
    forward = len(calls)
    last.sum().backward()
    return forward, len(calls)


@pytest.mark.parametrize("segments", [None, 1, 3, 7, 50])
def test_every_step_runs_twice(segments):
    assert runs(7, segments) == (7, 14)


def cell(x, h):
    """One layer of a recurrent network; only the weight wants a gradient."""
    return None, squash(x + h.roll(1, -1) * WEIGHT)


def test_global_randomness_is_drawn_again():
    def noisy(x, h):
        h = squash(h + x * torch.randn(3, dtype=torch.float64))
        return h, h

    x, start = torch.rand(11, 3).double().requires_grad_(), torch.zeros(3).double()
    found = []
    for loop in (scan, checkpointed_scan):
        torch.manual_seed(4)
        out, _ = loop(noisy, x, start)
        torch.rand(5)  # drawn between the forward and the backward pass
        found.append((out, *grad(out.sum(), x), torch.rand(2)))
    assert all(map(torch.equal, *found)), "and what is drawn afterwards is the same"
    assert found[0][1].abs().sum() > 0


def test_randomness_of_a_generator_is_refused():
    """It would be the gradient of another run."""
    chance = torch.Generator().manual_seed(0)

    def noisy(x, h):
        return None, squash(h + x * torch.randn(3, generator=chance))

    x = torch.rand(11, 3).requires_grad_()
    _, last = checkpointed_scan(noisy, x, torch.zeros(3))
    with pytest.raises(RuntimeError, match=r"^step: it must be the same function.*random draws"):
        last.sum().backward()


def test_nan_is_no_other_state():
    x = torch.tensor([1.0, math.nan, 2.0], requires_grad=True)
    _, last = checkpointed_scan(lambda x_t, s: (None, s + x_t), x, torch.zeros(()))
    assert torch.equal(*grad(last, x), torch.ones(3))


def test_inputs_are_split_once_not_sliced():
    """A slice writes a gradient of the whole length for every segment."""
    x = torch.rand(16, 2, requires_grad=True)
    _, last = checkpointed_scan(lambda x_t, s: (None, s + x_t), x, torch.zeros(2))
    seen, todo = set(), [last.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
    names = [type(node).__name__ for node in seen]
    assert names.count("SplitWithSizesBackward0") == 1
    assert not [name for name in names if name.startswith(("Slice", "Select", "Index"))]


def test_forward_mode_and_vmap_of_the_step():
    x, start, _ = example(6)

    def last(loop, a):
        return loop(step, (a, x[1].detach()), start)[0][0]

    a, along = x[0].detach(), torch.ones_like(x[0])
    pushed = [
        torch.func.jvp(lambda v, loop=loop: last(loop, v), (a,), (along,))
        for loop in (scan, checkpointed_scan)
    ]
    assert all(map(torch.equal, *pushed)) and pushed[0][1].abs().sum() > 0
    batched = torch.func.vmap(cell, out_dims=(None, 0))
    xs = torch.randn(9, 3, 4).double()
    leaves = [xs.requires_grad_(), WEIGHT]
    ours, plain = (
        grad(loop(batched, xs, torch.zeros(3, 4).double())[1].sum(), leaves)
        for loop in (checkpointed_scan, scan)
    )
    assert all(map(torch.equal, ours, plain))


def test_transforms_that_cannot_be_had_say_so():
    def last(x):
        return checkpointed_scan(cell, x, torch.zeros(4).double())[1].sum()

    x = torch.randn(5, 4).double()
    for transform in (torch.func.grad, torch.func.jacrev):
        with pytest.raises(RuntimeError, match=r"checkpointed_scan: torch\.func\.grad, vjp"):
            transform(last)(x)
    together = torch.func.vmap(last)(torch.stack([x, 2 * x]))
    torch.testing.assert_close(together, torch.stack([last(x), last(2 * x)]))
    xs = torch.stack([x, 2 * x]).requires_grad_()
    with pytest.raises(RuntimeError):  # never a wrong gradient
        torch.func.vmap(last)(xs).sum().backward()


@pytest.mark.parametrize("segments", [0, -1, 2.0, True, "many"])
def test_refuses_what_is_no_number_of_segments(segments):
    with pytest.raises(ValueError, match=r"^segments: a whole number from 1 is needed, got "):
        checkpointed_scan(cell, torch.zeros(5, 4), torch.zeros(4), segments=segments)


def test_refuses_what_scan_refuses():
    with pytest.raises(ValueError, match=r"same length .*\[3, 4\]"):
        checkpointed_scan(cell, (torch.zeros(3, 1), torch.zeros(4, 1)), torch.zeros(1))
    with pytest.raises(ValueError, match="keep: 'v'"):
        checkpointed_scan(cell, torch.zeros(3, 4), torch.zeros(4), keep="v")
