"""How much memory does a training step of a spiking layer take, by the fast core and by loops?

    python benchmarks/lif_core_memory.py        writes benchmarks/results/lif_core_memory.json

The layers of ``lif_core``: LIF, batch 64, 128 inputs, 256 units, about 5 % firing, float32, forward
and backward. ``scan`` is a loop in torch, ``function`` the whole sequence in one autograd.Function
in plain torch.

    process_bytes   what the largest resident size of a process of its own grows by in one training
                    step; the inputs are there before, and a short step has loaded the code
    kept_bytes      spikes and u, the (T, batch, units) that the fast core keeps, for comparison
"""

import os
import subprocess
import sys

import torch
from _record import keep
from lif_core import CASES, THREADS, made
from scan_memory import largest

LENGTHS = [100, 1000, 2000]
LAYERS = {"recurrent": "recurrent, T = 100", "feed-forward": "feed-forward, T = 100"}
WAYS = ["ours", "scan", "function"]


def step(layer: str, length: int, way: str):
    return made(length, *CASES[LAYERS[layer]][1:])[0][way]


def grown(layer: str, length: int, way: str) -> int:
    """In the process of its own."""
    step(layer, 4, way)()
    once = step(layer, length, way)
    before = largest()
    once()
    return largest() - before


def process_bytes(*what) -> int:
    command = [sys.executable, __file__, *map(str, what)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    torch.set_num_threads(THREADS)
    if len(sys.argv) == 4:
        layer, length, way = sys.argv[1:]
        print(grown(layer, int(length), way))
        return
    load, found = os.getloadavg()[0], {}
    for layer, name in LAYERS.items():
        _, batch, _, units, *_ = CASES[name]
        found[layer] = {
            "kept_bytes": [2 * 4 * length * batch * units for length in LENGTHS],
            "process_bytes": {
                way: [process_bytes(layer, length, way) for length in LENGTHS] for way in WAYS
            },
        }
        print(layer, found[layer], flush=True)
    keep(
        "lif_core_memory",
        __doc__,
        load,
        {"torch": torch.__version__},
        threads=THREADS,
        dtype="float32",
        lengths=LENGTHS,
        layers=found,
    )


if __name__ == "__main__":
    main()
