"""How fast are the fast cores on a GPU, beside a loop, a compiled loop, and the memory's own speed?

    python benchmarks/lif_core_gpu.py       writes benchmarks/results/lif_core_gpu.json

LIF under a given current, forward and backward. It needs a CUDA device and triton, and ends at once
where one is missing. What stands beside ``ours``:

    loop        a plain loop over the step in torch, as by scan
    compiled    the same step in a loop of STRETCH steps under torch.compile, called as often as
                needed (all steps in one graph take minutes to compile)
    floor       a copy that moves the bytes that have to move: the current in, spikes and u out;
                u and the gradient in, the gradient of the current out. What fits into the cache of
                the GPU (the cases of 100 steps) can be faster than its memory

All of a case take turns, in an order drawn anew each round; the figure is the least of the rounds,
by the clock of the GPU. Beside it stands the most memory each holds at once, beyond what was there.
"""

import json
import os
import random
from collections.abc import Callable

import torch
from _record import keep

from neurolab import kernels
from neurolab.core import Triangular
from neurolab.spiking import NEURONS, LIFParams, LIFState, Neurons, lif_step
from neurolab.spiking.by_core import by_core

STRETCH = 50  # steps that torch.compile sees
ROUNDS = 20
CASES = {  # T, batch, units, dtype
    "T = 100": (100, 64, 256, torch.float32),
    "T = 1000": (1000, 64, 256, torch.float32),
    "T = 1000, bfloat16": (1000, 64, 256, torch.bfloat16),
    "T = 250, large batch": (250, 1024, 256, torch.float32),
    "recurrent, T = 100": (100, 64, 128, torch.float32),
    "recurrent, T = 1000": (1000, 64, 128, torch.float32),
}
SURROGATE, PARAMS = Triangular(), LIFParams()


def layer_of(recurrent: torch.Tensor | None) -> Callable:
    """The spikes of a current, as ``Neurons`` and ``Recurrent`` have them run."""
    neurons = Neurons(NEURONS["lif"], PARAMS, surrogate=SURROGATE)
    if recurrent is None:
        return lambda x: neurons(x)[0]

    def run(x):
        state = neurons.start(x)
        given = neurons.stepper(), state, x, None, recurrent, torch.zeros_like(x[0])
        return by_core(neurons.core(), *given)[0]

    return run


def by_hand(recurrent: torch.Tensor | None, wrap: Callable) -> Callable:
    """The spikes of a current by a loop over the step; ``wrap`` takes STRETCH steps of it."""

    def some(current, v, z):
        spikes, state = [], LIFState(v, v)
        for now in current.unbind(0):
            now = now if recurrent is None else now + z @ recurrent.T
            z, state = lif_step(now, state, PARAMS, 1.0, SURROGATE)
            spikes.append(z)
        return torch.stack(spikes), state.v, z

    stretch = wrap(some)

    def run(x):
        v = z = torch.zeros_like(x[0])
        found = []
        for current in x.split(STRETCH):
            spikes, v, z = stretch(current, v, z)
            found.append(spikes)
        return torch.cat(found)

    return run


def rivals(steps, batch, units, dtype, recurrent: bool) -> dict[str, Callable]:
    """Each runs forward and backward once. Those that compute the layer are compared first, over
    STRETCH steps: with recurrence a last bit may move a spike, and then others, in a long run."""
    torch.manual_seed(0)
    x = 2 * torch.randn(steps, batch, units, device="cuda") + 1
    x = x.to(dtype).requires_grad_()
    dz = torch.randn_like(x)
    w = torch.randn(units, units, device="cuda", dtype=dtype) / units**0.5 if recurrent else None
    w = w.requires_grad_() if recurrent else None
    wanted = [x, w] if recurrent else [x]

    def train(layer, steps):
        return lambda: torch.autograd.grad(layer(x[:steps]), wanted, dz[:steps])

    (line,) = kernels.explain(layer_of(w), x)
    assert line == "lif: fast core of the GPU", line
    layers = {
        "ours": layer_of(w),
        "loop": by_hand(w, lambda some: some),
        "compiled": by_hand(w, torch.compile),
    }
    if dtype == torch.float32:  # in bfloat16 a loop rounds the state at every step: another layer
        right, *others = (train(layer, STRETCH)() for layer in layers.values())
        for other in others:
            for a, b in zip(right, other, strict=True):
                assert (a - b).norm() < 0.02 * b.norm(), "another layer, nothing to compare"
    bytes_ = torch.empty(3 * x.numel(), dtype=dtype, device="cuda")  # read, and written elsewhere
    out = torch.empty_like(bytes_)
    found = {name: train(layer, steps) for name, layer in layers.items()}
    return found | {"floor": lambda: out.copy_(bytes_)}


def rounds(runs: dict[str, Callable], chance: random.Random) -> dict:
    """Least time of each in ms, and the most memory it takes in MB."""
    least, memory = dict.fromkeys(runs, float("inf")), {}
    for name, run in runs.items():
        run()  # compiled, and warm
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        run()
        memory[name] = round((torch.cuda.max_memory_allocated() - before) / 1e6, 1)
    for _ in range(ROUNDS):
        for name in chance.sample(sorted(runs), len(runs)):
            first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            first.record()
            runs[name]()
            last.record()
            torch.cuda.synchronize()
            least[name] = min(least[name], first.elapsed_time(last))
    parts = {name: round(least["ours"] / ms, 4) for name, ms in least.items() if name != "ours"}
    least = {name: round(ms, 4) for name, ms in least.items()}
    return {"ms": least, "peak_mb": memory, "ours_as_part_of": parts}


def main() -> None:
    reason = None if torch.cuda.is_available() else "there is no CUDA device"
    reason = reason or kernels.switch.compiler("triton")
    if reason is not None:
        print(f"nothing is measured: {reason}")
        return
    chance, load, found = random.Random(0), os.getloadavg()[0], {}
    for name, case in CASES.items():
        found[name] = rounds(rivals(*case, name.startswith("recurrent")), chance)
        print(name, json.dumps(found[name]), flush=True)
    versions = {"torch": torch.__version__, "triton": __import__("triton").__version__}
    keep(
        "lif_core_gpu",
        __doc__,
        load,
        versions,
        gpu=torch.cuda.get_device_name(),
        rounds=ROUNDS,
        cases=found,
    )


if __name__ == "__main__":
    main()
