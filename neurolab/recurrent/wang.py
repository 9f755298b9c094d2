"""Wang's network: spiking neurons that make up their mind, by slow synapses and competition.

    C dv/dt = -g_L (v - v_L) - (g_ext a_ext + g_AMPA a) v - g_NMDA B(v) s v - g_GABA g (v - v_L)
    da/dt = -a / tau_AMPA + spikes,     dg/dt = -g / tau_GABA + spikes
    dx/dt = -x / tau_rise + spikes,     ds/dt = -s / tau_NMDA + alpha x (1 - s)

    symbol   meaning                                                     shape     unit
    v        potential; fires at -50, reset to -55, rests at v_L = -70   (B, N)    mV
    a_ext    open synapses of the background and of the stimulus         (B, N)    spikes
    x, s     of one pyramidal cell's NMDA synapses: transmitter, gate    (B, N_E)  -
    a, g     what a neuron hears by AMPA, by GABA: sums over neurons     (B, P)    spikes
    w        weights between the populations, see ``structure``          (P, P)    -
    B(v)     part that magnesium leaves unblocked                        (B, N)    -
    c        coherence; the stimulus is mu (1 + c) for A, mu (1 - c)     (B,)      Hz
             for B, redrawn every 50 ms with standard deviation spread

P = 4 populations: two groups of pyramidal cells that prefer motion to one side each (A and B, each
15 % of the pyramidal cells), the others (0), and interneurons (I). All are connected with all;
inside A and B by w+ = 1.7, from another group into A or B by w- < 1, so that the sum over inputs is
that of w = 1.

Since a weight depends on the two populations alone, all neurons of a population hear the same
recurrent input: sums of the gates over populations are exact, not a mean field. (A neuron then
hears itself as well, one of N.) Conductances are those for 2000 neurons; another size scales the
recurrent ones by 2000 / N: means stay, fluctuations grow.

What follows, and is tested: with fixed conductances v is the closed form of one neuron; gate and
sums are those of a neuron-by-neuron simulation with a full weight matrix; rates at rest at 0.2 ms
lie within 30 % of those at 0.05 ms; at rest both groups fire a few Hz, with a stimulus one wins.

Where it differs from the paper: steps of exponential Euler, there Runge-Kutta at 0.02 ms; a spike
is heard in the next step, there 0.5 ms later.

Reference: Wang (2002), doi:10.1016/S0896-6273(02)01092-9
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value, exp
from neurolab.spiking.nmda import magnesium_block

REST, FIRES, RESET = -70.0, -50.0, -55.0  # mV
AMPA, GABA, RISE, NMDA, ALPHA = 2.0, 5.0, 2.0, 100.0, 0.5  # ms; 1/ms


@dataclass(frozen=True)
class WangParams:
    neurons: int = 2000  # of them a fifth interneurons
    share: float = 0.15  # of the pyramidal cells in each group
    potentiated: float = 1.7  # w+
    background: float = 2400.0  # Hz, into each neuron
    mu: float = 40.0  # Hz, stimulus without coherence
    spread: float = 10.0  # Hz, standard deviation of the stimulus, redrawn every 50 ms
    dt: float = 0.2  # ms


class WangState(NamedTuple):
    v: Tensor  # (B, N) mV
    left: Tensor  # (B, N) ms for which a neuron is still refractory
    ext: Tensor  # (B, N) open AMPA synapses from outside
    ampa: Tensor  # (B, 3) open AMPA synapses of all neurons of A, B, 0
    gaba: Tensor  # (B, 1) open GABA synapses of the interneurons
    x: Tensor  # (B, N_E) transmitter
    s: Tensor  # (B, N_E) NMDA gates


def membrane_step(
    v: Value, excitation: Value, inhibition: Value, capacity: Value, leak: Value, dt: float
) -> Value:
    """The potential ``dt`` ms later.

    Exact where the conductances (nS) stay; capacity in pF.
    Elementwise. Excitation pulls to 0 mV, inhibition to rest.
    """
    total = leak + excitation + inhibition
    goal = REST * (leak + inhibition) / total
    return goal + (v - goal) * exp(-dt * total / capacity)


def gate_step(spikes: Value, x: Value, s: Value, dt: float) -> tuple[Value, Value]:
    """NMDA: transmitter and open part, ``dt`` ms later.

    Elementwise. Each spike adds 1 to x; s saturates at 1.
    """
    x = exp(-dt / RISE) * x + spikes
    rate = 1 / NMDA + ALPHA * x
    goal = ALPHA * x / rate
    return x, goal + (s - goal) * exp(-dt * rate)


def structure(share: float, potentiated: float) -> Tensor:
    """Weights (4, 3) from A, B, 0 to A, B, 0, I."""
    less = 1 - share * (potentiated - 1) / (1 - share)
    rows = [[potentiated, less, less], [less, potentiated, less], [1.0] * 3, [1.0] * 3]
    return torch.tensor(rows)


class Wang(nn.Module):
    """The network; ``forward`` runs a batch of trials. It learns nothing."""

    def __init__(self, params: WangParams = WangParams()):
        super().__init__()
        p = params
        if isinstance(p.neurons, bool) or not isinstance(p.neurons, int) or p.neurons < 40:
            raise ValueError(f"neurons: a whole number from 40 is needed, got {p.neurons!r}")
        if not 0 < p.share < 0.5:
            raise ValueError(f"share: a number between 0 and 0.5 is needed, got {p.share!r}")
        if not 1 <= p.potentiated < 1 / p.share:
            raise ValueError(f"potentiated: from 1 to 1 / share is needed, got {p.potentiated!r}")
        for name in ("background", "mu", "spread"):
            if not 0 <= getattr(p, name) < math.inf:
                raise ValueError(f"{name}: Hz from 0 are needed, got {getattr(p, name)!r}")
        if not 0 < p.dt <= 0.5:
            raise ValueError(f"dt: ms above 0 and at most 0.5 are needed, got {p.dt!r}")
        pyramidal = p.neurons - p.neurons // 5
        group = round(p.share * pyramidal)
        self.params, self.pyramidal = p, pyramidal
        self.sizes = [group, group, pyramidal - 2 * group, p.neurons // 5]
        place = torch.repeat_interleave(torch.arange(4), torch.tensor(self.sizes))
        member, weights = torch.eye(4)[place], structure(p.share, p.potentiated)
        self.register_buffer("member", member)  # (N, 4): 1 where a neuron belongs
        scale = 2000 / p.neurons
        for name, pyramidal_cells, interneurons in (
            ("capacity", 500.0, 200.0),  # pF
            ("leak", 25.0, 20.0),  # nS
            ("g_ext", 2.1, 1.62),
            ("g_gaba", 1.3 * scale, 1.0 * scale),
            ("g_ampa", 0.05 * scale, 0.04 * scale),
            ("g_nmda", 0.165 * scale, 0.13 * scale),
            ("refractory", 2.0, 1.0),  # ms
        ):
            told = member @ torch.tensor([pyramidal_cells] * 3 + [interneurons])
            if name in ("g_ampa", "g_nmda"):  # (3, N): from A, B, 0 to each neuron
                told = (member @ weights).T * told
            self.register_buffer(name, told)

    def start(self, trials: int, generator: torch.Generator) -> WangState:
        """Potentials at random between reset and threshold, no open synapses."""
        u = torch.rand(trials, self.params.neurons, generator=generator)
        zero = torch.zeros_like
        ampa, gates = u.new_zeros(trials, 3), u.new_zeros(trials, self.pyramidal)
        v = RESET + (FIRES - RESET) * u
        return WangState(v, zero(u), zero(u), ampa, ampa[:, :1], gates, zero(gates))

    def outside(self, coherence: Tensor | None, trials: int, generator: torch.Generator) -> Tensor:
        """Hz (B, 4) into a neuron of each population, for the next 50 ms; None: no stimulus."""
        told = torch.full((trials, 4), float(self.params.background))
        if coherence is not None:
            both = torch.stack([1 + coherence, 1 - coherence], 1).to(told.dtype)
            noise = torch.randn(trials, 2, generator=generator)
            told[:, :2] += (self.params.mu * both + self.params.spread * noise).clamp(min=0)
        return told

    def arrivals(self, rates: Tensor, generator: torch.Generator) -> Tensor:
        """Spikes (B, N) that each neuron gets from outside in one step, by ``rates`` (B, 4) in Hz.

        How many come to a population is drawn first, then to whom each goes: the same chance.
        """
        sizes = torch.tensor(self.sizes)
        first = torch.arange(len(rates))[:, None] * sum(self.sizes) + sizes.cumsum(0) - sizes
        counts = torch.poisson(rates * sizes * self.params.dt / 1000, generator=generator)
        counts = counts.long().flatten()
        u = torch.rand(int(counts.sum()), generator=generator)
        wide = torch.repeat_interleave(sizes.repeat(len(rates)), counts)
        who = torch.repeat_interleave(first.flatten(), counts)
        who += torch.minimum((u * wide).long(), wide - 1)
        return torch.bincount(who, minlength=first.shape[0] * sum(self.sizes)).view(len(rates), -1)

    def step(self, arrive: Tensor, state: WangState) -> tuple[Tensor, WangState]:
        """Spikes (B, N) and the state after one step; ``arrive`` (B, N) comes from outside."""
        dt, n = self.params.dt, self.pyramidal
        ext = math.exp(-dt / AMPA) * state.ext + arrive
        gates = state.s @ self.member[:n, :3]
        nmda = (gates @ self.g_nmda) * magnesium_block(state.v)
        excitation = self.g_ext * ext + state.ampa @ self.g_ampa + nmda
        inhibition = self.g_gaba * state.gaba
        v = membrane_step(state.v, excitation, inhibition, self.capacity, self.leak, dt)
        v = state.v + (state.left < dt / 2) * (v - state.v)  # a refractory neuron stays
        spikes = (v > FIRES).to(v.dtype)
        heard = spikes @ self.member
        x, s = gate_step(spikes[:, :n], state.x, state.s, dt)
        return spikes, WangState(
            v=v + spikes * (RESET - v),
            left=(state.left - dt).clamp(min=0) + spikes * self.refractory,
            ext=ext,
            ampa=math.exp(-dt / AMPA) * state.ampa + heard[:, :3],
            gaba=math.exp(-dt / GABA) * state.gaba + heard[:, 3:],
            x=x,
            s=s,
        )

    @torch.no_grad()
    def forward(
        self,
        duration: float,
        generator: torch.Generator,
        coherence: Tensor | None = None,
        state: WangState | None = None,
        trials: int = 1,
    ) -> tuple[Tensor, WangState]:
        """Run ``duration`` ms, a whole number of 50 ms.

        Args:
            coherence: (B,) from -1 to 1; None: no stimulus.
            state: where to begin; None: ``trials`` fresh ones.

        Returns:
            rates in Hz of A, B, 0 and I in each 5 ms (T, B, 4), and the last state.
        """
        pieces = duration / 50
        if pieces != round(pieces) or pieces < 1:
            raise ValueError(f"duration: a positive multiple of 50 ms is needed, got {duration!r}")
        if coherence is not None and (coherence.ndim != 1 or (coherence.abs() > 1).any()):
            raise ValueError(f"coherence: (B,) from -1 to 1 is needed, got {coherence!r:.80}")
        if state is None:
            trials = trials if coherence is None else len(coherence)
            state = self.start(trials, generator)
        trials, told = len(state.v), []
        if coherence is not None and len(coherence) != trials:
            raise ValueError(f"coherence: {trials} numbers are needed, got {len(coherence)}")
        steps = round(5 / self.params.dt)
        size = torch.tensor(self.sizes) * steps * self.params.dt / 1000
        for _ in range(round(pieces)):
            rates = self.outside(coherence, trials, generator)
            for _ in range(10):
                count = torch.zeros_like(state.v)
                for _ in range(steps):
                    spikes, state = self.step(self.arrivals(rates, generator), state)
                    count += spikes
                told.append(count @ self.member / size)
        return torch.stack(told), state
