"""PES, the prescribed error sensitivity: decoders that learn from an error, online.

    d D = -kappa / N  a (x) E  dt

    symbol    meaning                                                  shape     unit
    D         decoders                                                 (N, K)    1 / Hz
    a         filtered spikes of the neurons, or rates                 (B, N)    Hz
    E         error, what is decoded less what it should be            (B, K)    that of the model
    kappa     rate of learning                                         ()        1 / (Hz^2 s)
    dt        time step                                                ()        ms

It is the delta rule for a linear read-out of the neurons, at the synapses, with an error that
arrives as a signal of its own: local in all but where the error comes from.

With rates that stay the same the error falls as exp(-kappa |a|^2 t / N), if kappa |a|^2 dt / N is
well below 1; beyond 2 it grows.

What follows, and is tested: that exponential; a step is Nengo's, with its filter of the spikes; an
ensemble learns a function it was not solved for.

References: MacNeil & Eliasmith (2011), doi:10.1371/journal.pone.0022885; its dynamics: Voelker
(2015), "A solution to the dynamics of the prescribed error sensitivity learning rule"
"""

import math

import torch
from torch import Tensor, nn

from neurolab.core.ops import Value
from neurolab.spiking import RefractoryLIFParams
from neurolab.spiking.conventions import lif_nengo_step
from neurolab.spiking.refractory import RefractoryLIFState

from .ensemble import Ensemble


def pes_step(
    a: Value,
    error: Value,
    kappa: float,
    neurons: int,
    dt: float,
) -> Value:
    """What one step of ``dt`` ms adds to a decoder. Elementwise."""
    return -kappa / neurons * a * error * dt / 1000


class Adaptive(nn.Module):
    """Spiking neurons whose read-out learns while it is used.

    Args:
        ensemble: the neurons; its decoders begin at 0.
        outputs: K.
        kappa: rate of learning.
        tau_syn: of the synapse behind the neurons, ms.
        tau_learn: of the spikes as learning sees them, ms.
        dt: time step in ms.

    ``step`` is called once a step, with what comes in and the error of the step before.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        outputs: int,
        kappa: float = 1e-4,
        tau_syn: float = 5.0,
        tau_learn: float = 5.0,
        dt: float = 1.0,
    ):
        super().__init__()
        for name, value in (("tau_syn", tau_syn), ("tau_learn", tau_learn), ("dt", dt)):
            if not 0 < value < math.inf:
                raise ValueError(f"{name}: a number of ms above 0 is needed, got {value!r}")
        if not kappa >= 0:
            raise ValueError(f"kappa: a number from 0 is needed, got {kappa!r}")
        self.ensemble, self.kappa, self.dt = ensemble, kappa, dt
        self.keep = math.exp(-dt / tau_syn)
        self.keep_learn = math.exp(-dt / tau_learn)
        like, count = ensemble.encoders, ensemble.shape[0]
        self.register_buffer("weights", like.new_zeros(count, outputs))
        self.register_buffer("seen", like.new_zeros(count))  # filtered spikes, Hz
        self.register_buffer("value", like.new_zeros(outputs))
        rest = like.new_zeros(count)
        self.cells = RefractoryLIFState(v=rest, left=rest, u=rest - 1)

    @torch.no_grad()
    def step(self, x: Tensor, error: Tensor) -> tuple[Tensor, Tensor]:
        """The filtered output (K,) and the spikes (N,) of one step, for x (D,) and error (K,)."""
        params = RefractoryLIFParams(self.ensemble.tau, self.ensemble.t_ref)
        count = self.ensemble.shape[0]
        z, self.cells = lif_nengo_step(self.ensemble.current(x), self.cells, params, self.dt)
        out = 1000 / self.dt * z @ self.weights
        self.value = self.keep * self.value + (1 - self.keep) * out
        self.seen = self.keep_learn * self.seen + (1 - self.keep_learn) * 1000 / self.dt * z
        change = pes_step(self.seen[:, None], error[None], self.kappa, count, self.dt)
        self.weights = self.weights + change
        return self.value, z
