"""The widget in a real JupyterLab: slider to Python, Python to slider."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

pytest.importorskip("playwright")
from playwright.sync_api import sync_playwright

from neurolab.live.show import WEB
from tests.browser import launch

pytestmark = pytest.mark.pages


@pytest.fixture
def server(tmp_path):
    """JupyterLab on a notebook of two cells; its kernel is this very interpreter."""
    cells = [
        "import neurolab\nfigure = neurolab.live('lif')\nfigure",
        "print(figure.params)\nfigure.params = {'current': 2.0, 'tau': 10}",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata.kernelspec = {"name": "here", "display_name": "here", "language": "python"}
    nbformat.write(notebook, tmp_path / "t.ipynb")
    spec = tmp_path / "share/jupyter/kernels/here"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "here", "language": "python"})
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser", f"--port={port}"]
    options += ["--IdentityProvider.token=", f"--notebook-dir={tmp_path}"]
    command = [sys.executable, "-m", "jupyter", "lab", *options]
    folders = {
        "JUPYTER_PATH": str(tmp_path / "share/jupyter"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }
    process = subprocess.Popen(
        command, env={**os.environ, **folders}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api")
            break
        except OSError:
            time.sleep(0.5)
    yield address
    process.terminate()
    process.wait(20)


@pytest.mark.skipif(not (WEB / "live.js").exists(), reason="the page's script is not built here")
def test_slider_and_python_move_each_other(server):
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.goto(f"{server}/lab/tree/t.ipynb?reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
        page.wait_for_timeout(3000)  # the kernel starts
        page.click(".jp-Notebook .jp-CodeCell >> nth=0")
        page.keyboard.press("Shift+Enter")
        page.wait_for_selector("figure.nl[data-ready]", timeout=90_000)
        page.locator("figure.nl input[name=current]").press("End")
        page.wait_for_function("document.querySelector('.nl-status').innerText.startsWith('2')")
        page.wait_for_timeout(700)
        page.click(".jp-Notebook .jp-CodeCell >> nth=1")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "document.querySelector('figure.nl input[name=current]').value === '2'", timeout=20_000
        )
        assert page.locator("figure.nl input[name=tau]").input_value() == "10"
        printed = page.locator(".jp-OutputArea-output pre").all_inner_texts()
        assert any("'current': 3" in text for text in printed), printed
        browser.close()
