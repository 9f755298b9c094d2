"""Bidirectional network: one layer reads a sequence forward, another backward, both are put out.

    h(t) = (h_forward(t), h_backward(t))       h_forward(t) saw x(1) .. x(t)
                                               h_backward(t) saw x(L) .. x(t)

    symbol   meaning                                        shape          unit
    x        inputs, padded at the end                      (T, B, I)      -
    L        lengths; what stands behind them is not read   (B,)           steps
    h        state of both, forward first                   (T, B, N + M)  -

So an answer at t may depend on all of the sequence, which no network can do that runs along with
it: there is no next step of a bidirectional network, and its sequence cannot be cut.

What follows, and is tested: values, last states and gradients are those of torch.nn.RNN, LSTM and
GRU with ``bidirectional=True``, with and without lengths; what stands in the padding changes
nothing; h(t) depends on every input.

Reference: Schuster & Paliwal (1997), doi:10.1109/78.650093
"""

import torch
from torch import Tensor, nn

from neurolab.core.tree import Tree, leaves_of, mapped


class Bidirectional(nn.Module):
    """Two layers over one sequence.

    Args:
        forth, back: layers that take x (T, B, I) and a state, and give h (T, B, N) and the last
            state, as those of ``cells`` do; back is shown the sequence reversed. They may differ.
    """

    def __init__(self, forth: nn.Module, back: nn.Module):
        super().__init__()
        for name, layer in (("forth", forth), ("back", back)):
            if not isinstance(layer, nn.Module):
                raise TypeError(f"{name}: a layer is needed, got {type(layer).__name__}")
        if forth is back:
            raise ValueError("back: a layer of its own is needed, got the one that reads forward")
        self.forth, self.back = forth, back

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, tuple[Tree, Tree]]:
        """Run both ways.

        Args:
            x: (T, B, I).
            lengths: (B,) whole numbers from 1 to T; all T without.

        Returns:
            h (T, B, N + M), zero behind the lengths, and the last states: that of ``forth`` after
            the last input, that of ``back`` after the first.
        """
        if x.ndim != 3:
            raise ValueError(f"x: shape (T, B, I) is needed, got {tuple(x.shape)}")
        if lengths is None:
            ahead, end = self.forth(x)
            behind, first = self.back(x.flip(0))
            return torch.cat([ahead, behind.flip(0)], -1), (end, first)
        _check(lengths, x)
        ahead, end = run_lengths(self.forth, x, lengths)
        behind, first = run_lengths(self.back, reversed_to(x, lengths), lengths)
        return torch.cat([ahead, reversed_to(behind, lengths)], -1), (end, first)


def reversed_to(x: Tensor, lengths: Tensor) -> Tensor:
    """The first ``lengths`` (B,) steps of x (T, B, ...) in reversed
    order; the rest stays.
    """
    t = torch.arange(len(x), device=x.device)[:, None]
    ends = lengths.to(x.device)
    source = torch.where(t < ends, ends - 1 - t, t)
    return x[source, torch.arange(x.shape[1], device=x.device)]


def run_lengths(layer: nn.Module, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tree]:
    """A layer over sequences of different ``lengths``: each stops at its own end.

    The batch shrinks at each end, so nothing is computed for the padding.

    Returns:
        h (T, B, N), zero behind the lengths, and the state of each sequence at its end.
    """
    if x.shape[1] == 0:
        return layer(x)
    alive, state, first = torch.arange(x.shape[1], device=x.device), None, 0
    parts, ended, whose = [], [], []
    for last in sorted(set(lengths.tolist())):
        h, state = layer(x[first:last, alive], state)
        parts.append(h.new_zeros(last - first, x.shape[1], h.shape[2]).index_copy(1, alive, h))
        over = lengths.to(x.device)[alive] == last
        ended.append(mapped(lambda leaf, over=over: leaf[over], state))
        whose.append(alive[over])
        state = mapped(lambda leaf, over=over: leaf[~over], state)
        alive, first = alive[~over], last
    parts.append(h.new_zeros(len(x) - first, x.shape[1], h.shape[2]))
    order = torch.argsort(torch.cat(whose))
    columns = zip(*(leaves_of(one) for one in ended), strict=True)
    leaves = iter([torch.cat(column)[order] for column in columns])
    return torch.cat(parts), mapped(lambda _: next(leaves), state)


def _check(lengths: Tensor, x: Tensor) -> None:
    steps, batch = x.shape[:2]
    if lengths.shape != (batch,) or lengths.is_floating_point() or lengths.dtype == torch.bool:
        given = f"{lengths.dtype} {tuple(lengths.shape)}"
        raise ValueError(f"lengths: whole numbers of shape ({batch},) are needed, got {given}")
    if batch and not bool(((lengths >= 1) & (lengths <= steps)).all()):
        given = f"{int(lengths.min())} to {int(lengths.max())}"
        raise ValueError(f"lengths: from 1 to {steps} steps are needed, got {given}")
