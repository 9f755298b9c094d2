"""Homeostatic synaptic scaling: a neuron multiplies all its weights until it fires as it should.

    dw_i = rate (target - a) w_i
    a <- a + (y - a) / tau

    symbol   meaning                                       shape    unit
    x, y     input and output, firing rates                (B, I), (B, N)
    a        running average of the output                 (N,)     -
    w        weight                                        (N, I)   weight
    target   average output the neuron wants               ()       -
    tau      how many calls the average looks back         ()       calls
    rate     learning rate                                 ()       -

What follows, and is tested: for inputs with a fixed mean the average output comes to ``target``,
whether it starts above or below; all weights of a neuron are multiplied by one number, so their
ratios, which hold what was learned, stay as they are. The slope of the return is rate target, near
the target and for tau = 1. Longer averages overshoot: for rate target tau > 1/4 the way back is
a damped oscillation. Keep rate (a - target) below 1: beyond it a weight would change its sign.

Where it differs from the papers: the experiment measured synaptic currents over days after activity
was blocked or raised; the equation is the model's linear term alone, without its integral term.

References: Turrigiano et al. (1998), doi:10.1038/36103 (experiment); van Rossum, Bi & Turrigiano
(2000), doi:10.1523/JNEUROSCI.20-23-08812.2000 (model)
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, need


@dataclass(frozen=True)
class ScalingParams(LayerParams):
    target: float = 1.0
    tau: float = 10.0  # calls of learn

    def __post_init__(self):
        super().__post_init__()
        need("target", self.target, 0, 1e300)
        need("tau", self.tau, 1, 1e300)


def scaling_step(w: Value, activity: Value, target: float, rate: float) -> Value:
    """The change of w by a neuron whose average output is ``activity``. Elementwise."""
    return rate * (target - activity) * w


class Scaling(Layer):
    """Rectified units that scale their weights to a target output; see ``Layer``.

    ``activity`` (N,) starts at the target, so that nothing changes before something was seen;
    ``weight`` (N, I) starts uniform from 0 to 2 / I.
    """

    Params = ScalingParams

    def __init__(self, inputs: int, units: int, params: ScalingParams | None = None):
        super().__init__(inputs, units, params)
        self.register_buffer("activity", torch.full((units,), float(self.params.target)))

    def start(self, units: int, inputs: int) -> Tensor:
        return 2 * torch.rand(units, inputs) / inputs

    def respond(self, x: Tensor) -> Tensor:
        return (x @ self.weight.T).relu()

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        change = {name: c.expand(len(x), *c.shape) for name, c in self.changes(x, y, rate).items()}
        return {**change, "activity": (y - self.activity) / self.params.tau}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        activity = self.activity[:, None]
        return {
            "weight": scaling_step(self.weight, activity, self.params.target, rate),
            "activity": (y.mean(0) - self.activity) / self.params.tau,
        }
