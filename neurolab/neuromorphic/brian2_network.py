"""A network of integrate-and-fire cells in Brian2, from plain arrays; needs Brian2 and numpy alone.

    python THIS_FILE.py network.npz [numpy|cython|cpp_standalone]

runs an exported network on the input that was exported with it, and says how often each group
fired. Every group of cells does, in each step, one group behind the other,

    i <- keep i + x + bias + drive;   v <- decay v + gain i;   x <- 0
    a spike where v > 1;   v <- v - (1 - reset), or v <- reset
    x of a target <- x + w, delay steps later

Array names in the file: ``steps``, ``dt`` (ms), ``groups``, ``links``, and for group G and link
L ``G.n``, ``G.decay``, ..., ``L.from``, ``L.to``, ``L.i``, ``L.j``, ``L.w``, ``L.delay``. The group
"input" has ``input.i`` and ``input.t``, its spikes and their steps.

Reference: Stimberg, Brette & Goodman (2019), doi:10.7554/eLife.47314
"""

import sys
from pathlib import Path

import brian2 as b2
import numpy as np

CODE = """
current = keep * current + x + bias + {drive}
v = decay * v + gain * current
x = 0
"""
MODEL = "v : 1\ncurrent : 1\nx : 1\n" + "\n".join(
    f"{name} : 1 (constant)" for name in ("decay", "gain", "keep", "reset", "bias")
)


def build(spec: dict) -> tuple[b2.Network, dict]:
    """The network of a specification, and a SpikeMonitor for each group."""
    dt = float(spec["dt"]) * b2.ms
    names = [str(name) for name in spec["groups"]]
    objects, made, slots, cells = [], {}, ["start"], {}
    for name in names:
        slots += [f"{name}{part}" for part in ("_cells", "_spikes", "_synapses", "_resets")]
        if name == "input":
            cells[name] = b2.SpikeGeneratorGroup(
                int(spec["input.n"]), spec["input.i"], spec["input.t"] * dt, dt=dt
            )
            cells[name].when = f"{name}_spikes"
            continue
        drive, namespace = "0", {}
        if f"{name}.drive" in spec:
            drive = f"drive_{len(made)}(t, i)"
            namespace[drive.split("(")[0]] = b2.TimedArray(spec[f"{name}.drive"], dt=dt)
        subtract = bool(spec[f"{name}.subtract"])
        group = b2.NeuronGroup(
            int(spec[f"{name}.n"]),
            MODEL,
            threshold="v > 1",
            reset="v = v - (1 - reset)" if subtract else "v = reset",
            dt=dt,
            namespace=namespace,
        )
        for field in ("decay", "gain", "keep", "reset", "bias"):
            setattr(group, field, spec[f"{name}.{field}"])
        group.thresholder["spike"].when = f"{name}_spikes"
        group.resetter["spike"].when = f"{name}_resets"
        group.run_regularly(CODE.format(drive=drive), dt=dt, when=f"{name}_cells")
        cells[name] = group
    for link in spec["links"]:
        pre, post = (str(spec[f"{link}.{end}"]) for end in ("from", "to"))
        synapses = b2.Synapses(
            cells[pre], cells[post], "w : 1", on_pre={"pre": "x_post += w"}, dt=dt
        )
        synapses.connect(i=spec[f"{link}.i"], j=spec[f"{link}.j"])
        synapses.w = spec[f"{link}.w"]
        synapses.pre.delay = spec[f"{link}.delay"] * dt
        synapses.pre.when = f"{pre}_synapses"
        objects.append(synapses)
    for name, group in cells.items():
        made[name] = b2.SpikeMonitor(group, when="end")
        objects += [group, made[name]]
    network = b2.Network(*objects)
    network.schedule = [*slots, "groups", "thresholds", "synapses", "resets", "end"]
    return network, made


def run(spec: dict, target: str = "numpy", folder: str | None = None) -> dict[str, np.ndarray]:
    """Spikes of every group, {name: (T, N) of 0 and 1}.

    Args:
        target: numpy, cython or cpp_standalone; the last two need a compiler.
        folder: where the standalone program is built; None means a temporary one.
    """
    if target not in ("numpy", "cython", "cpp_standalone"):
        raise ValueError(f"target: numpy, cython or cpp_standalone is needed, got {target!r}")
    b2.start_scope()
    steps, dt = int(spec["steps"]), float(spec["dt"]) * b2.ms
    b2.defaultclock.dt = dt
    alone = target == "cpp_standalone"
    if alone:
        b2.device.reinit()
        b2.set_device("cpp_standalone", build_on_run=False)
    else:
        b2.prefs.codegen.target = target
    try:
        network, monitors = build(spec)
        network.run(steps * dt, namespace={})
        if alone:
            b2.device.build(directory=folder, compile=True, run=True)
        found = {}
        for name, monitor in monitors.items():
            seen = np.zeros((steps, int(spec[f"{name}.n"])))
            at = np.round(np.asarray(monitor.t / dt)).astype(int)
            seen[at, np.asarray(monitor.i)] = 1
            found[name] = seen
    finally:
        if alone:
            b2.device.reinit()
            b2.set_device("runtime")
    return found


if __name__ == "__main__":
    with np.load(Path(sys.argv[1]), allow_pickle=False) as file:
        given = {name: file[name] for name in file.files}
    for group, z in run(given, *sys.argv[2:3]).items():
        told = f"{group}: {int(z.sum())} spikes of {z.shape[1]} cells in {len(z)} steps"
        sys.stdout.write(told + "\n")
