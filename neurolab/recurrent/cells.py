"""The cells that spiking networks are compared with: vanilla RNN, LSTM and GRU, from scratch.

    vanilla   h' = tanh(g)                               g = W_ih x + b_ih + W_hh h + b_hh
    LSTM      i, f, o = sigmoid(g_i), sigmoid(g_f), sigmoid(g_o)
              c' = f c + i tanh(g_c),   h' = o tanh(c')
    GRU       r, u = sigmoid(p_r + q_r), sigmoid(p_u + q_u)
              h' = (1 - u) tanh(p_n + r q_n) + u h       p = W_ih x + b_ih,  q = W_hh h + b_hh

    symbol   meaning                                                  shape       unit
    x        inputs                                                   (T, B, I)   -
    h        state, and what is put out                               (T, B, N)   -
    c        memory cell of the LSTM                                  (B, N)      -
    i, f, o  gates: let in, keep, let out                             (B, N)      -
    r, u     gates: what of the state to use, how much of it to keep  (B, N)      -
    G        rows of gates: 1 vanilla, 4 LSTM (i f c o), 3 GRU (r u n)
    W_ih     weights from the inputs, gates one below the other       (G N, I)    -
    W_hh     weights from the state                                   (G N, N)    -

Where f = 1 and i = 0 the memory of an LSTM is carried over unchanged, and so is its gradient: that
is what it was made for. The steps are elementwise and take the sums of each gate; the Modules make
the products, those of the inputs for all times at once.

What follows, and is tested: values and gradients are those of torch.nn.RNN, LSTM and GRU to 1e-5,
with the same parameters by the same names; a sequence may be cut anywhere.

Where it differs from the paper: Hochreiter and Schmidhuber's cell had no gate f; it came with Gers
et al.; weights start as torch's, uniform within 1 / sqrt(N).

References: Elman (1990), doi:10.1207/s15516709cog1402_1; Hochreiter & Schmidhuber (1997),
doi:10.1162/neco.1997.9.8.1735; Gers, Schmidhuber & Cummins (2000), doi:10.1162/089976600300015015;
Cho et al. (2014), arXiv:1406.1078
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from neurolab.core.ops import Value, sigmoid, tanh
from neurolab.core.scan import scan


class VanillaState(NamedTuple):
    h: Value  # (B, N)


class LSTMState(NamedTuple):
    h: Value  # (B, N) what is put out
    c: Value  # (B, N) memory


class GRUState(NamedTuple):
    h: Value  # (B, N)


def vanilla_step(g: Value) -> VanillaState:
    """The state one step later, from the sums ``g`` in the units.
    Elementwise.
    """
    return VanillaState(tanh(g))


def lstm_step(
    i: Value,
    f: Value,
    c: Value,
    o: Value,
    state: LSTMState,
) -> LSTMState:
    """The state one step later, from the sums of the three gates and
    of the new content ``c``. Elementwise.
    """
    memory = sigmoid(f) * state.c + sigmoid(i) * tanh(c)
    return LSTMState(h=sigmoid(o) * tanh(memory), c=memory)


def gru_step(
    r: Value,
    u: Value,
    p: Value,
    q: Value,
    state: GRUState,
) -> GRUState:
    """The state one step later, from the sums of the two gates, and
    of the new content: ``p`` from the inputs, ``q`` from the state.
    Elementwise.
    """
    keep = sigmoid(u)
    fresh = tanh(p + sigmoid(r) * q)
    return GRUState((1 - keep) * fresh + keep * state.h)


class _Cell(nn.Module):
    """Weights, and the loop over time.

    Args:
        inputs, units: sizes I and N.
    """

    rows = 1  # G
    state = VanillaState
    peer = nn.RNN

    def __init__(self, inputs: int, units: int):
        super().__init__()
        for name, size in (("inputs", inputs), ("units", units)):
            if isinstance(size, bool) or not isinstance(size, int) or size < 1:
                raise ValueError(f"{name}: a whole number of at least 1 is needed, got {size!r}")
        shapes = {"weight_ih": (inputs,), "weight_hh": (units,), "bias_ih": (), "bias_hh": ()}
        most = 1 / math.sqrt(units)
        for name, rest in shapes.items():
            first = torch.empty(self.rows * units, *rest).uniform_(-most, most)
            self.register_parameter(name, nn.Parameter(first))

    def step(self, p: Tensor, h: Tensor, state: tuple) -> tuple:
        """From the sums (B, G N) that come from the inputs and those that come from the state."""
        raise NotImplementedError

    def forward(self, x: Tensor, state: tuple | None = None) -> tuple[Tensor, tuple]:
        """Run over time, from zeros or from a ``state`` that an earlier call gave back.

        Args:
            x: (T, B, I).

        Returns:
            h (T, B, N) and the last state.
        """
        inputs, units = self.weight_ih.shape[1], self.weight_hh.shape[1]
        if x.ndim != 3 or x.shape[2] != inputs:
            raise ValueError(f"x: shape (T, B, I = {inputs}) is needed, got {tuple(x.shape)}")
        if x.dtype != self.weight_ih.dtype:
            raise ValueError(f"x: {self.weight_ih.dtype} is needed, got {x.dtype}")
        needed = (x.shape[1], units)
        if state is None:
            state = self.state(*[x.new_zeros(needed) for _ in self.state._fields])
        for name, part in zip(self.state._fields, state, strict=True):
            if part.shape != needed:
                given = tuple(part.shape)
                raise ValueError(f"state: {name} of shape (B, N) = {needed} needed, got {given}")

        def one(p: Tensor, now: tuple) -> tuple[Tensor, tuple]:
            after = self.step(p, linear(now.h, self.weight_hh, self.bias_hh), now)
            return after.h, after

        return scan(one, linear(x, self.weight_ih, self.bias_ih), self.state(*state))

    @classmethod
    def from_torch(cls, peer: nn.Module) -> "_Cell":
        """A copy of a torch.nn.RNN (tanh), LSTM or GRU of one layer, in one direction.

        Raises:
            TypeError: it is of another kind.
            ValueError: it has more layers, two directions, no bias, or something we do not have.
        """
        if not isinstance(peer, cls.peer):
            raise TypeError(f"peer: torch.nn.{cls.peer.__name__} needed, got {type(peer).__name__}")
        asked = {"num_layers": 1, "bidirectional": False, "bias": True, "proj_size": 0}
        for name, value in asked.items():
            if getattr(peer, name) != value:
                raise ValueError(f"peer: {name} = {value} is needed, got {getattr(peer, name)}")
        if getattr(peer, "nonlinearity", "tanh") != "tanh":
            raise ValueError(f"peer: nonlinearity = 'tanh' is needed, got {peer.nonlinearity!r}")
        made = cls(peer.input_size, peer.hidden_size).to(peer.weight_ih_l0.dtype)
        made.load_state_dict({k.removesuffix("_l0"): v for k, v in peer.state_dict().items()})
        return made

    def to_torch(self) -> nn.Module:
        """The torch.nn layer with the same weights, time first."""
        units, inputs = self.weight_hh.shape[1], self.weight_ih.shape[1]
        peer = self.peer(inputs, units).to(self.weight_ih.dtype)
        peer.load_state_dict({f"{name}_l0": v for name, v in self.state_dict().items()})
        return peer

    def extra_repr(self) -> str:
        return f"inputs={self.weight_ih.shape[1]}, units={self.weight_hh.shape[1]}"


class VanillaRNN(_Cell):
    __doc__ = _Cell.__doc__.replace("Weights, and the loop over time.", "A vanilla RNN layer.")

    def step(self, p: Tensor, h: Tensor, state: VanillaState) -> VanillaState:
        return vanilla_step(p + h)


class LSTM(_Cell):
    __doc__ = _Cell.__doc__.replace("Weights, and the loop over time.", "An LSTM layer.")
    rows, state, peer = 4, LSTMState, nn.LSTM

    def step(self, p: Tensor, h: Tensor, state: LSTMState) -> LSTMState:
        return lstm_step(*(p + h).chunk(4, 1), state)


class GRU(_Cell):
    __doc__ = _Cell.__doc__.replace("Weights, and the loop over time.", "A GRU layer.")
    rows, state, peer = 3, GRUState, nn.GRU

    def step(self, p: Tensor, h: Tensor, state: GRUState) -> GRUState:
        (p_r, p_u, p_n), (q_r, q_u, q_n) = p.chunk(3, 1), h.chunk(3, 1)
        return gru_step(p_r + q_r, p_u + q_u, p_n, q_n, state)
