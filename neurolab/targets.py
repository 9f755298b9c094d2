"""What ``neurolab export`` and ``neurolab compare`` do: models by name, files for each target.

    target    files                                  what runs them
    nir       NAME.nir                               every tool that reads NIR
    nengo     NAME.py, NAME.nir, NAME.npz (input)    Nengo and neurolab
    brian2    NAME.py, NAME.npz                      Brian2 alone
    loihi     NAME.npz, NAME.md (what fits)          its whole numbers, as the chip takes them

A model is one of ``experiments.models.MODELS``, or a file that ends in .nir; the latter is shown
random spikes, and has no classes to be right about.
"""

from pathlib import Path
from typing import Any

from .experiments import Refused

TARGETS = ("nir", "nengo", "loihi", "brian2")
NENGO = '''"""Runs NAME.nir in Nengo on the input in NAME.npz: python NAME.py"""

from pathlib import Path

import nengo
import numpy as np

from neurolab.neuromorphic import from_nir
from neurolab.neuromorphic.nengo import to_nengo

HERE = Path(__file__)
x = np.load(HERE.with_suffix(".npz"))["x"]
made = to_nengo(from_nir(HERE.with_suffix(".nir")), x)

if __name__ == "__main__":
    with nengo.Simulator(made.network, dt=made.dt) as simulator:
        simulator.run_steps(len(x))
    for name, probe in made.probes.items():
        if name != "output":
            print(f"{name}: {int((simulator.data[probe] > 0).sum())} spikes in {len(x)} steps")
'''


def load(model: str, seed: int, count: int) -> tuple[Any, Any, Any]:
    """Graph, inputs (T, B, ...) and classes (B,), or None where a file knows none.

    Raises:
        Refused: there is no such model or file.
    """
    import torch

    from .experiments.models import MODELS
    from .neuromorphic import GraphNet, to_nir
    from .neuromorphic.graph_order import sizes

    if model in MODELS:
        made = MODELS[model](seed, count)
        return to_nir(made.net), made.x, made.y
    path = Path(model)
    if path.suffix != ".nir" or not path.is_file():
        known = f"one of {', '.join(MODELS)}, or a file that ends in .nir"
        raise Refused(f"model must be {known}, got {model!r}")
    import nir

    graph = nir.read(str(path))
    try:
        shape = sizes(graph.nodes[GraphNet(graph).source].output_type)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from error
    chance = torch.Generator().manual_seed(seed)
    return graph, (torch.rand(50, count, *shape, generator=chance) < 0.3).float(), None


def export(model: str, to: str, out: str, seed: int = 0) -> list[str]:
    """Writes a model for a target; what was written, a line each."""
    if to not in TARGETS:
        raise Refused(f"to must be one of {', '.join(TARGETS)}, got {to!r}")
    import numpy as np
    import torch

    from .neuromorphic import GraphNet, Unsupported

    graph, x, _ = load(model, seed, 1)
    file, first = Path(out), x[:, 0].detach()
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        if to == "brian2":
            from .neuromorphic import brian2

            brian2.export(GraphNet(graph), first, file.with_suffix(".py"))
            return [str(file.with_suffix(end)) for end in (".py", ".npz")]
        if to == "loihi":
            from .neuromorphic.chip_limits import fits
            from .neuromorphic.chip_net import ChipNet, Whole

            chip = ChipNet(graph)
            arrays = {}
            for name in chip.names:
                layer = chip.of[name]
                if isinstance(layer, Whole):
                    arrays[f"{name}.weight"] = layer.whole.detach().numpy().astype(np.int32)
                elif name in chip.spiking:
                    for field, value in vars(layer.params).items():
                        whole = torch.as_tensor(value).detach().numpy().astype(np.int32)
                        arrays[f"{name}.{field}"] = whole
            np.savez_compressed(file.with_suffix(".npz"), **arrays)
            report = fits(chip, tuple(first.shape[1:])).table()
            file.with_suffix(".md").write_text(report + "\n", encoding="utf-8")
            return [str(file.with_suffix(end)) for end in (".npz", ".md")] + [report]
        import nir

        nir.write(str(file.with_suffix(".nir")), graph)
        if to == "nir":
            return [str(file.with_suffix(".nir"))]
        np.savez_compressed(file.with_suffix(".npz"), x=first.numpy())
        file.with_suffix(".py").write_text(NENGO.replace("NAME", file.stem), encoding="utf-8")
        return [str(file.with_suffix(end)) for end in (".py", ".nir", ".npz")]
    except Unsupported as error:
        raise Refused(f"{model} cannot go to {to}: {error}") from error
    except ImportError as error:
        raise Refused(f"{to} needs a package that is not installed: {error.name}") from error


def compared(model: str, examples: int = 10, seed: int = 0) -> str:
    """The table of ``neurolab compare``, in Markdown."""
    import torch

    from .neuromorphic.compare import compare

    if not 1 <= examples <= 1000:
        raise Refused(f"examples must be 1 to 1000, got {examples}")
    graph, x, y = load(model, seed, examples)
    known = y is not None
    rows = compare(graph, x, y if known else torch.zeros(x.shape[1], dtype=torch.long))
    lines = ["| target | accuracy | mismatch | synops | energy (nJ) |", "|---|---:|---:|---:|---:|"]
    notes = []
    for row in rows:
        note = ""
        if row.note:
            notes.append(row.note)
            note = f" [{len(notes)}]"
        right = f"{100 * row.accuracy:.1f} %" if known and row.accuracy == row.accuracy else "-"
        numbers = (row.mismatch, row.synops, row.energy)
        cells = ["-" if n != n else f"{n:,.4g}" for n in numbers]
        lines.append("| " + " | ".join([row.target + note, right, *cells]) + " |")
    said = [f"[{k}] {text}" for k, text in enumerate(notes, 1)]
    said.append(
        f"{x.shape[1]} examples of {x.shape[0]} steps. Mismatch: spikes that only one of two has, "
        "over all, against torch, in the worst layer. Synops and energy for one example; energy is "
        "an estimate from Horowitz (2014), 45 nm, 8 KB SRAM, float32 or (chip, loihi) int8."
    )
    return "\n".join(lines) + "\n\n" + "\n".join(said)
