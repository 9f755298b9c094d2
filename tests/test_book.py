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
CHAPTERS = ("hebbian",)
PAGES = ("intro", "hebbian", "slides", "notation", "glossary", "api")
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
    r"\\(frac|sum|ln|cos|langle|rangle|[lr][vV]ert|top|pm|cdot|ge|le|ne|approx|leftarrow|dots|q?quad"
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


def quoted(page: Page) -> set[str]:
    """Names that the page's cells hand over with ``quote(name=...)``."""
    return {
        word.arg
        for cell in page.cells
        for call in ast.walk(ast.parse(cell.code))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "quote"
        for word in call.keywords
    }


def unpaired_glue(page: Page) -> list[str]:
    """Numbers the text asks for and no cell gives, or a cell gives and nobody asks for."""
    asked = {name.partition(":")[0] for name in roles(page, "glue:text")}
    given = quoted(page)
    wrong = [f"no cell quotes {name}" for name in sorted(asked - given)]
    return wrong + [f"{name} is quoted for nothing" for name in sorted(given - asked)]


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
    listed = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    assert {toc["root"], *listed} == set(PAGES) == {path.stem for path in BOOK.glob("*.md")}
    below = [s["file"] for p in toc["parts"] for c in p["chapters"] for s in c.get("sections", ())]
    assert set(below) == {f"api/{path.stem}" for path in (BOOK / "api").glob("*.md")}


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


def test_answer_of_stdp(told):
    change = {d: told("stdp", delay=d)["own"][0] for d in (-40, -10, 0, 10, 30, 40)}
    assert change[10] > 0 > change[-10] and abs(change[-10]) < change[10]
    assert change[0] == 0
    assert abs(change[-40]) > change[40]
    assert change[30] + change[-10] < 0  # quiz 1


def test_answer_of_lif(told):
    once, twice = (len(told("lif", current=c)["spikes"]) for c in (1.2, 2.4))
    assert twice > 2 * once > 0
    below = told("lif", current=0.9)
    assert below["spikes"] == [] and abs(below["v"][-1] - 0.9) < 0.001


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
    sections = named_tests((BOOK / "hebbian.md").read_text(encoding="utf-8"))
    own = set().union(*(sections[label] for label in ("sec-hebb", "sec-oja", "sec-stdp")))
    tile = built("slides").select("li.nl-tile")[4]
    assert tile.select_one("p.nl-tile-status").text == f"begun: 3 of 6 topics, {len(own)} tests"
    assert len(tile.select("a")) == 3


@pytest.mark.book
@pytest.mark.parametrize("name", PAGES)
def test_the_built_page_has_its_figures_its_code_and_its_numbers(name):
    source, page = read(name), built(name)
    assert len(page.select("figure.nl")) == len(live_figures(source))
    for _, options in source.includes:
        assert page.find(id=options["name"].replace("_", "-"))
    asked = re.findall(r"\{glue:text\}`", source.text)
    glued = [span.text for span in page.select("span.pasted-text")]
    assert len(glued) == len(asked)
    assert [g for g in glued if not g.strip() or re.search(r"nan|inf|'|\"|tensor", g)] == []
    printed = [out.text for out in page.select("div.output")]
    assert [p for p in printed if re.search(r"\bnan\b|\binf\b|Traceback", p)] == []
