"""An idea, its figure and its experiment, written as CONTRIBUTING says: Hebb's rule with a leak.

``FILES`` are the new files, ``LINES`` what is put into files that are there: (the text that it
goes behind, the line). ``MISTAKES`` are planted in the new files: (right, wrong, the test that must
see it).
"""

IDEA = '''"""Leaky Hebb: Hebb's rule, and every weight forgets in proportion to itself.

    dw_i = rate (y x_i - leak w_i),     y = sum_i w_i x_i

    symbol   meaning                             shape   unit
    x        input, its mean removed             (I,)    -
    y        output of the neuron                ()      -
    w        weights                             (I,)    -
    leak     part forgotten, over the rate       ()      -
    rate     learning rate                       ()      -

What follows, and is tested: on average each component of w along an eigenvector of the covariance
of the input grows by the factor 1 + rate (lambda - leak) a step, so the ones below leak are lost.

Reference: Gerstner & Kistler (2002), doi:10.1007/s00422-002-0353-y
"""

from dataclasses import dataclass

from torch import Tensor

from neurolab.core.ops import Value

from .layer import Layer, LayerParams, mean_product, need


@dataclass(frozen=True)
class LeakyParams(LayerParams):
    leak: float = 0.5  # part of a weight forgotten, over the rate

    def __post_init__(self):
        super().__post_init__()
        need("leak", self.leak, 0, 1e300)


def leaky_step(x: Value, y: Value, w: Value, leak: float, rate: float) -> Value:
    """The change of w by one input; y is w . x. Elementwise."""
    return rate * (y * x - leak * w)


class Leaky(Layer):
    """Linear units that learn by Hebb's rule and forget; see ``Layer``."""

    Params = LeakyParams

    def each(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        step = leaky_step(x[:, None], y[:, :, None], self.weight, self.params.leak, rate)
        return {"weight": step}

    def changes(self, x: Tensor, y: Tensor, rate: float) -> dict[str, Tensor]:
        return {"weight": rate * (mean_product(y, x) - self.params.leak * self.weight)}
'''

TEST = '''"""What is above the leak grows, what is below is lost, both at the rate of theory."""

import torch

from neurolab.hebbian import leaky_step


def test_each_component_grows_by_its_eigenvalue_less_the_leak():
    x = torch.randn(50, 3).double() @ torch.diag(torch.tensor([1.5, 1.0, 0.3])).double()
    values, axes = torch.linalg.eigh(x.T @ x / 50)
    w = first = torch.ones(3).double()
    for _ in range(100):
        w = w + leaky_step(x, (x @ w)[:, None], w, 0.5, 0.01).mean(0)
    torch.testing.assert_close(axes.T @ w, (1 + 0.01 * (values - 0.5)) ** 100 * (axes.T @ first))
    assert (values < 0.5).any() and (values > 0.5).any()
'''

FIGURE = '''"""A weight that learns and forgets settles where the two are equal."""

from neurolab.core.ops import exp
from neurolab.hebbian import leaky_step
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider

STEPS = 200


def simulate(start, leak, rate):
    """One weight whose input and output are held at 1.

    Args:
        start: the first weight.
        leak: part of the weight forgotten, over the rate.
        rate: learning rate.
    """
    w, step, weight, theory = start, [], [], []
    for k in range(STEPS + 1):
        step.append(k)
        weight.append(w)
        theory.append(1 / leak + (start - 1 / leak) * exp(-rate * leak * k))
        w = w + leaky_step(1.0, 1.0, w, leak, rate)
    return {
        "step": step,
        "weight": weight,
        "theory": theory,
        "first": [start],
        "zero": [0],
        "summary": f"Weight {weight[STEPS]:.2f} after {STEPS:.0f} steps; it settles at "
        f"{1 / leak:.2f}.",
    }


FIGURE = Figure(
    simulate,
    title="A leak stops the growth",
    caption="The weight tends to the place where learning and forgetting are equal.",
    inputs=(
        slider("start", "First weight", 0, 4, 0.1, 0.5),
        slider("leak", "Leak", 0.25, 2, 0.05, 0.5),
        slider("rate", "Learning rate", 0.01, 0.2, 0.01, 0.05),
    ),
    panels=(
        panel(
            "Weight after each step",
            axis("step", 0, STEPS),
            axis("weight", 0, 4),
            mark("line", "ink", label="theory for small steps", dash="dashed", x="step",
                 y="theory"),
            mark("line", "a", label="weight", x="step", y="weight"),
        ),
    ),
    handles=(handle("First weight", "zero", "first", drag_y="start"),),
    table=(("step", "step"), ("weight", "weight"), ("theory", "theory")),
)  # fmt: skip
'''

EXPERIMENT = '''"""A leaky weight grows by the variance of its input less the leak.

Metrics: ``growth`` (of log w, per step), ``relative_error`` (against rate (1 - leak)).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from neurolab.hebbian import leaky_step

from .contract import Progress, within

DATA = ()
UNIT = 100  # steps in one unit of progress


@dataclass(frozen=True)
class Config:
    leak: float = 0.5  # part forgotten, over the rate
    rate: float = 0.001  # learning rate
    units: int = 20  # length of the run, in units of 100 steps
    seed: int = 0  # the first seed

    def __post_init__(self):
        within(self, leak=(0, 10), rate=(1e-6, 0.1), units=(2, 10**6), seed=(0, 2**32 - 1))


PRESETS = {"quick": Config(), "full": Config(units=200)}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    chance = torch.Generator()
    if state is None:
        chance.manual_seed(config.seed)
        w, done = torch.ones(100, dtype=torch.float64), 0
    else:
        chance.set_state(state["chance"])
        w, done = state["w"], state["done"]
    while done < config.units:
        for x in torch.randn(UNIT, 100, generator=chance, dtype=torch.float64).unbind():
            w = w + leaky_step(x, w * x, w, config.leak, config.rate)
        done += 1
        growth, wanted = w.log().mean().item() / (UNIT * done), config.rate * (1 - config.leak)
        error = abs(growth - wanted) / config.rate
        metrics = {"growth": growth, "relative_error": error}
        yield Progress(
            done, config.units, metrics, {"chance": chance.get_state(), "w": w, "done": done}
        )
'''

FILES = {
    "neurolab/hebbian/leaky.py": IDEA,
    "tests/hebbian/test_leaky.py": TEST,
    "neurolab/live/figures/leaky.py": FIGURE,
    "neurolab/experiments/leaky_growth.py": EXPERIMENT,
}
LINES = {
    "neurolab/hebbian/__init__.py": [
        (
            "from .layer import bounded as bounded\n",
            "from .leaky import Leaky as Leaky\nfrom .leaky import leaky_step as leaky_step\n",
        ),
        ("RULES: dict[str, type[Layer]] = {\n", '    "leaky": Leaky,\n'),
    ],
    "neurolab/live/figures/__init__.py": [
        ("from . import (\n", "    leaky,\n"),
        ("    for module in (\n", "        leaky,\n"),
    ],
    "neurolab/experiments/__init__.py": [
        (
            "EXPERIMENTS: dict[str, str] = {\n",
            '    "leaky-growth": "neurolab.experiments.leaky_growth",\n',
        ),
    ],
}
MISTAKES = {
    "neurolab/hebbian/leaky.py": (
        "(mean_product(y, x) - self",
        "(mean_product(y, x) + self",
        "test_the_fast_form_is_the_mean_of_the_step[leaky]",
    ),
    "tests/hebbian/test_leaky.py": (
        "1 + 0.01 * (values - 0.5)",
        "1 + 0.01 * (values + 0.5)",
        "test_each_component_grows_by_its_eigenvalue_less_the_leak",
    ),
    "neurolab/live/figures/leaky.py": (
        "weight.append(w)",
        "weight.append(sum([w]))",
        "test_figure_in_node_is_the_figure_in_python[leaky-plain]",
    ),
    "neurolab/experiments/leaky_growth.py": (
        "100, generator=chance, dtype",
        "100, dtype",
        "test_goes_on_from_any_state_to_the_same_numbers[leaky-growth]",
    ),
}
