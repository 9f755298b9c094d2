"""On and off, what falls back to scan, and what is loaded when."""

import os
import subprocess
import sys

import pytest
import torch

from neurolab import kernels
from neurolab.spiking import LIF, NEURONS, LIFParams, LIFState, Neurons, Recurrent, lif_step

pytest.importorskip("numba")


@pytest.fixture
def layer():
    return LIF(5, 3)


@pytest.fixture
def x():
    return 6 * torch.randn(20, 4, 5)


def told(layer, *x):
    (line,) = kernels.explain(layer, *x)
    return line


def test_disable_and_enable(layer, x):
    assert told(layer, x) == "lif: fast core"
    with kernels.disable():
        assert not kernels.enabled()
        assert told(layer, x) == "lif: scan, since the fast cores are switched off"
        with kernels.enable():
            assert told(layer, x) == "lif: fast core"
        assert not kernels.enabled()
    assert kernels.enabled()
    kernels.disable()
    assert told(layer, x).startswith("lif: scan")
    kernels.enable()
    assert told(layer, x) == "lif: fast core"


def test_an_error_inside_leaves_the_switch_as_it_was():
    with pytest.raises(RuntimeError), kernels.disable():
        raise RuntimeError
    assert kernels.enabled()


def test_explain_tells_of_every_part_in_order(x):
    def lif_zero_step(current, state, params, dt, surrogate=None):
        z, after = lif_step(current, state, params, dt, surrogate)
        return z, after._replace(v=after.v * (1 - z))

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = Recurrent(5, 4), LIF(4, 2, step=lif_zero_step)

        def forward(self, x):
            return self.second(self.first(x)[0])

    assert kernels.explain(Net(), x) == [
        "lif: fast core",
        "lif_zero_step: scan, since this step has no fast core",
    ]


@pytest.mark.parametrize("name", sorted(set(NEURONS) - {"lif", "alif", "current_lif"}))
def test_neurons_without_a_core_say_so(name):
    assert "has no fast core" in told(Neurons(NEURONS[name]), torch.zeros(3, 2, 4))


def test_a_learned_constant_goes_by_scan_and_gets_its_gradient(x):
    neurons = Neurons(params=LIFParams(tau=torch.full((5,), 20.0)), learn="tau")
    assert told(neurons, x) == "lif: scan, since a constant is learned"
    neurons(x)[0].sum().backward()
    assert neurons.learned["tau"].grad.abs().sum() > 0
    with torch.no_grad():
        assert told(neurons, x) == "lif: fast core"


def test_what_is_not_for_the_core_goes_by_scan(layer, x):
    assert "a tensor is on meta" in told(LIF(5, 3).to("meta"), x.to("meta"))
    assert "of torch.bfloat16" in told(layer.to(torch.bfloat16), x.to(torch.bfloat16))
    layer = LIF(5, 3)
    v = torch.zeros(4, 3).double()
    assert "dtypes differ" in told(layer, x, LIFState(v, v - 1))
    with torch.autocast("cpu", torch.bfloat16):
        assert "autocast" in told(layer, x)
    notes = []
    torch.vmap(lambda x: notes.extend(kernels.explain(layer, x)) or x, 1)(x[:, :, None])
    assert "torch.func" in notes[0]


def test_forward_mode_derivative_goes_by_scan(layer, x):
    """Scan's step has no forward-mode rule either: torch says so, and no wrong number comes out."""
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        with pytest.raises(NotImplementedError, match=r"forward mode|jvp"):
            layer(dual)


@pytest.mark.slow
def test_compiled_layer_goes_by_scan(layer, x):
    torch.compiler.reset()
    with torch.no_grad():
        assert torch.equal(torch.compile(layer, backend="eager")(x)[0], layer(x)[0])


# ---- what is loaded when -------------------------------------------------------------------------

RUN = """
import sys, torch
{before}
from neurolab import kernels
from neurolab.spiking import LIF
layer, x = LIF(5, 3), 6 * torch.ones(20, 4, 5)
layer.weight.data.abs_()
assert "numba" not in sys.modules or sys.modules["numba"] is None, "loaded too early"
with kernels.disable():
    want = layer(x)[0]
assert "numba" not in sys.modules or sys.modules["numba"] is None, "loaded though switched off"
line = kernels.explain(layer, x)[0]
assert torch.equal(layer(x)[0], want) and want.sum() > 0
print(line)
"""


def python(before="", **environment):
    code = RUN.format(before=before)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_numba_is_loaded_at_the_first_use_and_not_before():
    assert python() == "lif: fast core"


@pytest.mark.slow
def test_without_numba_scan_runs():
    assert "lif: scan, since numba cannot be imported" in python("sys.modules['numba'] = None")


@pytest.mark.slow
def test_where_no_folder_can_keep_compiled_code_it_is_compiled_anew(tmp_path):
    forbid = (
        "import os\n"
        "real = os.makedirs\n"
        "def makedirs(name, *a, **k):\n"
        "    raise OSError('read-only')\n"
        "os.makedirs = makedirs\n"
    )
    assert python(forbid, NUMBA_CACHE_DIR=str(tmp_path / "none")) == "lif: fast core"
    assert not (tmp_path / "none").exists()
