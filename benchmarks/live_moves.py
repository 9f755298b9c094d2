"""How long does one move of a live figure's slider take, from the event to the drawn picture?

    python benchmarks/live_moves.py        writes benchmarks/results/live_moves.json

In Chromium without a window: every slider of every figure takes 12 steps; compute (the driver) and
draw (the script time of the picture) are measured by the page, median and worst are recorded.
"""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from neurolab.live.preview import write_page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser import launch  # noqa: E402

MOVES = 12
BUDGET = 50  # ms


def measure(page) -> dict[str, dict[str, float]]:
    found = {}
    for figure in page.locator("figure.nl[data-spec]").all():
        name = json.loads(figure.get_attribute("data-spec"))["name"]
        compute, draw = [], []
        for slider in figure.locator("input[type=range]").all():
            for k in range(MOVES):
                before = int(figure.get_attribute("data-moves"))
                slider.press("ArrowRight" if k % 2 else "ArrowLeft")
                script = "([e, n]) => +e.dataset.moves > n"
                page.wait_for_function(script, arg=[figure.element_handle(), before])
                compute.append(float(figure.get_attribute("data-compute")))
                draw.append(float(figure.get_attribute("data-draw")))
        both = [c + d for c, d in zip(compute, draw, strict=True)]
        found[name] = {
            "compute_median_ms": round(statistics.median(compute), 2),
            "draw_median_ms": round(statistics.median(draw), 2),
            "move_median_ms": round(statistics.median(both), 2),
            "move_worst_ms": round(max(both), 2),
            "moves": len(both),
        }
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(write_page(Path(folder)).as_uri())
        page.wait_for_selector("figure.nl[data-ready]")
        figures = measure(page)
        version = browser.version
        browser.close()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    record = {
        "question": " ".join(__doc__.split("\n")[0].split()),
        "command": "python benchmarks/live_moves.py",
        "budget_ms": BUDGET,
        "figures": figures,
        "machine": {"cpu": cpu[1] if cpu else platform.processor(), "cores": os.cpu_count()},
        "versions": {"python": platform.python_version(), "chromium": version},
        "commit": commit.stdout.strip(),
        "date": date.today().isoformat(),
    }
    (ROOT / "benchmarks/results/live_moves.json").write_text(json.dumps(record, indent=2) + "\n")
    for name, row in figures.items():
        print(f"{name:6} {row}")
    slow = [name for name, row in figures.items() if row["move_median_ms"] > BUDGET]
    sys.exit(f"over the budget of {BUDGET} ms: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
