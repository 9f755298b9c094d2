"""What the book's sources promise: tests that exist, predictions asked and answered, numbers from
cells, symbols and terms that are defined. Sources are read, not run; tests of the built pages are
marked ``book``. Each checker is shown to fail on a planted mistake."""

import ast
import math
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from neurolab.sphinxext.slides import SLIDES, TEST, named_tests, read_deck

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "book"
FIGURES = ROOT / "neurolab/live/figures"
HTML = BOOK / "_build/html"
CHAPTERS = (
    "hebbian",
    "timing",
    "digits",
    "spikes",
    "codes",
    "recurrent",
    "gates",
    "eprop",
    "stability",
    "decisions",
    "timescales",
    "dendrites",
    "sparse",
    "neuron",
    "context",
    "nef",
    "pointers",
    "spaun",
    "targets",
    "devices",
)
PAGES = ("intro", *CHAPTERS, "slides", "notation", "glossary", "api")
BANNED = ("simply", "obviously", "just", "clearly", "powerful", "brain-like")
PARTS = (
    "You will be able to",
    "Before you start",
    "What this does not explain",
    "Further reading",
    "References",
    "Where this lives in neurolab",
)
LONGEST_CHAPTER = 7000  # words of prose, exercises included
WIDEST_LINE = 72  # columns of a shown cell; wider is cut off in the page
LONGEST_CELL = 30  # lines
MOST_FIGURES = 8  # live ones, a chapter
COMMANDS = re.compile(  # of LaTeX, that are signs and not symbols
    r"\\(frac|sqrt|sum|ln|cos|langle|rangle|[lr][vV]ert|top|pm|cdot|ge|le|ne|approx|leftarrow|dots|q?quad"
    r"|big[lr])(?![A-Za-z])"
)


# Reading a page


@dataclass
class Cell:
    """A code cell: its code, its options (tags, mystnb) and the lines it takes in the page."""

    code: str
    options: dict
    first: int
    last: int

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self.options.get("tags", ()))

    @property
    def shown(self) -> bool:
        return not {"remove-cell", "remove-input"} & set(self.tags)

    @property
    def figure(self) -> dict:
        return self.options.get("mystnb", {}).get("figure", {})

    @property
    def alt(self) -> str:
        return self.options.get("mystnb", {}).get("image", {}).get("alt", "")


@dataclass
class Page:
    """A MyST page: its lines, cells, display equations and prose (text without markup lines)."""

    lines: list[str]
    cells: list[Cell] = field(default_factory=list)
    math: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    includes: list[tuple[str, dict]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.prose)


def parse(text: str) -> Page:
    page = Page(text.splitlines())
    k = 0
    if page.lines and page.lines[0] == "---":
        k = page.lines.index("---", 1) + 1
    while k < len(page.lines):
        line = page.lines[k]
        if not (fence := re.match(r"(`{3,})(.*)", line)):
            if not re.match(r"\([\w-]+\)=\s*$|:{3,}|:\w+:", line):
                page.prose.append(line)
            elif title := re.match(r":{3,}\{\w+\}\s+(.*)", line):
                page.prose.append(title[1])
            k += 1
            continue
        last = next(j for j in range(k + 1, len(page.lines)) if page.lines[j] == fence[1])
        options, body = options_and_body(page.lines[k + 1 : last])
        what = fence[2].strip()
        if what.startswith("{code-cell}"):
            page.cells.append(Cell("\n".join(body), options, k, last))
            page.prose += [page.cells[-1].alt, str(page.cells[-1].figure.get("caption", ""))]
        elif what == "{math}":
            page.math.append("\n".join(body))
        elif what.startswith("{literalinclude}"):
            page.includes.append((what.split()[1], options))
        elif what.startswith(("{exercise}", "{solution}", "{glossary}")):
            page.prose += body
        k = last + 1
    page.prose = [line for line in page.prose if line.strip()]
    return page


def options_and_body(lines: list[str]) -> tuple[dict, list[str]]:
    """The options of a directive, given as ``:key: value`` lines or as a block of YAML."""
    if lines and lines[0] == "---":
        end = lines.index("---", 1)
        return yaml.safe_load("\n".join(lines[1:end])), lines[end + 1 :]
    options = {}
    while lines and (match := re.match(r":([\w-]+):\s*(.*)", lines[0])):
        options[match[1]] = yaml.safe_load(match[2])
        lines = lines[1:]
    return options, lines


def read(name: str) -> Page:
    return parse((BOOK / f"{name}.md").read_text(encoding="utf-8"))


@pytest.fixture(params=PAGES)
def page(request) -> Page:
    return read(request.param)


@pytest.fixture(params=CHAPTERS)
def chapter(request) -> Page:
    return read(request.param)


# Checkers: each takes text or a page and returns what is wrong, as a list of sentences


def missing_tests(text: str, root: Path = ROOT) -> list[str]:
    """*Tested* lines without a test, and tests that do not exist."""
    wrong = [
        f"no test is named: {line[:60]}"
        for line in text.splitlines()
        if "*Tested*" in line and not TEST.search(line)
    ]
    for name in sorted(set(TEST.findall(text))):
        path, _, function = name.partition("::")
        if not (root / path).exists():
            wrong.append(f"no file {path}")
        elif function not in defined((root / path).read_text(encoding="utf-8")):
            wrong.append(f"no test {name}")
    return wrong


def defined(source: str) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)}


def live_figures(page: Page) -> list[tuple[str, Cell]]:
    """(name, cell) of each ``neurolab.live("name")``."""
    return [
        (call.args[0].value, cell)
        for cell in page.cells
        for call in ast.walk(ast.parse(cell.code))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[-1] == "live"
        and call.args
    ]


def unasked(page: Page) -> list[str]:
    """Live figures without a prediction directly above or an answer directly below."""
    wrong = []
    for name, cell in live_figures(page):
        above = [line for line in page.lines[: cell.first] if line.strip()]
        opening = next((line for line in reversed(above[:-1]) if line.startswith(":::")), "")
        if above[-1:] != [":::"] or not re.match(r":::\{admonition\} Predict", opening):
            wrong.append(f"{name}: no prediction is asked directly above")
        below = next((line for line in page.lines[cell.last + 1 :] if line.strip()), "")
        if not below.startswith(":::{dropdown}"):
            wrong.append(f"{name}: no answer directly below")
    return wrong


def unseen(page: Page) -> list[str]:
    """Drawn pictures without alt text that says something, without a name or a caption."""
    wrong = []
    for cell in page.cells:
        if "subplots(" not in cell.code:
            continue
        where = f"picture in line {cell.first + 1}"
        wrong += [f"{where}: no alt text"] if len(cell.alt.split()) < 8 else []
        wrong += [
            f"{where}: no {part}" for part in ("name", "caption") if not cell.figure.get(part)
        ]
    return wrong


def stated_numbers(text: str) -> list[str]:
    """Decimals typed in prose, outside of code, links, roles and the licence's name."""
    text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|https?://\S+|CC BY 4\.0", " ", text)
    return re.findall(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)", text)


def unfounded(page: Page, sources: str = "") -> list[str]:
    """Decimals in prose that stand in no cell and in no ``sources`` of the page's figures."""
    code = sources + "\n".join(cell.code for cell in page.cells)
    known = {float(n) for n in re.findall(r"(?<![\w.])\d*\.?\d+(?:e-?\d+)?", code)}
    given = stated_numbers(page.text + "\n" + "\n".join(page.math))
    return [f"{n} is typed, but is no setting of this page" for n in given if float(n) not in known]


def ill_formed(page: Page) -> list[str]:
    """Shown cells that are too wide or too long, and cells that are no Python."""
    wrong = []
    for cell in page.cells:
        where = f"cell in line {cell.first + 1}"
        ast.parse(cell.code)
        if not cell.shown:
            continue
        lines = cell.code.splitlines()
        if len(lines) > LONGEST_CELL:
            wrong.append(f"{where}: {len(lines)} lines")
        wrong += [f"{where}: {len(w)} columns: {w}" for w in lines if len(w) > WIDEST_LINE]
    return wrong


def hype(text: str) -> list[str]:
    text = re.sub(r"`[^`]*`", " ", text)
    return re.findall(rf"(?i)\b(?:{'|'.join(BANNED)})\b", text)


def unsourced(bib: str) -> list[str]:
    """Entries without DOI, arXiv id, ISBN or address."""
    entries = re.findall(r"@\w+\{([^,]+),(.*?)\n\}", bib, flags=re.S)
    return [
        key
        for key, body in entries
        if not re.search(r"(?im)^\s*(doi|eprint|isbn|url)\s*=\s*\{[^}]+\}", body)
    ]


def formulas(text: str) -> list[str]:
    return re.findall(r"\$([^$]+)\$", re.sub(r"`[^`]*\$[^`]*`", " ", text))


def symbols(formula: str) -> set[str]:
    """The symbols of a formula: "x", "bold x", "lambda"; signs and words are left out."""
    formula = re.sub(r"\\text\{[^}]*\}|\\(?:begin|end)\{\w+\}", " ", formula)
    found = set()
    bold = r"\\mathbf\s*\{?\s*(\w)\s*\}?"
    found |= {f"bold {letter}" for letter in re.findall(bold, formula)}
    formula = re.sub(bold, " ", formula)
    formula = COMMANDS.sub(" ", formula)
    found |= set(re.findall(r"\\([A-Za-z]+)", formula))
    return found | set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", formula)))


def notation(text: str) -> set[str]:
    """What the notation page defines: first column of its tables, and its first paragraph."""
    first = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    paragraph = next(line for line in text.splitlines() if line.startswith("One symbol"))
    return {s for part in [*first, paragraph] for f in formulas(part) for s in symbols(f)}


def undefined(page: Page, known: set[str]) -> list[str]:
    used = {s for f in [*page.math, *formulas(page.text)] for s in symbols(f)}
    return sorted(used - known)


def terms(glossary: str) -> dict[str, str]:
    """Term to definition, of the one glossary on a page."""
    body = re.search(r"```\{glossary\}\n(.*?)\n```", glossary, flags=re.S)[1]
    entries = re.split(r"\n\s*\n", body)
    return {e.partition("\n")[0].strip(): e.partition("\n")[2].strip() for e in entries}


def roles(page: Page, role: str) -> set[str]:
    """Targets of a role, ``{role}`target` `` or ``{role}`words <target>` ``."""
    found = re.findall(rf"\{{{role}\}}`([^`]+)`", page.text)
    return {re.sub(r".*<([^>]+)>", r"\1", target) for target in found}


def quoted(page: Page) -> list[str]:
    """Names that the page's cells hand over with ``quote(name=...)``."""
    return [
        word.arg
        for cell in page.cells
        for call in ast.walk(ast.parse(cell.code))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "quote"
        for word in call.keywords
    ]


def unpaired_glue(page: Page) -> list[str]:
    """Numbers the text asks for and no cell gives, that nobody asks for, or that two cells give."""
    asked = {name.partition(":")[0] for name in roles(page, "glue:text")}
    given = quoted(page)
    wrong = [f"no cell quotes {name}" for name in sorted(asked - set(given))]
    wrong += [f"{name} is quoted for nothing" for name in sorted(set(given) - asked)]
    return wrong + [
        f"{name} is quoted twice" for name in sorted(set(given)) if given.count(name) > 1
    ]


def exercises(page: Page) -> dict[str, str]:
    """Label to text of each exercise."""
    text = "\n".join(page.lines)
    return dict(re.findall(r"```\{exercise\}\n:label: (\S+)\n(.*?)\n```", text, flags=re.S))


def unsolved(page: Page) -> list[str]:
    """Exercises without a folded solution, a kind of work or a time."""
    text, wrong = "\n".join(page.lines), []
    for label, task in exercises(page).items():
        if not re.search(rf"\{{solution(-start)?\}} {label}\n:class: dropdown\n", text):
            wrong.append(f"{label}: no folded solution")
        if not re.match(r"\*(Pencil|Code|Pencil and code), \d+ minutes\.\*", task):
            wrong.append(f"{label}: no kind of work or no minutes")
    return wrong


def words(page: Page) -> int:
    """Words of the prose: a formula, a role or a piece of code counts as one."""
    text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`|\$[^$]*\$", " x ", page.text)
    return len(re.findall(r"[\w'’-]*[A-Za-z][\w'’-]*", re.sub(r"\]\([^)]*\)", " ", text)))


# The book, checked


def test_each_test_a_page_names_exists(page):
    assert missing_tests("\n".join(page.lines)) == []


def test_each_section_of_a_chapter_names_a_test():
    for name in CHAPTERS:
        found = named_tests((BOOK / f"{name}.md").read_text(encoding="utf-8"))
        sections = {label: tests for label, tests in found.items() if label.startswith("sec-")}
        assert sections and all(sections.values()), sections


def test_each_live_figure_asks_first_and_answers_after(page):
    assert unasked(page) == []


def test_no_link_hides_in_what_is_clicked(page):
    """The title of a dropdown is a button; a link in it could not be reached."""
    titles = [line for line in page.lines if line.startswith(":::{dropdown}")]
    link = re.compile(r"\{(eq|ref|numref|doc|term|cite:\w|source|colab)\}`|\]\(")
    assert [title for title in titles if link.search(title)] == []


def test_each_live_figure_exists(page):
    assert [n for n, _ in live_figures(page) if not (FIGURES / f"{n}.py").exists()] == []


def test_the_pages_show_every_live_figure():
    shown = {name for p in PAGES for name, _ in live_figures(read(p))}
    assert shown == {path.stem for path in FIGURES.glob("*.py")} - {"__init__"}


def test_each_picture_has_words(page):
    assert unseen(page) == []


def test_each_number_in_prose_is_a_setting(page):
    sources = "".join(
        (FIGURES / f"{name}.py").read_text(encoding="utf-8") for name, _ in live_figures(page)
    )
    assert unfounded(page, sources) == []


def test_cells_fit_the_page(page):
    assert ill_formed(page) == []


def test_no_hype(page):
    assert hype(page.text) == []


def test_each_source_can_be_found():
    assert unsourced((BOOK / "references.bib").read_text(encoding="utf-8")) == []


def test_each_page_cites_with_its_own_prefix_and_each_source_is_cited():
    keys = set(re.findall(r"@\w+\{([^,]+),", (BOOK / "references.bib").read_text("utf-8")))
    cited = set()
    for name in PAGES:
        found = roles(read(name), "cite:[pt]")
        assert all(key.startswith(f"{name}-") for key in found), (name, found)
        cited |= {key.removeprefix(f"{name}-") for key in found}
    assert cited == keys


def test_each_symbol_is_in_the_notation(page):
    known = notation((BOOK / "notation.md").read_text(encoding="utf-8"))
    assert undefined(page, known) == []


def test_each_term_is_in_the_glossary(page):
    known = terms((BOOK / "glossary.md").read_text(encoding="utf-8"))
    assert roles(page, "term") - set(known) == set()


def test_the_glossary_is_in_order_and_says_something():
    known = terms((BOOK / "glossary.md").read_text(encoding="utf-8"))
    assert list(known) == sorted(known, key=str.lower)
    assert [term for term, meaning in known.items() if len(meaning.split()) < 4] == []


def test_numbers_are_handed_over(page):
    assert unpaired_glue(page) == []


def test_exercises_are_complete(chapter):
    assert unsolved(chapter) == []
    kinds = [re.match(r"\*([^,]+),", task)[1] for task in exercises(chapter).values()]
    in_sections = kinds[: len(kinds) - len(kinds) % 3]
    assert in_sections == ["Pencil", "Code", "Pencil and code"] * (len(kinds) // 3)


def test_each_goal_leads_to_an_exercise_or_a_quiz(chapter):
    text = "\n".join(chapter.lines)
    goals = text.partition("## You will be able to\n")[2].partition("\n## ")[0]
    goals = [line for line in goals.splitlines() if line.startswith("- ")]
    assert 4 <= len(goals) <= 6
    assert [g for g in goals if "{numref}`ex-" not in g and "<quiz-" not in g] == []


def test_a_chapter_has_its_parts_in_order_and_keeps_its_budget(chapter):
    headings = [line[3:] for line in chapter.lines if line.startswith("## ")]
    assert [h for h in headings if h in PARTS] == list(PARTS)
    assert words(chapter) <= LONGEST_CHAPTER
    assert len(live_figures(chapter)) <= MOST_FIGURES


def test_shown_code_is_the_code_that_runs(page):
    for path, options in page.includes:
        name = options["pyobject"]
        assert name in defined((BOOK / path).read_text(encoding="utf-8"))
        assert options["name"] == f"code-{name}"  # where the figures' links lead
        tree = ast.parse((BOOK / path).read_text(encoding="utf-8"))
        shown = next(n for n in ast.walk(tree) if getattr(n, "name", None) == name)
        lines = (BOOK / path).read_text(encoding="utf-8").splitlines()
        wide = [
            line for line in lines[shown.lineno - 1 : shown.end_lineno] if len(line) > WIDEST_LINE
        ]
        assert wide == []


def test_the_map_has_every_slide():
    text = (BOOK / "slides.yml").read_text(encoding="utf-8")
    _, slides = read_deck(text, "slides.yml")
    assert [slide.number for slide in slides] == list(range(1, SLIDES + 1)) == list(range(1, 72))
    rows = [row for slide in slides for row in slide.rows]
    assert len(rows) == len(set(rows)) == 215
    assert all(row.startswith(f"S{slide.number:02d}") for slide in slides for row in slide.rows)
    labels = {label for p in PAGES for label in named_tests("\n".join(read(p).lines))}
    assert {label for slide in slides for label in slide.sections} <= labels


def test_the_opening_names_the_five_sources():
    text = (BOOK / "intro.md").read_text(encoding="utf-8")
    rows = text.partition("(sec-sources)=")[2].partition("\n## Licence")[0]
    rows = [line for line in rows.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 5
    for row, word in zip(
        rows, ("Alex Movila", "slide 21", "hyperlinks", "iyer2022", "163"), strict=True
    ):
        source, gives = row.strip("| ").split(" | ")
        assert word in source and len(gives.split()) > 5


def test_the_table_of_contents_lists_every_page():
    toc = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [c for part in toc["parts"] for c in part["chapters"]]
    listed = [c["file"] for c in chapters]
    listed += [s["file"] for c in chapters for s in c.get("sections", ())]  # a chapter's next page
    written = {path.relative_to(BOOK).with_suffix("").as_posix() for path in BOOK.rglob("*.md")}
    written = {name for name in written if not name.startswith("_build")}
    assert sorted([toc["root"], *listed]) == sorted(written)
    assert {name for name in written if "/" not in name} == set(PAGES)


# What the answers under the figures say in words


@pytest.fixture
def told():
    from neurolab.live import figures

    def tell(name: str, **moved):
        figure = figures.FIGURES[name]
        return figure.simulate(**(figure.params | moved))

    return tell


def angle_and_length(answer: dict) -> tuple[float, float]:
    x, y = answer["w1"][-1], answer["w2"][-1]
    return math.degrees(math.atan2(y, x)) % 360, answer["length"][-1]


def test_answer_of_hebb(told):
    angle, length = angle_and_length(told("hebb"))
    assert abs(angle - 45) < 10
    assert abs(math.log10(length) - 3) < 0.5  # nearest to 1000, of 10, 100 and 1000
    assert abs(angle_and_length(told("hebb", correlation=-0.6))[0] - 135) < 10
    angle, length = angle_and_length(told("hebb", correlation=0))
    assert 0 < abs(angle - 100) < 40 and length > 100


def test_answer_of_oja(told):
    angle, length = angle_and_length(told("oja"))
    assert abs(angle - 30) < 5 and abs(length - 1) < 0.005
    assert abs(angle_and_length(told("oja", start=130))[0] - 210) < 5
    angle, length = angle_and_length(told("oja", stretch=1))
    assert abs(angle - 30) > 30 and abs(length - 1) < 0.01


def test_answer_of_bcm(told):
    first = told("bcm")
    assert abs(first["first"][-1] - 2) < 0.1 and abs(first["second"][-1]) < 0.01
    assert abs(math.degrees(math.atan2(first["w2"][-1], first["w1"][-1])) % 360 - 345) < 1
    oja = [first[f"oja{k}"][-1] for k in (1, 2)]
    answers = [sum(w * first[f"{p}_{d}"][0] for w, d in zip(oja, "xy", strict=True))
               for p in ("one", "two")]  # fmt: skip
    assert all(abs(y - math.cos(math.radians(30))) < 0.01 for y in answers)
    other = told("bcm", start=60)
    assert abs(math.degrees(math.atan2(other["w2"][-1], other["w1"][-1])) % 360 - 105) < 1
    late = told("bcm", tau=100)["first"]
    assert max(late) > 4 and abs(late[-1]) < 0.5  # shoots up, and is pushed down
    burst = told("bcm", tau=200)
    assert abs(burst["first"][-1]) > 20 and "passed 20" in burst["summary"]


def test_answer_of_filters(told):
    first, none, strong = (told("filters", **m) for m in ({}, {"delta": 0}, {"delta": 0.6}))
    assert first["busy"][0] >= 14 and first["right"][0] > 0.9
    assert none["right"][0] > 0.9 and max(none["minus"]) == 0
    assert max(strong["minus"]) > 0.5 and strong["busy"][0] < first["busy"][0]
    assert told("filters", rate=0.2)["busy"] == [1]


@pytest.mark.slow
def test_answer_of_digits(told):
    first, fixed, little, alone = (
        told("digits", **m) for m in ({}, {"theta_plus": 0}, {"theta_plus": 0.1}, {"inhibition": 0})
    )
    assert min(first["wins"]) > 0 and max(first["wins"]) == 10
    assert sorted(fixed["wins"])[-2:] == [0, 60]
    assert sum(c > 0 for c in little["wins"]) == 3
    assert sum(alone["wins"]) == 16 and alone["cell"][30:].count(0) > 25


def test_answer_of_stdp(told):
    change = {d: told("stdp", delay=d)["own"][0] for d in (-40, -10, 0, 10, 30, 40)}
    assert change[10] > 0 > change[-10] and abs(change[-10]) < change[10]
    assert change[0] == 0
    assert abs(change[-40]) > change[40]
    assert change[30] + change[-10] < 0  # quiz 1


def test_answer_of_reward(told):
    gain = {d: told("reward", delay=d)["own"][0] for d in (-0.5, 1, 3)}
    assert gain[1] / 8 < gain[3] < gain[1] / 6  # a seventh
    assert gain[-0.5] > 0.01 and told("reward", delay=3, tau_c=6)["own"][0] > gain[1]


@pytest.mark.slow
def test_answer_of_population(told):
    def bound(seconds, **moved):
        data = told("population", **moved)
        at = [b * (t / seconds) ** 0.5 for t, b in zip(data["length"], data["bound"], strict=True)]
        assert max(at) - min(at) < 1e-9
        return at[0]

    first = bound(0.1)
    assert abs(first - 10) < 1 and abs(bound(0.4) / first - 0.5) < 1e-9
    assert 2**0.5 < bound(0.1, peak=25) / first < 1.6
    assert abs(bound(0.1, cells=48) * 3**0.5 / first - 1) < 0.01
    sharp = told("population", kappa=12)
    assert sharp["by_vector"][4] > 1.3 * sharp["by_likelihood"][4]
    assert told("population")["by_likelihood"][0] > 1.3 * bound(0.02)


def test_answer_of_latency(told):
    first = told("latency", digit=-1)
    assert first["time_error"][22] < 0.12 * first["time_error"][0]
    faint = told("latency", contrast=0.5)
    assert faint["time_error"][8] > 0.95 * faint["count_error"][0]
    fast = told("latency", rate=400, elapsed=50)
    assert all(a < b for a, b in zip(fast["time_error"], fast["count_error"], strict=True))


def test_answer_of_fingertip(told):
    right = [told("fingertip", elapsed=ms)["kind"] == [2 + 8] for ms in range(51)]  # 90, 100 per m
    first = max(ms for ms in range(51) if not right[ms]) + 1
    assert 10 < first < 18 and right[18]
    now = told("fingertip")
    slow, late = told("fingertip", pace=2), told("fingertip", pace=2, elapsed=36)
    assert slow["kind"] == [2 + 16] and late["kind"] == now["kind"] == [2 + 8]
    fired = [sum(t <= ms for t in d["time"]) for d, ms in ((now, 18), (late, 36), (slow, 18))]
    assert abs(fired[0] - fired[1]) < 4 and fired[2] < fired[0] / 3
    turned = told("fingertip", force=270)
    moves = [b - a for a, b in zip(now["place"], turned["place"], strict=True)]
    below = [m for m, y in zip(moves, now["y"], strict=True) if y < 0]
    assert sum(below) / len(below) < -5 and turned["kind"] == [6 + 8]


def test_answer_of_onset(told):
    first, wide, one = told("onset"), told("onset", spread=100), told("onset", spread=100, cells=1)
    assert 35 < first["unknown"][30] < 50 and first["known"][0] > 99 and first["own"][0] > 95
    assert len(told("onset", knows=1)["right_t"]) == 32 > 2 * len(first["right_t"])
    assert 25 < one["unknown"][50] < wide["unknown"][50] < first["unknown"][30]
    assert one["unknown"][50] < 30 and one["own"][0] == 25


def test_answer_of_spiketime(told):
    first, later = told("spiketime"), told("spiketime", t1=4)
    assert later["spike"][0] < first["spike"][0] and first["slopes"][0] < 0
    assert told("spiketime", t1=5)["slopes"][0] > 0
    assert told("spiketime", t3=20)["spike"] == first["spike"] and first["slopes"][2] == 0
    assert told("spiketime", t1=0)["spike"][0] > 15 > 8 < first["spike"][0] < 10


@pytest.mark.slow
def test_answer_of_information(told):
    first, wide = told("information"), told("information", jitter=15)
    assert first["own"][0] > first["by_count"][0] > wide["own"][0]
    assert wide["by_count"] == first["by_count"]
    assert told("information", rest=15)["fano"][0] < first["fano"][0] < 1
    quiet = told("information", gain=200)
    assert quiet["own"][0] < first["own"][0] and quiet["by_count"][0] < first["by_count"][0]
    assert quiet["own"][0] > quiet["by_count"][0]


def test_answer_of_lif(told):
    once, twice = (len(told("lif", current=c)["spikes"]) for c in (1.2, 2.4))
    assert twice > 2 * once > 0
    below = told("lif", current=0.9)
    assert below["spikes"] == [] and abs(below["v"][-1] - 0.9) < 0.001


def test_answer_of_contraction(told):
    first = told("contraction")
    assert all(g <= p for g, p in zip(first["gap"], first["promised"], strict=True))
    assert told("contraction", coupled=3)["gap"][100] < first["gap"][100] / 5
    assert told("contraction", back=1)["gap"][-1] > 10 * first["gap"][0]
    apart = told("contraction", coupled=0, strength=1.2)
    assert abs(apart["gap"][-1] - apart["gap"][-50]) < 0.5 < 2 < apart["gap"][-1]
    assert apart["first"][-1] < 0 < apart["second"][-1] and apart["promised"] == []


@pytest.mark.slow
def test_answer_of_injection(told):
    three, six, out = (told("injection", amplitude=a) for a in (3, 6, -3))
    assert abs(six["own"][0] - three["own"][0]) < 0.02 * three["own"][0] > 2
    assert out["counts"] == [0, 0, 0, 1] and out["own"][0] > 90
    quick, slow = (told("injection", amplitude=1.2, width=30, rise=r) for r in (0, 20))
    assert quick["counts"][3] == 1 and slow["counts"][3] == 0 and min(slow["counts"][:3]) > 0
    stairs = [p for a, p in zip(three["tried"], three["peak"], strict=True) if a > 0]
    assert not [p for p in stairs if 25 < p < 90] and min(stairs) < 5 < 100 < max(stairs)


def test_answer_of_response(told):
    first, free = told("response"), told("response", depth=0)
    assert len(first["spikes"]) == 1 and len(free["spikes"]) > 10
    assert free["h"] == first["h"] and 1 < max(first["h"]) < 1.3
    double = told("response", weight=2.4)
    assert max(double["h"]) == pytest.approx(2 * max(first["h"])) and len(double["spikes"]) == 4
    later = told("response", tau_syn=20)
    assert max(later["h"]) > 2 * max(first["h"])


def test_answer_of_overlap(told):
    first, wide, dense = (told("overlap", **m) for m in ({}, {"cells": 1000}, {"density": 10}))
    assert "share 1.00 by" in first["summary"] and first["limit_y"][0] == pytest.approx(-9, abs=0.1)
    assert "share 2.50 by" in wide["summary"] and "share 4.00 by" in dense["summary"]
    assert wide["limit_y"][0] < dense["limit_y"][0] < first["limit_y"][0]
    for cells in (200, 400, 1000):
        assert 0.5 < 10 ** told("overlap", cells=cells, density=50)["limit_y"][0] < 0.56


def test_answer_of_falsematch(told):
    first, wide, few = (
        told("falsematch", **m) for m in ({}, {"cells": 4000}, {"synapses": 12, "threshold": 6})
    )
    assert first["false"][11] == pytest.approx(-12.1, abs=0.05)
    assert wide["false"][11] == pytest.approx(first["false"][11] - 12 * math.log10(2), abs=0.1)
    assert few["false"][5] == pytest.approx(first["false"][11] / 2, abs=0.2)
    assert first["best"] == [8] and told("falsematch", moved=50)["best"] == [6]
    assert "missed in 39.8 %" in told("falsematch", moved=50)["summary"]


@pytest.mark.slow
def test_answer_of_capacity(told):
    first, segments, cells, synapses, threshold = (
        told("capacity", **m)
        for m in ({}, {"segments": 32}, {"cells": 2000}, {"synapses": 24}, {"threshold": 16})
    )
    assert first["capacity"] == [64] and 100 < segments["capacity"][0] < 128
    assert cells["capacity"][0] > 110 and synapses["capacity"][0] < 40
    assert threshold["capacity"][0] > 140 and "moved, 5 of the 40" in threshold["summary"]


def test_answer_of_permanence(told):
    def known(**moved):
        return int(told("permanence", **moved)["summary"].split(" of ")[0])

    assert known() == known(shows=3) == 3 and known(shows=2) == known(noise=40) == 0
    assert known(shows=2, gain=0.2) == 3 and known(shows=2, gain=0.15) == 0
    assert min(told("permanence", noise=40)["grown"]) > 0
    first = told("permanence")
    lost = [v for t, p, v in zip(first["step"], first["place"], first["value"], strict=True)
            if t == 16 and p <= 12]  # fmt: skip
    assert sum(v == 0.3 for v in lost) >= 8  # the fourth pattern takes the first segment


def test_answer_of_rewiring(told):
    first, few = told("rewiring"), told("rewiring", connections=12)
    assert first["found"] == [24] and first["survived"][-1] < 20 and first["wrong"][-1] < 1
    assert first["moves"][300] > first["moves"][200] + 100
    assert few["found"] == [12] and few["wrong"][-1] > 40
    assert told("rewiring", l1=0)["found"][0] < 24
    assert told("rewiring", temperature=40)["wrong"][-1] > 10 * first["wrong"][-1]


@pytest.mark.slow
def test_answer_of_winners(told):
    def at(level, **moved):
        data = told("winners", **moved)
        place = data["level"].index(level)
        return data["by_win"][place], data["by_bar"][place]

    assert at(0) == (100, 100) and at(20)[0] > 50 > 10 > at(20)[1]
    assert at(0, k=48)[0] == 0 and at(20, k=48)[0] < at(20, k=4)[0] < at(20)[0]
    assert at(-20)[0] > 3 * at(-20)[1]


def test_answer_of_budget(told):
    def paid(**moved):
        data = told("budget", **moved)
        return data["now"][0], data["best"][0]

    (now, best), (fast, fast_best), (rest, rest_best) = paid(), paid(rate=80), paid(rest=0.8)
    assert fast == pytest.approx(now / 2) and best / 2 < fast_best < best
    assert paid(spike=2.4, supply=0.8)[0] < 1
    assert rest < now and rest_best > best


def test_answer_of_melody(told):
    def known(**moved):
        return told("melody", **moved)["known"][0]

    most = known(cells=16)
    assert known(cells=12) == most > 90 > known(cells=4) > known(cells=1) < 25
    assert most - 5 < known(cells=16, between=8) < most
    assert known(cells=16, between=8, punish=0.03) < most / 1.5


def test_answer_of_dcaap(told):
    first, straight, high = told("dcaap"), told("dcaap", reach=4), told("dcaap", soma=0.6)
    assert first["truth"] == [0, 1, 1, 0]
    assert sum(a == b for a, b in zip(straight["truth"], [0, 1, 1, 0], strict=True)) <= 3
    assert min(straight["second_x"] + straight["second_y"]) > 1.5 or straight["band"][0] > 2.5
    assert high["truth"] == [0, 0, 0, 0]


def test_answer_of_tree(told):
    first, apart, free = told("tree"), told("tree", spread=8), told("tree", magnesium=0)
    assert free["ratio"][0] < 0.98 < apart["ratio"][0] < 1.05 < 1.5 < first["ratio"][0]
    assert told("tree", count=36, spread=8)["own"][0] > told("tree", count=36)["own"][0]


def test_answer_of_pyramidal(told):
    tuft, basal, soma = (told("pyramidal", part=k)["peaks"] for k in (5, 2, 3))
    assert tuft[1] < 0.1 * tuft[0] and 0.1 < basal[1] / basal[0] < 0.3
    assert 2.6 < soma[1] / tuft[1] < 3.4  # three times
    assert told("pyramidal", trunk=4)["peaks"][1] > 1.5 * told("pyramidal", trunk=1)["peaks"][1]


@pytest.mark.slow
def test_answer_of_surrogate(told):
    first, same, free, few = (
        told("surrogate", **m) for m in ({}, {"spread": 0}, {"nmda": 0}, {"learned": 12})
    )
    assert first["new"][1] < first["new"][0] / 20 and first["new"][3] < first["new"][1]
    assert 99 < same["new"][0] < 105 and same["new"][1] < 1
    assert free["new"][0] > 1.5 * first["new"][0] and free["new"][1] < 3
    assert few["new"][1] > 5 * few["own"][1]


@pytest.mark.slow
def test_answer_of_reach(told):
    def well(**moved):
        return told("reach", **moved)["shares"]

    assert [k for k, x in enumerate(well()) if x > 85] == [0, 1, 2, 4] and min(well(told=1)) > 85
    weak = well(told=1, gain=5)
    assert weak[4] == weak[5] == weak[8] == 0 < weak[9] < weak[7] < 100
    assert [k for k, x in enumerate(weak) if x > 99] == [0, 1, 2, 3, 6]


@pytest.mark.slow
def test_answer_of_readout(told):
    first, calm, low = (told("readout", **m) for m in ({}, {"background": 0}, {"threshold": 5}))
    assert first["rate"][0] < 0.1 and first["right"][0] == 25 and first["right"][1] > 60
    assert calm["right"] == [25, 100, 100]
    assert 0.8 < low["rate"][0] < 1 and low["right"][0] > low["right"][1]
    assert "From spikes" in first["summary"] and "below" in told("readout", reader=1)["summary"]


def test_answer_of_race(told):
    first, mixed = told("race"), told("race", mixed=0.1)
    node, link, _ = first["times"]
    assert 10 < link / node < 20 and first["nodes"][-1] < first["links"][-1]
    assert mixed["links"][-1] < mixed["reach"][0] < mixed["nodes"][-1]
    gentle = told("race", mixed=0.1, rate=0.2)
    assert mixed["reach"][0] < gentle["nodes"][-1] < 0.5 * mixed["nodes"][-1]


def test_answer_of_apical(told):
    first, silent, weak, noisy = (
        told("apical", **m)["errors"] for m in ({}, {"teacher": 0}, {"teacher": 1}, {"spikes": 1})
    )
    assert first[-1] < first[0] / 4 and max(silent) < 0.5
    assert weak[0] < first[0] / 4 and max(weak) > 1.5 * weak[0] and weak[-1] < max(weak) / 1.5
    assert noisy[-1] > 1.5 * first[-1]
    assert max(abs(a - b) for a, b in zip(noisy[20:], noisy[19:], strict=False)) > 3  # jumps about


@pytest.mark.slow
def test_answer_of_raster(told):
    answers = {t: told("raster", time=t)["answer"] for t in (1, 5, 10, 13, 20)}
    assert answers == {1: [2], 5: [8], 10: [9], 13: [3], 20: [3]}
    first = told("raster")
    assert first["dense_answer"] == [3] and first["settled"] == [13]
    assert len(first["pixel_t"]) == 27 and len(first["hidden_t"]) == 34
    assert told("raster", digit=60, time=0.5)["answer"] == told("raster", digit=60)["answer"] == [3]
    ends = [told("raster", digit=k, time=30) for k in range(100)]
    assert sum(end["settled"][0] <= 5 for end in ends) == 83
    assert sum(end["answer"] == end["label"] for end in ends) == 97
    assert all(end["dense_answer"] == end["label"] for end in ends)


def test_answer_of_clock(told):
    def counts(**moved):
        data = told("clock", **moved)
        return data["updates"][1], data["events"][1]

    assert counts() == (1440, 315)
    assert counts(dt=2.2)[0] > counts(dt=2.3)[1] > counts(dt=2.3)[0]
    assert counts(dt=0.7, rate=800)[0] > counts(dt=0.8, rate=800)[1] > counts(dt=0.8, rate=800)[0]
    coarse = told("clock", dt=3)
    assert 0 < coarse["lost"][0] < 8 and 1 < coarse["late"][0] < 3 > 6 * told("clock")["late"][0]
    assert told("clock")["lost"] == [0] and coarse["queue"][1] > 4000


def test_answer_of_tracking(told):
    still = told("tracking")
    error, spikes = still["ours"][0], len(still["spikes"])
    assert abs(told("tracking", cells=40)["ours"][0] / error - 0.5) < 0.05
    assert told("tracking", silent=50)["ours"][0] < 1.2 * error < still["theirs"][0] / 4
    noisy = told("tracking", noise=0.1)
    assert len(noisy["spikes"]) > 20 * spikes
    assert len(told("tracking", noise=0.2, price=0.5)["spikes"]) < 3 * spikes


def test_answer_of_unroll(told):
    full, half, few = told("unroll"), told("unroll", steps=1000), told("unroll", units=50)
    share = [b / a for a, b in zip(full["bytes"], half["bytes"], strict=True)]
    assert 0.5 < share[0] < 0.55 and 0.85 < share[1] < 0.9 and share[2:] == [1, 1, 1]
    share = [b / a for a, b in zip(full["bytes"], few["bytes"], strict=True)]
    assert 0.48 < share[0] < 0.5 and 0.35 < min(share[1:3]) <= max(share[1:3]) < 0.39
    assert 0.28 < share[3] < 0.3 and share[4] < 0.15
    assert few["meet"][0] < 150 < 240 < full["meet"][0] < 250


def test_answer_of_threshold(told):
    first = told("threshold")
    assert "0 fire 15 times, those of bit 1 fire 11 times" in first["summary"]
    assert first["apart"][-1] == 4
    assert told("threshold", delay=2500)["apart"][-1] == 0
    assert told("threshold", tau_a=400)["apart"][-1] == 0
    assert told("threshold", beta=1)["apart"][-1] == 2
    assert told("threshold", beta=0)["apart"][-1] == 0


@pytest.mark.slow
def test_answer_of_decision(told):
    first, none, much = (told("decision", coherence=c) for c in (3.2, 0, 25.6))
    assert 14 <= 0.4 * none["share"][0] <= 26 and much["share"][0] == 100 > first["share"][0] > 60
    assert much["mean"][0] < 0.65 * none["mean"][0]
    still = told("decision", coherence=0, noise=0)
    ends = {x for x, y in zip(still["to_two1"], still["to_two2"], strict=True) if x == y}
    assert still["ended"] == [0] and abs(max(ends) - still["unstable1"][0]) < 0.04
    assert told("decision", coherence=12.8, start2=0.2)["share"][0] < 20
    noisy = told("decision", noise=0.04)
    assert noisy["mean"][0] < first["mean"][0] and noisy["share"][0] < first["share"][0]
    weak = told("decision", recurrent=0.22)
    assert weak["ended"] == [0] and len(weak["stable1"]) == 1


def test_answer_of_parity(told):
    def of_six(**moved):
        data = told("parity", **moved)
        return data["chain_parity"][5], data["lone_parity"][5]

    chain, lone = of_six()
    assert chain > 99 and 40 < lone < 60
    quiet = told("parity", noise=0)
    assert min(quiet["lone_bit"][:4]) > 99 and quiet["lone_bit"][4] < 90
    assert 65 < quiet["lone_parity"][5] < 80 and quiet["chain_parity"][5] > 99
    noisy, slow = of_six(noise=0.3), of_six(tau=1.5)
    assert 75 < noisy[0] < 85 and 40 < noisy[1] < 60
    assert 60 < slow[0] < 75 < noisy[0] and slow[1] == lone


def test_answer_of_irregular(told):
    def off(**moved):
        data = told("irregular", **moved)
        return data["rmse_continuous"][0], data["rmse_discrete"][0]

    stair = told("irregular")
    same = sum(a == b for a, b in zip(stair["discrete"], stair["discrete"][1:], strict=False))
    assert same > 300 - 1.2 * len(stair["look_t"])
    assert len(set(stair["continuous"])) > 270
    first, all_looks, few = off(), off(dropped=0), off(dropped=80)
    assert first[1] > 2 * first[0] and all_looks[1] > 2 * all_looks[0]
    assert few[0] > 2 * all_looks[0] and few[1] > 2 * all_looks[1] and few[1] < 3 * few[0]


def test_answer_of_energy(told):
    def meet(**moved):
        return told("energy", **moved)["meet"][0]

    assert abs(meet() - 15.3) < 0.05 and abs(told("energy")["meet_bare"][0] - 49.1) < 0.05
    assert meet(units=1000) == meet()
    assert abs(meet(steps=20) - 7.1) < 0.06 and meet(steps=20) < meet() / 2
    assert abs(meet(word=50) - 9.9) < 0.05 and abs(meet(word=0) - 49.1) < 0.05


def test_answer_of_gates(told):
    first = told("gates")
    assert abs(first["reach_lstm"][20] - 0.93) < 0.01 and first["reach_vanilla"][20] < 1e-4
    assert 0.02 < told("gates", keep=3)["reach_lstm"][20] < 0.03
    assert told("gates", keep=1)["reach_lstm"][20] < 1e-10
    assert abs(told("gates", let_in=0)["memory"][-1]) > 2 * first["written"][0]
    up, down = (told("gates", loop=1.2, number=n)["vanilla"] for n in (0.9, -0.5))
    assert abs(up[-1] + down[-1]) < 1e-6 and 0.6 < up[-1] < 0.7
    assert told("gates", loop=1.2)["reach_vanilla"][20] < 1e-10


def test_answer_of_timeline(told):
    early = {year: told("timeline", year=year)["chosen"][0] for year in (1990, 1997, 2000, 2014)}
    assert early[1990] == 1e-8 and early[1997] < early[2000] / 5 and early[2014] > 1e-3
    first, alone = told("timeline"), told("timeline", both=0)
    assert alone["chosen"][51:] == [1e-8] * 9 and min(first["chosen"][51:]) > 1e-3
    assert told("timeline", year=1997)["h"][-1] > 0.99 > told("timeline", year=2014)["h"][-1]
    assert told("timeline", year=1990)["chosen"][51:] == [1e-8] * 9  # one direction only


@pytest.mark.slow
def test_answer_of_angle(told):
    first = told("angle")
    assert round(first["own"][0]) == 49 and told("angle", strength=0)["own"][0] < 1e-5
    assert told("angle", delay=60)["own"][0] > first["own"][0] + 10
    assert told("angle", tau=50)["own"][0] < first["own"][0] - 10
    assert 2 < told("angle", strength=0, frozen=40)["own"][0] < 10
    assert first["tried"][-1] == 3 and first["mean"][-1] < 90 < first["high"][-1]


def test_answer_of_collide(told):
    first, above, at_rest = (
        told("collide", **m) for m in ({}, {"w1": 0, "w2": 1.5}, {"w1": -1, "w2": 0})
    )
    assert first["cosine"][0] < 0 and first["one"][1] > first["one"][0]
    assert above["one"] == sorted(above["one"], reverse=True) and above["cosine"][0] > 0
    assert at_rest["cosine"] == [0] and at_rest["one"][1] > at_rest["one"][0] == 0
    middle = told("collide", w1=0, w2=0, way=2)
    assert middle["cosine"][0] == pytest.approx(-1)
    for name in ("one", "two"):
        assert middle[name][-1] == pytest.approx(middle[name][0])


def test_answer_of_context(told):
    turned = {"c1": -1, "c2": 1, "c3": -1, "c4": 1}
    first, other = told("context"), told("context", **turned)
    assert round(first["part"][0]) == 4 and round(other["part"][0]) == 96
    assert len(first["won_at"]) == 3 and not set(first["won_at"]) & set(other["won_at"])
    largest = told("context", way=0)
    assert min(largest["part"]) > 50
    assert largest["won_at"] == told("context", way=0, **turned)["won_at"]
    assert told("context", way=2)["won_at"] == largest["won_at"]
    for way in (0, 1, 2):
        assert set(told("context", way=way, strength=0)["part"]) == {50}


def test_answer_of_prototypes(told):
    near, small, low = (told("prototypes", **m) for m in ({"apart": 2}, {"batch": 2}, {"z": 1}))
    assert near["found"] == [3] == told("prototypes")["found"] and 60 < near["part"][0] < 80
    assert small["found"][0] > 6 and low["found"][0] > 6 and small["part"][0] > 95 < low["part"][0]


def test_answer_of_subnetworks(told):
    first, gated, shut, alike = (
        told("subnetworks", **m)
        for m in (
            *({}, {"strength": 4}, {"strength": 4, "shut": 2}),
            {"strength": 4, "shut": 2, "alike": 0.9},
        )
    )
    assert round(first["mean"][0], 2) == 0.71 and round(first["chance"][0], 2) == 0.18
    assert first["mean"][0] > gated["mean"][0] > 2 * gated["chance"][0]
    assert shut["mean"][0] < 1.5 * shut["chance"][0] and alike["mean"][0] > 3 * shut["mean"][0]


# The checkers, on planted mistakes


def planted(text: str) -> Page:
    return parse(textwrap.dedent(text).strip())


GOOD = """
    :::{admonition} Predict before you move
    :class: tip
    Write it down at 0.5.
    :::
    ```{code-cell} ipython3
    :tags: [remove-input]
    live("oja", rate=0.5)
    ```

    :::{dropdown} Compare
    {glue:text}`a:.1f`
    :::
"""


def test_checker_of_tests_finds_what_is_missing(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("def test_b():\n    pass\n")
    assert missing_tests("(*Tested* in `tests/test_a.py::test_b`.)", tmp_path) == []
    assert missing_tests("(*Tested* in `tests/test_a.py::test_c`.)", tmp_path) != []
    assert missing_tests("(*Tested* in `tests/test_z.py::test_b`.)", tmp_path) != []
    assert missing_tests("It is stable. (*Tested*.)", tmp_path) != []


def test_checker_of_predictions():
    assert unasked(planted(GOOD)) == []
    assert unasked(planted(GOOD.replace("{admonition} Predict", "{admonition} Play with")))
    assert unasked(planted(GOOD.replace("{dropdown}", "{note}")))
    assert unasked(planted(GOOD.replace("    ```{code-cell}", "    Look!\n    ```{code-cell}")))
    assert unasked(planted(GOOD.replace("    :::{dropdown}", "    Well.\n    :::{dropdown}")))
    assert unasked(planted('```{code-cell} ipython3\nneurolab.live("oja")\n```'))


def test_checker_of_numbers():
    assert unfounded(planted(GOOD)) == []
    assert unfounded(planted(GOOD.replace("at 0.5", "at 0.7")))
    assert unfounded(planted(GOOD.replace("at 0.5", "at −0.7")))
    assert unfounded(planted(GOOD.replace("at 0.5", r"at $\eta = 0.7$")))
    assert unfounded(planted(GOOD.replace("at 0.5", "at 0.7")), "slider(0.7)") == []
    assert unfounded(planted("```{math}\n0.98\n```"))
    assert unfounded(planted("See `0.98`, [a](b/1.2) and {eq}`x-0.3`, CC BY 4.0.")) == []
    alt = "```{code-cell} ipython3\n---\nmystnb: {image: {alt: reaches 0.98}}\n---\nx = 1\n```"
    assert unfounded(planted(alt))


def test_checker_of_pictures():
    code = "fig, ax = plt.subplots()"
    options = "mystnb:\n  image: {alt: '%s'}\n  figure: {name: f, caption: '%s'}"
    cell = "```{code-cell} ipython3\n---\n%s\n---\n" + code + "\n```"
    words = "One line that rises fast and then stays"
    assert unseen(parse(cell % (options % (words, "It rises.")))) == []
    assert unseen(parse(cell % (options % ("plot", "It rises."))))
    assert unseen(parse(cell % (options % (words, ""))))
    assert len(unseen(parse("```{code-cell} ipython3\n" + code + "\n```"))) == 3


def test_checker_of_cells():
    cell = "```{code-cell} ipython3\n%s\n```"
    assert ill_formed(parse(cell % ("x = 1\n" * 29 + "x"))) == []
    assert ill_formed(parse(cell % ("x = 1\n" * 30 + "x")))
    assert ill_formed(parse(cell % ("x = " + 68 * "1"))) == []
    assert ill_formed(parse(cell % ("x = " + 69 * "1")))
    assert ill_formed(parse(cell % (":tags: [remove-cell]\nx = " + 69 * "1"))) == []
    with pytest.raises(SyntaxError):
        ill_formed(parse(cell % "x ="))


def test_checker_of_hype():
    assert hype("It simply works. Just so, and Clearly.") == ["simply", "Just", "Clearly"]
    assert hype("We adjust `just` one weight, unclearly.") == []


def test_checker_of_sources():
    entry = "@article{a1,\n  title = {A},\n  %s\n}\n"
    for good in ("doi = {10.1/2}", "eprint = {2201.00042}", "isbn = {978}"):
        assert unsourced(entry % good) == []
    assert unsourced(entry % "year = {1982}") == ["a1"]
    assert unsourced(entry % "doi = {}") == ["a1"]


def test_checker_of_symbols():
    assert symbols(r"\Delta w_i = \eta\, y\, (x_i - y\, w_i)") == {*"wiyx", "Delta", "eta"}
    assert symbols(r"\mathbf{w}^\top \mathbf x \quad\text{(A first)}") == {"bold w", "bold x"}
    known = notation("One symbol, with $i$\n| $\\eta$, $w_i$ | rate of $z$ |\n")
    assert known == {"eta", "w", "i"}
    assert undefined(parse(r"We call it $\eta w_i$."), known) == []
    assert undefined(parse(r"We call it $\mathbf w$ and $z$."), known) == ["bold w", "z"]
    assert undefined(parse("```{math}\n:label: a\n\\tau\n```"), known) == ["tau"]


def test_checker_of_glue():
    page = "```{code-cell} ipython3\nquote(a=1%s)\n```\nIt is {glue:text}`a:.1f`%s."
    assert unpaired_glue(parse(page % ("", ""))) == []
    assert unpaired_glue(parse(page % (", b=2", ""))) == ["b is quoted for nothing"]
    assert unpaired_glue(parse(page % ("", " and {glue:text}`c`"))) == ["no cell quotes c"]
    assert unpaired_glue(parse(page % (", a=2", ""))) == ["a is quoted twice"]


def test_checker_of_exercises():
    page = "```{exercise}\n:label: ex-a\n*%s*\n```\n```{solution} ex-%s\n:class: %s\nFour.\n```"
    assert unsolved(parse(page % ("Pencil, 5 minutes.", "a", "dropdown"))) == []
    assert unsolved(parse(page % ("Pencil.", "a", "dropdown")))
    assert unsolved(parse(page % ("Code, 5 minutes.", "b", "dropdown")))
    assert unsolved(parse(page % ("Code, 5 minutes.", "a", "open")))


def test_checker_of_terms():
    known = terms("# G\n\n```{glossary}\nspike\n  A short pulse.\n\ntrace\n  A memory.\n```\n")
    assert known == {"spike": "A short pulse.", "trace": "A memory."}
    page = parse("A {term}`spike`, {term}`spikes <spike>` and a {term}`burst`.")
    assert roles(page, "term") == {"spike", "burst"}


def test_words_are_those_of_the_prose():
    assert words(planted(GOOD)) == 4 + 1 + 4 + 1  # titles, prompt, answer: a role
    assert words(parse("---\na: b\n---\n# One two\n```{code-cell} ipython3\nx = 3\n```")) == 2


# The built pages


def built(name: str):
    from bs4 import BeautifulSoup

    path = HTML / f"{name}.html"
    assert path.exists(), f"{path} is missing; build the book first: make html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.book
def test_every_tile_leads_somewhere_and_tells_its_status():
    page = built("slides")
    tiles = page.select("ul.nl-slides > li.nl-tile")
    assert len(tiles) == SLIDES
    for tile in tiles:
        target, _, place = tile.select_one("p.nl-tile-title a")["href"].partition("#")
        other = built(target.removesuffix(".html")) if target else page
        assert other.find(id=place), (target, place)
        status = tile.select_one("p.nl-tile-status").text
        assert re.match(
            r"planned, |begun: \d+ of \d+ topics, \d+ tests?$|written, \d+ tests?$", status
        )


@pytest.mark.book
def test_tiles_count_the_tests_that_their_sections_name():
    _, slides = read_deck((BOOK / "slides.yml").read_text(encoding="utf-8"), "slides.yml")
    own = set()
    for name in CHAPTERS:
        sections = named_tests((BOOK / f"{name}.md").read_text(encoding="utf-8"))
        own = own.union(*(sections.get(label, ()) for label in slides[4].sections))
    tile = built("slides").select("li.nl-tile")[4]
    assert own and tile.select_one("p.nl-tile-status").text == f"written, {len(own)} tests"
    assert len(tile.select("a")) == 8


@pytest.mark.book
@pytest.mark.parametrize("name", PAGES)
def test_the_built_page_has_its_figures_its_code_and_its_numbers(name):
    source, page = read(name), built(name)
    assert len(page.select("figure.nl")) == len(live_figures(source))
    for _, options in source.includes:
        assert page.find(id=options["name"].replace("_", "-").lower())
    asked = re.findall(r"\{glue:text\}`", source.text)
    glued = [span.text for span in page.select("span.pasted-text")]
    assert len(glued) == len(asked)
    assert [g for g in glued if not g.strip() or re.search(r"nan|inf|'|\"|tensor", g)] == []
    tables = sum(cell.code.count("record_table(") for cell in source.cells)
    assert len([out for out in page.select("div.cell_output") if out.find("table")]) >= tables
    printed = [out.get_text(" ") for out in page.select("div.output")]
    assert [p for p in printed if re.search(r"\bnan\b|\binf\b|Traceback", p)] == []
