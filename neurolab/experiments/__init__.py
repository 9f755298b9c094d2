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
    "abrupt-learning": "neurolab.experiments.abrupt_learning",
    "adding-problem": "neurolab.experiments.adding_problem",
    "ann-to-snn": "neurolab.experiments.ann_to_snn",
    "bcm-clusters": "neurolab.experiments.bcm_clusters",
    "code-sparsity": "neurolab.experiments.code_sparsity",
    "contracting-digits": "neurolab.experiments.contracting_digits",
    "cue-accumulation": "neurolab.experiments.cue_accumulation",
    "dcaap-xor": "neurolab.experiments.dcaap_xor",
    "dendrite-ablations": "neurolab.experiments.dendrite_ablations",
    "deep-rewiring": "neurolab.experiments.deep_rewiring",
    "distal-reward": "neurolab.experiments.distal_reward",
    "first-spike": "neurolab.experiments.first_spike",
    "hebb-growth": "neurolab.experiments.hebb_growth",
    "hodgkin-huxley-all-or-none": "neurolab.experiments.hodgkin_huxley_all_or_none",
    "information-in-times": "neurolab.experiments.information_in_times",
    "irregular-sine": "neurolab.experiments.irregular_sine",
    "keyword-spotting": "neurolab.experiments.keyword_spotting",
    "krotov-hopfield": "neurolab.experiments.krotov_hopfield",
    "learning-to-learn": "neurolab.experiments.learning_to_learn",
    "lif-rate": "neurolab.experiments.lif_rate",
    "memristor": "neurolab.experiments.memristor",
    "memory-bill": "neurolab.experiments.memory_bill",
    "mini-spaun": "neurolab.experiments.mini_spaun",
    "mlp-against-spikes": "neurolab.experiments.mlp_against_spikes",
    "multitask-reach": "neurolab.experiments.multitask_reach",
    "n-parity": "neurolab.experiments.n_parity",
    "nef-decoders": "neurolab.experiments.nef_decoders",
    "nodal-adaptation": "neurolab.experiments.nodal_adaptation",
    "oja-digits": "neurolab.experiments.oja_digits",
    "pattern-generation": "neurolab.experiments.pattern_generation",
    "pes-control": "neurolab.experiments.pes_control",
    "permanence-capacity": "neurolab.experiments.permanence_capacity",
    "permuted-mnist-dendrites": "neurolab.experiments.permuted_mnist_dendrites",
    "recurrent-denoiser": "neurolab.experiments.recurrent_denoiser",
    "sanger-digits": "neurolab.experiments.sanger_digits",
    "sdr-false-match": "neurolab.experiments.sdr_false_match",
    "sequence-memory": "neurolab.experiments.sequence_memory",
    "sequential-mnist": "neurolab.experiments.sequential_mnist",
    "sparse-noise": "neurolab.experiments.sparse_noise",
    "spiking-grasp": "neurolab.experiments.spiking_grasp",
    "spoken-digits": "neurolab.experiments.spoken_digits",
    "stdp-competition": "neurolab.experiments.stdp_competition",
    "stdp-digits": "neurolab.experiments.stdp_digits",
    "stdp-latency": "neurolab.experiments.stdp_latency",
    "stdp-window": "neurolab.experiments.stdp_window",
    "store-recall": "neurolab.experiments.store_recall",
    "subthreshold-information": "neurolab.experiments.subthreshold_information",
    "target-parity": "neurolab.experiments.target_parity",
    "temporal-mnist": "neurolab.experiments.temporal_mnist",
    "two-layer-neuron": "neurolab.experiments.two_layer_neuron",
    "wang-decision": "neurolab.experiments.wang_decision",
    "xor-reward": "neurolab.experiments.xor_reward",
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
