"""What each kind of layer becomes in NIR; the table stands in ``nir``.

Tested there.

Reference: Pedersen et al. (2024), doi:10.1038/s41467-024-52259-9
"""

import numpy as np
import torch
from torch import Tensor, nn

from neurolab.core.ops import exp
from neurolab.spiking import LIF, NEURONS, Chain, Delays, Neurons, Recurrent, Synapses
from neurolab.spiking.adaptive_lif import alif_step
from neurolab.spiking.conventions import lif_brian2_step
from neurolab.spiking.current_lif import current_lif_step
from neurolab.spiking.exponential import exponential_step
from neurolab.spiking.lif import lif_step

from .cells import CellParams, cell_step
from .nir import MS, Piece, Unsupported, array, piece, shape_of


def dense(weight: Tensor, bias: Tensor | None = None):
    import nir

    if bias is None:
        return nir.Linear(array(weight))
    return nir.Affine(array(weight), array(bias))


def neurons_of(neurons: Neurons, count: tuple[int, ...]):
    """The node of neurons, each with its own constants."""
    import nir

    def full(x) -> np.ndarray:
        return np.broadcast_to(np.asarray(array(x) if isinstance(x, Tensor) else x), count).copy()

    params, step = neurons.params, neurons.kind.step
    same = {"r": full(1.0), "v_leak": full(0.0), "v_threshold": full(1.0)}
    subtract = {"neurolab": {"reset": "subtract"}}
    if step is lif_step or (step is alif_step and not np.any(full(params.beta))):
        return nir.LIF(tau=full(params.tau) * MS, **same, metadata=subtract)
    if step is lif_brian2_step and not np.any(full(params.t_ref)):
        return nir.LIF(tau=full(params.tau) * MS, **same, metadata={"neurolab": {"reset": "value"}})
    if step is current_lif_step:
        keep = full(exp(-neurons.dt / params.tau_syn))
        taus = {"tau_mem": full(params.tau) * MS, "tau_syn": full(params.tau_syn) * MS}
        return nir.CubaLIF(**taus, **same, w_in=1 / (1 - keep), metadata=subtract)
    if step is cell_step and not np.any(full(params.keep)):
        return _cells(full, params, neurons.dt * MS, same)
    name = step.__name__.removesuffix("_step")
    why = "adaptive thresholds" if "alif" in name else "such neurons"
    raise Unsupported(f"module: NIR has no node for {why}, got {name}")


def _cells(full, params: CellParams, dt: float, same: dict):
    """Cells given by constants: IF where nothing leaks, else LIF."""
    import nir

    if np.any(params.subtract) != np.all(params.subtract):
        raise Unsupported("module: one kind of reset for all neurons is needed, got both")
    metadata = {"neurolab": {"reset": "subtract" if np.all(params.subtract) else "value"}}
    decay, gain = full(params.decay).astype(float), full(params.gain).astype(float)
    fixed = {"v_threshold": same["v_threshold"], "v_reset": full(params.reset)}
    if (decay == 1).all():
        return nir.IF(r=gain / dt, **fixed, metadata=metadata)
    if not ((decay > 0) & (decay < 1)).all():
        raise Unsupported(f"module: decays between 0 and 1, or all 1, are needed, got {decay}")
    constants = {"tau": -dt / np.log(decay), "r": gain / (1 - decay), "v_leak": same["v_leak"]}
    return nir.LIF(**constants, **fixed, metadata=metadata)


@piece.register
def _(module: nn.Linear, shape: tuple[int, ...]) -> Piece:
    return Piece({"linear": dense(module.weight, module.bias)})


@piece.register(nn.Conv1d)
@piece.register(nn.Conv2d)
def _(module: nn.Conv1d | nn.Conv2d, shape: tuple[int, ...]) -> Piece:
    import nir

    if module.padding_mode != "zeros":
        raise Unsupported(f"module: NIR pads with zeros, got {module.padding_mode!r}")
    bias = torch.zeros(module.out_channels) if module.bias is None else module.bias
    sizes = {n: getattr(module, n) for n in ("stride", "padding", "dilation")}
    flat = isinstance(module, nn.Conv1d)
    if flat:
        sizes = {n: x if isinstance(x, str) else x[0] for n, x in sizes.items()}
    kind, space = (nir.Conv1d, shape[1]) if flat else (nir.Conv2d, tuple(shape[1:]))
    weights = {"weight": array(module.weight), "bias": array(bias), "groups": module.groups}
    node = kind(input_shape=space, **weights, **sizes)
    return Piece({"conv": node})


@piece.register
def _(module: nn.Flatten, shape: tuple[int, ...]) -> Piece:
    import nir

    ends = (module.start_dim, module.end_dim)
    if ends != (1, -1):
        raise Unsupported(f"module: nn.Flatten of all axes behind the batch is needed, got {ends}")
    return Piece({"flatten": nir.Flatten({"input": np.array(shape)}, 0, -1)})


@piece.register
def _(module: nn.AvgPool2d, shape: tuple[int, ...]) -> Piece:
    import nir

    def pair(x) -> np.ndarray:
        return np.array((x, x) if isinstance(x, int) else x)

    sizes = [pair(x) for x in (module.kernel_size, module.stride, module.padding)]
    node = nir.AvgPool2d(*sizes)
    node.input_type = {"input": np.array(shape)}
    k, stride, pad = sizes
    out = (np.array(shape[1:]) + 2 * pad - k) // stride + 1
    node.output_type = {"output": np.array([shape[0], *out])}
    return Piece({"pool": node})


@piece.register
def _(module: LIF, shape: tuple[int, ...]) -> Piece:
    if module.step is not lif_step:
        raise Unsupported(f"module: the step lif_step is needed, got {module.step.__name__}")
    cells = neurons_of(Neurons(NEURONS["lif"], module.params, module.dt), module.weight.shape[:1])
    return Piece({"linear": dense(module.weight), "lif": cells}, dt=module.dt)


@piece.register
def _(module: Neurons, shape: tuple[int, ...]) -> Piece:
    return Piece({"lif": neurons_of(module, shape)}, dt=module.dt)


@piece.register
def _(module: Recurrent, shape: tuple[int, ...]) -> Piece:
    row = {"linear": dense(module.weight)}
    row["lif"] = neurons_of(module.neurons, module.weight.shape[:1])
    loop, edges = {"loop": dense(module.recurrent)}, [("lif", "loop"), ("loop", "lif")]
    return Piece(row, loop, edges, module.neurons.dt)


@piece.register
def _(module: Delays, shape: tuple[int, ...]) -> Piece:
    import nir

    units, inputs = module.weight.shape
    delays = array(module.delays.clamp(0, module.longest))  # in steps, ``to_nir`` makes them times
    if delays.ndim == 1:
        return Piece({"delay": nir.Delay(delays), "linear": dense(module.weight)})
    copies = torch.eye(inputs).repeat(units, 1)  # (N I, I)
    sums = torch.block_diag(*module.weight.detach()[:, None])  # (N, N I)
    row = {"copies": dense(copies), "delay": nir.Delay(delays.flatten()), "linear": dense(sums)}
    return Piece(row)


@piece.register
def _(module: Synapses, shape: tuple[int, ...]) -> Piece:
    import nir

    if module.kind.step is not exponential_step or module.short_term is not None:
        name = module.kind.step.__name__.removesuffix("_step")
        name += "" if module.short_term is None else " with short-term plasticity"
        raise Unsupported(f"module: of synapses NIR knows the exponential one, got {name}")
    tau = np.full(shape, module.params.tau)
    r = 1 / (1 - np.exp(-module.dt / tau))
    node = nir.LI(tau=tau * MS, r=r, v_leak=np.zeros(shape))
    return Piece({"synapse": node, "linear": dense(module.weight)}, dt=module.dt)


@piece.register(Chain)
@piece.register(nn.Sequential)
def _(module: Chain | nn.Sequential, shape: tuple[int, ...]) -> Piece:
    row, beside, edges, steps = {}, {}, [], set()
    layers = module.layers if isinstance(module, Chain) else module
    for k, layer in enumerate(layers):
        made = piece(layer, shape)
        row |= {f"{k}.{name}": node for name, node in made.row.items()}
        beside |= {f"{k}.{name}": node for name, node in made.beside.items()}
        edges += [(f"{k}.{a}", f"{k}.{b}") for a, b in made.edges]
        steps |= {made.dt} - {None}
        shape = shape_of(made, shape)
    if len(steps) > 1:
        raise Unsupported(f"module: one time step for all layers is needed, got {sorted(steps)} ms")
    return Piece(row, beside, edges, *steps)
