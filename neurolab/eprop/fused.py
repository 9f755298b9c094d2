"""E-prop by the fast cores of ``kernels.eprop``: the same numbers, sooner.

    sequence   all steps of a stretch of time at once, weights fixed within it
    step       one step: the online way, the traces of all synapses in one loop

``EProp.learn`` runs by ``sequence``. With ``last`` it does so in stretches of SPAN steps and
carries the traces from one to the next, so memory does not grow with T; without, the whole
sequence is one stretch, no trace of a synapse is ever made, and memory grows by u and z, two
numbers a neuron and step. ``EProp.step`` knows nothing of the future.

Each answers None where the steps of ``eprop`` have to do it, for the reasons in ``kernels.switch``.

Tested: the same gradients, losses and states as the steps, and the same refusals.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from neurolab import kernels
from neurolab.core.surrogate import DEFAULT
from neurolab.kernels import eprop as fast
from neurolab.kernels.switch import for_gpu, obstacle
from neurolab.spiking import RecurrentState

from .rates import RateState
from .state import EPropState, Gradients

if TYPE_CHECKING:
    from .eprop import EProp

SPAN = 250  # steps whose u and z are kept at a time
CELLS = {"lif": 0, "alif": 1}


def possible(net: "EProp", x: Tensor, state: EPropState) -> bool:
    """Whether the fast cores can do it; ``kernels.explain`` hears why not."""
    parts = [x, *net.layer.parameters(), net.output, *state.neurons, state.z, state.e_bar]
    reason, on_gpu = obstacle(parts, gpu=True), for_gpu(x)
    if reason is None and x.dtype == torch.bfloat16:
        reason = "its traces would be in bfloat16"
    if reason is None and on_gpu:
        from neurolab.kernels import eprop_gpu

        reason = eprop_gpu.trial(x.device)
    kernels.note("eprop", reason, on_gpu)
    return reason is None


def constants(net: "EProp", like: Tensor) -> tuple[int, Tensor]:
    """Number of the cell and its constants (C, N)."""
    name, found = net.layer.neurons.core()
    rows = [c.expand(like.shape[-1]) if isinstance(c, Tensor) else c for c in found]
    rows = [c if isinstance(c, Tensor) else like.new_full(like.shape[-1:], c) for c in rows]
    return CELLS[name], torch.stack(rows).contiguous()


@torch.no_grad()
def sequence(
    net: "EProp", x: Tensor, target: Tensor, when: Tensor, state: EPropState, last: bool = True
) -> tuple | None:
    """Gradients, loss () and the last state (None if not ``last``) of x (T, B, I); or None.

    ``when`` is (T,) or (T, B).
    """
    needed = (len(state.z), net.layer.weight.shape[1])
    if x.shape[1:] != needed:
        raise ValueError(f"x: shape (B, I) = {needed} is needed, got {tuple(x.shape[1:])}")
    x = x.to(net.layer.weight.dtype)
    if not len(x) or not possible(net, x, state):
        return None
    if not bool(torch.isfinite(x).all()):
        raise ValueError("x: finite numbers are needed, got some that are nan or infinite")
    x, layer, dt = x.contiguous(), net.layer, net.layer.neurons.dt
    kappa, batch = math.exp(-dt / net.tau_out), x.shape[1]
    z, after, kept = layer(x, RecurrentState(state.neurons, state.z), keep=("u",))
    cell, numbers = constants(net, state.z)
    surrogate = layer.neurons.surrogate or DEFAULT
    ran = fast.Ran(cell, numbers, surrogate, x, state.z.contiguous(), z, kept["u"])

    y = fast.filtered(z @ net.output.T, kappa, state.z_bar @ net.output.T) + net.bias
    net.loss(y[0], target[0])  # refuses by the shape of a step
    loss, error = net.loss(y.flatten(0, 1), target.flatten(0, 1))
    when = when if when.ndim == 2 else when[:, None]
    total = (loss.unflatten(0, y.shape[:2]) * when).mean(1).sum()
    error = error.unflatten(0, y.shape[:2]) * when[..., None] / batch
    told, feedback = fast.filtered(error, kappa, back=True), net.feedback.matrix(net.output)
    first = kappa * told[0]  # what is told to what was there before
    output = told.flatten(0, 1).T @ z.flatten(0, 1) + first.T @ state.z_bar

    pull, rates, more = None, state.rates, 0.0
    if net.rates.cost:
        cost, pull, more, rates = rates_over(net, z, state.rates, batch)
        total = total + cost
    w, past_v, past_s = fast.sums(ran, fast.Signal(told, feedback.contiguous(), pull))
    w = w + before(past_v, past_s, state.traces, True) + more
    w += torch.einsum("bn,bns->ns", first @ feedback.T, state.e_bar)
    gradients = Gradients(*net.split(w), output, error.sum((0, 1)))
    if not last:
        return gradients, total, None
    return gradients, total, carried(net, ran, state, after, kappa, rates)


def before(past_v: Tensor, past_s: Tensor, traces: tuple, summed: bool) -> Tensor:
    """What the traces from before count: (N, S), or (B, N, S)."""
    adapts = len(traces) > 1
    if not summed:
        part = past_v[..., None] * traces.epsilon_v
        return part + past_s[..., None] * traces.epsilon_a if adapts else part
    eps_v = traces.epsilon_v
    if eps_v.shape[1] == 1:
        part = past_v.T @ eps_v[:, 0]
    else:
        part = torch.einsum("bn,bns->ns", past_v, eps_v)
    return part + torch.einsum("bn,bns->ns", past_s, traces.epsilon_a) if adapts else part


def rates_over(net: "EProp", z: Tensor, state: RateState, batch: int) -> tuple:
    """Cost of the rates (), their signal (T, N), what g from before adds, and their last state."""
    params, dt = net.rates, net.layer.neurons.dt
    keep = math.exp(-dt / params.tau_r)
    gain = (1 - keep) * 1000 / dt
    r = fast.filtered(gain * z.mean(1), keep, state.r)
    off = r - params.target
    heard = fast.filtered(params.cost * off, keep, back=True)
    cost = params.cost / 2 * off.square().sum()
    return cost, heard * (gain / batch), keep * heard[0][:, None] * state.g, (r[-1], state.g)


def carried(net: "EProp", ran: fast.Ran, state: EPropState, after, kappa: float, rates):
    """The state after the last step: each trace is a sum over time, too."""
    traces, dt, steps = state.traces, net.layer.neurons.dt, len(ran.u)
    ago = torch.arange(steps - 1, -1, -1, dtype=ran.u.dtype, device=ran.u.device)
    fading = (kappa**ago)[:, None]
    e_bar, past_v, past_s = fast.sums(ran, fast.Signal(shared=fading), apart=True)
    e_bar = e_bar + before(past_v, past_s, traces, False) + kappa**steps * state.e_bar
    found = {"epsilon_v": membrane(ran, traces.epsilon_v, ago)}
    if len(traces) > 1:
        eps_a, past_v, past_s = fast.sums(ran, fast.Signal(), after_s=1.0, apart=True)
        found["epsilon_a"] = eps_a + before(past_v, past_s, traces, False)
    z_bar = torch.einsum("t,tbn->bn", fading[:, 0], ran.z) + kappa**steps * state.z_bar
    if net.rates.cost:
        r, g = rates
        keep = math.exp(-dt / net.rates.tau_r)
        weigh = (1 - keep) * 1000 / dt / ran.z.shape[1] * (keep**ago)[:, None]
        new, past_v, past_s = fast.sums(ran, fast.Signal(shared=weigh))
        rates = RateState(r, new + before(past_v, past_s, traces, True) + keep**steps * g)
    new = type(traces)(**found)
    return EPropState(after.neurons, after.z, new, e_bar, z_bar, rates)


def membrane(ran: fast.Ran, eps_v: Tensor, ago: Tensor) -> Tensor:
    """epsilon_v (B, 1 or N, S) after the last step."""
    alpha, gain = ran.constants[0], ran.constants[1]
    if eps_v.shape[1] == 1 and bool((alpha == alpha[0]).all()):
        alpha, gain = alpha[:1], gain[:1]
    weigh = gain * alpha ** ago[:, None]  # (T, 1 or N)
    z = torch.cat([ran.before[None], ran.z[:-1]])
    new = [torch.einsum("tn,tbs->bns", weigh, source) for source in (ran.x, z)]
    return torch.cat(new, -1) + alpha[:, None] ** len(ago) * eps_v


@torch.no_grad()
def step(
    net: "EProp", x: Tensor, target: Tensor, state: EPropState, when: float | Tensor
) -> tuple | None:
    """What ``EProp.step`` answers, or None: the traces of all synapses in one compiled loop."""
    if not possible(net, x.to(net.output.dtype), state):
        return None
    neurons, kappa = net.layer.neurons, math.exp(-net.layer.neurons.dt / net.tau_out)
    z, after, sources = net.fire(x, state)
    z_bar = kappa * state.z_bar + z
    y = z_bar @ net.output.T + net.bias
    loss, error = net.loss(y, target)
    error = error * torch.as_tensor(when, dtype=y.dtype)[..., None] / len(y)
    told = error @ net.feedback.matrix(net.output).T if bool(error.any()) else None

    traces, (_, numbers) = state.traces, constants(net, state.z)
    alpha, gain = (beside(c, traces.epsilon_v.shape[1]) for c in numbers[:2])
    eps_v = alpha * traces.epsilon_v + gain * sources
    adapts = len(traces) > 1
    keep_a, beta = (numbers[2], numbers[3]) if adapts else (numbers[0], numbers[0])
    psi = (neurons.surrogate or DEFAULT).derivative(after.u)
    now = fast.Traces(eps_v, traces.epsilon_a if adapts else None, state.e_bar)
    options = beta, keep_a, kappa, told, bool(net.rates.cost)
    eps_a, e_bar, w, mean = fast.online_step(psi, now, *options)
    gradients = Gradients(*net.split(w), error.T @ z_bar, error.sum(0))
    traces = type(traces)(eps_v, eps_a) if adapts else type(traces)(eps_v)
    state = EPropState(after, z, traces, e_bar, z_bar, state.rates)
    e = None if mean is None else mean[None]
    gradients, cost, state = net.regularised(gradients, e, state)
    return gradients, (loss * when).mean() + cost, y, state


def beside(c: Tensor, width: int) -> Tensor:
    """A constant (N,) beside eps_v (B, 1 or N, S): one number if all neurons share it."""
    alike = width == 1 and bool((c == c[0]).all())
    return c[0] if alike else c[:, None]
