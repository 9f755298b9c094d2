"""The record, resuming, and what is refused."""

import json
import re
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
import scipy.stats
import walk

from neurolab import experiments
from neurolab.experiments import Refused, record, runner

FIELDS = ["experiment", "preset", "config", "seeds", "metrics", "data", "device", "seconds"]
FIELDS += ["versions", "commit", "command"]


def said():
    """A list, and the function that puts lines into it."""
    lines = []
    return lines, lines.append


def same(one, other):
    """Field by field, but for the time it took and the words it was asked with."""
    return all(one[f] == other[f] for f in FIELDS if f not in ("seconds", "command"))


def test_record_holds_what_was_run(tmp_path):
    made = experiments.run("walk", "full", 3, json=tmp_path / "walk.json", pause=0.0001)
    assert list(made) == FIELDS
    assert json.loads((tmp_path / "walk.json").read_text()) == made
    assert made["config"] == {"steps": 100, "pause": 0.0001, "breaks": -1}
    assert made["seeds"] == [0, 1, 2]
    assert (made["experiment"], made["preset"], made["data"]) == ("walk", "full", {})
    assert made["seconds"] > 3 * 100 * 0.0001
    assert {"python", "torch", "numpy", "neurolab"} <= set(made["versions"])
    assert made["command"] == "neurolab.experiments.run('walk', 'full', 3, pause=0.0001)"


def test_data_may_depend_on_the_settings(monkeypatch):
    monkeypatch.setattr(walk, "DATA", lambda config: ("digits",) if config.steps > 3 else ())
    assert experiments.run("walk", steps=3)["data"] == {}
    assert experiments.run("walk", steps=4)["data"] == {"digits": "scikit-learn"}


def test_metrics_are_those_of_the_generator():
    """Drained by hand, with statistics by scipy."""
    made = experiments.run("walk", seeds=4, seed=7)
    assert made["seeds"] == [7, 8, 9, 10]
    last = [list(walk.run(walk.Config(seed=seed)))[-1].metrics for seed in made["seeds"]]
    for name, found in made["metrics"].items():
        values = [metrics[name] for metrics in last]
        assert found["values"] == values
        assert len(set(values)) == 4
        want = scipy.stats.t.interval(0.95, 3, np.mean(values), scipy.stats.sem(values))
        assert found["ci95"] == pytest.approx(want)


def test_resumes_to_the_same_numbers(monkeypatch):
    whole = experiments.run("walk", seeds=3)
    walk.CALLS.clear()
    with pytest.raises(ArithmeticError):
        experiments.run("walk", seeds=3, breaks=12, save_every=0)
    lines, tell = said()
    # The cause is gone, the settings are the same: what broke was the world, not the walk.
    broken = walk.run
    monkeypatch.setattr(walk, "run", lambda c, state=None: broken(walk.Config(seed=c.seed), state))
    again = experiments.run("walk", seeds=3, breaks=12, resume=True, tell=tell)
    assert again["metrics"] == whole["metrics"]
    assert walk.CALLS == [(0, 0), (0, 12), (1, 0), (2, 0)]
    assert lines == []


def leave(runs, seeds, **changes):
    """Checkpoints of a run that was stopped when all seeds but its record were done."""
    keep = runner.Slot.clear
    runner.Slot.clear = lambda slot: None
    try:
        return experiments.run("walk", seeds=seeds, **changes)
    finally:
        runner.Slot.clear = keep


def test_finished_seeds_are_not_run_again(runs):
    whole = leave(runs, 3)
    walk.CALLS.clear()
    assert same(experiments.run("walk", seeds=3, resume=True), whole)
    assert walk.CALLS == []
    leave(runs, 2)
    walk.CALLS.clear()
    more = experiments.run("walk", seeds=3, resume=True)
    assert more["metrics"] == whole["metrics"]
    assert walk.CALLS == [(2, 0)]


def test_seconds_are_those_of_all_parts(runs):
    whole = leave(runs, 2, pause=0.005)
    assert whole["seconds"] >= 2 * 20 * 0.005
    again = experiments.run("walk", seeds=2, pause=0.005, resume=True)
    assert walk.CALLS == [(0, 0), (1, 0)], "the second run computed nothing"
    assert again["seconds"] == pytest.approx(whole["seconds"], rel=0.2)


def test_a_damaged_checkpoint_costs_its_seed_alone(runs):
    whole = leave(runs, 3)
    (file,) = runs.glob("*/slot-0/seed-1.safetensors")
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    walk.CALLS.clear()
    (lines, tell) = said()
    assert same(experiments.run("walk", seeds=3, resume=True, tell=tell), whole)
    assert walk.CALLS == [(1, 0)]
    (line,) = lines
    assert re.match(r"the checkpoint of seed 1 is damaged: .*set aside as .*starts again", line)


def test_other_settings_do_not_share_checkpoints(runs):
    leave(runs, 2)
    lines, tell = said()
    walk.CALLS.clear()
    experiments.run("walk", seeds=2, steps=21, resume=True, tell=tell)
    assert walk.CALLS == [(0, 0), (1, 0)]
    assert len(lines) == 1 and "nothing to resume" in lines[0]


def test_key_knows_the_code(monkeypatch):
    before = record.key("walk", walk.Config())
    assert record.key("walk", walk.Config(seed=3)) == before, "seeds have files of their own"
    assert record.key("walk", walk.Config(steps=3)) != before
    monkeypatch.setattr(record, "versions", lambda: {"torch": "0"})
    assert record.key("walk", walk.Config()) != before


def test_a_finished_run_leaves_no_checkpoint(runs):
    experiments.run("walk", seeds=2, save_every=0)
    assert list(runs.rglob("*.safetensors")) == []


def test_a_new_run_does_not_take_what_is_left(runs):
    leave(runs, 1)
    walk.CALLS.clear()
    experiments.run("walk")
    assert walk.CALLS == [(0, 0)]
    assert len(list(runs.rglob("*.safetensors"))) == 1, "it is still there to be resumed"


def test_goes_on_when_the_disk_is_full(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    whole = experiments.run("walk")
    monkeypatch.setattr(runner, "write", full)
    lines, tell = said()
    assert same(experiments.run("walk", tell=tell), whole)
    assert "No space left" in lines[0]


def test_metrics_that_are_not_finite_are_null(tmp_path, monkeypatch):
    old = walk.run

    def odd(config, state=None):
        for progress in old(config, state):
            yield experiments.Progress(progress.done, progress.total, {"m": float("nan")}, {})

    monkeypatch.setattr(walk, "run", odd)
    experiments.run("walk", seeds=2, json=tmp_path / "a.json")
    found = json.loads((tmp_path / "a.json").read_text())["metrics"]["m"]
    assert found == {"mean": None, "ci95": None, "values": [None, None]}


def test_an_experiment_that_ends_early_is_an_error(monkeypatch):
    old = walk.run
    monkeypatch.setattr(walk, "run", lambda c, s=None: list(old(c, s))[:-1])
    with pytest.raises(RuntimeError, match="ended before it was done"):
        experiments.run("walk")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"name": "wolk"}, r"no experiment 'wolk'; there are: "),
        ({"preset": "slow"}, r"preset must be one of quick, full, got 'slow'"),
        ({"step": 3}, r"walk has no field 'step'; .*did you mean steps\?"),
        ({"steps": 0}, r"steps must be a whole number from 1 to 1,000,000, got 0"),
        ({"steps": 2.0}, r"steps must be a whole number .* got 2.0"),
        ({"pause": "long"}, r"pause must be a number from 0 to 1, got 'long'"),
        ({"pause": float("nan")}, r"pause must be a number .* got nan"),
        ({"seeds": 0}, r"seeds must be a whole number from 1"),
        ({"seeds": True}, r"seeds must be"),
        ({"seeds": 2, "seed": 2**32 - 1}, r"seed must be .* got 4294967296"),
        ({"json": "/nowhere/at/all.json"}, r"json: there is no folder /nowhere/at"),
        ({"json": "."}, r"json: \. is a folder"),
    ],
)
def test_refuses(what, message):
    with pytest.raises(Refused, match=message):
        experiments.run(**({"name": "walk"} | what))
    assert walk.CALLS == [], "before anything is computed"


def test_bar_is_shown_when_asked_for(capsys):
    experiments.run("walk", bar=True)
    assert re.search(r"walk: 100%.*20/20.*seed=0.*distance=", capsys.readouterr().err)
    experiments.run("walk")
    assert capsys.readouterr().err == "", "not where stderr is no terminal"


@pytest.mark.slow
def test_bar_in_a_notebook_is_a_widget(tmp_path):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    code = "from neurolab import experiments; list(experiments.run('stdp-window', pairs=2))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": tmp_path}}).execute()
    outputs = notebook.cells[0].outputs
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert "application/vnd.jupyter.widget-view+json" in kinds
    assert "'ci95'" not in str(outputs) and "'metrics'" in str(outputs)


def test_commit_is_that_of_git():
    found = record.commit()
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=record.PACKAGE, capture_output=True, text=True
    )
    if done.returncode:
        assert found is None
    else:
        assert found.removesuffix("+changes") == done.stdout.strip()


def test_listing_experiments_imports_no_torch():
    code = (
        "import sys; from neurolab import experiments as e; list(map(e.describe, e.EXPERIMENTS));"
        "assert not {'torch', 'numpy', 'tqdm', 'safetensors'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_walk_keeps_the_settings_of_its_preset():
    assert runner.configure("walk", walk, "full", {}) == walk.Config(steps=100)
    assert asdict(runner.configure("walk", walk, "full", {"seed": 4}))["seed"] == 4
