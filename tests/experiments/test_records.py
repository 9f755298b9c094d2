"""Stored records are what their commands make: each is held against the code of today.

A plain test compares what a record says with what its command would run. A slow one runs again: the
whole first seed where that is short, and then its numbers must be the stored ones; else a reduced
run of a seed that no record holds, which must land in an interval stated beforehand (made wide
enough for three seeds of their own, 10 to 12).
"""

import json
import math
import os
import shlex
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import get_args, get_origin

import pytest

from neurolab import experiments
from neurolab.experiments.record import settings
from neurolab.experiments.runner import configure

RESULTS = Path(__file__).parents[2] / "book/results"
RECORDS = {path.stem: path for path in sorted(RESULTS.glob("*.json"))}


@dataclass(frozen=True)
class Again:
    """How a record is run again: with which changes, and where the metrics must lie."""

    changes: dict = field(default_factory=dict)  # none: the whole first seed
    within: dict = field(default_factory=dict)  # metric -> (low, high)
    needs: str = ""  # data that may be missing


AGAIN = {
    "abrupt-learning": Again(
        {"units": 24, "delay": 12, "learning": 0.003, "iterations": 300},
        {"plateau_plain": (30, 300), "plateau_consistent": (30, 300)}
        | {"change_plain": (0.3, 2), "change_consistent": (0, 0.8)},
    ),
    "adding-problem": Again(
        {"steps": 30, "iterations": 1000},
        {"mse_lstm": (0, 0.01), "mse_vanilla": (0.1, 0.2), "mse_guess": (0.15, 0.185)},
    ),
    "ann-to-snn": Again(  # the small digits and a small network, as in "quick"
        {"data": "digits", "maps": (8, 16), "kernel": 3, "epochs": 8, "tuning": 3, "batch": 25}
        | {"learning": 0.005, "shown": 200},
        {"accuracy_rate": (0.68, 0.88), "accuracy_spiking": (0.7, 0.93), "plain_8": (0.5, 0.85)}
        | {"synops_plain": (3e5, 6e5), "macs": (23680, 23680)},
    ),
    "bcm-clusters": Again(),
    "bcm-clusters-alone": Again(),
    "code-sparsity": Again(
        {"units": 20, "epochs": 1, "passes": 1, "columns": 40, "cells": 5},
        {"active_dense": (0.6, 0.8), "treves_rolls_stdp": (0.11, 0.15)}
        | {"lifetime_pooler": (0.8, 0.9)},
    ),
    "contracting-digits": Again(
        {"modules": 2, "units": 8, "epochs": 10},
        {"accuracy_assembly": (0.62, 0.78), "accuracy_lstm": (0.72, 0.84)}
        | {"contraction_rate": (-0.4, -0.1), "parameters_assembly": (522, 522)}
        | {"parameters_lstm": (556, 556)},
    ),
    "cue-accumulation": Again(
        {"iterations": 30, "tested": 128},
        {"accuracy_eprop": (0.62, 1), "accuracy_bptt": (0.65, 1), "rate_eprop": (5, 25)},
    ),
    "dcaap-xor": Again(
        {"iterations": 150, "starts": 10},
        {"clean_dcaap": (1, 1), "clean_point": (0.75, 0.75), "clean_bound": (0.75, 0.75)}
        | {"accuracy_dcaap": (0.99, 0.9998), "accuracy_point": (0.74, 0.75)}
        | {"accuracy_dcaap_at_4": (0.69, 0.75), "margin": (0.24, 0.354)},
    ),
    "deep-rewiring": Again(
        {"data": "digits", "units": 60, "units2": 30, "first": 0.1, "second": 0.15, "epochs": 8}
        | {"batch": 10, "l1": 3e-4},
        {"test_accuracy": (0.8, 0.9), "survived": (0.65, 0.82), "plateau": (0.96, 1)},
    ),
    "dendrite-ablations": Again(  # on the small digits, a small network
        {"data": "digits", "width": 64, "tasks": 3, "passes": 4, "batch": 16},
        {"accuracy_full": (0.35, 0.65), "accuracy_mlp": (0.5, 0.78)}
        | {"accuracy_mlp_xdg": (0.57, 0.93), "parameters_full": (29450, 29450)},
    ),
    "dendrite-ablations-deeper": Again(  # nor by ten layers
        {"data": "digits", "width": 64, "tasks": 3, "passes": 4, "batch": 16},
        {"accuracy_mlp_deeper": (0.05, 0.3), "parameters_mlp_deeper": (29743, 29743)},
    ),
    "dendrite-ablations-larger": Again(  # so little is learned in so short a time at its rate
        {"data": "digits", "width": 64, "tasks": 3, "passes": 4, "batch": 16},
        {"accuracy_mlp_larger": (0.05, 0.45), "parameters_mlp_larger": (29542, 29542)},
    ),
    "distal-reward": Again(
        {"networks": 4},
        {"success_rate": (0.75, 1), "weight_rewarded": (0.85, 1), "weight_others": (0.08, 0.15)},
    ),
    "distal-reward-short-trace": Again(
        {"networks": 4}, {"success_rate": (0, 0.75), "weight_others": (0.09, 0.2)}
    ),
    "first-spike": Again(
        {"data": "digits", "units": 64, "epochs": 15, "batch": 25, "shift": 0, "gain": 2.0}
        | {"rate": 0.02},
        {"test_accuracy": (0.65, 0.8), "answered": (0.85, 0.97)}
        | {"decision_ms": (3, 4.6), "spikes_an_input": (1, 1)},
    ),
    "hebb-growth": Again(),
    "hodgkin-huxley-all-or-none": Again(),
    "information-in-times": Again(),
    "irregular-sine": Again(
        {"units": 16, "iterations": 300},
        {"rmse_continuous_all": (0.09, 0.17), "rmse_continuous_half": (0.18, 0.28)}
        | {"rmse_discrete_all": (0.23, 0.33), "rmse_discrete_half": (0.37, 0.46)}
        | {"ratio": (1.5, 2.2), "ratio_timed": (0.8, 1.25), "blind_half": (0.33, 0.37)},
    ),
    "irregular-sine-whole": Again(
        {"units": 16, "iterations": 300},
        {"rmse_continuous_half": (0.29, 0.42), "rmse_discrete_half": (0.4, 0.52)}
        | {"ratio": (1.1, 1.6), "ratio_timed": (0.7, 1.05)},
    ),
    "keyword-spotting": Again(  # sounds made here and a small network, as in "quick"
        {"data": "sweeps", "channels": 16, "frames": 8, "units": 32, "epochs": 15, "tuning": 2}
        | {"learning": 0.005, "drop": 0.1, "steps": 24, "checked": 2},
        {"accuracy_ann": (0.8, 1), "accuracy_snn": (0.78, 1), "accuracy_loihi": (0.8, 1)}
        | {"emulator_mismatch": (0, 0), "macs_ann": (5440, 5440), "synops_snn": (3e4, 5e4)},
    ),
    "krotov-hopfield": Again(
        {"units": 300, "passes": 3, "epochs": 5},
        {
            "test_accuracy": (0.955, 0.97),
            "random_accuracy": (0.905, 0.94),
            "image_accuracy": (0.94, 0.965),
            "pixel_accuracy": (0.92, 0.935),
        },
        needs="mnist",
    ),
    "learning-to-learn": Again(
        {"lif": 15, "alif": 15, "samples": 10, "sample": 5, "population": 5, "batch": 16}
        | {"iterations": 150, "learning": 0.01, "tested": 64},
        {"error_last": (0.055, 0.085), "error_misled_last": (0.15, 0.23)}
        | {"error_mean": (0.11, 0.14), "error_average": (0.045, 0.065)},
    ),
    "lif-rate": Again(  # fewer neurons and longer steps, as in "quick": a seed takes a minute
        {"currents": 3, "duration": 2000.0, "dt": 0.05, "units": 40},
        {"lif_error": (0, 0.01), "alif_slope_error": (0, 0.1), "alif_tau_error": (0, 0.2)}
        | {"adex_slope_error": (0, 0.2), "adex_tau_error": (0, 0.8)}
        | {"clock_order": (0.9, 1.15), "clock_gap": (1, 2.5)},
    ),
    "memory-bill": Again(  # shorter; what goes forward needs the bytes of the record at any length
        {"steps": 300},
        {"bytes_eprop": (471404, 471404), "bytes_rtrl": (1845708, 1845708)}
        | {"bytes_truncated": (293604, 293604), "bytes_bptt": (533200, 533200)}
        | {"cosine_rtrl": (0.999999, 1.000001), "cosine_checkpointed": (0.999999, 1.000001)}
        | {"cosine_truncated": (0.88, 0.99), "cosine_eprop": (0.9, 0.97)},
    ),
    "memristor": Again(
        {"devices": 10, "seconds": 20.0},
        {"upright_0": (1, 1), "upright_5": (0.8, 1), "upright_50": (0, 0.7), "sway_0": (4, 6)},
    ),
    "mini-spaun": Again(  # small, one trial of two tasks; test_mini_spaun.py has the others
        {"tasks": ("COPY", "READ"), "trials": 1, "examples": 300, "epochs": 20}
        | {"eye_neurons": 200, "fit_steps": 20, "dimensions": 32},
        {"neurons": (6466, 6466), "like_copy": (0.6, 1), "eye": (0.75, 0.95), "reader": (0.9, 1)},
    ),
    "mini-spaun-held-out": Again(
        {"tasks": ("READ",), "trials": 1, "examples": 300, "epochs": 20}
        | {"eye_neurons": 200, "fit_steps": 20, "dimensions": 32},
        {"neurons": (4375, 4375), "eye": (0.75, 0.95), "reader": (0.9, 1)},
    ),
    "mlp-against-spikes": Again(
        {"data": "digits", "units": 64, "epochs": 10, "batch": 25, "shift": 0, "gain": 1.0},
        {"accuracy_mlp": (0.87, 0.93), "accuracy_spiking": (0.85, 0.92)}
        | {"synops_spiking": (2000, 2200)},
    ),
    "multitask-reach": Again(
        {"width": 64, "episodes": 8, "iterations": 20, "tested": 20},
        {"success_dendrites": (0.08, 0.25), "success_mlp": (0.2, 0.4)}
        | {"success_mlp_reach": (0.4, 1), "overlap_dendrites": (0.85, 0.97)}
        | {"parameters_dendrites": (5382, 5382), "parameters_mlp": (5346, 5346)},
    ),
    "n-parity": Again(
        {"iterations": 1000},
        {"reached_single": (3, 9), "reached_multi": (4, 11), "tau_multi": (1.0, 1.3)},
    ),
    "nef-decoders": Again(
        {"repeats": 1, "neurons": 100, "seconds": 2.5},
        {"slope": (-0.65, -0.42), "channel": (0.004, 0.02), "square": (0.004, 0.025)}
        | {"drift": (0, 0.08), "drift_nengo": (0, 0.08), "period": (0.98, 1.02)},
    ),
    "nodal-adaptation": Again(
        {"links": 10, "students": 10, "presentations": 600},
        {"faster": (7, 15), "presentations_nodes": (20, 40), "presentations_links": (250, 350)}
        | {"crossing_0": (600, 600), "crossing_1": (450, 600), "crossing_100": (5, 100)}
        | {"nodes_10": (0.07, 0.15), "nodes_100": (0.85, 1.1), "links_100": (0.002, 0.02)},
    ),
    "oja-digits": Again(),
    "pattern-generation": Again(
        {"trials": 30}, {"nmse_eprop": (0.1, 0.2), "nmse_bptt": (0.1, 0.2)}
    ),
    "permanence-capacity": Again(
        {"patterns": 160, "every": 20, "tests": 3000},
        {"recalled": (0.95, 1), "false_match": (0.005, 0.016), "touched_most": (0.0035, 0.00391)}
        | {"capacity_mixed": (50, 75)},
    ),
    "pes-control": Again(  # as in "quick": the emulator takes a minute a seed
        {"neurons": 100, "period": 1.6, "cycles": 3},
        {"error_pd": (22, 29), "error_known": (11, 15), "error_nengo": (4, 10)}
        | {"error_torch": (4, 10), "error_loihi": (4, 11), "factor_nengo": (2.5, 6)},
    ),
    "recurrent-denoiser": Again(
        {"channels": 4, "batch": 8, "iterations": 100, "long": 300, "films": 4, "starts": 4}
        | {"rounds": 10, "after": 100},
        {"psnr_free": (8.5, 11.5), "psnr_spectral": (8.5, 11.5), "diverged_free": (0.25, 1)}
        | {"diverged_spectral": (0, 0), "found_spectral": (0, 0), "norm_spectral": (0.9, 0.951)},
    ),
    "sanger-digits": Again(),
    "permuted-mnist-dendrites": Again(  # on the small digits
        {"data": "digits", "width": 128, "batch": 32, "faster": 4.0},
        {"accuracy_2": (0.4, 0.75), "accuracy_5": (0.35, 0.7), "accuracy_10": (0.4, 0.75)}
        | {f"inference_{tasks}": (0.98, 1) for tasks in (2, 5, 10)},
    ),
    "permuted-mnist-dendrites-winners": Again(  # on the small digits
        {"data": "digits", "width": 128, "batch": 32, "faster": 4.0},
        {"winners_2": (0.35, 0.7), "winners_5": (0.25, 0.55), "winners_10": (0.3, 0.6)},
    ),
    "permuted-mnist-dendrites-ours": Again(  # on the small digits
        {"data": "digits", "width": 128, "batch": 32, "faster": 4.0},
        {"ours_10": (0.4, 0.75), "forgotten_ours_10": (0.02, 0.3)},
    ),
    "permuted-mnist-dendrites-25": Again(  # on the small digits, a small network
        {"data": "digits", "width": 64, "batch": 128, "faster": 8.0},
        {"accuracy_25": (0.2, 0.45), "inference_25": (0.98, 1), "forgotten_25": (0.05, 0.25)},
    ),
    "permuted-mnist-dendrites-mlp": Again(  # on the small digits, and so faster
        {"data": "digits", "width": 64, "batch": 16, "faster": 30.0},
        {"mlp_10": (0.3, 0.6)},
    ),
    "permuted-mnist-dendrites-si": Again(  # on the small digits, a small network
        {"data": "digits", "width": 64, "batch": 128, "faster": 8.0},
        {"si_10": (0.35, 0.65)},
    ),
    "sdr-false-match": Again(
        {"patterns": 300, "segments": 300},
        {"worst_deviation": (1.5, 4.5), "beyond_two": (0, 0.12), "overlap_p": (0.001, 1)}
        | {"threshold_low": (10, 10)},
    ),
    "sequence-memory": Again(  # a seed takes minutes: the small streams, as in "quick"
        {"pairs": 1, "pool": 6, "strays": 60, "steps": 720, "change": 420, "new": 2}
        | {"new_steps": 240, "recent": 10, "columns": 120, "active": 10, "cells": 6}
        | {"segments": 5000, "room": 14, "threshold": 6, "sample": 10, "every": 3, "block": 60},
        {"accuracy_htm": (0.85, 1), "learned_htm": (100, 260), "recovery_htm": (50, 300)}
        | {"changed_htm": (0.005, 0.02), "accuracy_lstm": (0.75, 0.95)}
        | {"changed_lstm": (0.3, 0.35)},
    ),
    "sequential-mnist": Again(  # smaller pictures, as in "quick": a seed takes half an hour
        {"data": "digits", "side": 8, "thresholds": 20, "lif": 20, "alif": 30, "lstm": 20}
        | {"batch": 50, "iterations": 200, "learning_lsnn": 0.01, "learning_lif": 0.01}
        | {"learning_lstm": 0.02, "shown": 100},
        {"accuracy_lsnn": (0.3, 0.52), "accuracy_lif": (0.3, 0.55), "accuracy_lstm": (0.3, 0.7)},
    ),
    "sequential-mnist-whole": Again(  # smaller pictures, as in "quick"
        {"data": "digits", "side": 8, "thresholds": 20, "lif": 20, "alif": 30, "lstm": 20}
        | {"batch": 50, "iterations": 200, "learning_lsnn": 0.01, "learning_lif": 0.01}
        | {"learning_lstm": 0.02, "shown": 100},
        {"accuracy_lsnn": (0.3, 0.52), "accuracy_lif": (0.3, 0.55), "accuracy_lstm": (0.3, 0.7)},
    ),
    "sparse-noise": Again(  # small pictures of digits, as in "quick"
        {"data": "digits", "filters": 12, "kernel": 3, "units": 60, "epochs": 4, "batch": 16}
        | {"filters_on": 0.2, "units_on": 0.4, "connected": 0.5, "rate": 0.06, "rate_decay": 0.9}
        | {"examples": 1000},
        {"accuracy_dense": (0.8, 1), "accuracy_sparse": (0.7, 1)},
    ),
    "sparse-noise-spoken": Again(  # small pictures of digits, as in "quick"
        {"data": "digits", "filters": 12, "kernel": 3, "units": 60, "epochs": 4, "batch": 16}
        | {"filters_on": 0.2, "units_on": 0.4, "connected": 0.5, "rate": 0.06, "rate_decay": 0.9}
        | {"examples": 1000},
        {"accuracy_dense": (0.8, 1), "accuracy_sparse": (0.7, 1)},
    ),
    "spiking-grasp": Again(
        {"discs": 6, "neurons": 10, "seconds": 2.5, "choices": 2, "speeds": (0.003, 0.02)},
        {"success_1": (0.6, 1), "success_closed_1": (0, 0.7), "success_3": (0.6, 1)}
        | {"in_band_1": (0.6, 1), "hasty_10": (0, 0.5), "band_low": (1.8, 1.83)},
    ),
    "spoken-digits": Again(  # a network takes minutes: sounds made here, as in "quick"
        {"data": "sweeps", "units": 32, "channels": 8, "longest": 20, "shift": 0, "epochs": 15}
        | {"batch": 40},
        {"accuracy_usual_split": (0.45, 0.9), "accuracy_new_speakers": (0.4, 0.7)}
        | {"worst_speaker": (0.25, 0.6)},
    ),
    "stdp-competition": Again(
        {"seconds": 500.0}, {"rate_before": (185, 210), "rate_after": (8, 16), "cv": (0.6, 1.1)}
    ),
    "stdp-digits": Again(  # MNIST takes minutes even in part: the small digits, as in "quick"
        {"data": "digits", "passes": 2, "theta_plus": 0.1, "target": 0.3}
        | {"gain": 2.0, "mean_weight": 0.3},
        {"test_accuracy": (0.7, 0.9), "held_out_accuracy": (0.7, 0.9)},
    ),
    "stdp-latency": Again(
        {"seconds": 60.0, "listen": 10.0},
        {"latency_reduction": (15, 25), "weight_early": (0.6, 1), "weight_late": (0, 0.02)},
    ),
    "stdp-window": Again(),
    "store-recall": Again(
        {"iterations": 100, "batch": 48, "tested": 256},
        {"error_alif": (0, 0.22), "error_lif": (0.25, 0.5)},
    ),
    "subthreshold-information": Again(
        {"trials": 600, "draws": 50},
        {"fraction_low": (0.38, 0.56), "from_low": (0.3, 0.52), "fraction_high": (-0.06, 0.05)}
        | {"spikes_low": (0.005, 0.04), "spikes_high": (5.8, 6.6)},
    ),
    "target-parity": Again(
        {"examples": 2},
        {"spike_mismatch_nengo": (0, 0), "spike_mismatch_loihi": (0, 0)}
        | {"spike_mismatch_brian2": (0, 0)}
        | {"spike_mismatch_chip": (0.3, 0.9), "synops_rates": (5e4, 1e5)},
    ),
    "temporal-mnist": Again(
        {"data": "digits", "units": 60, "epochs": 8, "batch": 20, "rate": 0.002},
        {"held_out_accuracy": (0.87, 0.97), "test_accuracy": (0.8, 0.93)}
        | {"hidden_before": (0.6, 0.9)},
    ),
    "two-layer-neuron": Again(
        {"volleys": 300, "streams": 8, "steps": 100, "iterations": 120, "batch": 4},
        {"r2_point": (0.78, 0.9), "r2_two_layer": (0.93, 0.99), "gap": (0.09, 0.2)}
        | {"gap_wide": (0.02, 0.08), "r2_point_fixed": (-0.2, 0.05), "gap_fixed": (0.8, 1.1)},
    ),
    "wang-decision": Again(
        {"neurons": 500, "trials": 10},
        {"accuracy_c0": (0.05, 0.95), "accuracy_c512": (0.75, 1)}
        | {"time_c0": (350, 950), "time_c512": (100, 500)},
    ),
    "xor-reward": Again({"hidden": 20, "trials": 120, "networks": 2}, {"accuracy": (0.8, 1)}),
    "xor-reward-single": Again({"trials": 120, "networks": 2}, {"accuracy": (0.7, 0.76)}),
}


UNMADE: set[str] = set()  # not yet run at full size


@pytest.fixture(params=RECORDS)
def stored(request):
    return request.param, json.loads(RECORDS[request.param].read_text(encoding="utf-8"))


def asked(command: str) -> tuple[str, dict[str, str]]:
    """Name and options of ``neurolab run NAME --option value [value ...] ...``."""
    program, run, name, *rest = shlex.split(command)
    assert (program, run) == ("neurolab", "run"), command
    options: dict[str, str] = {}
    for part in rest:
        if part.startswith("--"):
            options[option := part.removeprefix("--").replace("-", "_")] = ""
        else:  # some take several values
            options[option] = f"{options[option]} {part}".strip()
    assert all(options.values()), command
    return name, options


def test_every_experiment_has_a_record_and_every_record_is_run_again():
    made = {json.loads(path.read_text())["experiment"] for path in RECORDS.values()}
    ours = {n for n, module in experiments.EXPERIMENTS.items() if module.startswith("neurolab.")}
    assert made | UNMADE == ours and not made & UNMADE
    assert set(AGAIN) == set(RECORDS)


def test_a_record_is_what_its_command_makes(stored):
    """Its command writes this file, runs these settings and seeds, and measures these metrics."""
    name, record = stored
    experiment, options = asked(record["command"])
    assert experiment == record["experiment"]
    assert options.pop("json") == f"book/results/{name}.json"
    assert options.pop("preset") == record["preset"] == "full"
    assert record["seeds"] == list(range(int(options.pop("seeds", "1"))))
    module = experiments.load(experiment)
    kinds = {f.name: f.type for f in fields(module.Config)}
    changes = {
        option: tuple(map(get_args(kinds[option])[0], value.split()))
        if get_origin(kinds[option]) is tuple
        else kinds[option](value)
        for option, value in options.items()
    }
    asked_for = settings(configure(experiment, module, "full", changes))
    assert json.loads(json.dumps(asked_for)) == record["config"]
    for metric in record["metrics"].values():
        assert len(metric["values"]) == len(record["seeds"])
        assert all(math.isfinite(value) for value in metric["values"])
        assert metric["mean"] == pytest.approx(sum(metric["values"]) / len(metric["values"]))
        assert (metric["ci95"] is None) == (len(record["seeds"]) == 1)
    assert record["commit"] and not record["commit"].endswith("+changes")


@pytest.mark.slow
def test_a_record_can_be_made_again(stored):
    name, record = stored
    again = AGAIN[name]
    if again.needs and not os.environ.get("NEUROLAB_DATA"):
        pytest.skip(f"needs {again.needs}: set NEUROLAB_DATA to where it lies")
    seed = {} if not again.changes else {"seed": 10}
    changes = record["config"] | again.changes | seed
    made = experiments.run(record["experiment"], record["preset"], 1, bar=False, **changes)
    found = {metric: told["mean"] for metric, told in made["metrics"].items()}
    fewer = {"tasks", "variants"} & again.changes.keys()  # and so fewer metrics
    assert set(found) == set(record["metrics"]) or (fewer and set(found) < set(record["metrics"]))
    if not again.changes:
        kept = {metric: told["values"][0] for metric, told in record["metrics"].items()}
        assert found == pytest.approx(kept, rel=1e-3, abs=1e-6)  # rounding differs by machine
    for metric, (low, high) in again.within.items():
        assert low <= found[metric] <= high, (metric, found[metric], low, high)
