"""How a benchmark's answer is kept: what was asked, by which command, on which machine and code."""

import json
import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]


def keep(name: str, question: str, load: float, versions: dict[str, str], **found) -> None:
    """Write ``results/NAME.json``; ``load`` is the machine's load before the benchmark began."""
    git = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    record = {
        "question": " ".join(question.split("\n")[0].split()),
        "command": f"python benchmarks/{name}.py",
        **found,
        "machine": {
            "cpu": cpu[1] if cpu else platform.processor(),
            "cores": os.cpu_count(),
            "load_at_start": round(load, 2),
        },
        "versions": {"python": platform.python_version(), **versions},
        "commit": commit.stdout.strip(),
        "date": date.today().isoformat(),
    }
    (ROOT / "benchmarks/results" / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")
