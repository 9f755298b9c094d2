"""Synaptic intelligence: each weight remembers how much it helped, and is held accordingly.

    omega_i += -g_i (theta_i(t + 1) - theta_i(t))               along the path of a task
    Omega_i += max(omega_i, 0) / ((theta_i - theta*_i)^2 + xi)  at its end, where
               omega = 0 and theta* = theta begin anew
    loss    + strength sum_i Omega_i (theta_i - theta*_i)^2     from then on

    symbol    meaning                                              shape       unit
    theta     parameters                                           any         -
    g         gradient of the task's loss alone                    as theta    loss / theta
    omega     share of the fall of the loss, of this task          as theta    loss
    Omega     importance, of all tasks before                      as theta    loss / theta^2
    theta*    parameters at the end of the task before             as theta    -
    xi        keeps the quotient finite                            ()          theta^2

What follows, and is tested: along a path of small steps the sum of omega is the fall of the loss
(a line integral); on a quadratic loss Omega has a closed form; nothing is held before the first
task has ended.

Where it differs from the paper: an omega below zero, a weight that moved against the task, counts
as zero, as in the authors' program.

Reference: Zenke, Poole & Ganguli (2017), arXiv:1703.04200
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

Named = dict[str, Tensor]  # parameter name -> tensor of its shape


def si_path_step(gradient: Tensor, change: Tensor) -> Tensor:
    """What one change of the parameters adds to omega. Elementwise."""
    return -gradient * change


def si_importance(omega: Tensor, moved: Tensor, xi: float) -> Tensor:
    """What a task adds to Omega, from omega and how far it moved the parameters. Elementwise."""
    return omega.clamp_min(0) / (moved.square() + xi)


class SI:
    """A loss term of ``learn``: hold what mattered.

    Args:
        model: its parameters are followed.
        strength: of the penalty.
        xi: as above.
        leave: beginnings of the names of parameters that are not held.
    """

    def __init__(
        self, model: nn.Module, strength: float = 0.1, xi: float = 0.1, leave: Iterable[str] = ()
    ):
        if not strength >= 0:
            raise ValueError(f"strength: a number of at least 0 is needed, got {strength!r}")
        if not xi > 0:
            raise ValueError(f"xi: a number above 0 is needed, got {xi!r}")
        self.strength, self.xi = strength, xi
        held = [
            (n, p)
            for n, p in model.named_parameters()
            if p.requires_grad and not n.startswith(tuple(leave))
        ]
        self.held = dict(held)
        self.omega: Named = {n: torch.zeros_like(p) for n, p in held}
        self.importance: Named = {n: torch.zeros_like(p) for n, p in held}
        self.anchor: Named = {n: p.detach().clone() for n, p in held}
        self.tasks = 0

    def penalty(self) -> Tensor | float:
        """What is added to the loss now."""
        if not self.tasks:
            return 0.0
        parts = (
            (self.importance[n] * (p - self.anchor[n]).square()).sum() for n, p in self.held.items()
        )
        return self.strength * sum(parts)

    @torch.no_grad()
    def before_step(self, gradient: Named) -> None:
        """Told the gradient of the task's loss alone, before the parameters change."""
        self._now = {n: p.detach().clone() for n, p in self.held.items()}
        self._gradient = {n: gradient[n] for n in self.held}

    @torch.no_grad()
    def after_step(self) -> None:
        """The parameters have changed."""
        for n, p in self.held.items():
            self.omega[n] += si_path_step(self._gradient[n], p - self._now[n])

    @torch.no_grad()
    def end_task(self) -> None:
        """A task has ended: what mattered in it is held from here on."""
        for n, p in self.held.items():
            self.importance[n] += si_importance(self.omega[n], p - self.anchor[n], self.xi)
            self.omega[n].zero_()
            self.anchor[n] = p.detach().clone()
        self.tasks += 1

    def state(self) -> dict:
        """All that changes, by name."""
        kept = {"tasks": self.tasks}
        for name in ("omega", "importance", "anchor"):
            kept |= {f"{name}.{n}": x.clone() for n, x in getattr(self, name).items()}
        return kept

    def restore(self, state: dict) -> None:
        """Go on from a ``state``."""
        self.tasks = state["tasks"]
        for name in ("omega", "importance", "anchor"):
            for n in self.held:
                getattr(self, name)[n] = state[f"{name}.{n}"].clone()
