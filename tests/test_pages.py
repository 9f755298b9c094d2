"""Every page of the built book in the real browser, as readers meet it."""

import functools
import gzip
import http.server
import json
import re
import threading
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="the pages need playwright (make check installs it)")
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch

pytestmark = pytest.mark.pages

ROOT = Path(__file__).parents[1]
HTML = ROOT / "book/_build/html"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
WRITTEN = (str(p.relative_to(HTML)) for p in HTML.rglob("*.html") if "_static" not in p.parts)
PAGES = sorted(set(WRITTEN) - {"index.html"})  # which leads to the first page, see below
CALL = re.compile(r"^(?:neurolab\.)?live\(\"(\w+)\"", re.MULTILINE)
FIGURE = "figure.nl[data-spec]"
BUDGET_RAW = 4.2e6  # bytes of one page with all it loads
BUDGET_SCRIPT = 130e3  # bytes, gzip: the drawing code and the figures' programs
BACK = {"End": "ArrowLeft", "Home": "ArrowRight", "ArrowLeft": "ArrowRight"} | {
    "ArrowRight": "ArrowLeft"
}  # the key that undoes a move
BUDGET_MOVE = 100  # ms, compute and draw; twice the 50 ms that benchmarks/live_moves.py measures
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def asked(page: str) -> list[str]:
    """The live figures that the source of a page asks for."""
    source = ROOT / "book" / Path(page).with_suffix(".md")
    return CALL.findall(source.read_text()) if source.exists() else []


WITH_FIGURES = [page for page in PAGES if asked(page)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def base():
    if not PAGES:
        pytest.fail(f"no book in {HTML}; run: make html")
    handler = functools.partial(Quiet, directory=str(HTML))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def complains(message) -> bool:
    """An error on the console; the redirecting index.html has no icon, which is none."""
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


@pytest.fixture
def open_page(browser, base):
    """Opens a page; at the end no script may have failed and nothing come from outside."""
    contexts, wrong = [], []

    def opened(name: str, **options):
        size = options.pop("size", (1280, 900))
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("console", lambda m: complains(m) and wrong.append(f"console: {m.text}"))
        inside = (base, "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(inside) or wrong.append(f"outside: {r.url}"))
        page.goto(base + name, wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


def picture(figure) -> str:
    """What is drawn, without the clip paths' numbers."""
    html = figure.locator(".nl-pictures").evaluate("e => e.innerHTML")
    return re.sub(r"nl-clip-\d+", "", html)


def settle(figure, moves: int) -> None:
    """Wait until the figure has redrawn."""
    script = "([e, n]) => +e.dataset.moves >= n"
    handle = figure.element_handle()
    figure.page.wait_for_function(script, arg=[handle, moves], timeout=20_000)


def moves(figure) -> int:
    return int(figure.get_attribute("data-moves"))


def test_pages_are_there():
    assert "intro.html" in PAGES and "hebbian.html" in PAGES
    assert len(WITH_FIGURES) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean(open_page, name, scheme):
    page = open_page(name, color_scheme=scheme)
    figures = page.locator(FIGURE)
    assert figures.count() == len(asked(name)), "a page whose figures vanished must not pass"
    for k in range(figures.count()):
        assert figures.nth(k).get_attribute("data-ready") == "1"
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")["violations"]
    bad = [(v["id"], v["nodes"][0]["target"]) for v in found]
    assert not bad
    script = "performance.getEntriesByType('resource').reduce((a, r) => a + r.decodedBodySize, 0)"
    assert page.evaluate(script) + (HTML / name).stat().st_size < BUDGET_RAW


@pytest.mark.parametrize("name", PAGES)
def test_phone_has_no_sideways_scroll(open_page, name):
    page = open_page(name, size=(375, 800), is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_sliders_move_the_picture(open_page, name):
    """Both ends and one step of every slider; then Reset brings back the first picture."""
    page = open_page(name)
    for figure in page.locator(FIGURE).all():
        first = picture(figure)
        for slider in figure.locator("input[type=range]").all():
            seen = set()
            low = slider.input_value() == slider.get_attribute("min")  # Home would not move it
            for key in ("End", "ArrowLeft", "Home") if low else ("Home", "ArrowRight", "End"):
                end = {"End": "max", "Home": "min"}.get(key)
                if end and slider.input_value() == slider.get_attribute(end):
                    continue  # a slider of two places is there by its arrow
                before = moves(figure)
                slider.press(key)
                settle(figure, before + 1)
                seen.add(picture(figure))
                for _ in range(3):  # the machine may have been busy, or the code cold: once more
                    parts = ("compute", "draw")
                    took = [float(figure.get_attribute(f"data-{part}")) for part in parts]
                    if sum(took) < BUDGET_MOVE:
                        break
                    for again in (BACK[key], key):
                        before = moves(figure)
                        slider.press(again)
                        settle(figure, before + 1)
                assert sum(took) < BUDGET_MOVE, took
                assert "NaN" not in picture(figure)
            assert len(seen) >= 2, slider.get_attribute("name")
            before = moves(figure)
            figure.get_by_role("button", name="Reset").click()
            settle(figure, before + 1)
            assert picture(figure) == first


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_things_in_the_picture_can_be_dragged(open_page, name):
    """By pointer and by arrow key; the sliders follow."""
    page = open_page(name)
    values = "e => [...e.querySelectorAll('input')].map(i => i.value)"
    dragged = 0
    for figure in page.locator(FIGURE).all():
        for handle in figure.locator(".nl-handle").all():
            handle.scroll_into_view_if_needed()
            at, start = handle.bounding_box(), figure.evaluate(values)
            x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
            # one of them leads away from the end of a slider, and far enough on a coarse axis
            for step in (-30, 30, -140, 140):
                page.mouse.move(x, y)
                page.mouse.down()
                page.mouse.move(x + step, y + step, steps=4)
                page.mouse.up()
                if figure.evaluate(values) != start:
                    break
            assert figure.evaluate(values) != start, handle.get_attribute("aria-label")
            after = figure.evaluate(values)
            handle.press("ArrowRight")
            if figure.evaluate(values) == after:  # dragged to the end of its slider
                handle.press("ArrowLeft")
            assert figure.evaluate(values) != after
            now = handle.get_attribute("aria-valuetext")
            assert now and "NaN" not in now
            dragged += 1
    assert dragged


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_table_code_and_summary(open_page, name):
    page = open_page(name)
    for figure in page.locator(FIGURE).all():
        spec = json.loads(figure.get_attribute("data-spec"))
        figure.get_by_text("Data", exact=True).click()
        figure.locator("tbody tr").nth(50).wait_for()  # the browser tells of the opening later
        assert figure.locator("th").count() == len(spec["table"])
        figure.get_by_text("Code", exact=True).click()
        assert spec["steps"], "a figure must run a step of the package"
        for step in spec["steps"]:
            assert step["source"] in figure.locator(".nl-code").inner_text()
        for link in figure.locator(".nl-code a").all():
            target = link.get_attribute("href")
            assert target.startswith("https://") or page.locator(target).count() == 1
        before = figure.locator("[role=status]").inner_text()
        status = figure.locator("[role=status]")  # a drag is not read out at every step
        for slider in figure.locator("input[type=range]").all():  # one may change no word
            at_end = slider.input_value() == slider.get_attribute("max")
            slider.press("Home" if at_end else "End")
            page.wait_for_timeout(600)
            if status.inner_text() != before:
                break
        expect(status).not_to_have_text(before, use_inner_text=True)


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_without_scripts_the_picture_stands(open_page, name):
    page = open_page(name, java_script_enabled=False)
    for figure in page.locator(FIGURE).all():
        assert figure.locator(".nl-frame svg").count() >= 1
        assert figure.locator(".nl-settings li").count() >= 2
        assert len(figure.locator(".nl-status").inner_text()) > 10


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_print_shows_ink_on_white(open_page, name):
    page = open_page(name, color_scheme="dark")
    page.emulate_media(media="print")
    figure = page.locator(FIGURE).first
    style = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert figure.evaluate(style) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert not figure.locator("input[type=range]").first.is_visible()
    assert figure.locator("output").first.is_visible()


def test_one_script_draws_the_whole_book_and_a_page_loads_its_own_figures():
    shared = set()
    for name in WITH_FIGURES:
        found = re.findall(r'src="([^"]*neurolab/[\w-]+\.js)[^"]*"', (HTML / name).read_text())
        scripts = [(HTML / name).parent.joinpath(path).resolve() for path in found]
        drawing, programs = sorted(scripts, key=lambda path: "figures-" in path.name)
        shared.add(drawing)
        given = set(re.findall(r'^  "(\w+)": \{param', programs.read_text(), re.MULTILINE))
        assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < BUDGET_SCRIPT
        assert given == set(asked(name)), name
    assert len(shared) == 1


def test_the_bare_address_leads_to_the_first_page(open_page):
    page = open_page("index.html")
    page.wait_for_url("**/intro.html")


def test_the_archive_reads_offline(browser, tmp_path):
    """Unpacked and opened from the disk: figures live, mathematics set, nothing missing."""
    with zipfile.ZipFile(HTML / "neurolab-book.zip") as archive:
        archive.extractall(tmp_path)
    page, wrong = browser.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.goto((tmp_path / "html/hebbian.html").as_uri(), wait_until="networkidle")
    asked_for = len(asked("hebbian.html"))
    page.locator(f"{FIGURE}[data-ready='1']").nth(asked_for - 1).wait_for(timeout=30_000)
    assert page.locator(f"{FIGURE}[data-ready='1']").count() == asked_for
    assert page.locator("mjx-container").count() > 50
    page.close()
    assert not wrong


def test_no_widget_runtime_is_dragged_in():
    for name in PAGES:
        assert "widget-state" not in (HTML / name).read_text(), name
