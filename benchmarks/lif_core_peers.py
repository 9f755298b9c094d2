"""The peers of ``lif_core``, in an environment of their own: snnTorch, Norse, SpikingJelly.

    python -m venv peers && peers/bin/pip install torch snntorch norse spikingjelly
    python benchmarks/lif_core.py peers/bin/python

Answers one JSON line to each line it is asked. Each layer is written as its library's documents do,
with the projection of the inputs done once for all steps where that is possible, and without
indexing a tensor that needs a gradient. The input weights are scaled until it fires at the rate
asked for, since decay and scale differ from library to library.
"""

import json
import math
import os
import sys
import time
from importlib.metadata import version

os.environ.setdefault("GOMP_SPINCOUNT", "0")
import torch
from torch import nn

torch.set_num_threads(2)
DECAY = math.exp(-1 / 20)


class SnnTorch(nn.Module):
    def __init__(self, inputs, units, recurrent):
        super().__init__()
        import snntorch as snn

        self.into = nn.Linear(inputs, units, bias=False)
        kind = {"all_to_all": True, "linear_features": units} if recurrent else {}
        self.cell = (snn.RLeaky if recurrent else snn.Leaky)(beta=DECAY, **kind)
        self.recurrent = recurrent

    def forward(self, x):
        now = self.cell.init_rleaky() if self.recurrent else (self.cell.init_leaky(),)
        out = []
        for current in self.into(x).unbind(0):
            now = self.cell(current, *(now if self.recurrent else now[-1:]))
            out.append(now[0])
        return torch.stack(out)


class Norse(nn.Module):
    def __init__(self, inputs, units, recurrent):
        super().__init__()
        import norse.torch as norse

        p = norse.LIFParameters(tau_mem_inv=torch.tensor(50.0))
        if recurrent:
            self.layer = norse.LIFRecurrent(inputs, units, p=p)
            self.into = None
        else:
            self.into, self.layer = nn.Linear(inputs, units, bias=False), norse.LIF(p=p)

    def forward(self, x):
        return self.layer(x if self.into is None else self.into(x))[0]


class SpikingJelly(nn.Module):
    def __init__(self, inputs, units, recurrent):
        super().__init__()
        from spikingjelly.activation_based import layer, neuron

        self.into = nn.Linear(inputs, units, bias=False)
        mode = "s" if recurrent else "m"
        cell = neuron.LIFNode(tau=20.0, detach_reset=True, step_mode=mode)
        if recurrent:
            cell = layer.LinearRecurrentContainer(cell, units, units, bias=False, step_mode="s")
        self.cell, self.recurrent = cell, recurrent

    def forward(self, x):
        from spikingjelly.activation_based import functional

        functional.reset_net(self.cell)
        current = self.into(x)
        if not self.recurrent:
            return self.cell(current)
        return torch.stack([self.cell(now) for now in current.unbind(0)])


KINDS = {"snntorch": SnnTorch, "norse": Norse, "spikingjelly": SpikingJelly}


def scaled(layer: nn.Module, x: torch.Tensor, firing: float) -> float:
    """Multiply the input weights until the layer fires as often as it shall."""
    weight = layer.into.weight if layer.into is not None else layer.layer.input_weights
    start, low, high = weight.detach().clone(), -3.0, 4.0
    for _ in range(12):
        with torch.no_grad():
            weight.copy_(start * 10 ** ((low + high) / 2))
            rate = layer(x[:100]).mean().item()
        low, high = ((low + high) / 2, high) if rate < firing else (low, (low + high) / 2)
    return rate


def make(case: list) -> tuple[dict, dict]:
    steps, batch, inputs, units, recurrent, firing = case
    layers, rates = {}, {}
    x = torch.randn(steps, batch, inputs)
    for name, kind in KINDS.items():
        torch.manual_seed(0)
        layer = kind(inputs, units, recurrent)
        rates[name] = round(scaled(layer, x, firing), 4)
        layers[name] = layer
    return {name: (layer, x) for name, layer in layers.items()}, rates


def run(layer: nn.Module, x: torch.Tensor) -> list[float]:
    layer.zero_grad()
    start, busy = time.perf_counter(), time.process_time()
    layer(x).sum().backward()
    return [1e3 * (time.perf_counter() - start), 1e3 * (time.process_time() - busy)]


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print stays out of the answers
    ready = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "make":
            ready, rates = make(asked["case"])
            for layer, x in ready.values():
                run(layer, x)
            answer = {"firing": rates}
        elif asked["do"] == "run":
            answer = {"ms": run(*ready[asked["name"]])}
        else:
            answer = {name: version(name) for name in KINDS}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
