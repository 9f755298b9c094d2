"""How long does one move of a live figure's slider take, from the event to the drawn picture?

    python benchmarks/live_moves.py        writes benchmarks/results/live_moves.json

In Chromium without a window: every slider of every figure takes 12 steps; compute (the driver) and
draw (the script time of the picture) are measured by the page, median and worst are recorded.
"""

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from _record import ROOT, keep
from playwright.sync_api import sync_playwright

from neurolab.live.preview import write_page

sys.path.insert(0, str(ROOT))
from tests.browser import launch

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
                low = slider.input_value() == slider.get_attribute("min")
                high = slider.input_value() == slider.get_attribute("max")
                slider.press("ArrowRight" if low or (k % 2 and not high) else "ArrowLeft")
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
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(write_page(Path(folder)).as_uri())
        page.wait_for_selector("figure.nl[data-ready]")
        figures = measure(page)
        version = browser.version
        browser.close()
    keep("live_moves", __doc__, load, {"chromium": version}, budget_ms=BUDGET, figures=figures)
    for name, row in figures.items():
        print(f"{name:6} {row}")
    slow = [name for name, row in figures.items() if row["move_median_ms"] > BUDGET]
    sys.exit(f"over the budget of {BUDGET} ms: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
