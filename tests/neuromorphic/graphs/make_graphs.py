"""Makes the graphs and spikes of this folder; two environments take turns.

    python make_graphs.py ours     where neurolab is installed: our graphs, for others to read
    python make_graphs.py theirs   where norse 1.1.0, snntorch 1.0.0 and nir 1.0.8 are installed:
                            their graphs and spikes, and their spikes of our graphs

``NAME.nir`` is a graph, ``spikes.npz`` holds what went in, (T, I), and what came out, (T, N).
"""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
STEPS, INPUTS, UNITS, OUTPUTS = 60, 6, 8, 4


def given(seed: int) -> np.ndarray:
    """Spikes that come in."""
    return (np.random.default_rng(seed).random((STEPS, INPUTS)) < 0.4).astype(np.float32)


def ours() -> None:
    import nir
    import torch

    from neurolab.neuromorphic import to_nir
    from neurolab.spiking import Chain, Neurons, RefractoryLIFParams
    from neurolab.spiking.family import CONVENTIONS

    torch.manual_seed(3)

    def cells(dt: float) -> Neurons:
        return Neurons(CONVENTIONS["brian2"], RefractoryLIFParams(5 * dt, 0.0), dt=dt)

    for name, dt, euler in (("ours_for_norse", 1.0, 1e-3), ("ours_for_snntorch", 0.1, 1e-4)):
        first, second = torch.nn.Linear(INPUTS, UNITS), torch.nn.Linear(UNITS, OUTPUTS)
        torch.nn.init.normal_(first.weight, 0.8, 1.0)
        torch.nn.init.normal_(second.weight, 1.5, 1.0)
        net = Chain(first, cells(dt), second, cells(dt))
        nir.write(HERE / f"{name}.nir", to_nir(net, euler=euler))


def theirs() -> None:
    import warnings

    warnings.filterwarnings("ignore")
    import nir
    import norse.torch as norse
    import snntorch
    import torch
    from norse.torch.module.lif_box import LIFBoxCell, LIFBoxParameters
    from norse.torch.utils.export_nir import to_nir
    from norse.torch.utils.import_nir import from_nir
    from snntorch.export_nir import export_to_nir
    from snntorch.import_nir import import_from_nir

    torch.manual_seed(5)
    kept = {}

    def linear(i: int, o: int, size: float) -> torch.nn.Linear:
        layer = torch.nn.Linear(i, o)
        torch.nn.init.normal_(layer.weight, size / i, size)
        return layer

    def per_unit(n: int, x: float) -> torch.Tensor:
        return torch.full((n,), x)

    # Norse: a box (input acts as it is) and a cell with a synaptic current
    def box(n: int) -> LIFBoxCell:
        tau = per_unit(n, 200.0)
        fixed = {"v_th": per_unit(n, 1.0), "v_leak": per_unit(n, 0.0)}
        return LIFBoxCell(LIFBoxParameters(tau_mem_inv=tau, **fixed))

    def cell(n: int) -> norse.LIFCell:
        taus = {"tau_mem_inv": per_unit(n, 100.0), "tau_syn_inv": per_unit(n, 250.0)}
        fixed = {"v_th": per_unit(n, 1.0), "v_leak": per_unit(n, 0.0), "v_reset": per_unit(n, 0.0)}
        return norse.LIFCell(norse.LIFParameters(**taus, **fixed))

    for name, make in (("norse_box", box), ("norse_cell", cell)):
        net = norse.SequentialState(
            linear(INPUTS, UNITS, 3.0), make(UNITS), linear(UNITS, OUTPUTS, 4.0), make(OUTPUTS)
        )
        x, state, seen = given(1), None, []
        for row in torch.from_numpy(x):
            z, state = net(row[None], state)
            seen.append(z[0])
        kept[f"{name}.in"], kept[f"{name}.out"] = x, torch.stack(seen).detach().numpy()
        nir.write(HERE / f"{name}.nir", to_nir(net, torch.zeros(INPUTS)))

    # snnTorch: plain, with a synaptic current, recurrent
    def leaky(n: int) -> snntorch.Leaky:
        return snntorch.Leaky(beta=per_unit(n, 0.8), threshold=per_unit(n, 1.0), init_hidden=True)

    def synaptic(n: int) -> snntorch.Synaptic:
        fixed = {"threshold": per_unit(n, 1.0), "init_hidden": True}
        return snntorch.Synaptic(alpha=per_unit(n, 0.6), beta=per_unit(n, 0.8), **fixed)

    def recurrent(n: int) -> snntorch.RLeaky:
        fixed = {"threshold": per_unit(n, 1.0), "init_hidden": True, "linear_features": n}
        return snntorch.RLeaky(beta=per_unit(n, 0.8), **fixed)

    kinds = {"leaky": leaky, "synaptic": synaptic, "recurrent": recurrent}
    for name, make in kinds.items():
        parts = [linear(INPUTS, UNITS, 0.7), make(UNITS), linear(UNITS, OUTPUTS, 0.9)]
        net = torch.nn.Sequential(*parts, leaky(OUTPUTS))
        graph = export_to_nir(net, torch.zeros(1, INPUTS), ignore_dims=[0])
        nir.write(HERE / f"snntorch_{name}.nir", graph)
        for part in (parts[1], net[3]):
            part.reset_mem()
        x = given(2)
        seen = [net(row[None])[0] for row in torch.from_numpy(x)]
        kept[f"snntorch_{name}.in"] = x
        kept[f"snntorch_{name}.out"] = torch.stack(seen).detach().numpy()

    # ours, there
    x = given(4)
    net, state, seen = from_nir(nir.read(HERE / "ours_for_norse.nir")), None, []
    for row in torch.from_numpy(x):
        z, state = net(row[None], state)
        seen.append(z[0])
    kept["ours_for_norse.in"], kept["ours_for_norse.out"] = x, torch.stack(seen).detach().numpy()
    net = import_from_nir(nir.read(HERE / "ours_for_snntorch.nir"))
    seen, state = [], None
    for row in torch.from_numpy(x):
        z, state = net(row[None], state)
        seen.append(z[0])
    kept["ours_for_snntorch.in"] = x
    kept["ours_for_snntorch.out"] = torch.stack(seen).detach().numpy()
    np.savez_compressed(HERE / "spikes.npz", **kept)
    print({name: int(x.sum()) for name, x in kept.items() if name.endswith("out")})


if __name__ == "__main__":
    {"ours": ours, "theirs": theirs}[sys.argv[1]]()
