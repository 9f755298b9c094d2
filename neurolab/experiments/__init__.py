"""Experiments by name: where ideas meet data, run with seeds, checkpoints and a record.

    from neurolab import experiments
    record = experiments.run("oja-digits", seeds=5, rate=0.002)
    record["metrics"]["cosine_pc1"]["mean"]

A new experiment is one file here, by the contract in ``contract.py``, and one row in EXPERIMENTS.
"""

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from .contract import Progress as Progress
from .contract import Refused as Refused
from .contract import within as within

# Name -> module; a module is imported when it is run, so that listing them stays fast.
EXPERIMENTS: dict[str, str] = {
    "bcm-clusters": "neurolab.experiments.bcm_clusters",
    "hebb-growth": "neurolab.experiments.hebb_growth",
    "oja-digits": "neurolab.experiments.oja_digits",
    "sanger-digits": "neurolab.experiments.sanger_digits",
    "stdp-window": "neurolab.experiments.stdp_window",
}


def load(name: str) -> ModuleType:
    """The module of an experiment.

    Raises:
        Refused: no experiment has this name.
    """
    if name not in EXPERIMENTS:
        raise Refused(f"there is no experiment {name!r}; there are: {', '.join(EXPERIMENTS)}")
    return import_module(EXPERIMENTS[name])


def describe(name: str) -> str:
    """First line of the experiment's docstring, read without importing it."""
    source = Path(find_spec(EXPERIMENTS[name]).origin).read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)).splitlines()[0]


def run(name: str, preset: str = "quick", seeds: int = 1, **options: Any) -> dict:
    """Run an experiment for ``seeds`` seeds and return its record; see ``runner.run``."""
    from . import runner

    return runner.run(name, preset, seeds, **options)
