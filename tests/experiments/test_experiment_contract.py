"""What every experiment promises. A new row in EXPERIMENTS is tested here at once.

An experiment whose quick preset takes more than a second gets a row in SMALL.
"""

import inspect
import math
import re
import time
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
import torch

from neurolab import experiments, tasks
from neurolab.experiments import Refused
from neurolab.experiments.checkpoint import pack, read
from neurolab.experiments.contract import OPTIONS, PRESETS, reads

SMALL = {
    "adding-problem": {"units": 6, "steps": 10, "batch": 4, "iterations": 20, "tested": 16},
    "abrupt-learning": {"units": 6, "delay": 3, "iterations": 10, "tested": 16, "starts": 2},
    "ann-to-snn": {
        "epochs": 1,
        "tuning": 1,
        "maps": (2, 3),
        "times": (4,),
        "steps": 4,
        "shown": 20,
    },
    "bcm-clusters": {"calls": 100},
    "code-sparsity": {"units": 12, "epochs": 1, "passes": 1, "columns": 40, "cells": 3},
    "contracting-digits": {"modules": 2, "units": 3, "epochs": 1},
    "cue-accumulation": {"units": 6, "channel": 2, "batch": 4, "iterations": 10, "tested": 16},
    "dcaap-xor": {"iterations": 10, "starts": 2},
    "dendrite-ablations": {"variants": ("full",), "rates": (1e-3,), "tasks": 3, "width": 32},
    "deep-rewiring": {"units": 12, "units2": 8, "epochs": 3, "batch": 50},
    "distal-reward": {"seconds": 10.0},
    "first-spike": {"units": 16, "epochs": 3},
    "hebb-growth": {"units": 8},
    "hodgkin-huxley-all-or-none": {"pulses": 4, "rounds": 3, "dt": 0.05, "duration": 8.0},
    "information-in-times": {"trials": 20},
    "irregular-sine": {"units": 6, "samples": 20, "batch": 4, "iterations": 10, "tested": 16},
    "keyword-spotting": {"epochs": 2, "tuning": 1, "units": 6, "channels": 4, "frames": 3}
    | {"steps": 4, "checked": 1},
    "krotov-hopfield": {"units": 20, "passes": 2, "epochs": 2},
    "learning-to-learn": {"lif": 4, "alif": 4, "batch": 4, "iterations": 10, "tested": 16},
    "memristor": {"devices": 2, "seconds": 2.0, "noises": (0.0, 0.05, 0.2)},
    "memory-bill": {"units": 6, "rtrl_units": 4, "inputs": 4, "steps": 48, "window": 5},
    "mini-spaun": {"examples": 100, "epochs": 4, "eye_neurons": 60, "fit_steps": 3},
    "mlp-against-spikes": {"units": 16, "epochs": 2},
    "lif-rate": {"currents": 1, "duration": 300.0, "dt": 0.1, "units": 10},
    "multitask-reach": {"width": 8, "episodes": 2, "passes": 1, "batches": 2, "tested": 2},
    "n-parity": {"units": 6, "batch": 4, "iterations": 10, "tested": 16, "draws": 2},
    "nef-decoders": {"sizes": (20, 40), "repeats": 1, "neurons": 20, "seconds": 2.0},
    "nodal-adaptation": {"links": 5, "students": 4, "presentations": 20},
    "oja-digits": {"passes": 4},
    "permuted-mnist-dendrites": {"streams": (2, 5), "width": 16, "passes": 1.0, "batch": 256},
    "pes-control": {"neurons": 10, "cycles": 2, "period": 0.2},
    "permanence-capacity": {"inputs": 300, "active": 20, "segments": 10, "room": 12, "sample": 10}
    | {"threshold": 5, "matching": 8, "patterns": 16, "every": 2, "tests": 50, "mixed": 3}
    | {"mixed_threshold": 6},
    "recurrent-denoiser": {"size": 6, "channels": 2, "batch": 2, "iterations": 8, "long": 20}
    | {"films": 2, "starts": 2, "rounds": 2, "after": 10},
    "sanger-digits": {"passes": 3},
    "pattern-generation": {"units": 8, "inputs": 8, "steps": 40, "trials": 10},
    "sdr-false-match": {"patterns": 100, "segments": 100},
    "sequence-memory": {"steps": 60, "change": 40, "new": 1, "new_steps": 30, "recent": 3}
    | {"block": 20},
    "sequential-mnist": {"lif": 4, "alif": 4, "lstm": 6, "batch": 10, "shown": 20},
    "sparse-noise": {"epochs": 3, "examples": 100, "filters": 3, "units": 10},
    "spiking-grasp": {"discs": 2, "neurons": 3, "seconds": 0.1},
    "spoken-digits": {"units": 8, "channels": 4, "epochs": 1},
    "stdp-competition": {"inputs": 100, "seconds": 5.0},
    "stdp-digits": {"units": 20, "passes": 1, "picture": 60.0, "rest": 40.0, "step": 300},
    "stdp-latency": {"inputs": 100, "seconds": 5.0, "listen": 1.0},
    "store-recall": {"units": 6, "alif": 3, "batch": 4, "iterations": 10, "tested": 16},
    "subthreshold-information": {"trials": 80, "draws": 5},
    "target-parity": {"models": ("sweeps", "rates"), "targets": ("nengo", "loihi"), "examples": 1},
    "temporal-mnist": {"units": 10, "epochs": 3},
    "two-layer-neuron": {"volleys": 20, "streams": 4, "steps": 20, "iterations": 10, "batch": 2},
    "wang-decision": {"neurons": 40, "trials": 4, "longest": 200.0, "threshold": 4.0},
    "xor-reward": {"hidden": 5, "networks": 2, "trials": 44, "length": 50, "shows": 2},
}


@pytest.fixture(params=experiments.EXPERIMENTS, scope="module")
def name(request):
    return request.param


@pytest.fixture(scope="module")
def module(name):
    return experiments.load(name)


@pytest.fixture(scope="module")
def config(name, module):
    return replace(module.PRESETS["quick"], **SMALL.get(name, {}))


@pytest.fixture(scope="module")
def whole(module, config, tmp_path_factory):
    """Every Progress of a run, its state through a file, as it was when it was yielded."""
    file, kept = tmp_path_factory.mktemp("whole") / "a", []
    for progress in module.run(config):
        file.write_bytes(pack(progress, 0.0))
        kept.append(read(file)[0])
    return kept


def test_config_is_frozen_and_has_defaults(module):
    config = module.Config()
    assert config.seed == 0
    with pytest.raises(FrozenInstanceError):
        config.seed = 1
    assert not {f.name for f in fields(config)} & set(OPTIONS)


def test_every_field_is_explained(module):
    """The help shows the comment behind it."""
    source = inspect.getsource(module.Config)
    for field in fields(module.Config):
        assert re.search(rf"^    {field.name}: .* = .*  # \w", source, re.M), field.name


def test_every_number_has_a_range(module):
    numbers = [f.name for f in fields(module.Config) if f.type in (int, float)]
    assert "seed" in numbers
    for name in numbers:
        for wrong in (math.nan, math.inf, -1e300, 10**400, -(10**400), "1", None, True):
            with pytest.raises(Refused, match=name):
                replace(module.Config(), **{name: wrong})


def test_presets_and_data(name, module):
    assert tuple(module.PRESETS) == PRESETS
    assert all(type(preset) is module.Config for preset in module.PRESETS.values())
    quick, full = (reads(module, preset) for preset in module.PRESETS.values())
    assert set(full) <= set(tasks.DATA)
    assert all(tasks.entry(data).package for data in quick), "it must run where nothing was fetched"
    assert re.fullmatch(r"[a-z0-9-]+", name)
    assert experiments.describe(name) == inspect.getdoc(module).splitlines()[0]
    assert len(experiments.describe(name)) <= 100


def test_progress_goes_from_one_end_to_the_other(whole):
    done, (total,) = [p.done for p in whole], {p.total for p in whole}
    assert len(done) > 2, "it could hardly be stopped anywhere"
    assert done == sorted(set(done)) and done[0] > 0 and done[-1] == total
    assert len({frozenset(p.metrics) for p in whole}) == 1
    assert all(math.isfinite(value) for value in whole[-1].metrics.values())


def test_goes_on_from_any_state_to_the_same_numbers(module, config, whole):
    for place in sorted({0, len(whole) // 2, len(whole) - 2}):
        torch.manual_seed(place)
        np.random.seed(place)
        rest = list(module.run(config, whole[place].state))
        assert [p.done for p in rest] == [p.done for p in whole[place + 1 :]]
        assert [p.metrics for p in rest] == [p.metrics for p in whole[place + 1 :]]


def test_draws_from_generators_of_its_own(module, config):
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    next(module.run(config))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()


def test_seeds_differ(module, config):
    def tensors(seed):
        state = next(module.run(replace(config, seed=seed))).state
        return {k: v for k, v in state.items() if isinstance(v, torch.Tensor) and k != "chance"}

    zero, one = tensors(0), tensors(1)
    assert any(not torch.equal(zero[k], one[k]) for k in zero)


def work() -> float:
    """Seconds of the processor for some work of the kinds that an experiment does."""
    started = time.process_time()  # what others do on the machine does not count
    x = torch.ones(200_000)
    for _ in range(400):
        x = 0.9 * x + 0.1
    for _ in range(20):
        x[:90_000].view(300, 300) @ x[:90_000].view(300, 300)
    sum(i * i for i in range(1_000_000))
    return time.process_time() - started


WORK = 0.1  # seconds of ``work`` on the machine that the ten seconds are meant for


@pytest.mark.slow
def test_quick_preset_takes_at_most_ten_seconds(name, module):
    started = time.process_time()
    made = experiments.run(name, "quick")
    taken = time.process_time() - started
    assert taken < 10 or taken < 10 * work() / WORK, "on a slower machine as many times more"
    assert set(made["data"]) == set(reads(module, module.PRESETS["quick"]))
    assert all(math.isfinite(m["mean"]) for m in made["metrics"].values())
