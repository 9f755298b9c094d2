"""Killed at random moments, stopped with Ctrl-C, run twice at once: the same record in the end."""

import contextlib
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
HERE = Path(__file__).parent
TIMING = ("seconds", "command")


class Server:
    """Starts command lines quickly, in processes that may be killed."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "server.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"NEUROLAB_RUNS": str(folder)},
        )
        self.started, self.ended = queue.Queue(), {}
        self.lines = threading.Thread(target=self.listen, daemon=True)
        assert self.process.stdout.readline().strip() == "ready"
        self.lines.start()

    def listen(self):
        for line in self.process.stdout:
            what, *numbers = line.split()
            if what == "started":
                self.started.put(int(numbers[0]))
            else:
                self.ended[int(numbers[0])] = int(numbers[1])

    def start(self, output, *arguments):
        self.process.stdin.write(json.dumps([str(output), *map(str, arguments)]) + "\n")
        self.process.stdin.flush()
        return self.started.get(timeout=30)

    def result(self, process, patience):
        """Exit status, or None if it still runs after ``patience`` seconds."""
        end = time.monotonic() + patience
        while process not in self.ended and time.monotonic() < end:
            time.sleep(0.002)
        return self.ended.get(process)

    def finish(self, output, *arguments):
        return self.result(self.start(output, *arguments), 60)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("runs"))
    yield server
    server.process.stdin.close()
    server.process.wait(30)


def the_same(file, reference):
    one, other = json.loads(file.read_text()), json.loads(reference.read_text())
    assert list(one) == list(other)
    for field in one:
        if field not in TIMING:
            assert one[field] == other[field], field


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "fields", "how"),
    [
        ("walk", ["--steps", "150", "--pause", "0.002"], signal.SIGKILL),
        ("hebb-growth", ["--units", "25", "--streams", "8"], signal.SIGKILL),
        ("hebb-growth", ["--units", "25", "--streams", "8"], signal.SIGINT),
    ],
    ids=["walk-kill", "hebb-growth-kill", "hebb-growth-ctrl-c"],
)
def test_killed_at_twenty_random_moments(server, tmp_path, name, fields, how):
    """Each run goes on from what the one before left."""
    out, file, reference = tmp_path / "out", tmp_path / "a.json", tmp_path / "reference.json"
    command = ["run", name, *fields, "--seeds", "2", "--save-every", "0", "--json"]
    started = time.monotonic()
    assert server.finish(out, *command, reference) == 0, out.read_text()
    length = time.monotonic() - started

    chance, kills, statuses, resumed = random.Random(0), 0, [], 0
    while kills < 20 or not file.exists():
        if kills < 20 and file.exists():
            the_same(file, reference)
            file.unlink()  # and begin again: there are kills left
        out.unlink()
        process = server.start(out, *command, file, "--resume")
        patience = chance.uniform(0, length / 2) if kills < 20 else 60
        if server.result(process, patience) is None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(process, how)
                kills += 1
        statuses.append(server.result(process, 60))
        resumed += out.exists() and "nothing to resume" not in out.read_text()
    the_same(file, reference)
    stopped = -signal.SIGKILL if how == signal.SIGKILL else 130
    assert set(statuses) <= {0, stopped, -how}, "Ctrl-C before Python listens ends it, too"
    assert statuses.count(stopped) >= 15, "the others had ended just before"
    assert resumed >= 8, "too few were stopped in the middle to prove anything"
    assert list(tmp_path.glob(".*.new")) == []


@pytest.mark.slow
def test_two_runs_at_once_leave_both_whole(server, tmp_path):
    command = ["run", "walk", "--steps", "60", "--pause", "0.003", "--save-every", "0", "--json"]
    outs = [tmp_path / f"out{n}" for n in range(3)]
    file, reference = tmp_path / "a.json", tmp_path / "reference.json"
    assert server.finish(outs[2], *command, reference) == 0
    processes = [server.start(out, *command, file, "--resume") for out in outs[:2]]
    while any(process not in server.ended for process in processes):
        if file.exists():
            the_same(file, reference)  # whole at any moment
        time.sleep(0.002)
    assert [server.ended[process] for process in processes] == [0, 0]
    the_same(file, reference)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"a.json", "reference.json", "out0", "out1", "out2"}


def test_ctrl_c_says_how_to_go_on(server, tmp_path):
    out = tmp_path / "out"
    command = ["run", "walk", "--steps", "5000", "--pause", "0.001", "--save-every", "0"]
    process = server.start(out, *command)
    time.sleep(0.5)
    os.kill(process, signal.SIGINT)
    assert server.result(process, 30) == 130
    assert out.read_text() == "neurolab: stopped; the same command with --resume goes on\n"
