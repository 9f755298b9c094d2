"""How much memory and time does a scan take for its gradient, plain and in segments?

    python benchmarks/scan_memory.py        writes benchmarks/results/scan_memory.json

A recurrent layer, h = tanh(x + h w), batch 32, 64 units, float32, T steps; the gradient of the last
state by w. ``scan`` keeps all steps, ``checkpointed_scan`` about sqrt(T) states. For each T:

    tensor_bytes   the most bytes of tensors alive at once, counted at every operation; the inputs,
                   there before, are not counted
    process_bytes  what the largest resident size of a process of its own grows by: also autograd's
                   nodes, and what the allocator cannot use again
    pages_bytes    the same where every array lies in pages of its own (MALLOC_MMAP_THRESHOLD_=4096)
    seconds        forward and backward pass, median of rounds in which the two take turns

and the exponent of T that fits best (least squares of the logarithms; a constant part lowers it).
The allocator of Linux (glibc) puts autograd's nodes, which stay, beside arrays that are freed, and
then finds no place for an array in the holes: there the process shrinks only with pages_bytes.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from _record import ROOT, keep

from neurolab.core import checkpointed_scan, scan

sys.path.insert(0, str(ROOT))
from tests.core.live_bytes import LiveBytes

BATCH, UNITS = 32, 64
LENGTHS = [64, 256, 1024, 4096]
LOOPS = {"scan": scan, "checkpointed_scan": checkpointed_scan}
ROUNDS = 5
PAGES = {"MALLOC_MMAP_THRESHOLD_": "4096"}  # bytes from which glibc asks for pages
WEIGHT = (
    torch.randn(UNITS, UNITS, generator=torch.Generator().manual_seed(0)) / 8
).requires_grad_()


def layer(x, h):
    return None, torch.tanh(x + h @ WEIGHT)


def given(length: int) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(length)
    return torch.randn(length, BATCH, UNITS, generator=chance), torch.zeros(BATCH, UNITS)


def gradient(loop: str, x, start) -> torch.Tensor:
    _, last = LOOPS[loop](layer, x, start)
    return torch.autograd.grad(last.sum(), WEIGHT)[0]


def tensor_bytes(loop: str, length: int) -> int:
    x, start = given(length)
    with LiveBytes().before(x, start, WEIGHT) as counted:
        gradient(loop, x, start)
    return counted.peak


def process_bytes(loop: str, length: int, **settings: str) -> int:
    command = [sys.executable, __file__, loop, str(length)]
    env = os.environ | settings
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=env)
    return int(done.stdout)


def largest() -> int:
    """The largest resident size of this process so far, bytes (Linux)."""
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


def grown(loop: str, length: int) -> int:
    """In the process of its own; a short run first, so that what torch loads does not count."""
    gradient(loop, *given(4))
    x, start = given(length)
    before = largest()
    gradient(loop, x, start)
    return largest() - before


def seconds(length: int) -> dict[str, float]:
    x, start = given(length)
    taken = {loop: [] for loop in LOOPS}
    assert torch.equal(*(gradient(loop, x, start) for loop in LOOPS)), "not the same gradient"
    for k in range(ROUNDS):
        for loop in sorted(LOOPS, reverse=bool(k % 2)):
            begun = time.perf_counter()
            gradient(loop, x, start)
            taken[loop].append(time.perf_counter() - begun)
    return {loop: statistics.median(times) for loop, times in taken.items()}


def exponent(sizes: list[float]) -> float:
    x, y = (torch.tensor(v, dtype=torch.float64).log() for v in (LENGTHS, sizes))
    return round(float(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()), 3)


def main() -> None:
    torch.set_num_threads(1)
    if len(sys.argv) == 3:
        print(grown(sys.argv[1], int(sys.argv[2])))
        return
    load, times = os.getloadavg()[0], {length: seconds(length) for length in LENGTHS}
    found = {}
    for loop in LOOPS:
        rows = {
            "tensor_bytes": [tensor_bytes(loop, length) for length in LENGTHS],
            "process_bytes": [process_bytes(loop, length) for length in LENGTHS],
            "pages_bytes": [process_bytes(loop, length, **PAGES) for length in LENGTHS],
            "seconds": [round(times[length][loop], 5) for length in LENGTHS],
        }
        found[loop] = rows | {
            "tensor_bytes_exponent": exponent(rows["tensor_bytes"]),
            "seconds_exponent": exponent(rows["seconds"]),
        }
        print(loop, found[loop], sep="\n")
    plain, ours = found.values()
    ratios = [b / a for a, b in zip(plain["seconds"], ours["seconds"], strict=True)]
    keep(
        "scan_memory",
        __doc__,
        load,
        {"torch": torch.__version__},
        sizes={"batch": BATCH, "units": UNITS, "dtype": "float32"},
        lengths=LENGTHS,
        loops=found,
        seconds_ratio=[round(ratio, 3) for ratio in ratios],
        threads=1,
    )
    low, high = (row["tensor_bytes_exponent"] for row in (ours, plain))
    right = abs(low - 0.5) < 0.1 and abs(high - 1) < 0.1
    raise SystemExit(0 if right else f"bytes grow as T^{low} and T^{high}, not T^0.5 and T")


if __name__ == "__main__":
    main()
