"""Checkpoints come back as they were, or are called damaged; nothing in them is ever run."""

import os
import pickle
import random
import subprocess
import sys

import pytest
import torch

from neurolab.experiments import checkpoint
from neurolab.experiments.checkpoint import Damaged, Slot, pack, read, write
from neurolab.experiments.contract import Progress, Refused

BASE = torch.arange(12, dtype=torch.float64).reshape(3, 4)
STATE = {
    "float": BASE / 7,
    "view": BASE.T,  # not contiguous, and shares its memory
    "half": torch.randn(5).bfloat16(),
    "bits": torch.tensor([True, False]),
    "number": torch.tensor(3),
    "none": torch.zeros(0, 4),
    "chance": torch.Generator().get_state(),
    "plain": {"list": [1, 0.1 + 0.2, None, "ü"], "true": True},
    "infinite": float("inf"),
}
PROGRESS = Progress(3, 10, {"a": 1 / 3, "b": float("inf")}, STATE)


@pytest.fixture
def file(tmp_path):
    write(tmp_path / "seed-0.safetensors", pack(PROGRESS, 1.5))
    return tmp_path / "seed-0.safetensors"


def assert_same(progress):
    assert (progress.done, progress.total, progress.metrics) == (3, 10, PROGRESS.metrics)
    assert set(progress.state) == set(STATE)
    for name, value in STATE.items():
        if isinstance(value, torch.Tensor):
            assert progress.state[name].dtype == value.dtype
            assert torch.equal(progress.state[name], value), name
        else:
            assert progress.state[name] == value


def test_comes_back_as_it_was(file):
    progress, seconds = read(file)
    assert seconds == 1.5
    assert_same(progress)


@pytest.mark.slow
def test_a_flipped_bit_is_seen(file):
    """At 400 places: in the header, in the sums, in the tensors."""
    whole, chance = file.read_bytes(), random.Random(0)
    refused = 0
    for place in chance.sample(range(len(whole)), 400):
        broken = bytearray(whole)
        broken[place] ^= 1 << chance.randrange(8)
        file.write_bytes(broken)
        try:
            assert_same(read(file)[0])  # a letter's code in a name may have two spellings in JSON
        except Damaged:
            refused += 1
    assert refused >= 395


def test_a_cut_file_is_seen(file):
    whole = file.read_bytes()
    for size in (0, 1, 7, 8, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        with pytest.raises(Damaged):
            read(file)


class Trap:
    def __reduce__(self):
        return os.mkdir, (os.environ["TRAP"],)


def test_a_pickle_is_refused_and_not_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    file = tmp_path / "seed-0.safetensors"
    for content in (pickle.dumps(Trap()), b"\x80\x02" + pickle.dumps(Trap())):
        file.write_bytes(content)
        with pytest.raises(Damaged):
            read(file)
    torch.save({"x": Trap()}, file)
    with pytest.raises(Damaged):
        read(file)
    assert not (tmp_path / "sprung").exists()
    pickle.loads(pickle.dumps(Trap()))
    assert (tmp_path / "sprung").exists(), "the trap would not have sprung anyway"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write(file, b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(file, b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_writing_clears_what_a_killed_process_left_but_not_what_a_living_one_writes(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, living = (tmp_path / f".a.json.{n}.new" for n in (dead.pid, os.getppid()))
    other = tmp_path / f".b.json.{dead.pid}.new"
    for path in (left, living, other):
        path.write_bytes(b"half")
    write(tmp_path / "a.json", b"whole")
    assert not left.exists() and living.exists() and other.exists()


def test_two_runs_at_once_get_two_slots(tmp_path):
    with Slot(tmp_path, resume=False) as one, Slot(tmp_path, resume=True) as two:
        assert one.path != two.path
    with Slot(tmp_path, resume=False) as again:
        assert again.path == one.path, "a slot that was left empty is free"


def test_resume_takes_the_newest_slot_that_holds_something(tmp_path):
    for n in range(3):
        with Slot(tmp_path, resume=False) as slot:
            assert slot.path.name == f"slot-{n}", "what was left is kept"
            write(slot.file(0), b"something")
            os.utime(slot.path, (n % 2, n % 2))
    with Slot(tmp_path, resume=True) as newest, Slot(tmp_path, resume=True) as next_one:
        assert newest.path.name == "slot-1"
        assert next_one.path.name in ("slot-0", "slot-2")


def test_says_so_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"checkpoints cannot be kept in .*file.*NEUROLAB_RUNS"):
        Slot(tmp_path / "file" / "runs", resume=False)
