"""What stopped runs leave is shown and removed, unless a process holds it."""

import os
import re
import subprocess
import sys
import time

import pytest
import walk
from test_runner import leave

from neurolab import experiments
from neurolab.cli import main
from neurolab.experiments import Refused, runner
from neurolab.experiments.checkpoint import Slot
from neurolab.experiments.leftovers import DAY, clean, leftovers, listed, span


def stopped(seeds=3, breaks=12, **changes):
    """A run that breaks inside its last seed."""
    old = walk.run

    def broken(config, state=None):
        last = config.seed == seeds - 1
        return old(walk.Config(**vars(config) | {"breaks": breaks if last else -1}), state)

    walk.run = broken
    try:
        with pytest.raises(ArithmeticError):
            experiments.run("walk", seeds=seeds, save_every=0, **changes)
    finally:
        walk.run = old


def make_old(leftover, days):
    for path in leftover.path.iterdir():
        os.utime(path, (time.time() - days * DAY,) * 2)


def test_says_what_it_was_how_far_it_got_how_large_and_how_old(runs):
    stopped(pause=0.0001)
    (found,) = leftovers()
    assert (found.experiment, found.settings) == ("walk", "--preset quick --pause 0.0001")
    assert found.seeds == "seeds 0, 1 done, 2 at 12 of 20"
    assert found.size == sum(p.stat().st_size for p in runs.rglob("*") if p.is_file()) > 1000
    assert 0 <= found.age < 60 and not found.held
    make_old(found, 3)
    (found,) = leftovers()
    assert found.age == pytest.approx(3 * DAY, abs=60)
    assert "3.0 days old" in str(found) and str(found.path) in str(found)


def test_is_resumed_after_it_was_listed(runs):
    whole = experiments.run("walk", seeds=3)["metrics"]
    stopped()
    assert len(list(listed())) == 1
    walk.CALLS.clear()
    assert experiments.run("walk", seeds=3, resume=True)["metrics"] == whole
    assert walk.CALLS == [(2, 12)]
    assert list(leftovers()) == [], "a run that ends leaves nothing"


def test_cleaning_takes_what_is_old_enough(runs):
    for steps in (20, 21, 22):
        leave(runs, 1, steps=steps)
    for leftover, days in zip(leftovers(), (1, 5, 9), strict=True):
        make_old(leftover, days)
    ages = [round(found.age / DAY) for found in leftovers()]
    assert ages == [9, 5, 1], "oldest first"
    assert [round(gone.age / DAY) for gone in clean(older_than=4)] == [9, 5]
    assert [round(left.age / DAY) for left in leftovers()] == [1]
    assert len(list(clean())) == 1 and list(leftovers()) == []
    assert list(runs.rglob("seed-*")) == [] and list(runs.glob("*/slot-*/")) == []


def test_what_is_held_stays():
    """By this process; the lock is the one that a run takes."""
    leave(None, 2)
    (free,) = leftovers()
    with Slot(free.path.parent, resume=True) as slot:
        assert slot.path == free.path
        (found,) = leftovers()
        assert found.held and "running" in str(found)
        assert list(clean()) == []
        assert slot.file(1).exists() and slot.about.exists()
    assert [gone.path for gone in clean()] == [free.path]


HOLD = """
import sys, time
from neurolab.experiments.checkpoint import Slot
from pathlib import Path
with Slot(Path(sys.argv[1]), resume=True) as slot:
    print(slot.path, flush=True)
    time.sleep(120)
"""


@pytest.mark.slow
def test_what_another_process_holds_stays_until_it_is_killed():
    leave(None, 1)
    leave(None, 1, steps=30)
    one, two = leftovers()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(one.path.parent)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline().strip() == str(one.path)
        assert [found.held for found in leftovers()] == [True, False]
        assert [gone.path for gone in clean()] == [two.path]
        assert (one.path / "seed-0.safetensors").exists()
    finally:
        holder.kill()
        holder.wait(30)
        holder.stdout.close()
    assert [gone.path for gone in clean()] == [one.path]


def test_damaged_and_unknown_things_are_shown_and_removed(runs):
    leave(runs, 2)
    (found,) = leftovers()
    (found.path / "seed-0.safetensors").write_bytes(b"nonsense")
    (found.path / "seed-9.damaged").write_bytes(b"set aside")
    for text in ("", "[1]", '{"experiment": 3}', '{"preset": "quick", "changes": 7}'):
        (found.path / "run.json").write_text(text)
        (found,) = leftovers()
        assert (found.experiment, found.settings) == ("walk", "(settings not known)")
        assert found.seeds == "seeds 1 done, 0 damaged"
    (found.path / "run.json").unlink()
    assert [gone.experiment for gone in clean()] == ["walk"]
    assert list(leftovers()) == []


def test_a_folder_that_is_not_there_holds_nothing(runs):
    assert not runs.exists()
    assert list(listed()) == [f"nothing is left in {runs}"] and list(clean()) == []


def test_a_slot_without_checkpoint_says_so(runs):
    stopped(seeds=1, breaks=0)
    assert [found.seeds for found in leftovers()] == ["no checkpoint"]


@pytest.mark.parametrize("days", [-1, float("nan"), "week", True, None])
def test_refuses_what_is_no_number_of_days(days):
    with pytest.raises(Refused, match=r"^older_than must be a number of days from 0, got "):
        list(clean(days))


def test_says_what_cannot_be_removed(monkeypatch):
    leave(None, 1)
    (found,) = leftovers()

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(found.path), "unlink", refuse)
    with pytest.raises(Refused, match=r"slot-0 cannot be removed \(Permission denied\)"):
        list(clean())


def test_ages_have_the_largest_unit_that_fits():
    assert [span(s) for s in (0, 59, 90, 5400, 3 * DAY)] == [
        "0 seconds", "59 seconds", "1.5 minutes", "1.5 hours", "3.0 days",
    ]  # fmt: skip


def test_a_note_that_cannot_be_written_does_not_stop_the_run(monkeypatch):
    whole = experiments.run("walk")["metrics"]

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner, "write", full)
    assert experiments.run("walk", tell=lambda line: None)["metrics"] == whole


def test_the_command_lists_and_cleans(runs, capsys, monkeypatch):
    assert main(["runs", "list"]) == 0
    assert capsys.readouterr().out == f"nothing is left in {runs}\n"
    monkeypatch.setattr(runner.Slot, "clear", lambda slot: None)
    assert main(["run", "stdp-window", "--pairs", "2", "--seeds", "2"]) == 0
    capsys.readouterr()
    assert main(["runs", "list"]) == 0
    what, state = capsys.readouterr().out.splitlines()
    assert what == "stdp-window --preset quick --pairs 2"
    assert re.search(r"seeds 0, 1 done; 0\.\d MB, \d+ seconds old; .*slot-0$", state)
    assert main(["runs", "clean", "--older-than", "1"]) == 0
    assert capsys.readouterr().out == "removed: 0, 0.0 MB\n"
    assert main(["runs", "clean"]) == 0
    assert capsys.readouterr().out.splitlines()[::2] == [what, "removed: 1, 0.0 MB"]
    assert list(runs.rglob("*.*s*")) == [], "no checkpoint, no run.json"


def test_what_cannot_be_read_is_said_in_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NEUROLAB_RUNS", str(tmp_path / "file"))
    for command in ("list", "clean"):
        assert main(["runs", command]) == 2
        said = capsys.readouterr()
        assert said.out == "" and re.fullmatch(
            r"neurolab: the runs in .*file cannot .*\n", said.err
        )
