"""Makes the small networks of the live figure ``irregular``, and writes them as a table.

    python -m neurolab.experiments.sine_nets > neurolab/live/sine_nets.py

The three networks of ``irregular_sine`` with fewer units, rounded to thousandths.
``from_tables`` makes networks of such tables again.
"""

import sys

import torch
from torch import Tensor

from .irregular_sine import WAYS, Config, Reader, error, learned, learner

PARTS = ("TAU", "HIDDEN", "OUT")
SETTINGS = Config(units=16, iterations=1500, seed=10)
HEAD = '''"""Networks that follow a sine seen at random times, 1-16-1, small enough for a page.

Made by ``python -m neurolab.experiments.sine_nets``, which says how (tested: it makes them again).
A row of HIDDEN is a neuron: weights from the inputs, bias, weights from the neurons; TAU are time
constants in ms; OUT are the weights of the read-out, its bias last.
"""

'''


def made() -> dict[str, Reader]:
    """The networks, not yet rounded."""
    learners = {way: learner(SETTINGS, way) for way in WAYS}
    for k in range(SETTINGS.iterations):
        seen = learned(SETTINGS, k)
        for one in learners.values():
            one.step(error(one.net(seen), seen, SETTINGS.settle))
    return {way: one.net for way, one in learners.items()}


@torch.no_grad()
def tables(nets: dict[str, Reader]) -> dict[str, Tensor]:
    """What the file holds, by name."""
    found = {}
    for way, net in nets.items():
        cell, name = net.cell, way.upper()
        found[f"{name}_TAU"] = cell.tau
        found[f"{name}_HIDDEN"] = torch.cat([cell.weight_in, cell.bias[:, None], cell.weight], 1)
        found[f"{name}_OUT"] = torch.cat([net.output.weight[0], net.output.bias])
    return found


@torch.no_grad()
def from_tables(tables: dict[str, list]) -> dict[str, Reader]:
    """The networks of such tables; ``vars(neurolab.live.sine_nets)`` are those of the page."""
    nets = {}
    with torch.random.fork_rng(devices=[]):
        for way in WAYS:
            net, name = Reader(way, SETTINGS.units, SETTINGS.gap), way.upper()
            tau, rows, out = (torch.tensor(tables[f"{name}_{part}"]) for part in PARTS)
            inputs = net.cell.weight_in.shape[1]
            net.cell.log_tau.copy_(tau.log())
            net.cell.weight_in.copy_(rows[:, :inputs])
            net.cell.bias.copy_(rows[:, inputs])
            net.cell.weight.copy_(rows[:, inputs + 1 :])
            net.output.weight.copy_(out[None, :-1])
            net.output.bias.copy_(out[-1:])
            nets[way] = net
    return nets


def text(found: dict[str, Tensor]) -> str:
    """The file with the tables."""
    parts = []
    for name, w in found.items():
        if w.ndim == 1:
            parts.append(f"{name} = [\n{lines(w)}]  # fmt: skip")
        else:
            rows = "".join(f"    [\n{lines(row, 8)}    ],\n" for row in w)
            parts.append(f"{name} = [\n{rows}]  # fmt: skip")
    return HEAD + "\n".join(parts) + "\n"


def lines(row: Tensor, indent: int = 4) -> str:
    numbers = [f"{round(float(x), 3):g}" for x in row]
    chunks = [numbers[k : k + 10] for k in range(0, len(numbers), 10)]
    return "".join(" " * indent + ", ".join(chunk) + ",\n" for chunk in chunks)


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(text(tables(made())))
