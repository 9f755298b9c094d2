"""Question 3 of lab evidence: how far e-prop's gradient points from that of BPTT.

    cosine = a . b / (|a| |b|),     a by e-prop, b by backpropagation through time

    symbol    meaning                                                      shape        unit
    a, b      derivative of the loss by the input weights, flat            (N I,)       -
    among     factor on the recurrent weights; 0 leaves the neurons alone  ()           -

The judge does not run e-prop. It lets autograd go back through all steps twice: once as it is,
which is BPTT, and once with the spikes cut off where they go to other neurons, which is what e-prop
leaves out. ``small`` makes the network that notebook and judge share.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import functools
import math
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from neurolab.core import Triangular
from neurolab.eprop import EProp
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent

from .values import Blank, Wrong, array, is_blank, number

AMONG = (0.0, 0.5, 1.0)
INPUTS, UNITS, STEPS, BATCH = 10, 20, 150, 4
NEAR = 0.01


def small(among: float, seed: int = 10) -> tuple[EProp, Tensor, Tensor]:
    """A network of 20 adaptive neurons, input spikes (T, B, I) and the class (B,) of each trial."""
    if not 0 <= among < math.inf:
        raise ValueError(f"among: a factor from 0 is needed, got {among!r}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        neurons = Neurons(NEURONS["alif"], ALIFParams(20.0, 200.0, 0.1), surrogate=Triangular())
        net = EProp(Recurrent(INPUTS, UNITS, neurons), 2, loss="classification")
        x = (torch.rand(STEPS, BATCH, INPUTS) < 0.05).float()  # 50 Hz
    with torch.no_grad():  # an input spike moves v by 1 / tau of its weight
        net.layer.weight.mul_(20)
        net.layer.raw.mul_(20 * among)
    return net, x, torch.arange(BATCH) % 2


def gradient(among: float, cut: bool) -> Tensor:
    """Of the input weights, by autograd through all steps; with ``cut`` not through others."""
    net, x, target = small(among)
    layer, kappa = net.layer, math.exp(-net.layer.neurons.dt / net.tau_out)
    z = z_bar = x.new_zeros(BATCH, UNITS)
    state, step, loss = layer.neurons.start(z), layer.neurons.stepper(), 0.0
    for now in x:
        told = z.detach() if cut else z
        z, state = step(now @ layer.weight.T + told @ layer.recurrent.T, state)
        z_bar = kappa * z_bar + z
        loss = loss + cross_entropy(z_bar @ net.output.T + net.bias, target)
    return torch.autograd.grad(loss, layer.weight)[0].flatten()


@functools.cache
def cosines() -> tuple[float, ...]:
    """At each factor of ``AMONG``."""
    pairs = [(gradient(among, True), gradient(among, False)) for among in AMONG]
    return tuple(float(torch.cosine_similarity(a, b, dim=0)) for a, b in pairs)


def judge_cosines(value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong("Pass two things: (guess, measured).")
    guess = number(value[0], what="For the guess, one number")
    if isinstance(value[1], list | tuple) and any(is_blank(part) for part in value[1]):
        raise Blank
    found, right = array(value[1]).ravel(), cosines()
    if found.size != len(AMONG):
        raise Wrong(f"{len(AMONG)} cosines are asked, at factors {AMONG}; these are {found.size}.")
    _judge_guess(guess)
    if (abs(found - right) < NEAR).all():
        listed = ", ".join(f"{cosine:.3f}" for cosine in found)
        return (
            f"Cosines {listed} at recurrent weights times {', '.join(map(str, AMONG))}: "
            "what spikes do to other neurons is what e-prop leaves out."
        )
    known = {
        "These are squared: leave the cosines as they are.": [c**2 for c in right],
        "These are 1 - cosine, a distance.": [1 - c for c in right],
        "These are angles in degrees; the cosine is asked.": [
            math.degrees(math.acos(min(c, 1.0))) for c in right
        ],
        "These are angles in radians; the cosine is asked.": [
            math.acos(min(c, 1.0)) for c in right
        ],
        "The sign is turned.": [-c for c in right],
    }
    for reason, slip in known.items():
        # An angle is steep in its cosine where that is near 1.
        if all(abs(a - b) < 0.02 + 0.05 * abs(b) for a, b in zip(found, slip, strict=True)):
            raise Wrong(reason)
    if not (abs(found) <= 1 + 1e-6).all():
        raise Wrong("A cosine is from -1 to 1: divide by both lengths, |a| and |b|.")
    if (abs(found - found[0]) < 1e-9).all():
        raise Wrong("All three are the same: did you compare a gradient with itself?")
    k = int(abs(found - right).argmax())
    raise Wrong(
        f"At recurrent weights times {AMONG[k]} you measured {found[k]:.3f}; autograd with the "
        f"paths to other neurons cut says {right[k]:.3f}."
    )


def _judge_guess(guess: float) -> None:
    if abs(guess - 1) < 0.005:
        return
    if not -1 <= guess <= 1:
        raise Wrong("A cosine is from -1 to 1; this guess is not.")
    if guess == 0:
        raise Wrong(
            "A guess of 0 says that the gradients share nothing. Which paths does e-prop leave "
            "out, and are there any without recurrent weights?"
        )
    raise Wrong(
        f"A guess of {guess:g} says that something is left out without recurrent weights. What?"
    )
