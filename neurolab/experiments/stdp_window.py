"""The STDP window, measured by pairing spikes at many delays as in a slice experiment.

    dw(D) = a_plus exp(-D / tau_plus)  for D > 0,     -a_minus exp(D / tau_minus)  for D < 0

``synapses`` synapses each get a delay D = t_post - t_pre of their own, drawn at random up to
``widest``, and ``pairs`` pairs of spikes, one pair every ``period``; ``stdp_step`` runs in steps
of ``dt``. What a pair changed is compared with the closed form; a straight line through log |dw|
over |D| on either side gives back the four parameters.

Metrics: ``max_error`` (largest difference from the closed form, as a fraction of the larger
amplitude), ``a_plus``, ``a_minus`` (weight), ``tau_plus``, ``tau_minus`` (ms), as measured.

What to expect: equality up to rounding, as long as the period is many time constants; pairs that
come quicker meet the traces of the pair before, and the difference shows it.

Protocol of the full preset, 60 pairs at 1 Hz: Bi & Poo (1998),
doi:10.1523/JNEUROSCI.18-24-10464.1998
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurolab.hebbian import STDPParams, STDPState, stdp_step

from .contract import Progress, Refused, within

DATA = ()


@dataclass(frozen=True)
class Config:
    a_plus: float = 0.01  # change by a pair, pre just before post; weight
    a_minus: float = 0.0105  # loss by a pair, post just before pre; weight
    tau_plus: float = 20.0  # ms
    tau_minus: float = 20.0  # ms
    synapses: int = 100  # each with a delay of its own
    widest: float = 80.0  # largest delay, ms
    pairs: int = 60  # for each synapse
    period: float = 1000.0  # from pair to pair, ms
    dt: float = 0.5  # ms
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, a_plus=(1e-9, 1e3), a_minus=(1e-9, 1e3), dt=(0.001, 10.0))
        within(self, tau_plus=(0.1, 1e4), tau_minus=(0.1, 1e4), widest=(1.0, 1e3))
        within(self, synapses=(8, 10**5), pairs=(1, 10**4), period=(4.0, 1e5), seed=(0, 2**32 - 1))
        if self.period < 2 * self.widest + 2 * self.dt:
            raise Refused(
                f"period must be at least 2 widest + 2 dt = {2 * self.widest + 2 * self.dt:g} ms, "
                f"so that a pair fits into it, got {self.period:g}"
            )
        if self.widest < 4 * self.dt:
            raise Refused(f"widest must be at least 4 dt = {4 * self.dt:g} ms, got {self.widest:g}")


PRESETS = {"quick": Config(pairs=3), "full": Config()}


def delays(config: Config) -> Tensor:
    """Whole steps from pre to post (synapses,), half of them positive, half negative, none 0."""
    chance = torch.Generator().manual_seed(config.seed)
    steps = 1 + torch.randint(int(config.widest / config.dt), (config.synapses,), generator=chance)
    steps[:4] = torch.tensor([1, 2, 1, 2])  # two on either side, so that a line can be drawn
    return steps * (1 - 2 * (torch.arange(config.synapses) // 2 % 2))


def window(delay: Tensor, config: Config) -> Tensor:
    """The closed form, ``delay`` in ms."""
    gain = config.a_plus * torch.exp(-delay / config.tau_plus)
    return torch.where(delay > 0, gain, -config.a_minus * torch.exp(delay / config.tau_minus))


def line(delay: Tensor, change: Tensor) -> tuple[float, float]:
    """Amplitude and time constant of |change| = a exp(-|delay| / tau); nan if it is not one."""
    if not bool((change != 0).all()):
        return float("nan"), float("nan")
    slope, start = np.polyfit(delay.abs().numpy(), change.abs().log().numpy(), 1)
    return float(np.exp(start)), float(-1 / slope)


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    steps = delays(config)
    zero = torch.zeros(config.synapses, dtype=torch.float64)
    w, p, q, done = zero, zero, zero, 0
    if state is not None:
        w, p, q, done = state["w"], state["p"], state["q"], state["done"]

    params = STDPParams(config.a_plus, config.a_minus, config.tau_plus, config.tau_minus)
    length, rows = round(config.period / config.dt), torch.arange(config.synapses)
    pre, post = torch.zeros(2, length, config.synapses, dtype=torch.float64)
    pre[length // 2] = 1
    post[length // 2 + steps, rows] = 1

    delay = steps.double() * config.dt
    want = window(delay, config)
    while done < config.pairs:
        traces = STDPState(p, q)
        for pre_t, post_t in zip(pre.unbind(), post.unbind(), strict=True):
            change, traces = stdp_step(pre_t, post_t, traces, params, config.dt)
            w = w + change
        (p, q), done = traces, done + 1
        measured = w / done
        metrics = {
            "max_error": ((measured - want).abs().max() / max(config.a_plus, config.a_minus)).item()
        }
        for side, name in ((steps > 0, "plus"), (steps < 0, "minus")):
            amplitude, tau = line(delay[side], measured[side])
            metrics |= {f"a_{name}": amplitude, f"tau_{name}": tau}
        yield Progress(done, config.pairs, metrics, {"w": w, "p": p, "q": q, "done": done})
