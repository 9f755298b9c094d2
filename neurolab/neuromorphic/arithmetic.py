"""Counts the multiplications and additions of whatever torch runs: a gradient, or a step of one.

    products, sums    of numbers, one by one; a division or a square is a product
    of them not_zero  those that a machine cannot skip: a product of two numbers that are not 0,
                      a sum of two that are not 0

    operation                      products    sums
    a * b, a / b, a^2              n           -
    a + b, a - b                   -           n
    sum of n numbers into m        -           n - m
    (M, K) times (K, N)            M K N       M (K - 1) N

It sees every operation of torch, those of a backward pass too, and so needs the plain loops:
compiled cores (``kernels``) run outside of torch and must be off. What is not counted: copies,
signs, comparisons, and functions such as exp, whose calls ``others`` names.

Tested: products of matrices against three loops, and a step of e-prop and of backpropagation
through time against the count by hand.

Reference: why operations are counted, and what each costs: Horowitz (2014),
doi:10.1109/ISSCC.2014.6757323
"""

from collections import Counter

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS = {"mul", "div", "square", "pow"}
SUMS = {"add", "sub", "rsub"}
MATRICES = {"mm", "bmm", "addmm", "mv", "dot"}
FREE = {  # nothing is computed, or signs and comparisons only
    *("_unsafe_view", "view", "reshape", "expand", "permute", "t", "transpose", "unsqueeze"),
    *("squeeze", "select", "slice", "split", "unbind", "detach", "alias", "as_strided", "ge"),
    *("clone", "copy", "_to_copy", "cat", "stack", "zeros", "zeros_like", "ones", "ones_like"),
    *("new_zeros", "new_ones", "new_empty", "new_full", "new_empty_strided", "empty", "full"),
    *("empty_like", "full_like", "empty_strided", "scalar_tensor", "lift_fresh", "fill", "zero"),
    *("neg", "abs", "sgn", "sign", "gt", "lt", "le", "eq", "ne", "where", "maximum"),
    *("minimum", "clamp", "clamp_min", "any", "all", "isfinite", "bitwise_and", "logical_not"),
    *("_local_scalar_dense", "item", "select_backward", "slice_backward", "is_same_size"),
}


class ArithmeticCounter(TorchDispatchMode):
    """Counts while it is open: ``with ArithmeticCounter() as done: ...``.

    Attributes:
        products, sums: all of them.
        products_not_zero, sums_not_zero: those that cannot be skipped.
        others: name -> numbers made by operations that are neither.
    """

    def __init__(self):
        super().__init__()
        self.products = self.sums = self.products_not_zero = self.sums_not_zero = 0
        self.others: Counter[str] = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.overloadpacket.__name__
        name = name if name.startswith("_") else name.rstrip("_")
        kwargs = kwargs or {}
        before = [x.clone() if isinstance(x, Tensor) else x for x in args[:3]]  # some work in place
        made = function(*args, **kwargs)
        if name in PRODUCTS:
            self._each(before, made, "products")
        elif name in SUMS:
            self._each(before, made, "sums")
        elif name in MATRICES:
            self._matrices(name, before)
        elif name in ("sum", "mean"):
            self._total(before[0], made)
        elif name not in FREE:
            self.others[name] += made.numel() if isinstance(made, Tensor) else 1
        return made

    def _each(self, given: list, made: Tensor, kind: str) -> None:
        if not made.is_floating_point():
            return
        pair = [torch.as_tensor(x, device=made.device) for x in given[:2]]
        both = (pair[0] != 0) & (pair[1] != 0) if len(pair) == 2 else pair[0] != 0
        left = int(both.expand(made.shape).sum())
        for attribute, count in ((kind, made.numel()), (f"{kind}_not_zero", left)):
            setattr(self, attribute, getattr(self, attribute) + count)

    def _matrices(self, name: str, given: list) -> None:
        added = given.pop(0) if name == "addmm" else None
        a, b = ((x != 0).double() for x in given[:2])
        if name == "dot":
            a, b = a[None], b[:, None]
        b = b[..., None] if b.ndim == 1 else b
        terms = a @ b  # of each result, that are not 0
        inner = a.shape[-1]
        self.products += terms.numel() * inner
        self.sums += terms.numel() * (inner - 1)
        self.products_not_zero += int(terms.sum())
        self.sums_not_zero += int((terms - 1).clamp(min=0).sum())
        if added is not None:
            self.sums += terms.numel()
            self.sums_not_zero += int(((added != 0) & (terms > 0)).sum())

    def _total(self, x: Tensor, made: Tensor) -> None:
        if x.is_floating_point():
            self.sums += x.numel() - made.numel()
            self.sums_not_zero += max(0, int((x != 0).sum()) - int((made != 0).sum()))
