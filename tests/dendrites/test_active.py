"""Active dendrites: the gates against a loop, who learns, and what one segment is."""

import math

import pytest
import torch
from torch.nn.functional import softmax

from neurolab.dendrites import GATES, ActiveDendrites, Segments, abs_max_gate, max_gate

UNITS, SEGMENTS, CONTEXT, BATCH = 6, 4, 9, 5


@pytest.fixture(autouse=True)
def same_draws():
    torch.manual_seed(0)


def by_loop(weight, c, signed):
    weight, found = weight.view(UNITS, SEGMENTS, CONTEXT), []
    for n in range(weight.shape[0]):
        best = None
        for s in range(weight.shape[1]):
            d = sum(weight[n, s, k].item() * c[k].item() for k in range(weight.shape[2]))
            size = abs(d) if signed else d
            if best is None or size > best[0]:
                best = size, d, s
        found.append(best[1:])
    return found


@pytest.mark.parametrize(("gate", "signed"), [(max_gate, False), (abs_max_gate, True)])
def test_gates_equal_a_loop(gate, signed):
    segments = Segments(UNITS, SEGMENTS, CONTEXT, gate).double()
    c = torch.randn(CONTEXT).double()
    expected = by_loop(segments.weight, c, signed)
    assert segments(c).tolist() == pytest.approx([d for d, _ in expected], rel=1e-12)
    assert segments.winning(c).tolist() == [s for _, s in expected]
    layer = ActiveDendrites(UNITS, SEGMENTS, CONTEXT, gate).double()
    layer.segments = segments
    yhat = torch.randn(BATCH, UNITS).double()
    by_hand = [1 / (1 + math.exp(-d)) for d, _ in expected]
    assert layer(yhat, c)[2].tolist() == pytest.approx(
        [y * g for y, g in zip(yhat[2].tolist(), by_hand, strict=True)]
    )


def test_the_gates_differ_where_a_negative_answer_is_the_largest():
    d = torch.tensor([[0.5, -2.0, 1.0], [0.5, 0.2, 1.0]])
    assert max_gate(d).tolist() == [1.0, 1.0] and abs_max_gate(d).tolist() == [-2.0, 1.0]
    d = torch.rand(3, 4, 5)
    assert torch.equal(max_gate(d), abs_max_gate(d)), "all positive"


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
def test_only_the_winning_segment_learns(gate):
    layer = ActiveDendrites(UNITS, SEGMENTS, CONTEXT, gate)
    c = torch.randn(CONTEXT)
    layer(torch.randn(BATCH, UNITS), c).sum().backward()
    moved = layer.segments.weight.grad.view(UNITS, SEGMENTS, CONTEXT).abs().sum(-1) > 0
    won = torch.nn.functional.one_hot(layer.segments.winning(c), SEGMENTS).bool()
    assert torch.equal(moved, won)


def test_shared_repeated_and_tabled_contexts_give_one_answer():
    layer = ActiveDendrites(UNITS, SEGMENTS, CONTEXT).double()
    yhat, table = torch.randn(BATCH, UNITS).double(), torch.randn(3, CONTEXT).double()
    which = torch.tensor([2, 0, 1, 1, 2])
    tabled = layer(yhat, table, which)
    torch.testing.assert_close(tabled, layer(yhat, table[which]))
    for k in range(BATCH):
        torch.testing.assert_close(tabled[k : k + 1], layer(yhat[k : k + 1], table[which[k]]))
    grads = []
    for context, rows in ((table, which), (table[which], None)):
        layer.zero_grad()
        layer(yhat, context, rows).square().sum().backward()
        grads.append(layer.segments.weight.grad.clone())
    torch.testing.assert_close(*grads)


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_a_sparse_gradient_is_the_same_in_fewer_numbers(gate, shape):
    dense = Segments(UNITS, SEGMENTS, CONTEXT, gate).double()
    sparse = Segments(UNITS, SEGMENTS, CONTEXT, gate, sparse=True).double()
    sparse.load_state_dict(dense.state_dict())
    c = torch.randn(*shape, CONTEXT).double()
    slope = torch.randn(*shape, UNITS).double()
    found = [segments(c) for segments in (dense, sparse)]
    torch.testing.assert_close(*found)
    for g in found:
        (slope * g).sum().backward()
    assert sparse.weight.grad.is_sparse
    torch.testing.assert_close(sparse.weight.grad.to_dense(), dense.weight.grad)
    assert len(sparse.weight.grad.coalesce().indices()[0]) < UNITS * SEGMENTS


@pytest.mark.parametrize("sparse", [True, False])
def test_what_it_takes_to_open_a_neuron(sparse):
    torch.manual_seed(0)
    layer = ActiveDendrites(6, 3, 4, sparse=sparse, shut=2.0)
    y, c = torch.rand(5, 6), torch.randn(4)
    wanted = y / (1 + torch.exp(2 - layer.segments(c)))
    torch.testing.assert_close(layer(y, c), wanted)
    with torch.no_grad():
        torch.testing.assert_close(layer(y, c), wanted.detach())


def test_one_segment_is_attention_of_two_choices():
    """sigmoid(u c) is the weight that softmax gives to key u beside a key of zeros."""
    layer = ActiveDendrites(UNITS, 1, CONTEXT, max_gate).double()
    yhat, c = torch.randn(BATCH, UNITS).double(), torch.randn(BATCH, CONTEXT).double()
    keys = layer.segments.weight  # (N, C)
    scores = torch.stack([c @ keys.T, torch.zeros(BATCH, UNITS).double()])
    values = torch.stack([yhat, torch.zeros_like(yhat)])
    attended = (softmax(scores, 0) * values).sum(0)
    torch.testing.assert_close(layer(yhat, c), attended)


def test_the_largest_segment_is_attention_of_ever_sharper_choice():
    d = torch.randn(50, 7).double()
    errors = [
        ((softmax(sharp * d, -1) * d).sum(-1) - max_gate(d)).abs().max() for sharp in (1, 30, 1000)
    ]
    assert errors[0] > 0.1 > errors[1] > errors[2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x(torch.rand(2, 5), torch.rand(CONTEXT)), "yhat: shape"),
        (lambda x: x(torch.rand(2, UNITS), torch.rand(4)), "context: shape"),
        (lambda x: x(torch.rand(2, UNITS), torch.rand(3, CONTEXT)), "context: one for all"),
        (
            lambda x: x(torch.rand(2, UNITS), torch.rand(3, CONTEXT), torch.tensor([0, 3])),
            "which: rows 0 to 2",
        ),
        (lambda x: x(torch.rand(2, UNITS), torch.rand(3, CONTEXT), torch.rand(2)), "which: \\(2,"),
        (lambda x: Segments(0, 1, 1), "units"),
        (lambda x: Segments(1, 1, 2.5), "context"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(ActiveDendrites(UNITS, SEGMENTS, CONTEXT))
