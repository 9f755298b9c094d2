"""Every word means the same on Python floats, numpy arrays and torch tensors."""

import math
import struct
import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from neurolab.core import ops

UNARY = ["exp", "log", "sqrt", "tanh", "sin", "cos", "abs", "sigmoid", "constant"]
BINARY = ["maximum", "minimum", "atan2"]
TINY, MAX = sys.float_info.min, sys.float_info.max
EDGES = [0.0, -0.0, 5e-324, -5e-324, TINY, -TINY, 1.0, -1.0, 709.7, 709.8, -709.8, -745.0, -746.0]
EDGES += [MAX, -MAX, math.inf, -math.inf, math.nan, math.pi, 1e-9, 1e9, -40.0, 40.0]
ANY = st.lists(st.floats(), min_size=1, max_size=20)  # inf, nan, subnormals and -0.0 included
PAIRS = st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=20)

# The oracle: what the word means, in numpy.
MEANING = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "constant": lambda x: x,
    "atan2": np.arctan2,
}


def on_all_three(word, *columns):
    """The answers on floats, arrays and tensors; warnings are errors."""
    f = getattr(ops, word)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        floats = np.array([f(*row) for row in zip(*columns, strict=True)])
        arrays = f(*(np.array(c) for c in columns))
        tensors = f(*(torch.tensor(c, dtype=torch.float64) for c in columns))
    assert isinstance(arrays, np.ndarray)
    assert isinstance(tensors, torch.Tensor)
    return floats, arrays, tensors.numpy()


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-307)


def same_zeros(a, b):
    zero = (a == 0) & (b == 0)
    np.testing.assert_array_equal(np.signbit(a[zero]), np.signbit(b[zero]))


@pytest.mark.parametrize("word", UNARY)
@given(x=ANY)
@example(x=EDGES)
def test_float_numpy_torch_agree(word, x):
    floats, arrays, tensors = on_all_three(word, x)
    same(arrays, floats)
    same(tensors, floats)
    same_zeros(arrays, floats)
    same_zeros(tensors, floats)
    with np.errstate(all="ignore"):
        same(floats, MEANING.get(word, getattr(np, word, None))(np.array(x)))


@pytest.mark.parametrize("word", BINARY)
@given(pairs=PAIRS)
@example(pairs=[(a, b) for a in EDGES for b in EDGES])
def test_float_numpy_torch_agree_on_pairs(word, pairs):
    a, b = zip(*pairs, strict=True)
    floats, arrays, tensors = on_all_three(word, a, b)
    same(arrays, floats)
    same(tensors, floats)
    same(floats, MEANING.get(word, getattr(np, word, None))(np.array(a), np.array(b)))
    if word == "atan2":  # of two zeros, maximum and minimum may answer either
        same_zeros(arrays, floats)
        same_zeros(tensors, floats)


@given(pairs=PAIRS)
@example(pairs=[(a, b) for a in EDGES for b in EDGES])
def test_where_agrees(pairs):
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    floats = np.array([ops.where(x < y, x, y) for x, y in pairs])
    np.testing.assert_array_equal(ops.where(a < b, a, b), floats)
    s, t = torch.from_numpy(a), torch.from_numpy(b)
    np.testing.assert_array_equal(ops.where(s < t, s, t).numpy(), floats)


KINDS = {
    "int": int,
    "float": float,
    "np.float64": np.float64,
    "np.float32": np.float32,
    "array": lambda x: np.array([x, x]),
    "0-d array": lambda x: np.array(x),
    "tensor": lambda x: torch.tensor([x, x], dtype=torch.float64),
    "0-d tensor": lambda x: torch.tensor(x, dtype=torch.float64),
}


def kind_of(*values):
    if any(isinstance(x, torch.Tensor) for x in values):
        return torch.Tensor
    if any(isinstance(x, np.ndarray) for x in values):
        return np.ndarray | np.generic  # numpy makes scalars of arrays without axes
    return float | int | np.generic


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_mixed_arguments(first, second):
    """A tensor decides, else an array; the value is that of floats, either way round."""
    a, b = KINDS[first](3.0), KINDS[second](2.0)
    for word in BINARY:
        got, want = getattr(ops, word)(a, b), getattr(ops, word)(3.0, 2.0)
        assert isinstance(got, kind_of(a, b)), (word, type(got))
        np.testing.assert_allclose(np.asarray(got, dtype=float), want, rtol=1e-12)
    for condition in (True, np.array([True, True]), torch.tensor([True, True])):
        got = ops.where(condition, a, b)
        assert isinstance(got, kind_of(condition, a, b)), type(got)
        np.testing.assert_array_equal(np.asarray(got, dtype=float), 3.0)


@pytest.mark.parametrize("word", UNARY)
@pytest.mark.parametrize("kind", ["int", "np.float64", "np.float32"])
@pytest.mark.parametrize("value", [0, 2, 800])
def test_ints_and_numpy_scalars_are_floats(word, kind, value):
    got = getattr(ops, word)(KINDS[kind](value))
    assert not isinstance(got, np.ndarray | torch.Tensor)
    assert got == getattr(ops, word)(float(value))


def test_unsigned_integers_do_not_wrap():
    np.testing.assert_allclose(ops.sigmoid(np.array([2], dtype=np.uint8)), ops.sigmoid(2.0))


@pytest.mark.parametrize("word", UNARY)
def test_dtype_and_device_follow_the_input(word):
    assert getattr(ops, word)(np.ones(2, dtype=np.float32)).dtype == np.float32
    assert getattr(ops, word)(torch.ones(2, dtype=torch.float32)).dtype == torch.float32


@pytest.mark.parametrize("scalar", [2, 2.5, np.float64(2.5)])
def test_numbers_do_not_change_the_dtype(scalar):
    for x in (torch.ones(2, dtype=torch.float32), np.ones(2, dtype=np.float32)):
        for word in BINARY:
            assert getattr(ops, word)(x, scalar).dtype == x.dtype
            assert getattr(ops, word)(scalar, x).dtype == x.dtype
        assert ops.where(x > 0, scalar, x).dtype == x.dtype
        assert ops.where(x > 0, x, scalar).dtype == x.dtype


@given(x=st.floats())
@example(x=math.inf)
@example(x=-math.inf)
@example(x=MAX)
@example(x=struct.unpack("d", b"\xff" * 8)[0])  # nan with its sign bit set
def test_never_raises_on_a_float(x):
    for word in UNARY:
        assert isinstance(getattr(ops, word)(x), float)


def test_limits_are_those_of_arrays():
    """Where ``math`` raises, we answer."""
    assert ops.exp(710.0) == math.inf
    assert ops.log(0.0) == -math.inf
    assert math.isnan(ops.log(-1.0))
    assert math.isnan(ops.sqrt(-1.0))
    assert math.isnan(ops.sin(math.inf))
    assert math.isnan(ops.cos(-math.inf))


def test_constant_hides_the_gradient():
    x = torch.tensor(3.0, requires_grad=True)
    (x * ops.constant(x)).backward()
    assert x.grad == 3.0  # not 6


@pytest.mark.parametrize("word", [w for w in UNARY if w != "constant"])
def test_gradient_is_that_of_finite_differences(word):
    x = torch.tensor([0.3, 1.7], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(getattr(ops, word), x)


@pytest.mark.parametrize("word", BINARY)
@pytest.mark.parametrize("other", [2.0, torch.tensor(2.0, dtype=torch.float64)])
def test_gradient_of_pairs(word, other):
    f, x = getattr(ops, word), torch.tensor([0.3, 2.7], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: f(x, other), x)
    assert torch.autograd.gradcheck(lambda x: f(other, x), x)


def test_core_hands_on_every_word():
    from neurolab import core

    words = [n for n, f in vars(ops).items() if getattr(f, "__module__", "") == ops.__name__]
    words = [n for n in words if n[0] != "_"]
    assert set(words) == {*UNARY, *BINARY, "where"}
    assert all(getattr(core, name) is getattr(ops, name) for name in words)
