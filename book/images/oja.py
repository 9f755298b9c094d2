"""Makes the picture of the README: python book/images/oja.py (needs Chromium)."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from neurolab.live.preview import write_page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from tests.browser import launch  # noqa: E402

with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    browser = launch(playwright)
    page = browser.new_page(viewport={"width": 880, "height": 900}, device_scale_factor=1.5)
    page.goto(write_page(Path(folder)).as_uri())
    figure = page.locator("figure.nl", has_text="Oja's rule")
    figure.and_(page.locator("[data-ready]")).screenshot(path=HERE / "oja.png")
    browser.close()
