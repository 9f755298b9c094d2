"""Every lab: its student's view is what the source makes, both views run, the words agree."""

import base64
import datetime
import io
import re
from pathlib import Path
from urllib.parse import urlparse

import matplotlib.image
import nbformat
import numpy as np
import pytest
import yaml

import neurolab
from neurolab.__about__ import reference
from neurolab.lab import LABS

views = pytest.importorskip("neurolab.lab.views")
pytest.importorskip("jupytext")

ROOT = Path(__file__).parents[1]
SECONDS = 20  # of one cell in a short run; the budget is 5, and the machine may be busy


def stored(lab: str):
    return nbformat.read(ROOT / "labs" / f"{lab}.ipynb", as_version=4)


def source(lab: str) -> str:
    return (ROOT / "labs" / f"{lab}.md").read_text("utf-8")


def questions(lab: str) -> dict:
    name = lab.replace("-", "_")
    return __import__(f"neurolab.lab.{name}", fromlist=["QUESTIONS"]).QUESTIONS


def tagged(notebook, tag: str) -> list:
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


@pytest.fixture(params=LABS)
def lab(request):
    return request.param


def test_every_source_is_in_the_table():
    assert {path.stem for path in (ROOT / "labs").glob("*.md")} - {"README"} == set(LABS)


def test_the_stored_view_is_what_the_source_makes(lab):
    text = (ROOT / "labs" / f"{lab}.ipynb").read_text("utf-8")
    assert text == views.text(views.view(lab)), "run `python -m neurolab.lab.views`"
    nbformat.validate(stored(lab))


def test_the_view_holds_no_outputs_and_no_solutions(lab):
    notebook, solved = stored(lab), views.view(lab, solutions=True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    assert tagged(solved, "solution") and not tagged(notebook, "solution")
    assert tagged(notebook, "exercise") and not tagged(solved, "exercise")
    for blank in tagged(notebook, "exercise"):
        assert re.search(r"\.\.\.  # ", blank.source), blank.source
    shown = "\n".join(cell.source for cell in notebook.cells)
    for cell in tagged(solved, "solution"):
        assert cell.source not in shown


def test_cell_ids_are_unique_and_the_same_in_both_views(lab):
    given, solved = stored(lab).cells, views.view(lab, solutions=True).cells
    for cells in (given, solved):
        assert len({cell.id for cell in cells}) == len(cells)
    other = {cell.id: cell.source for cell in solved}
    assert all(other.get(cell.id, cell.source) == cell.source for cell in given)


def test_badge_and_first_cell_name_repository_tag_and_file(lab):
    address = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]["url"]
    tag = reference()
    first, code = stored(lab).cells[:2]
    badge = re.match(
        r"\[!\[Open in Colab\]\(data:image/svg\+xml;base64,[\w+/=]+\)\]\((\S+)\)", first.source
    )
    found = urlparse(badge[1])
    assert found.netloc == "colab.research.google.com"
    path = f"labs/{lab}.ipynb"
    assert found.path == f"/github{urlparse(address).path}/blob/{tag}/{path}"
    assert (ROOT / path).exists()
    install = re.findall(r'%pip install -q "(\S+) @ git\+(\S+)@(\S+)"', code.source)
    assert install == [("neurolab-book", address, tag)]
    assert f'neurolab.setup(seed=0, version="{neurolab.__version__}")' in code.source
    assert "except ImportError" in code.source
    assert urlparse(address).path not in source(lab), "the address stands in _config.yml alone"


def test_links_lead_somewhere_and_pictures_travel_along(lab):
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", source(lab)):
        path, _, anchor = target.partition("#")
        file = ROOT / "labs" / path
        assert file.exists(), target
        headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.M) if anchor else [""]
        slugs = [re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in headings]
        assert anchor in slugs, f"{target}: no such heading"
    text = "\n".join(cell.source for cell in stored(lab).cells)
    assert "](../" not in text and not re.search(r"\]\([\w-]+\.png\)", text)
    image = re.search(r"!\[([^\]]{40,})\]\(data:image/png;base64,([\w+/=]+)\)", text)
    assert base64.b64decode(image[2]) == (ROOT / "labs" / f"{lab}.png").read_bytes()


def test_the_lab_asks_every_question_and_says_where_hints_are(lab):
    asked = re.findall(r'neurolab\.check\("([\w-]+\.\w+)"', source(lab))
    assert dict.fromkeys(asked) == dict.fromkeys([f"{lab}.{key}" for key in questions(lab)])
    assert len(tagged(stored(lab), "exercise")) >= 3
    for cell in tagged(stored(lab), "exercise"):
        assert re.search(r"neurolab\.check\(.*hint=1", cell.source)


def test_the_minutes_of_the_parts_add_up_to_what_is_promised(lab):
    parts = [int(n) for n in re.findall(r"^## .*\((\d+) minutes\)$", source(lab), re.M)]
    row = re.search(
        rf"^\| \[{lab}\]\({lab}\.ipynb\) \|.*$", (ROOT / "labs/README.md").read_text(), re.M
    )
    low, high = map(int, re.search(r"\| (\d+)-(\d+) \|", row[0]).groups())
    assert 60 <= low <= sum(parts) <= high <= 90, parts
    assert f"{low} to {high} minutes" in source(lab)


def test_code_fits_on_a_narrow_screen(lab):
    for cell in stored(lab).cells:
        if cell.cell_type == "code":
            long = [x for x in cell.source.splitlines() if len(x) > 72 and "%pip" not in x]
            assert not long


def test_a_source_without_solution_or_set_up_is_refused(tmp_path):
    (tmp_path / "labs").mkdir()
    (tmp_path / "_config.yml").write_text("repository: {url: https://github.com/a/b}")
    head = (
        "---\njupytext:\n  text_representation: {extension: .md, format_name: myst}\n"
        "kernelspec: {name: python3, display_name: Python 3, language: python}\n---\n# T\n\n"
    )
    cell = "```{{code-cell}} ipython3\n:tags: [{}]\n1\n```\n\n"
    for body, reason in (
        ("exercise", "no solution after it"),
        ("other", "no cell is tagged setup"),
    ):
        (tmp_path / "labs" / "t.md").write_text(head + cell.format(body))
        with pytest.raises(ValueError, match=reason):
            views.view("t", root=tmp_path)
    body = "".join(map(cell.format, ("setup", "exercise", "solution")))
    (tmp_path / "labs" / "t.md").write_text(head + body)
    made = views.view("t", root=tmp_path)
    assert [cell.id for cell in made.cells] == ["t-00", "t-01", "t-02"]
    assert f"git+https://github.com/a/b@{reference()}" in made.cells[1].source


# Both views in a kernel.


def lines(notebook) -> list[str]:
    """What the checks printed."""
    printed = [
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    ]
    return re.findall(
        r"^[\w-]+\.\w+: (?:right|wrong|not yet|score|compared)\. .*$", "".join(printed), re.M
    )


def slowest(notebook) -> float:
    def at(cell, moment):
        return datetime.datetime.fromisoformat(cell.metadata.execution[moment])

    times = [
        (at(cell, "shell.execute_reply") - at(cell, "iopub.status.busy")).total_seconds()
        for cell in notebook.cells[2:]  # the set-up cell imports torch
        if cell.cell_type == "code"
    ]
    assert len(times) > 5
    return max(times)


@pytest.mark.labs
def test_nothing_is_left_of_a_run():
    """A kernel that lives on holds its memory and twenty open files."""
    open_files = Path("/proc/self/fd")
    if not open_files.exists():
        pytest.skip("open files are counted in /proc, which this system lacks")
    code = nbformat.v4.new_code_cell("import os\nprint(os.getpid())")
    counts = []
    for _ in range(3):
        ran = views.run(nbformat.v4.new_notebook(cells=[code]))
        assert not Path("/proc", ran.cells[0].outputs[0].text.strip()).exists()
        counts.append(len(list(open_files.iterdir())))
    assert counts[2] <= counts[0]


@pytest.mark.labs
def test_the_solutions_are_right_and_draw_the_picture_in_goals(lab):
    """At full length, as a learner runs them; the blanks below are run in short."""
    notebook = views.run(views.view(lab, solutions=True), fast=False)
    said = dict(line.split(": ", 1) for line in lines(notebook))
    assert list(said) == [f"{lab}.{key}" for key in questions(lab)]
    for key, asked in questions(lab).items():
        assert said[f"{lab}.{key}"].startswith(f"{asked.passed}. "), said
    for name, target in re.findall(rf"`({lab}\.\w+): ([^`]+)`", source(lab)):
        assert said[name].startswith(target), "the target shown is what a right answer prints"
    new = matplotlib.image.imread(io.BytesIO(views.picture(notebook)))
    old = matplotlib.image.imread(ROOT / "labs" / f"{lab}.png")
    assert new.shape == old.shape, "run `python -m neurolab.lab.views --pictures`"
    assert np.abs(new - old).mean() < 0.02


@pytest.mark.labs
def test_the_blanks_run_to_the_end_and_say_not_yet(lab):
    notebook = views.run(stored(lab))
    said = dict(line.split(": ", 1) for line in lines(notebook))
    assert list(said) == [f"{lab}.{key}" for key in questions(lab)]
    asked = re.findall(r'check\("(\S+?)"', "".join(c.source for c in tagged(notebook, "exercise")))
    for name, line in said.items():
        assert line.startswith("not yet. ") == (name in asked), line
        assert not line.startswith("wrong"), line
    assert slowest(notebook) < SECONDS
