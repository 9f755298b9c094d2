"""The hand of the mini-Spaun: from a digit and its style to strokes of a pen.

    r      rises from 0 to 1 in T_draw while the hand is on, falls in T_rest while it is off
    on     turns on when r has come to 0, off when r has come to 1: a relaxation oscillator
    p_j    = sum_c [digit c held] (mean_c + M_c z)       via points
    pen    = sum_j tent_j(r) p_j                         24 products of two numbers each

    symbol    meaning                                       shape       unit
    r         phase of the movement                         ()          -
    z         style, held in a gated memory                 (Z,)        -
    p_j       via points                                    (J, 2)      half a picture
    T         times                                         ()          s

Without style the hand draws the mean digit of the class. The oscillator is also the clock of silent
counting: then it turns faster and the pen is up.

What follows, and is tested: the pen passes near the via points of the digit that is held, in order;
nothing is drawn while the hand is told to wait.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266, where an arm with two joints and
six muscles follows the plan; here the pen itself is moved
"""

from dataclasses import dataclass

import nengo
import numpy as np
import torch

from .spaun_parts import hold_down, step, switch
from .spaun_strokes import tents


@dataclass(frozen=True)
class HandParams:
    draw: float = 1.2  # s
    count: float = 0.12  # s, of the rising half when counting
    rest: float = 0.25  # s
    reach: float = 1.06  # makes up for what synapses smooth away
    largest: float = 0.85  # of the numbers that products are made for
    style_neurons: int = 40  # of a dimension, twice
    class_neurons: int = 80
    product_neurons: int = 70
    phase_neurons: int = 300


class Hand(nengo.Network):
    """Inputs: ``held`` (10,) of the digit register, ``style`` (Z,); ``pen`` (2,), ``on`` come out.

    Args:
        means, maps: of the eye, (10, 2J) and (10, 2J, Z).
        scale: largest style that is represented.
        waiting: active while the hand must not move.
        counting: 1 while the clock is to turn fast; or None.
        keep: active while the style is to be kept as it is; None for a hand without style.
        plain: active while digits are to be drawn without style; None if never.
    """

    def __init__(
        self, means, maps, scale, waiting, counting, keep, plain=None, params=HandParams()
    ):
        super().__init__(label="hand")
        points, size = means.shape[1] // 2, maps.shape[2]
        p = params
        with self:
            self.held = nengo.Node(size_in=10, label="digit held")
            self.style = nengo.Node(size_in=size, label="style")
            self.pen = nengo.Node(size_in=2, label="pen")
            self.plan = nengo.Node(size_in=2 * points, label="via points")
            self._clock(p, points)
            nengo.Connection(self.held, self.plan, transform=means.T, synapse=0.01)
            if keep is not None:
                self._styled(maps * scale, scale, plain, p)
            careful = nengo.Config(nengo.Connection)  # errors of 24 products add up in the pen
            careful[nengo.Connection].solver = nengo.solvers.LstsqL2(reg=0.04)
            with careful:
                product = nengo.networks.Product(p.product_neurons, 2 * points, p.largest)
            nengo.Connection(self.plan, product.input_a, synapse=0.06)
            nengo.Connection(
                self.phase,
                product.input_b,
                function=lambda r: np.repeat(_tents(r, points), 2),
                solver=nengo.solvers.LstsqL2(reg=0.01),
                synapse=0.01,
            )
            both = p.reach * np.tile(np.eye(2), points)
            nengo.Connection(product.output, self.pen, transform=both, synapse=0.03)
        if keep is not None:
            nengo.Connection(keep, self.memory.gate, synapse=0.005)
        nengo.Connection(waiting, self.on, transform=-4, synapse=0.005)
        nengo.Connection(waiting, self.phase, transform=0.1 * 12, synapse=0.1)
        if counting is not None:
            nengo.Connection(counting, self.fast, synapse=0.005)

    def _clock(self, p: HandParams, points: int) -> None:
        """Phase, its two ends, and the switch between them."""
        sign = np.tile([1.0, -1.0], p.phase_neurons // 2)[:, None]  # half of them fire below
        self.phase = nengo.Ensemble(
            len(sign),
            1,
            radius=1.3,
            encoders=sign,
            intercepts=sign[:, 0] * np.linspace(-0.1, 0.85, len(sign)),  # where the phase is
            eval_points=nengo.dists.Uniform(-0.15, 0.96),
            label="phase",
        )
        nengo.Connection(self.phase, self.phase, synapse=0.1)
        self.on, top, bottom = switch(60, "on", 0.3), switch(40, "top"), switch(40, "bottom")
        one = nengo.Node(1.0, label="hand.bias")
        nengo.Connection(self.phase, top, transform=6, synapse=0.01)
        nengo.Connection(one, top, transform=-6 * 0.93, synapse=None)
        nengo.Connection(self.phase, bottom, transform=-6, synapse=0.01)
        nengo.Connection(one, bottom, transform=6 * 0.06, synapse=None)
        nengo.Connection(self.on, self.on, function=_on, synapse=0.02)
        nengo.Connection(bottom, self.on, function=step, transform=1.2, synapse=0.005)
        nengo.Connection(top, self.on, function=step, transform=-2.5, synapse=0.005)
        fall, rise = 0.1 / p.rest, 0.1 / p.draw
        faster = 0.1 / p.count - rise
        nengo.Connection(one, self.phase, transform=-fall, synapse=0.1)
        nengo.Connection(self.on, self.phase, function=_on, transform=fall + rise, synapse=0.1)
        self.fast = switch(40, "fast", 0.1)
        nengo.Connection(one, self.fast, transform=-1.2, synapse=None)
        nengo.Connection(self.on, self.fast, function=_on, synapse=0.005)
        nengo.Connection(self.fast, self.phase, function=_on, transform=faster, synapse=0.1)

    def _styled(self, maps, scale: float, plain, p: HandParams) -> None:
        """The style that is kept; one group for each digit, silent unless it is held, maps it."""
        size = maps.shape[2]
        self.memory = nengo.networks.InputGatedMemory(
            p.style_neurons, size, difference_gain=4.0, label="style memory"
        )
        self.kept = self.memory.output
        nengo.Connection(self.style, self.memory.input, transform=1 / scale, synapse=None)
        one = nengo.Node(1.0, label="classes.bias")
        for k in range(10):
            group = nengo.Ensemble(p.class_neurons, size, radius=1.3, label=f"draw {k}")
            other = switch(20, f"not {k}", 0.15)
            nengo.Connection(one, other, synapse=None)
            nengo.Connection(self.held[k], other, transform=-1.3, synapse=0.005)
            hold_down(other, group.neurons)
            if plain is not None:
                hold_down(plain, group.neurons)
            nengo.Connection(self.kept, group, synapse=0.01)
            nengo.Connection(group, self.plan, transform=maps[k], synapse=0.02)


def _on(x):
    return step(x)


def _tents(r, points: int):
    """At a phase that reaches its ends a little before the clock turns."""
    phase = torch.tensor([(float(r[0]) - 0.06) / 0.74]).clamp(0, 1)
    return tents(phase, points)[0].numpy()
