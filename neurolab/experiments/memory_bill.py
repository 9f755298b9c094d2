"""The memory of one gradient of a spiking network: BPTT, its relatives, e-prop and RTRL.

A recurrent layer of ALIF neurons with a leaky read-out draws sums of sines, as in
pattern-generation, one sequence at a time in steps of 1 ms. Each way makes the gradient of its
input and recurrent weights once, at four lengths: ``steps``, and 1/2, 1/4 and 1/8 of it. Counted
are the most bytes of tensors alive at once (``core.live_bytes``), beyond inputs, targets, weights
and the gradient itself. All run in the plain loop of torch, float32.

    bptt           backward through ``core.scan``
    checkpointed   backward through ``core.checkpointed_scan``
    truncated      backward inside pieces of ``window`` steps
    eprop          ``eprop.EProp.step``, one call a step
    rtrl           ``recurrent.rtrl_step``; influence of cube size, so with ``rtrl_units`` neurons

Metrics: ``bytes_WAY`` at the full length, ``exponent_WAY`` (slope of log bytes over log length by
least squares, so what does not grow lowers it), ``cosine_WAY`` to the gradient of BPTT of the same
network at the full length, ``bytes_bptt_small`` (BPTT with ``rtrl_units`` neurons, for RTRL).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab import kernels
from neurolab.core import Triangular, checkpointed_scan, scan
from neurolab.core.live_bytes import LiveBytes
from neurolab.eprop import EProp
from neurolab.recurrent import chunked_backward, rtrl_gradient, rtrl_start, rtrl_step
from neurolab.spiking import NEURONS, ALIFParams, ALIFState, Neurons, Recurrent, alif_step
from neurolab.tasks import poisson_trains, sums_of_sines

from .contract import Progress, within

DATA = ()
WAYS = ("bptt", "checkpointed", "truncated", "eprop", "bptt_small", "rtrl")
SHORTER = (8, 4, 2, 1)  # lengths are steps over these
OUTPUTS, RATE = 2, 50.0  # sums of sines; Hz of the inputs


@dataclass(frozen=True)
class Config:
    units: int = 100  # neurons
    rtrl_units: int = 25  # neurons of RTRL and of the BPTT beside it
    inputs: int = 20  # input neurons
    steps: int = 2000  # ms, the full length
    window: int = 100  # steps, of truncated BPTT
    tau: float = 20.0  # ms, membrane
    tau_a: float = 200.0  # ms, adaptation
    beta: float = 0.1  # threshold distances
    tau_out: float = 20.0  # ms, read-out
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, units=(2, 2000), rtrl_units=(2, 100), inputs=(1, 5000), steps=(16, 10**5))
        within(self, window=(1, 10**5), tau=(0.1, 1e4), tau_a=(0.1, 1e5), beta=(0, 100))
        within(self, tau_out=(0.1, 1e4), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(units=30, rtrl_units=8, inputs=10, steps=100, window=20),
    "full": Config(),
}


def network(config: Config, units: int) -> EProp:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        params = ALIFParams(config.tau, config.tau_a, config.beta)
        neurons = Neurons(NEURONS["alif"], params, surrogate=Triangular())
        net = EProp(Recurrent(config.inputs, units, neurons), OUTPUTS, tau_out=config.tau_out)
    with torch.no_grad():  # an input spike moves v by 1 / tau of its weight
        net.layer.weight.mul_(config.tau)
        net.layer.raw.mul_(config.tau / 2)
    return net


def task(config: Config, steps: int) -> tuple[Tensor, Tensor]:
    """Input spikes (T, 1, I) and targets (T, 1, K)."""
    rates = torch.full((config.inputs,), RATE)
    x = poisson_trains(rates, steps, seed=config.seed)[:, None]
    return x, sums_of_sines(steps, OUTPUTS, seed=config.seed + 2**31)[:, None]


def by_autograd(way: str, net: EProp, x: Tensor, y: Tensor, window: int) -> None:
    """Backward through one of the three loops; what a step puts out is its loss."""
    layer, kappa = net.layer, math.exp(-net.layer.neurons.dt / net.tau_out)

    def loop(given, state):
        recurrent, stepper = layer.recurrent, layer.neurons.stepper()

        def step(given, state):
            (x, target), (neurons, z, z_bar) = given, state
            z, neurons = stepper(x @ layer.weight.T + z @ recurrent.T, neurons)
            z_bar = kappa * z_bar + z
            error = z_bar @ net.output.T + net.bias - target
            return error.square().sum() / 2, (neurons, z, z_bar)

        return (checkpointed_scan if way == "checkpointed" else scan)(step, given, state)

    rest = x.new_zeros(1, len(layer.weight))
    start = (layer.neurons.start(rest), rest, rest)
    if way == "truncated":
        chunked_backward(loop, (x, y), start, lambda _, cost: cost.sum(), window)
    else:
        loop((x, y), start)[0].sum().backward()


def online(net: EProp, x: Tensor, y: Tensor) -> None:
    """E-prop, one call a step, the gradient added up where an optimizer looks for it."""
    state = net.start(1)
    for x_t, y_t in zip(x, y, strict=True):
        gradients, _, _, state = net.step(x_t, y_t, state)
        net.accumulate(gradients)


@torch.no_grad()
def real_time(net: EProp, x: Tensor, y: Tensor) -> None:
    """RTRL with potentials, adaptation, spikes and filtered spikes side by side in the state."""
    layer, units = net.layer, len(net.layer.weight)
    neurons, kappa = layer.neurons, math.exp(-net.layer.neurons.dt / net.tau_out)

    def cell(x, h, weights):
        v, a, z, z_bar = h.split(units)
        current = weights[0] @ x + (weights[1] * layer.mask) @ z
        now = ALIFState(v, a, v)
        z, now = alif_step(current, now, neurons.params, neurons.dt, neurons.surrogate)
        return torch.cat([now.v, now.a, z, kappa * z_bar + z])

    weights = (layer.weight.detach(), layer.raw.detach())
    state = rtrl_start(x.new_zeros(1, 4 * units), weights)
    for x_t, y_t in zip(x, y, strict=True):
        state = rtrl_step(x_t, state, weights, cell)
        error = state.h[:, 3 * units :] @ net.output.T + net.bias - y_t
        owed = torch.cat([torch.zeros_like(state.h[:, : 3 * units]), error @ net.output], 1)
        parts = rtrl_gradient(owed, state, weights)
        layer.weight.grad += parts[0]
        layer.raw.grad += parts[1]


def measured(way: str, config: Config, steps: int) -> tuple[int, Tensor]:
    """The most bytes at once, and the gradient of input and recurrent weights, flat."""
    small = way in ("rtrl", "bptt_small")
    net = network(config, config.rtrl_units if small else config.units)
    x, y = task(config, steps)
    for p in net.parameters():
        p.grad = torch.zeros_like(p)
    given = [x, y, *net.parameters(), *(p.grad for p in net.parameters()), *net.buffers()]
    with kernels.disable(), LiveBytes().before(*given) as bytes:
        if way == "eprop":
            online(net, x, y)
        elif way == "rtrl":
            real_time(net, x, y)
        else:
            by_autograd(way, net, x, y, config.window)
    return bytes.peak, torch.cat([p.grad.flatten() for p in (net.layer.weight, net.layer.raw)])


def exponent(lengths: list[int], sizes: list[int]) -> float:
    """Slope of log size over log length, by least squares."""
    x, y = (torch.tensor(v, dtype=torch.float64).log() for v in (lengths, sizes))
    return float(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum())


def told(config: Config, bytes: dict, gradients: dict) -> dict[str, float]:
    """The metrics; 0 for what has not been measured."""
    found, lengths = {}, [config.steps // s for s in SHORTER]
    for way in WAYS:
        sizes = bytes.get(way, [])
        done = len(sizes) == len(lengths)
        found[f"bytes_{way}"] = float(sizes[-1]) if done else 0.0
        if way != "bptt_small":
            found[f"exponent_{way}"] = exponent(lengths, sizes) if done else 0.0
        if way not in ("bptt", "bptt_small"):
            beside = "bptt_small" if way == "rtrl" else "bptt"
            pair = gradients.get(way), gradients.get(beside)
            a, b = (None if g is None else g.double() for g in pair)
            cosine = 0.0 if not done else float(a @ b / (a.norm() * b.norm()))
            found[f"cosine_{way}"] = cosine
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    total = len(WAYS) * len(SHORTER)
    done = 0 if state is None else state["done"]
    bytes = {way: list(state["bytes"].get(way, [])) for way in WAYS} if state else {}
    gradients = {w: state[f"gradient_{w}"] for w in WAYS if f"gradient_{w}" in (state or {})}
    while done < total:
        way, length = WAYS[done // len(SHORTER)], config.steps // SHORTER[done % len(SHORTER)]
        size, gradients[way] = measured(way, config, length)
        bytes.setdefault(way, []).append(size)
        done += 1
        kept = {"done": done, "bytes": {w: list(sizes) for w, sizes in bytes.items()}}
        kept |= {f"gradient_{w}": g.clone() for w, g in gradients.items()}
        yield Progress(done, total, told(config, bytes, gradients), kept)
