"""Small books, each built in a process of its own: Sphinx registers its nodes once a process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sphinx_build():
    """build(source, out): the built pages as soup by name, and the warnings."""
    from bs4 import BeautifulSoup

    def build(source: Path, out: Path):
        command = [sys.executable, "-m", "sphinx", "-q", "-n", "-N", "-b", "html", source, out]
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert run.returncode == 0, run.stderr
        pages = {p.stem: BeautifulSoup(p.read_text(), "html.parser") for p in out.glob("*.html")}
        return pages, run.stderr

    return build
