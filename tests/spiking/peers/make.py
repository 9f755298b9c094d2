"""Record what snnTorch, Norse and SpikingJelly answer, for ``tests/spiking/test_conventions.py``.

    python3 -m venv peers && peers/bin/pip install torch==2.13.0 snntorch norse spikingjelly
    peers/bin/python tests/spiking/peers/make.py

None of the three is needed to run the tests. Each record holds the versions, the input and, step by
step, the spikes and potentials. The input makes some neurons fire often and some never; a last one
of SpikingJelly lands on the threshold exactly (2 under tau = 2, from rest).
"""

import json
import sys
import types
from importlib.metadata import version
from pathlib import Path

import torch

HERE = Path(__file__).parent
T, N = 60, 4

# torchvision's compiled part may not load beside a CPU build of torch; nothing here needs it.
LIBRARY = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    LIBRARY.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
sys.modules.setdefault("torchaudio", types.ModuleType("torchaudio"))


def drive(scale):
    """(T, N): noise around means from too little to plenty, in 1024ths."""
    torch.manual_seed(0)
    means = torch.linspace(0.2, 1.4, N)
    x = scale * (means + 0.8 * torch.randn(T, N, dtype=torch.float64))
    return (x * 1024).round() / 1024


def write(name, package, settings, x, spikes, potentials):
    record = {
        "versions": {p: version(p) for p in (package, "torch")},
        "settings": settings,
        "x": x.tolist(),
        "z": torch.stack(spikes).int().tolist(),
        "v": torch.stack(potentials).tolist(),
    }
    (HERE / f"{name}.json").write_text(json.dumps(record) + "\n")
    print(name, record["versions"], f"{int(torch.stack(spikes).sum())} spikes")


def snntorch():
    from snntorch import Leaky

    x, cell = drive(0.3), Leaky(beta=0.9, reset_mechanism="subtract").double()
    v, spikes, potentials = torch.zeros(N, dtype=torch.float64), [], []
    for x_t in x:
        z, v = cell(x_t, v)
        spikes.append(z)
        potentials.append(v)
    write("snntorch", "snntorch", {"beta": 0.9}, x, spikes, potentials)


def norse():
    from norse.torch import LIFCell, LIFParameters

    x, dt = drive(0.6), 1.0
    per_ms = {name: torch.tensor(1 / tau, dtype=torch.float64) for name, tau in
              (("tau_mem_inv", 10.0), ("tau_syn_inv", 5.0))}  # fmt: skip
    cell, state, spikes, potentials = LIFCell(LIFParameters(**per_ms), dt=dt), None, [], []
    for x_t in x:
        z, state = cell(x_t, state)
        spikes.append(z)
        potentials.append(state.v)
    settings = {"tau": 10.0, "tau_syn": 5.0, "dt": dt}
    write("norse", "norse", settings, x, spikes, potentials)


def spikingjelly():
    from spikingjelly.activation_based.neuron import LIFNode

    for name, tau, x in (
        ("spikingjelly", 4.0, drive(2.0)),
        ("spikingjelly_at_threshold", 2.0, torch.tensor([[2.0, 0.5, 3.0, 1.0]] * 3).double()),
    ):
        node, spikes, potentials = LIFNode(tau=tau, decay_input=True).double(), [], []
        for x_t in x:
            spikes.append(node(x_t))
            potentials.append(node.v)
        write(name, "spikingjelly", {"tau": tau}, x, spikes, potentials)


if __name__ == "__main__":
    snntorch()
    norse()
    spikingjelly()
