"""Layers of spiking neurons whose synapses all hear one reward (feed-forward, R-STDP).

    v_j <- exp(-dt / tau) v_j + sum_i w_ji pre_i(t),     a spike and v_j <- v_j - 1 above 1
    dw_ji by ``rstdp_step`` from pre_i, its own post_j and the reward, kept in low_i .. high_i

    symbol      meaning                                                shape      unit
    pre, post   spikes in this step, 0 or 1                            (B, N, 1)  -
    w           jump of the potential at a spike, (to, from)           (B, N, I)  threshold
    v           membrane potential                                     (B, N, 1)  threshold
    low, high   bounds; a neuron that excites has low 0, one that      (I,)       threshold
                inhibits has high 0
    reward      given in this step, the same for every synapse         (B, 1, 1)  1 / ms

B networks run side by side; weights of shape (1, N, I) may be shared by B trials as long as nobody
learns. A synapse knows its two neurons and the reward, nothing of other layers: which hidden neuron
helped the output is found out by covariance alone.

What follows and is tested: a layer is ``lif_step`` with the current that makes such a jump; the
reward times eligibility is the sum of the window over pairs, worked out by hand for three spikes;
weights stay within their bounds; B networks side by side are B networks alone.

Where it differs from the paper: the reset takes the threshold off the potential, there it goes back
to rest; reward fades with the time constant tau_d, there it lasts one step of 1 ms.

Reference: Florian (2007), doi:10.1162/neco.2007.19.6.1468
"""

from typing import NamedTuple

import numpy as np

from neurolab.core.ops import exp
from neurolab.spiking.lif import LIFParams, LIFState, lif_step

from .bounds import BoundsParams, hard_bounds_step
from .reward import RSTDPParams, RSTDPState, rstdp_step


class Synapses(NamedTuple):
    """Into one layer."""

    w: np.ndarray  # (B, N, I)
    bounds: BoundsParams  # low and high may be (I,)
    rule: RSTDPParams


class Layered(NamedTuple):
    """What a layer remembers within a trial."""

    neurons: LIFState  # (B, N, 1)
    traces: RSTDPState


def signed_bounds(size: int, inhibiting: np.ndarray) -> BoundsParams:
    """Bounds (I,): 0 .. size, and -size .. 0 from the neurons in ``inhibiting`` (I,), True."""
    return BoundsParams(np.where(inhibiting, -size, 0.0), np.where(inhibiting, 0.0, size))


def at_rest(w: np.ndarray, trials: int | None = None) -> Layered:
    """The state of a layer with nothing to remember; ``trials`` is B where it is not that of w."""
    networks, units, inputs = w.shape
    networks = networks if trials is None else trials
    v = np.zeros((networks, units, 1))
    nothing = np.zeros((networks, 1, inputs)), v, np.zeros((networks, units, inputs))
    return Layered(LIFState(v, v - 1), RSTDPState(*nothing, np.zeros((networks, 1, 1))))


def fire_step(
    pre: np.ndarray, w: np.ndarray, state: LIFState, params: LIFParams, dt: float
) -> tuple[np.ndarray, LIFState]:
    """The layer's spikes (B, N, 1) for ``pre`` (B, I, 1), and its potentials."""
    jump = w @ pre
    return lif_step(jump / (1 - exp(-dt / params.tau)), state, params, dt)


def learn_step(
    pre: np.ndarray,
    post: np.ndarray,
    reward: np.ndarray,
    synapses: Synapses,
    traces: RSTDPState,
    dt: float,
    cool: float = 1.0,
) -> tuple[Synapses, RSTDPState]:
    """The synapses ``dt`` ms later; ``cool`` scales the change (a learning rate that falls)."""
    dw, traces = rstdp_step(pre.swapaxes(1, 2), post, reward, traces, synapses.rule, dt)
    w = synapses.w + hard_bounds_step(cool * dw, synapses.w, synapses.bounds)
    return synapses._replace(w=w), traces


def trial(
    inputs: np.ndarray,
    layers: list[Synapses],
    params: LIFParams,
    dt: float,
    value: np.ndarray | None = None,
    cool: float = 1.0,
) -> tuple[np.ndarray, list[Synapses]]:
    """One trial from rest: output spikes counted (B,), and the layers as they are after it.

    Args:
        inputs: spikes (T, B, I, 1).
        layers: synapses into each layer, the last with one neuron.
        value: (B,) the reward that each output spike sets free; None to run without learning.
        cool: scales what is learned.
    """
    layers, networks = list(layers), inputs.shape[1]
    states = [at_rest(layer.w, networks) for layer in layers]
    count = np.zeros(networks)
    for pre in inputs:
        spikes = [pre]
        for n, layer in enumerate(layers):
            post, neurons = fire_step(spikes[n], layer.w, states[n].neurons, params, dt)
            states[n] = states[n]._replace(neurons=neurons)
            spikes.append(post)
        count += spikes[-1][:, 0, 0]
        if value is None:
            continue
        reward = value[:, None, None] * spikes[-1]
        for n, layer in enumerate(layers):
            layers[n], traces = learn_step(
                spikes[n], spikes[n + 1], reward, layer, states[n].traces, dt, cool
            )
            states[n] = states[n]._replace(traces=traces)
    return count, layers
