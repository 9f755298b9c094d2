"""Both ways at once, against torch's bidirectional layers and packed sequences."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from neurolab.recurrent import GRU, LSTM, Bidirectional, VanillaRNN
from neurolab.recurrent.bidirectional import reversed_to, run_lengths

PAIRS = pytest.mark.parametrize(
    ("cell", "peer"), [(VanillaRNN, nn.RNN), (LSTM, nn.LSTM), (GRU, nn.GRU)]
)
LENGTHS = [None, [7, 7, 7, 7], [3, 7, 1, 3], [5, 2, 4, 1]]
T, B, INPUTS, N = 7, 4, 3, 5


def pair(cell, peer):
    """Ours and torch's, with the same weights."""
    torch.manual_seed(0)
    ours, theirs = (
        Bidirectional(cell(INPUTS, N), cell(INPUTS, N)),
        peer(INPUTS, N, bidirectional=True),
    )
    named = {f"{name}_l0": p for name, p in ours.forth.named_parameters()}
    named |= {f"{name}_l0_reverse": p for name, p in ours.back.named_parameters()}
    theirs.load_state_dict(named)
    return ours, theirs, named


@PAIRS
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
def test_values_states_and_gradients_are_those_of_torch(cell, peer, lengths):
    ours, theirs, named = pair(cell, peer)
    x = torch.randn(T, B, INPUTS, requires_grad=True)
    other = x.detach().clone().requires_grad_()
    if lengths is None:
        h, (end, first) = ours(x)
        wanted, last = theirs(other)
    else:
        h, (end, first) = ours(x, torch.tensor(lengths))
        packed = pack_padded_sequence(other, lengths, enforce_sorted=False)
        wanted, last = theirs(packed)
        wanted, _ = pad_packed_sequence(wanted, total_length=T)
    torch.testing.assert_close(h, wanted, atol=1e-6, rtol=0)
    last = last if isinstance(last, tuple) else (last,)
    for k, part in enumerate(last):  # (2, B, N): forward, backward
        torch.testing.assert_close(end[k], part[0], atol=1e-6, rtol=0)
        torch.testing.assert_close(first[k], part[1], atol=1e-6, rtol=0)
    pull = torch.randn_like(h)
    ((h * pull).sum() + end[0].sum() - first[0].sum()).backward()
    ((wanted * pull).sum() + last[0][0].sum() - last[0][1].sum()).backward()
    torch.testing.assert_close(x.grad, other.grad, atol=1e-5, rtol=1e-5)
    for name, p in named.items():
        assert p.grad.abs().sum() > 0
        torch.testing.assert_close(p.grad, getattr(theirs, name).grad, atol=1e-5, rtol=1e-5)


@PAIRS
def test_padding_is_not_read(cell, peer):
    net = pair(cell, peer)[0]
    lengths = torch.tensor([3, 7, 1, 5])
    x = torch.randn(T, B, INPUTS)
    outside = torch.arange(T)[:, None] >= lengths
    dirty = torch.where(outside[..., None], torch.tensor(float("nan")), x)
    (h, ends), (h2, ends2) = net(x, lengths), net(dirty, lengths)
    assert torch.equal(h, h2) and not h[outside].any()
    for a, b in zip(ends, ends2, strict=True):
        assert all(torch.equal(p, q) for p, q in zip(a, b, strict=True))


def test_each_output_depends_on_every_input_and_one_way_does_not():
    net = pair(LSTM, nn.LSTM)[0]
    reach = {}
    for name, layer in (("both", net), ("forth", net.forth)):
        x = torch.randn(T, 1, INPUTS, requires_grad=True)
        layer(x)[0][3].sum().backward()
        reach[name] = x.grad.abs().sum((1, 2)) > 0
    assert reach["both"].all()
    assert reach["forth"].tolist() == [True] * 4 + [False] * 3


def test_layers_may_differ_and_a_batch_may_be_empty():
    net = Bidirectional(LSTM(INPUTS, 2), VanillaRNN(INPUTS, 4))
    h, (end, first) = net(torch.randn(T, B, INPUTS), torch.tensor([2, 7, 7, 1]))
    assert h.shape == (T, B, 6) and end.c.shape == (B, 2) and first.h.shape == (B, 4)
    h, _ = net(torch.randn(T, 0, INPUTS), torch.zeros(0, dtype=torch.long))
    assert h.shape == (T, 0, 6)


def test_reversed_twice_is_the_sequence():
    x, lengths = torch.arange(T).float()[:, None].expand(T, B), torch.tensor([1, 4, 7, 6])
    once = reversed_to(x, lengths)
    assert once[:, 1].tolist() == [3, 2, 1, 0, 4, 5, 6]
    assert torch.equal(reversed_to(once, lengths), x)


def test_state_at_the_end_of_each_length_is_that_of_a_run_of_its_own():
    layer, x = LSTM(INPUTS, N).double(), torch.randn(T, B, INPUTS).double()
    lengths = torch.tensor([6, 2, 6, 7])
    _, last = run_lengths(layer, x, lengths)
    for b, length in enumerate(lengths):
        _, alone = layer(x[:length, b : b + 1])
        torch.testing.assert_close(last.c[b], alone.c[0])
        torch.testing.assert_close(last.h[b], alone.h[0])


def test_wrong_arguments_are_refused():
    net, x = Bidirectional(LSTM(INPUTS, N), LSTM(INPUTS, N)), torch.zeros(T, B, INPUTS)
    for name, make in {
        r"x: shape \(T, B, I\)": lambda: net(x[0]),
        r"lengths: whole numbers of shape \(4,\) are needed, got torch.float32": lambda: net(
            x, torch.ones(B)
        ),
        r"lengths: whole numbers of shape \(4,\)": lambda: net(x, torch.ones(3).long()),
        r"lengths: from 1 to 7 steps are needed, got 0 to 3": lambda: net(
            x, torch.tensor([0, 3, 3, 3])
        ),
        r"lengths: from 1 to 7 .* 8": lambda: net(x, torch.tensor([8, 3, 3, 3])),
        "back: a layer of its own": lambda: Bidirectional(net.forth, net.forth),
    }.items():
        with pytest.raises(ValueError, match=name):
            make()
    with pytest.raises(TypeError, match="forth: a layer is needed, got type"):
        Bidirectional(LSTM, net.back)
