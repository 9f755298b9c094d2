"""Data roots of their own for each test, data made small enough to spoil, and a server for it."""

import os
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pooch
import pytest

from neurolab.tasks import catalogue
from neurolab.tasks.entry import Entry

REAL = os.environ.get("NEUROLAB_DATA", "").strip()


def pytest_collection_modifyitems(items):
    """Tests marked data skip, with the reason, where there is no real data."""
    for item in items:
        if "real" in getattr(item, "fixturenames", ()) and not REAL:
            item.add_marker(pytest.mark.skip(reason="NEUROLAB_DATA is not set"))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The user's cache, empty; and no NEUROLAB_DATA, unless ``root`` or ``real`` is asked for."""
    folder = tmp_path / "cache"
    monkeypatch.delenv("NEUROLAB_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: folder)
    return folder


@pytest.fixture
def root(cache, tmp_path, monkeypatch):
    """A folder that NEUROLAB_DATA names."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("NEUROLAB_DATA", str(folder))
    return folder


@pytest.fixture
def real(cache, monkeypatch):
    """The folder of the real data, which NEUROLAB_DATA names in this test."""
    monkeypatch.setenv("NEUROLAB_DATA", REAL)
    return Path(REAL)


@pytest.fixture
def register(monkeypatch):
    """Put an entry into the registry for this test."""

    def put_in(entry: Entry) -> Entry:
        monkeypatch.setitem(catalogue.DATA, entry.name, entry)
        return entry

    return put_in


class Handler(BaseHTTPRequestHandler):
    """Serves ``replies[path]``: bytes, or (bytes, how): "cut", "stall", "endless", "gzip"."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, replies, asked, release):
        self.replies, self.asked, self.release = replies, asked, release
        super().__init__(*args)

    def do_GET(self):
        self.asked.append(self.path)
        reply = self.replies.get(self.path)
        if reply is None:
            self.send_error(404)
            return
        body, how = reply if isinstance(reply, tuple) else (reply, "")
        self.send_response(200)
        if how != "endless":
            self.send_header("Content-Length", str(len(body)))
        if how == "gzip" and "gzip" in self.headers.get("Accept-Encoding", ""):
            self.send_header("Content-Encoding", "gzip")  # some hosts say so of every .gz file
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            if how in ("cut", "stall"):
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                if how == "stall":
                    self.release.wait(30)
            elif how == "endless":
                for _ in range(1000):
                    self.wfile.write(body)
            else:
                self.wfile.write(body)
        except OSError:
            pass  # the other side has hung up
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """A server on this machine: ``replies`` (path -> reply), ``asked`` (paths), ``address``."""
    replies, asked, release = {}, [], Event()
    handler = partial(Handler, replies=replies, asked=asked, release=release)
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    http.replies, http.asked = replies, asked
    http.address = f"http://127.0.0.1:{http.server_port}"
    Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield http
    release.set()
    http.shutdown()
    http.server_close()
