"""E-prop's kernels for a GPU against its steps: on a GPU, or by Triton's interpreter on the CPU."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch

from neurolab import kernels
from neurolab.core import ArcTan
from neurolab.kernels import gpu
from tests.kernels.test_eprop_core import OPTIONS, case, flat, same
from tests.kernels.test_triton_cores import Boxcar, SameNumbers

if not torch.cuda.is_available() and find_spec("triton"):
    os.environ.setdefault("TRITON_INTERPRET", "1")
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
SIZES = {"odd": (6, 3, 4, 5), "one step": (1, 2, 3, 4), "one row": (14, 1, 3, 6)}  # T, B, I, N


@pytest.fixture(params=["interpreter", pytest.param("cuda", marks=pytest.mark.gpu)], autouse=True)
def place(request):
    """Where the tensors of a test are made, and by what they are run."""
    pytest.importorskip("triton")
    if request.param == "cuda":
        if not torch.cuda.is_available() or INTERPRETED:
            pytest.skip("no CUDA device, or TRITON_INTERPRET=1 is set")
        with torch.device("cuda"), SameNumbers():
            yield request.param
    elif not INTERPRETED:
        pytest.skip("triton compiles in this process")
    else:
        with gpu.interpreted():
            yield request.param


@pytest.mark.parametrize("kind", ["lif", "alif", "mixed", "own constants"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_sequence_equals_steps(kind, size):
    net, x, target, when = case(kind, size)
    ways = kernels.explain(lambda: net.learn(x, target, when=when))
    assert ways[0] == "eprop: fast core of the GPU"
    same(net, x, target, when, lively=size[0] > 1)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_every_loss_and_feedback(options):
    same(*case("mixed", SIZES["odd"], 0.0, **options), lively="feedback" not in options)


@pytest.mark.parametrize("surrogate", [ArcTan(1.5), Boxcar()], ids=repr)
def test_other_surrogates(surrogate):
    net, *given = case("alif", SIZES["odd"])
    net.layer.neurons.surrogate = surrogate
    same(net, *given, lively=False)


@pytest.mark.parametrize("kind", ["lif", "alif", "own constants"])
@pytest.mark.parametrize("cost", [0.0, 1e-3])
@pytest.mark.parametrize("asked", [0.0, 1.0])
def test_online_step_equals_the_step_by_scan(kind, cost, asked):
    found = []
    for setting in (kernels.enable, kernels.disable):
        net, x, target, _ = case(kind, SIZES["odd"], cost)
        with setting():
            state, kept = net.start(x.shape[1]), []
            for x_t, target_t in zip(x, target, strict=True):
                gradients, loss, y, state = net.step(x_t, target_t, state, asked)
                kept += [*gradients, loss, y, *flat(state)]
        found.append(kept)
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


def test_synapses_of_several_programs():
    from neurolab.kernels import eprop_gpu

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eprop_gpu, "BLOCK", 4)
        same(*case("mixed", (4, 2, 5, 6)))


def test_kernels_that_err_on_a_device_are_not_used(monkeypatch, request):
    from neurolab.kernels import eprop_gpu

    net, x, target, when = case("lif", SIZES["odd"])
    request.addfinalizer(eprop_gpu.trial.cache_clear)
    right = eprop_gpu.filtered

    def fails(*given):
        raise RuntimeError("no C compiler")

    said = "Triton computes [2.0, 1.0, 0.5, ", "Triton fails here (RuntimeError: no C compiler)"
    for wrong, reason in zip((lambda *given: 2 * right(*given), fails), said, strict=True):
        eprop_gpu.trial.cache_clear()
        monkeypatch.setattr(eprop_gpu, "filtered", wrong)
        ways = kernels.explain(lambda: net.learn(x, target, when=when))
        assert f"eprop: scan, since {reason}" in ways[0]


# Compiles kernels for two graphics cards, none of which is here.
COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from neurolab.kernels import eprop_gpu, winners_gpu

made = 0
for kernel, fixed, whole in (
    (eprop_gpu.decay, {"BACK": True, "BLOCK": 64}, {"steps", "size"}),
    (eprop_gpu.online, {"ALIKE": True, "BLOCK": 64}, {"batch", "units", "size"}),
    (eprop_gpu.online, {"ALIKE": False, "BLOCK": 64, "eps_a": None, "new_a": None, "signal": None,
                        "mean": None}, {"batch", "units", "size"}),
    (winners_gpu.choose, {"BLOCK": 64, "WIDE": False, "shared": 1}, {"size", "k"}),
):
    for number in ("fp32", "fp64"):
        constants = dict(fixed)
        if "WIDE" in constants:
            constants["WIDE"] = number == "fp64"
        types = dict.fromkeys(kernel.arg_names, "*" + number)
        types |= dict.fromkeys(whole, "i32") | dict.fromkeys(constants, "constexpr")
        types |= {n: t for n, t in {"which": "*i64", "won": "*i8"}.items() if n in types}
        for card in (80, 90):
            source = ASTSource(kernel, types, constants)
            code = triton.compile(source, target=GPUTarget("cuda", card, 32)).asm
            made += len(code["cubin"]) > 0
print(made)
"""


@pytest.mark.slow
def test_kernels_compile_for_graphics_cards(tmp_path):
    environment = {**os.environ, "TRITON_CACHE_DIR": str(tmp_path), "TRITON_INTERPRET": "0"}
    done = subprocess.run(
        [sys.executable, "-c", COMPILE], capture_output=True, text=True, env=environment
    )
    assert done.stdout.strip() == "16", done.stderr
