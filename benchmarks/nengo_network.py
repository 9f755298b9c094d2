"""How fast does a network that was exported to Nengo run here, in Nengo and in Brian2?

    python benchmarks/nengo_network.py        writes benchmarks/results/nengo_network.json

10,000 leaky integrate-and-fire neurons (9,900, then 100) behind 100 channels of spikes at 50 Hz,
in steps of 1 ms: as ``layers``, and with a ``loop`` from the 100 back to the 9,900, which we must
step too. Every side is given the same graph and fires the same spikes, or nothing is timed. A
simulated second is timed, without building and compiling: ours (``GraphNet``, floats of 32 and 64
bits, keeping all spikes), Nengo 4 (its Simulator with probes on all spikes, 64 and 32 bits), Brian2
(standalone C++ with two threads of OpenMP, 64 bits, spike monitors; its own clock around the
loop). The sides take turns over some rounds; ratios are of medians. Then the same for sizes up to
a million synapses and beyond, layers only.
"""

import argparse
import copy
import os
import statistics
import tempfile
import time
from collections.abc import Callable

import brian2
import nengo
import nir
import numpy as np
import torch
from _record import keep
from torch import Tensor, nn

from neurolab.neuromorphic import GraphNet, brian2_network, from_nir, to_nir
from neurolab.neuromorphic.brian2 import spec
from neurolab.neuromorphic.nengo import to_nengo
from neurolab.spiking import NEURONS, Chain, LIFParams, Neurons

THREADS, STEPS, CHANNELS, LAST = 2, 1000, 100, 100
SIZES = (100, 1_000, 10_000, 30_000)  # neurons
GOAL = 3.0  # times as fast as Nengo
TOUCHED = 10**8  # numbers, written once before anything is timed
SPARE = 200  # steps whose spikes are compared


def network(neurons: int, loop: bool) -> GraphNet:
    """So many neurons in all, as a graph of NIR that was read again."""
    torch.manual_seed(0)
    first = neurons - LAST if neurons > LAST else neurons // 2
    last = neurons - first
    cells = LIFParams(20.0)
    net = Chain(
        *(nn.Linear(CHANNELS, first, bias=False), Neurons(NEURONS["lif"], cells)),
        *(nn.Linear(first, last, bias=False), Neurons(NEURONS["lif"], cells)),
    )
    with torch.no_grad():  # both layers fire, at tens of Hz
        net.layers[0].weight.mul_(20.0).add_(0.15)
        net.layers[2].weight.mul_(5.0).add_(50.0 / first)
    graph = to_nir(net, (CHANNELS,))
    if loop:
        back = 0.5 * torch.randn(first, last).numpy() / last**0.5
        edges = [e for e in graph.edges]
        into = [name for name, node in graph.nodes.items() if type(node).__name__ == "LIF"]
        nodes = dict(graph.nodes) | {"back": nir.Linear(weight=back)}
        edges += [(into[1], "back"), ("back", into[0])]
        graph = nir.NIRGraph(nodes, edges, metadata=graph.metadata)
    return from_nir(graph)


def synapses(net: GraphNet) -> int:
    return sum(p.numel() for n, p in net.named_parameters() if n.endswith("weight"))


def ours(net: GraphNet, x: Tensor, kind: torch.dtype) -> Callable:
    net, x = copy.deepcopy(net).to(kind), x.to(kind)[:, None]

    @torch.no_grad()
    def run() -> float:
        start = time.perf_counter()
        net(x, keep=tuple(net.spiking))
        return time.perf_counter() - start

    return run


def in_nengo(net: GraphNet, x: Tensor, bits: int) -> Callable:
    nengo.rc.set("precision", "bits", str(bits))
    simulator = nengo.Simulator(to_nengo(net, x).network, dt=net.dt / 1000, progress_bar=False)
    nengo.rc.set("precision", "bits", "64")

    def run() -> float:
        simulator.reset(seed=0)
        simulator.clear_probes()
        start = time.perf_counter()
        simulator.run_steps(len(x), progress_bar=False)
        return time.perf_counter() - start

    return run


def in_brian2(net: GraphNet, x: Tensor) -> Callable:
    """Compiled once; each call starts the program again and reads its own clock."""
    brian2.start_scope()
    brian2.set_device("cpp_standalone", build_on_run=False)
    brian2.device.reinit()  # of a network that was built before
    brian2.device.activate(build_on_run=False)
    brian2.prefs.devices.cpp_standalone.openmp_threads = THREADS
    brian2.defaultclock.dt = net.dt * brian2.ms
    made, _ = brian2_network.build(spec(net, x[:, None]))
    made.run(len(x) * net.dt * brian2.ms, namespace={})
    folder = tempfile.mkdtemp()
    brian2.device.build(directory=folder, compile=True, run=False)

    def run() -> float:
        brian2.device.run(folder, with_output=False, run_args=[])
        return float(brian2.device._last_run_time)

    return run


def check(net: GraphNet, x: Tensor) -> dict[str, float]:
    """Spikes a second of a neuron; an error if the targets' spikes are not ours."""
    from neurolab.neuromorphic import brian2 as to_brian2
    from neurolab.neuromorphic import nengo as target

    net = net.double()
    with torch.no_grad():
        _, _, found = net(x.double()[:, None], keep=tuple(net.spiking))
    few = x[:SPARE]
    there = {"nengo": target.run(net, few), "brian2": to_brian2.run(net, few, "cython")}
    for side, spikes in there.items():
        for name in net.spiking:
            if not torch.equal(found[name][:SPARE, 0], spikes[name].double()):
                raise RuntimeError(f"{side}: other spikes in {name}, nothing to compare")
    return {n: round(1000 * float(z.mean()) / net.dt, 1) for n, z in found.items()}


def timed(net: GraphNet, x: Tensor, rounds: int) -> dict:
    rates = check(net, x)
    sides = {
        "neurolab_64": lambda: ours(net, x, torch.float64),
        "neurolab_32": lambda: ours(net, x, torch.float32),
        "nengo_64": lambda: in_nengo(net.double(), x, 64),
        "nengo_32": lambda: in_nengo(net.double(), x, 32),
        "brian2": lambda: in_brian2(net.double(), x),
    }
    np.ones(TOUCHED)  # a virtual machine hands out memory at its first use, and slowly
    runs = {name: make() for name, make in sides.items()}
    taken: dict[str, list] = {name: [] for name in runs}
    for k in range(rounds + 1):
        for name, run in runs.items():
            seconds = run()
            taken[name] += [seconds] if k else []  # the first is for caches and first calls
    brian2.set_device("runtime")
    middle = {name: statistics.median(t) for name, t in taken.items()}
    best = min(middle["nengo_64"], middle["nengo_32"])
    return {
        "neurons": sum(int(np.prod(s)) for s in net.shapes.values()),
        "synapses": synapses(net),
        "spikes_per_s": rates,
        "seconds_per_simulated_second": {n: round(t, 5) for n, t in middle.items()},
        "rounds": {n: [round(s, 5) for s in t] for n, t in taken.items()},
        "times_nengo": round(best / middle["neurolab_32"], 1),
        "times_nengo_same_64_bits": round(middle["nengo_64"] / middle["neurolab_64"], 1),
        "times_brian2_same_64_bits": round(middle["brian2"] / middle["neurolab_64"], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    torch.set_num_threads(THREADS)
    chance = torch.Generator().manual_seed(1)
    x = (torch.rand(STEPS, CHANNELS, generator=chance) < 0.05).float()
    found = {
        "layers": timed(network(10_000, loop=False), x, given.rounds),
        "loop": timed(network(10_000, loop=True), x, given.rounds),
        "sizes": [timed(network(n, loop=False), x, given.rounds) for n in given.sizes],
    }
    versions = {p.__name__: p.__version__ for p in (torch, nengo, brian2, np)}
    keep(
        "nengo_network",
        __doc__,
        load,
        versions,
        goal={"times_nengo": GOAL, "met": found["loop"]["times_nengo"] >= GOAL},
        threads=THREADS,
        results=found,
    )


if __name__ == "__main__":
    main()
