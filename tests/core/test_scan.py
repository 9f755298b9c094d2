"""Scan equals the loop one would write, in values and gradients, cut anywhere."""

from typing import NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from neurolab.core import scan


class State(NamedTuple):
    a: torch.Tensor
    b: torch.Tensor


class Drive(NamedTuple):
    push: torch.Tensor
    gate: tuple[torch.Tensor, torch.Tensor]


class Out(NamedTuple):
    total: torch.Tensor
    parts: tuple[torch.Tensor, torch.Tensor]


def step(x, state):
    """Nested inputs, state and outputs; the order of steps matters."""
    a = torch.tanh(0.5 * state.a + x.push * x.gate[0])
    b = state.b * 0.9 + a * x.gate[1]
    return Out(total=a + b, parts=(a, b)), State(a, b)


def by_hand(drive, state):
    """The same recurrence, written out with indices."""
    a, b = [state.a], [state.b]
    for t in range(len(drive.push)):
        a.append(torch.tanh(0.5 * a[t] + drive.push[t] * drive.gate[0][t]))
        b.append(b[t] * 0.9 + a[t + 1] * drive.gate[1][t])
    return torch.stack(a), torch.stack(b)


def example(length=7, batch=3, seed=0):
    g = torch.Generator().manual_seed(seed)
    push, gate0, gate1 = torch.randn(3, length, batch, generator=g).double()
    a, b = torch.randn(2, batch, generator=g).double()
    return Drive(push, (gate0, gate1)), State(a, b)


def test_equals_a_hand_written_loop():
    drive, start = example()
    a, b = by_hand(drive, start)
    out, state, kept = scan(step, drive, start, keep=("b", "a"))
    assert isinstance(out, Out)
    assert isinstance(state, State)
    assert list(kept) == ["b", "a"]
    for got, want in [
        (out.total, a[1:] + b[1:]),
        (out.parts[0], a[1:]),
        (out.parts[1], b[1:]),
        (state.a, a[-1]),
        (state.b, b[-1]),
        (kept["a"], a[1:]),
        (kept["b"], b[1:]),
    ]:
        torch.testing.assert_close(got, want, rtol=0, atol=0)


def test_gradients_equal_those_of_the_loop():
    drive, start = example()
    leaves = [x.requires_grad_() for x in (drive.push, *drive.gate, *start)]
    weight = torch.randn(7, 3).double()
    out, state = scan(step, drive, start)
    ours = torch.autograd.grad((out.total * weight).sum() + state.b.sum(), leaves)
    a, b = by_hand(drive, start)
    hand = torch.autograd.grad(((a + b)[1:] * weight).sum() + b[-1].sum(), leaves)
    for got, want in zip(ours, hand, strict=True):
        assert got.abs().sum() > 0
        torch.testing.assert_close(got, want)


@given(length=st.integers(0, 9), cut=st.integers(0, 9), batch=st.integers(0, 3))
def test_a_cut_sequence_equals_one_run(length, cut, batch):
    """Empty pieces and empty batches included."""
    cut = min(cut, length)
    drive, start = example(length, batch, seed=10 * length + cut)
    whole, end, kept = scan(step, drive, start, keep=["a"])
    first = Drive(drive.push[:cut], tuple(g[:cut] for g in drive.gate))
    second = Drive(drive.push[cut:], tuple(g[cut:] for g in drive.gate))
    out1, middle, kept1 = scan(step, first, start, keep=["a"])
    out2, last, kept2 = scan(step, second, middle, keep=["a"])
    assert whole.total.shape == (length, batch)
    assert torch.equal(torch.cat([out1.total, out2.total]), whole.total)
    assert torch.equal(torch.cat([out1.parts[1], out2.parts[1]]), whole.parts[1])
    assert torch.equal(torch.cat([kept1["a"], kept2["a"]]), kept["a"])
    assert torch.equal(last.a, end.a)


def test_empty_sequence_gives_the_very_state_back():
    drive, start = example(length=0)
    out, state = scan(step, drive, start)
    assert state is start
    assert out.total.shape == (0, 3)
    assert out.total.dtype == torch.float64


def test_plain_tensors_and_no_output():
    outputs, last = scan(lambda x, total: (None, total + x), torch.arange(5.0), torch.zeros(()))
    assert outputs is None
    assert last == 10


def test_a_name_alone_may_be_kept():
    drive, start = example()
    assert list(scan(step, drive, start, keep="a")[2]) == ["a"]


def test_vmap_over_sequences_equals_a_loop():
    xs = torch.randn(4, 6, 2).double()

    def last(x):
        return scan(lambda x_t, s: (s, torch.tanh(s + x_t)), x, torch.zeros(2).double())

    together = torch.func.vmap(last)(xs)
    for k, x in enumerate(xs):
        torch.testing.assert_close(together[0][k], last(x)[0])
        torch.testing.assert_close(together[1][k], last(x)[1])


def test_backward_time_grows_with_length_not_with_its_square():
    """Indexing x[t] in the loop would write T gradients of length T."""
    nodes = [graph_size(scan(lambda x, s: (s, s + x), leaf(n), torch.zeros(2))[1]) for n in (8, 16)]
    assert nodes[1] - nodes[0] == 8 * 1  # one addition a step, and no slice of the whole input


def leaf(length):
    return torch.randn(length, 2, requires_grad=True)


def graph_size(tensor):
    seen, todo = set(), [tensor.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
    return len(seen)


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ((torch.zeros(3, 1), torch.zeros(4, 1)), ValueError, r"same length .*\[3, 4\]"),
        (torch.tensor(1.0), ValueError, "time axis"),
        ((), ValueError, "at least one tensor"),
        ([1.0, 2.0], TypeError, "got list"),
        ((torch.zeros(3), 2.0), TypeError, "got float"),
    ],
)
def test_bad_inputs_say_what_is_wrong(inputs, error, message):
    with pytest.raises(error, match=message):
        scan(lambda x, s: (x, s), inputs, None)


def test_unknown_field_lists_the_fields():
    drive, start = example()
    with pytest.raises(ValueError, match=r"keep: 'v' .*\['a', 'b'\]"):
        scan(step, drive, start, keep=("v",))
    with pytest.raises(ValueError, match="keep: 'v'"):
        scan(lambda x, s: (x, s), torch.zeros(3), torch.zeros(()), keep=("v",))


@pytest.mark.slow
def test_compiles_in_one_graph():
    drive, start = example()
    torch.compiler.reset()
    compiled = torch.compile(lambda d, s: scan(step, d, s, keep=("a",)), fullgraph=True)
    got, want = compiled(drive, start), scan(step, drive, start, keep=("a",))
    torch.testing.assert_close(got[0].total, want[0].total)
    torch.testing.assert_close(got[1].b, want[1].b)
    torch.testing.assert_close(got[2]["a"], want[2]["a"])
