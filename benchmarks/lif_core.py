"""How fast are the fast cores of spiking layers, beside a loop, bare products, other libraries?

    python benchmarks/lif_core.py                       writes benchmarks/results/lif_core.json
    python benchmarks/lif_core.py PYTHON                with snnTorch, Norse and SpikingJelly, which
                                                        the environment of that PYTHON holds

LIF, forward and backward, float32, batch 64, 128 inputs, 256 units, about 5 % firing unless it says
otherwise. What stands beside ``ours``:

    scan        the same layer with the fast cores switched off: a plain loop in torch
    function    the whole sequence in one autograd.Function in plain torch, as fast as we could
    products    the matrix products of a layer without sparseness, into buffers, and nothing else
    peers       each library's own layer, spikes of the same rate, its own surrogate

All of a case take turns, in an order drawn anew each round; the figure is the least of the rounds,
so that what else the machine did counts little. CPU time (of both threads) stands beside the wall
clock.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from lif_core_rivals import Whole, products, train

THREADS = 2
SECONDS = 20.0  # for a case
CASES = {  # kind of case: T, batch, inputs, units, recurrent, gain of the input weights, surrogate
    "recurrent, T = 100": (100, 64, 128, 256, True, 12.0, "triangular"),
    "recurrent, T = 1000": (1000, 64, 128, 256, True, 12.0, "triangular"),
    "recurrent, narrow surrogate": (100, 64, 128, 256, True, 12.0, "narrow"),
    "recurrent, fast sigmoid": (100, 64, 128, 256, True, 12.0, "fast_sigmoid"),
    "recurrent, 1 % firing": (100, 64, 128, 256, True, 4.5, "triangular"),
    "recurrent, 10 % firing": (100, 64, 128, 256, True, 22.0, "triangular"),
    "recurrent, 30 % firing": (100, 64, 128, 256, True, 90.0, "triangular"),
    "feed-forward, T = 100": (100, 64, 128, 256, False, 12.0, "triangular"),
    "feed-forward, T = 1000": (1000, 64, 128, 256, False, 12.0, "triangular"),
    "page-sized recurrent": (100, 16, 32, 64, True, 12.0, "triangular"),
}
ALONE = {"feed-forward, T = 1000"}  # a peer's time grows with the square of T: minutes a run
LENGTHS = (50, 100, 200, 500, 1000, 2000)  # of the recurrent layer, for the cost of a step
PEERS = Path(__file__).with_name("lif_core_peers.py")


def made(steps, batch, inputs, units, recurrent, gain, surrogate) -> tuple:
    """A training step of one case, three ways by name; the layer, its inputs, its surrogate."""
    import math

    from neurolab import kernels
    from neurolab.core import SURROGATES, Triangular
    from neurolab.spiking import LIF, Neurons, Recurrent

    torch.manual_seed(0)
    surrogate = Triangular(width=0.3) if surrogate == "narrow" else SURROGATES[surrogate]()
    if recurrent:
        layer = Recurrent(inputs, units, Neurons(surrogate=surrogate))
    else:
        layer = LIF(inputs, units, surrogate=surrogate)
    with torch.no_grad():
        layer.weight *= gain
    x = torch.randn(steps, batch, inputs)
    fast = train(lambda x: layer(x)[0], list(layer.parameters()), x)

    def slow():
        with kernels.disable():
            fast()

    def function(x):
        rec = layer.recurrent if recurrent else None
        return Whole.apply(x, layer.weight, rec, math.exp(-1 / 20), surrogate)

    whole = train(function, list(layer.parameters()), x)
    return {"ours": fast, "scan": slow, "function": whole}, layer, x, surrogate


def ours(*case) -> tuple[dict, dict]:
    """The rivals of one case by name, and what was measured about the layer."""
    from neurolab import kernels

    rivals, layer, x, surrogate = made(*case)
    assert kernels.explain(layer, x) == ["lif: fast core"]
    with torch.no_grad():
        z, _, kept = layer(x, keep=("u",))
        near = (surrogate.derivative(kept["u"]) != 0).float().mean().item()
    rivals["ours"]()
    wanted = [p.grad.clone() for p in layer.parameters()]
    for other in ("scan", "function"):
        rivals[other]()
        for p, g in zip(layer.parameters(), wanted, strict=True):
            assert (p.grad - g).norm() < 0.02 * g.norm(), "another layer, nothing to compare"
    rivals["products"] = products(*case[:5])
    return rivals, {"firing": round(z.mean().item(), 4), "near_threshold": round(near, 4)}


def rounds(rivals: dict[str, Callable], chance: random.Random, seconds: float) -> dict:
    """Least wall clock and least CPU time of each, in ms, and in how many rounds."""
    for run in rivals.values():
        run()
    wall, cpu = ({name: float("inf") for name in rivals} for _ in range(2))
    count, end = 0, time.perf_counter() + seconds
    while count < 3 or time.perf_counter() < end:
        for name in chance.sample(sorted(rivals), len(rivals)):
            start, busy = time.perf_counter(), time.process_time()
            rivals[name]()
            wall[name] = min(wall[name], 1e3 * (time.perf_counter() - start))
            cpu[name] = min(cpu[name], 1e3 * (time.process_time() - busy))
        count += 1
    wall, cpu = ({name: round(ms, 3) for name, ms in x.items()} for x in (wall, cpu))
    return {"wall_ms": wall, "cpu_ms": cpu, "rounds": count}


class Elsewhere:
    """A peer's layer in a process of its environment: asked to run once, it tells its times."""

    def __init__(self, python: str):
        command = [python, str(PEERS)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **what) -> dict:
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def with_peers(rivals, case, elsewhere, chance, seconds) -> dict:
    """As ``rounds``, with the peers' turns among ours."""
    found = rounds(rivals, chance, 0.0)
    if elsewhere is None:
        return rounds(rivals, chance, seconds)
    about = elsewhere.ask(do="make", case=case)
    names, count, end = [*rivals, *about["firing"]], 0, time.perf_counter() + seconds
    wall, cpu = found["wall_ms"], found["cpu_ms"]
    while count < 3 or time.perf_counter() < end:
        for name in chance.sample(names, len(names)):
            if name in rivals:
                start, busy = time.perf_counter(), time.process_time()
                rivals[name]()
                took = [1e3 * (time.perf_counter() - start), 1e3 * (time.process_time() - busy)]
            else:
                took = elsewhere.ask(do="run", name=name)["ms"]
            for least, ms in zip((wall, cpu), took, strict=True):
                least[name] = round(min(least.get(name, float("inf")), ms), 3)
        count += 1
    return {"wall_ms": wall, "cpu_ms": cpu, "rounds": count, "peers_firing": about["firing"]}


def ratios(row: dict) -> dict:
    """Ours as a part of each other, by wall clock and by CPU time."""
    found = {}
    for clock in ("wall_ms", "cpu_ms"):
        mine = row[clock]["ours"]
        found[clock] = {k: round(mine / ms, 3) for k, ms in row[clock].items() if k != "ours"}
    return found


FIRST = """
import time, torch
from neurolab.spiking import Neurons, Recurrent
layer, x = Recurrent(32, 64), torch.randn(100, 16, 32)
start = time.perf_counter()
layer(x)[0].sum().backward()
print(time.perf_counter() - start)
"""


def first_call() -> float:
    """Seconds of the first forward and backward of a process, its compiled code on the disk."""
    runs = [
        float(subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True).stdout)
        for _ in range(4)
    ]
    return round(min(runs[1:]), 3)


def main() -> None:
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    from _record import keep

    torch.set_num_threads(THREADS)
    chance, load = random.Random(0), os.getloadavg()[0]
    elsewhere = Elsewhere(sys.argv[1]) if len(sys.argv) > 1 else None
    found = {}
    for name, case in CASES.items():
        rivals, about = ours(*case)
        seconds = SECONDS * (2 if case[0] > 100 else 1)
        asked = [*case[:5], about["firing"]]
        peers = None if name in ALONE else elsewhere
        row = about | with_peers(rivals, asked, peers, chance, seconds)
        found[name] = row | {"ours_as_part_of": ratios(row)}
        print(name, json.dumps(found[name]), flush=True)
    steps = {}
    for length in LENGTHS:
        rivals, _ = ours(length, *CASES["recurrent, T = 100"][1:])
        only = {"ours": rivals["ours"]}
        row = rounds(only, chance, 8.0)
        steps[length] = {k: round(1e3 * row[k]["ours"] / length, 1) for k in ("wall_ms", "cpu_ms")}
    print("microseconds a step", steps)
    versions = {"torch": torch.__version__, "numba": __import__("numba").__version__}
    if elsewhere is not None:
        versions |= elsewhere.ask(do="versions")
    keep(
        "lif_core",
        __doc__,
        load,
        versions,
        threads=THREADS,
        dtype="float32",
        cases=found,
        us_a_step={str(k): v for k, v in steps.items()},
        first_call_s=first_call(),
        load_at_end=round(os.getloadavg()[0], 2),
    )


if __name__ == "__main__":
    main()
