"""A click in the picture, in the real browser: it takes the nearest handle there, or chooses."""

import pytest

pytest.importorskip("playwright", reason="needs playwright (make check installs it)")
from playwright.sync_api import sync_playwright

from neurolab.live.figures import pyramidal
from neurolab.live.preview import write_page
from neurolab.live.show import WEB
from tests.browser import launch

NAMES = ["pyramidal", "context", "collide", "tree"]
pytestmark = [
    pytest.mark.pages,
    pytest.mark.skipif(not (WEB / "live.js").exists(), reason="the page's script is not built"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    at = write_page(tmp_path_factory.mktemp("clicks"), NAMES)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(at.as_uri())
        page.locator("figure.nl[data-ready]").nth(len(NAMES) - 1).wait_for()
        yield page
        browser.close()


class Shown:
    """One figure of the page, to be clicked at values of its axes."""

    def __init__(self, page, name):
        self.page, self.figure = page, page.locator("figure.nl").nth(NAMES.index(name))
        self.figure.get_by_role("button", name="Reset").click()

    def click(self, x, y, panel=0):
        frame = self.figure.locator(".nl-frame").nth(panel)
        frame.scroll_into_view_if_needed()
        script = "(e, [x, y]) => [e.scales.x.apply(x), e.scales.y.apply(y)]"
        left, top = frame.evaluate(script, [x, y])
        box = frame.bounding_box()
        self.page.mouse.click(box["x"] + left, box["y"] + top)

    def value(self, name):
        return float(self.figure.locator(f"input[name={name}]").input_value())


@pytest.mark.parametrize("line", pyramidal.LINES)
def test_a_part_of_the_cell_is_chosen_where_it_is_drawn(page, line):
    x1, y1, x2, y2, part = line
    shown = Shown(page, "pyramidal")
    for along in (0.4, 0.6):
        shown.click(x1 + along * (x2 - x1), y1 + along * (y2 - y1))
        assert shown.value("part") == part


def test_soma_and_names_are_chosen_too(page):
    shown = Shown(page, "pyramidal")
    shown.click(0.0, 3.0)
    assert shown.value("part") == pyramidal.SOMA
    for k, (x, y) in enumerate(zip(pyramidal.NAME_X, pyramidal.NAME_Y, strict=True)):
        shown.click(x + 0.1, y)
        assert shown.value("part") == k + 1


def test_a_click_moves_the_handle_whose_line_is_nearest(page):
    """Four entries, each dragged up and down at a place of its own."""
    shown = Shown(page, "context")
    for k, wanted in ((3, 1.5), (1, -0.5)):
        others = {j: shown.value(f"c{j}") for j in (1, 2, 3, 4) if j != k}
        shown.click(k + 0.2, wanted)
        assert shown.value(f"c{k}") == pytest.approx(wanted, abs=0.11)
        assert {j: shown.value(f"c{j}") for j in others} == others


def test_a_click_sets_both_coordinates_or_one_of_them(page):
    shown = Shown(page, "collide")
    shown.click(-1.2, 1.0)
    assert shown.value("w1") == pytest.approx(-1.2, abs=0.06)
    assert shown.value("w2") == pytest.approx(1.0, abs=0.06)
    shown = Shown(page, "tree")
    shown.click(30, 3, panel=2)
    assert shown.value("count") == 30
    shown.click(10, 3, panel=1)  # a picture without a handle
    assert shown.value("count") == 30


def test_a_click_beside_the_axes_and_the_end_of_a_drag_move_nothing(page):
    shown = Shown(page, "tree")
    shown.click(20, -4, panel=2)
    assert shown.value("count") == 12
    knob = shown.figure.locator(".nl-handle")
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    x, y = box["x"] + 15, box["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    dragged = shown.value("count")
    page.mouse.up()
    assert shown.value("count") == dragged > 12
    page.keyboard.press("ArrowRight")  # the handle still has the keys
    assert shown.value("count") == dragged + 1
