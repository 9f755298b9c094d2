"""What do dendrites and winners cost, beside the same network without them?

    python benchmarks/active_dendrites.py       writes benchmarks/results/active_dendrites.json

The network of permuted MNIST, 784-2048-2048-10, float32, batch 256, forward and backward, with a
context of 784 numbers that the batch shares:

    dendrites       active dendrites and 5 % winners, gradients of segments sparse, by the fast core
    dense           the same with dense gradients of segments, as a torch.optim optimizer takes them
    by_torch        as ``dendrites``, the fast core switched off: gate and winners by torch
    winners         5 % winners, no dendrites
    relu            the same sparse sums, rectified, no dendrites
    mlp             torch's own dense linear layers, rectified

For 2, 10, 25 and 50 segments on a neuron. All take turns, in an order drawn anew each round; a
figure is the least of the rounds.

    choice          gate and winners alone, (256, 2048), by the core, by torch, and by a plain relu
"""

import os
import random

import torch
from _record import keep
from lif_core import rounds

BATCH, INPUTS, WIDTH, CLASSES = 256, 784, 2048, 10
SEGMENTS = (2, 10, 25, 50)
THREADS = 2
SECONDS = 15.0


def networks(segments: int) -> dict:
    from neurolab import kernels
    from neurolab.dendrites import DendriticNetwork

    torch.manual_seed(0)
    x, c, y = torch.randn(BATCH, INPUTS), torch.randn(INPUTS), torch.randint(CLASSES, (BATCH,))

    def made(segments, density, sparse=True):
        model = DendriticNetwork(
            INPUTS, [WIDTH, WIDTH], CLASSES, segments, INPUTS, density, sparse=sparse
        )

        def once():
            model.zero_grad()
            logits = model(x, c) if segments else model(x)
            torch.nn.functional.cross_entropy(logits, y).backward()

        return once

    found = {
        "dendrites": made(segments, 0.05),
        "dense": made(segments, 0.05, sparse=False),
        "winners": made(0, 0.05),
        "relu": made(0, 1),
    }
    slow, linear = made(segments, 0.05), torch.nn.Linear
    hidden = [linear(INPUTS, WIDTH), torch.nn.ReLU(), linear(WIDTH, WIDTH), torch.nn.ReLU()]
    plain = torch.nn.Sequential(*hidden, linear(WIDTH, CLASSES))

    def by_torch():
        with kernels.disable():
            slow()

    def mlp():
        plain.zero_grad()
        torch.nn.functional.cross_entropy(plain(x), y).backward()

    return found | {"by_torch": by_torch, "mlp": mlp}


def choice() -> dict:
    from neurolab import kernels
    from neurolab.dendrites import kwinners

    x = torch.randn(BATCH, WIDTH).requires_grad_()
    factor, slope = torch.rand(WIDTH).requires_grad_(), torch.randn(BATCH, WIDTH)

    def core():
        kwinners(x, 102, factor).backward(slope)

    def by_torch():
        with kernels.disable():
            core()

    return {"core": core, "by_torch": by_torch, "relu": lambda: torch.relu(x).backward(slope)}


def main() -> None:
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    torch.set_num_threads(THREADS)
    load, chance, found = os.getloadavg()[0], random.Random(0), {}
    for segments in SEGMENTS:
        row = rounds(networks(segments), chance, SECONDS)
        wall = row["wall_ms"]
        for one in ("winners", "mlp"):
            row[f"of_{one}"] = {k: round(wall[k] / wall[one], 3) for k in wall}
        found[f"{segments} segments"] = row
        print(segments, row, flush=True)
    alone = rounds(choice(), chance, SECONDS)
    print("choice", alone)
    keep(
        "active_dendrites",
        __doc__,
        load,
        {"torch": torch.__version__, "numba": __import__("numba").__version__},
        threads=THREADS,
        cases=found,
        choice=alone,
        load_at_end=round(os.getloadavg()[0], 2),
    )


if __name__ == "__main__":
    main()
