"""RNN, LSTM and GRU against torch's own, and the steps against what the gates are for."""

import math

import pytest
import torch
from torch import nn

from neurolab.recurrent import GRU, LSTM, GRUState, LSTMState, VanillaRNN, gru_step, lstm_step

PAIRS = pytest.mark.parametrize(
    ("ours", "theirs"), [(VanillaRNN, nn.RNN), (LSTM, nn.LSTM), (GRU, nn.GRU)]
)
CELLS = pytest.mark.parametrize("cell", [VanillaRNN, LSTM, GRU])


def torch_state(state):
    """(1, B, N) each, as torch wants them."""
    parts = tuple(part[None] for part in state)
    return parts if len(parts) > 1 else parts[0]


@PAIRS
@pytest.mark.parametrize("size", [(7, 3), (1, 3), (7, 0), (30, 1)], ids=str)
@pytest.mark.parametrize("from_state", [False, True])
def test_values_and_gradients_are_those_of_torch(ours, theirs, size, from_state):
    torch.manual_seed(1)
    steps, batch = size
    layer = ours(4, 6)
    peer = layer.to_torch()
    assert type(peer) is theirs
    x = torch.randn(steps, batch, 4, requires_grad=True)
    state = layer.state(*(torch.randn(batch, 6) for _ in layer.state._fields))
    given, theirs_given = (state, torch_state(state)) if from_state else (None, None)
    h, last = layer(x, given)
    other_x = x.detach().clone().requires_grad_()
    if batch == 0 and steps:  # torch refuses a batch of nothing in some of its kernels
        assert h.shape == (steps, 0, 6) and all(part.shape == (0, 6) for part in last)
        return
    other, other_last = peer(other_x, theirs_given)
    torch.testing.assert_close(h, other, atol=1e-5, rtol=0)
    other_last = other_last if isinstance(other_last, tuple) else (other_last,)
    for part, their_part in zip(last, other_last, strict=True):
        torch.testing.assert_close(part, their_part[0], atol=1e-5, rtol=0)
    pull = torch.randn_like(h)
    (h * pull).sum().backward()
    (other * pull).sum().backward()
    assert x.grad.abs().sum() > 0
    torch.testing.assert_close(x.grad, other_x.grad, atol=1e-5, rtol=1e-5)
    for name, weight in layer.named_parameters():
        their_grad = getattr(peer, f"{name}_l0").grad
        assert their_grad.abs().sum() > 0 or (steps == 1 and not from_state)
        torch.testing.assert_close(weight.grad, their_grad, atol=1e-5, rtol=1e-5)


@PAIRS
def test_weights_go_to_torch_and_come_back(ours, theirs):
    layer = ours(3, 5).double()
    again = ours.from_torch(layer.to_torch())
    for name, weight in layer.named_parameters():
        assert torch.equal(weight, getattr(again, name))
    x = torch.randn(4, 2, 3).double()
    assert torch.equal(layer(x)[0], again(x)[0])


@CELLS
@pytest.mark.parametrize("cut", [0, 1, 9])
def test_continued_sequence_equals_one_run(cell, cut):
    layer, x = cell(2, 4).double(), torch.randn(9, 3, 2).double()
    whole, end = layer(x)
    first, middle = layer(x[:cut])
    second, last = layer(x[cut:], middle)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    torch.testing.assert_close(tuple(last), tuple(end))


def test_an_open_lstm_carries_its_memory_and_the_gradient_unchanged():
    """The constant error carousel: with f = 1, i = 0 over 1,000 steps nothing is lost."""
    start = torch.tensor([[0.7]], dtype=torch.float64, requires_grad=True)
    state = LSTMState(torch.zeros_like(start), start)
    far = torch.full_like(start, 50.0)
    for _ in range(1000):
        state = lstm_step(-far, far, far, far, state)
    assert state.c.item() == pytest.approx(0.7, abs=1e-9)
    assert state.h.item() == pytest.approx(math.tanh(0.7), abs=1e-9)
    state.c.backward()
    assert float(start.grad) == pytest.approx(1, abs=1e-9)


def test_steps_on_plain_numbers():
    """By the definition, with math alone."""

    def s(a):
        return 1 / (1 + math.exp(-a))

    i, f, c, o = 0.3, -0.4, 0.9, 1.2
    found = lstm_step(i, f, c, o, LSTMState(0.1, 0.5))
    memory = s(f) * 0.5 + s(i) * math.tanh(c)
    assert found.c == pytest.approx(memory)
    assert found.h == pytest.approx(s(o) * math.tanh(memory))
    r, u, p, q = 0.2, -0.7, 0.5, -1.1
    fresh = math.tanh(p + s(r) * q)
    wanted = fresh + s(u) * (0.4 - fresh)
    assert gru_step(r, u, p, q, GRUState(0.4)).h == pytest.approx(wanted)


@CELLS
def test_gradient_is_that_of_finite_differences(cell):
    layer = cell(2, 3).double()
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: layer(x)[0], x)


def test_wrong_arguments_are_refused():
    layer = LSTM(3, 5)
    for name, make in {
        "inputs": lambda: LSTM(0, 5),
        "units": lambda: GRU(3, 2.5),
        r"x: shape \(T, B, I = 3\)": lambda: layer(torch.zeros(4, 2, 2)),
        "x: torch.float32": lambda: layer(torch.zeros(4, 2, 3).double()),
        "state: c of shape": lambda: layer(
            torch.zeros(4, 2, 3), LSTMState(torch.zeros(2, 5), torch.zeros(1, 5))
        ),
        "num_layers": lambda: LSTM.from_torch(nn.LSTM(3, 5, 2)),
        "bidirectional": lambda: GRU.from_torch(nn.GRU(3, 5, bidirectional=True)),
        "bias": lambda: GRU.from_torch(nn.GRU(3, 5, bias=False)),
        "nonlinearity": lambda: VanillaRNN.from_torch(nn.RNN(3, 5, nonlinearity="relu")),
    }.items():
        with pytest.raises(ValueError, match=name):
            make()
    with pytest.raises(TypeError, match=r"torch\.nn\.LSTM"):
        LSTM.from_torch(nn.GRU(3, 5))
