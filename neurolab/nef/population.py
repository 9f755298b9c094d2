"""An ensemble in time: spikes in, a filtered value out, and dynamics by feeding it back.

    J(t) = J(x_in(t) + W x_f(t - 1))                 currents
    z(t) = LIF(J(t))                                 spikes
    y(t) = z(t) / dt D                               decoded
    x_f(t) = k x_f(t - 1) + (1 - k) y(t),     k = exp(-dt / tau_syn)

    dynamics    dx/dt = A x + B u   ->   W = tau_syn A + I,   x_in = tau_syn B u

    symbol     meaning                                          shape        unit
    x_in       what comes in                                    (T, B, D)    that of the model
    z          spikes, 0 or 1                                   (T, B, N)    -
    y, x_f     decoded from the spikes, and filtered            (T, B, K)    that of the model
    W          what of the filtered value is fed back           (D, K)       -
    tau_syn    time constant of the synapses                    ()           ms
    dt         time step                                        ()           ms

A first-order synapse is itself dx/dt = (input - x) / tau_syn, so what is fed back must undo its
leak: hence W. Written out, feedback is a recurrent weight matrix, e W D, of rank D.

Neurons are stepped as Nengo steps them (``lif_nengo_step``), from rest.

What follows, and is tested: a constant value is decoded; an integrator keeps it, an oscillator has
its period, both as Nengo's; the recurrent matrix gives the same spikes.

References: Eliasmith & Anderson (2003), Neural Engineering, ch. 8; in short: Stewart & Eliasmith
(2014), doi:10.1109/JPROC.2014.2306061
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from neurolab.core.scan import scan
from neurolab.spiking import RefractoryLIFParams
from neurolab.spiking.conventions import lif_nengo_step
from neurolab.spiking.refractory import RefractoryLIFState

from .ensemble import Ensemble, Function


class PopulationState(NamedTuple):
    neurons: RefractoryLIFState  # (B, N) each
    x: Tensor  # (B, K) filtered value


def dynamics(
    a: Tensor,
    b: Tensor,
    tau_syn: float,
) -> tuple[Tensor, Tensor]:
    """Feedback (D, D) and input matrix for dx/dt = A x + B u.

    A and B are per second, tau_syn is in ms.
    """
    tau = tau_syn / 1000
    return tau * a + torch.eye(len(a), dtype=a.dtype), tau * b


class Population(nn.Module):
    """An ensemble over time, with a synapse behind it.

    Args:
        ensemble: the neurons.
        function: what is decoded; None means the value itself.
        feedback: W (D, K); None means none.
        tau_syn: of the synapse behind, ms.
        dt: time step in ms.
        noise: that decoders are solved for.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        function: Function | None = None,
        feedback: Tensor | None = None,
        tau_syn: float = 5.0,
        dt: float = 1.0,
        noise: float = 0.1,
    ):
        super().__init__()
        for name, value in (("tau_syn", tau_syn), ("dt", dt)):
            if not 0 < value < math.inf:
                raise ValueError(f"{name}: a number of ms above 0 is needed, got {value!r}")
        self.ensemble, self.tau_syn, self.dt = ensemble, tau_syn, dt
        weights = ensemble.decoders(function, noise).weights
        self.register_buffer("weights", weights)  # (N, K)
        if feedback is not None:
            needed = (ensemble.shape[1], weights.shape[1])
            if feedback.shape != needed:
                given = tuple(feedback.shape)
                raise ValueError(f"feedback: shape (D, K) = {needed} is needed, got {given}")
            feedback = feedback.to(weights)
        self.register_buffer("feedback", feedback)

    def start(self, batch: int) -> PopulationState:
        """At rest, with the value 0."""
        count, outputs = self.weights.shape
        rest = self.weights.new_zeros(batch, count)
        cells = RefractoryLIFState(v=rest, left=rest, u=rest - 1)
        return PopulationState(cells, self.weights.new_zeros(batch, outputs))

    def forward(self, x: Tensor, state: PopulationState | None = None) -> tuple:
        """Run over time, from rest or from a ``state`` that an earlier call gave back.

        Args:
            x: what comes in, (T, B, D).

        Returns:
            filtered value (T, B, K), spikes (T, B, N) and the last state.
        """
        if x.ndim != 3 or x.shape[2] != self.ensemble.shape[1]:
            needed, given = f"(T, B, {self.ensemble.shape[1]})", tuple(x.shape)
            raise ValueError(f"x: shape {needed} is needed, got {given}")
        state = self.start(x.shape[1]) if state is None else state
        params = RefractoryLIFParams(self.ensemble.tau, self.ensemble.t_ref)
        keep = math.exp(-self.dt / self.tau_syn)
        into = (1 - keep) * 1000 / self.dt * self.weights

        def step(x_t, now):
            given = x_t if self.feedback is None else x_t + now.x @ self.feedback.T
            z, cells = lif_nengo_step(self.ensemble.current(given), now.neurons, params, self.dt)
            value = keep * now.x + z @ into
            return (value, z), PopulationState(cells, value)

        (value, z), state = scan(step, x, state)
        return value, z, state

    def recurrent(self) -> Tensor:
        """The feedback as weights among neurons, (N, N) to and from, for filtered spikes in Hz."""
        if self.feedback is None:
            raise ValueError("feedback: this population has none")
        e = self.ensemble
        return (e.gain[:, None] * e.encoders / e.radius) @ self.feedback @ self.weights.T
