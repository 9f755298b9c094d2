"""When the kernels for a GPU are chosen, what is said where they are not, and that they compile."""

import os
import subprocess
import sys

import pytest
import torch

from neurolab import kernels
from neurolab.kernels import gpu, switch
from neurolab.spiking import LIF


@pytest.fixture
def for_gpu():
    """Tensors are taken for those of a GPU."""
    token = switch.interpreting.set(True)
    yield
    switch.interpreting.reset(token)


def test_without_triton_a_gpu_runs_by_scan_and_says_why(for_gpu, monkeypatch, request):
    request.addfinalizer(switch.compiler.cache_clear)
    switch.compiler.cache_clear()
    monkeypatch.setitem(sys.modules, "triton", None)
    layer, x = LIF(5, 3), 6 * torch.randn(20, 4, 5)
    (line,) = kernels.explain(layer, x)
    assert line.startswith("lif: scan, since triton cannot be imported")
    with kernels.disable():
        (line,) = kernels.explain(layer, x)
        assert line == "lif: scan, since the fast cores are switched off"


def test_what_the_kernels_do_not_take_goes_by_scan(for_gpu):
    (line,) = kernels.explain(LIF(5, 3).half(), torch.zeros(2, 4, 5).half())
    assert line == "lif: scan, since a tensor is of torch.float16"
    assert switch.obstacle([torch.zeros(1)]) == switch.compiler(), "a core without loops for a GPU"


@pytest.mark.parametrize("size", [1, 2, 3, 63, 64, 65, 128])
def test_a_program_holds_all_weights_of_a_row(size):
    v, constants = torch.zeros(3, size), torch.zeros(2, size)
    programs, lanes, warps, tile = gpu.plan(v, torch.zeros(size, size), constants)
    assert tile == 0
    assert programs == 3 and size <= lanes <= max(16, 2 * size - 1)
    assert lanes * lanes * 4 <= 64 * 4 * 32 * warps, "64 registers a thread, of 255"
    programs, lanes, warps, tile = gpu.plan(v, None, constants)
    assert tile == 0
    assert v.numel() <= programs * lanes < v.numel() + lanes


@pytest.mark.parametrize("size", [129, 256, 300, 1024, 4096])
def test_of_more_weights_a_program_reads_some_at_a_time(size):
    v, constants = torch.zeros(3, size), torch.zeros(2, size)
    programs, lanes, warps, tile = gpu.plan(v, torch.zeros(1), constants)
    assert programs == 3 and size <= lanes < 2 * size
    assert tile >= 1 and tile * lanes <= 64 * 32 * warps, "64 registers a thread, of 255"


# Compiles a kernel for two graphics cards, none of which is here: each argument is a pointer, a
# whole number or a constant of the compiler.
COMPILE = """
import sys, triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from neurolab.kernels import gpu, gpu_loops

try:
    with gpu.interpreted():
        raise SystemExit("nothing is interpreted here")
except RuntimeError as error:
    assert "TRITON_INTERPRET=1" in str(error)

name, made = sys.argv[1], 0
kernel = getattr(gpu_loops, name)
middle = {"s", "past_s", "ds", "kept_s"}
optional = {"weights", "before", "sent", "kept_v", "end_z", "end_u", "du", "dv", *middle}
optional -= {"s", "past_s"}
optional |= {"u"} if name == "forward" else set()
for cell, number, surrogate, bare, tile in (
    (0, "fp32", 0, False, 0), (1, "fp64", 1, False, 0), (2, "bf16", 2, False, 0),
    (1, "fp32", 3, True, 0), (1, "fp32", 0, False, 16), (2, "bf16", 1, False, 16),
):
    absent = optional if bare else middle if cell == 0 else ()
    fixed = {"CELL": cell, "BLOCK": 32, "TILE": tile, "SURROGATE": surrogate}
    fixed |= dict.fromkeys(absent)
    fixed |= {"by_t": 1, "lanes": 1, "size": 1} if bare else {}  # Triton makes ones constants
    wide = "fp32" if number == "bf16" else number
    types = dict.fromkeys(kernel.arg_names, "*" + number)
    types |= dict.fromkeys({"constants", "shape", "sent"} & types.keys(), "*" + wide)
    types |= dict.fromkeys(("by_t", "steps", "lanes", "size"), "i32")
    constants = {k: x for k, x in fixed.items() if k in types}
    types |= dict.fromkeys(constants, "constexpr")
    for card in (80, 90):
        source = ASTSource(kernel, types, constants)
        how = {"num_warps": 1, "enable_fp_fusion": False}
        code = triton.compile(source, target=GPUTarget("cuda", card, 32), options=how).asm
        assert "fma" not in code["ptx"], "another rounding than that of scan"
        made += len(code["cubin"]) > 0
print(made)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["forward", "backward"])
def test_kernels_compile_for_graphics_cards(name, tmp_path):
    """With recurrence and every history."""
    pytest.importorskip("triton")
    environment = {**os.environ, "TRITON_CACHE_DIR": str(tmp_path), "TRITON_INTERPRET": "0"}
    done = subprocess.run(
        [sys.executable, "-c", COMPILE, name], capture_output=True, text=True, env=environment
    )
    assert done.stdout.strip() == "12", done.stderr
