"""The cost of a step does not depend on how many there are, counted in bytes and calls."""

import tracemalloc
from contextlib import nullcontext

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from neurolab import kernels
from neurolab.core import Triangular
from neurolab.kernels import blocks
from neurolab.spiking import Neurons, Recurrent
from tests.core.live_bytes import LiveBytes

pytest.importorskip("numba")
BATCH, INPUTS, UNITS = 8, 6, 64
BLOCK = 10  # steps


class Calls(TorchDispatchMode):
    """Counts torch's operations, and the bytes of what they make."""

    def __init__(self):
        super().__init__()
        self.calls = self.bytes = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        self.calls += 1
        for x in made if isinstance(made, tuple | list) else [made]:
            if isinstance(x, torch.Tensor) and not x._is_view():
                self.bytes += x.numel() * x.element_size()
        return made


@pytest.fixture(autouse=True)
def in_this_thread(monkeypatch):
    """A mode sees what its own thread does, so one thread does everything."""
    monkeypatch.setattr(blocks, "BLOCK", BLOCK * BATCH * UNITS)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def train(steps, mode):
    torch.manual_seed(0)
    layer = Recurrent(INPUTS, UNITS, Neurons(surrogate=Triangular()))
    x = 6 * torch.randn(steps, BATCH, INPUTS)
    assert kernels.explain(layer, x) == ["lif: fast core"]
    if isinstance(mode, LiveBytes):
        mode.before(x, *layer.parameters())
    with mode:
        z, _ = layer(x)
        z.backward(torch.ones_like(z))
    assert 0 < z.sum() < z.numel()
    return mode


def test_calls_and_bytes_of_a_step_are_the_same_at_two_lengths():
    """Twice as many further blocks cost twice as much: quadratic cost would give four times."""
    few, some, many = (train(steps * BLOCK, Calls()) for steps in (20, 60, 140))
    for what in ("calls", "bytes"):
        first, second, third = (getattr(mode, what) for mode in (few, some, many))
        assert second > first
        assert (third - second) / (second - first) == pytest.approx(2, rel=0.02), what


def test_work_space_does_not_grow_with_the_sequence():
    """Alive at once beyond spikes, u and the gradient given: a few blocks, whatever the length."""

    def most(steps):
        long = steps * BATCH * UNITS * 4
        torchs = train(steps, LiveBytes()).peak - 3 * long
        tracemalloc.start()  # numpy's arrays, of which two are long: spikes and u
        train(steps, nullcontext())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return torchs, peak - 2 * long

    most(20 * BLOCK)
    short, long = most(20 * BLOCK), most(200 * BLOCK)
    block = BLOCK * BATCH * UNITS * 4
    for a, b in zip(short, long, strict=True):
        assert b - a < 2 * block
    assert abs(short[0]) < 20 * block
