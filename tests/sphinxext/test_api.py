"""The reference pages: every public module has its place, and docstrings keep their layout."""

import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx")
from docutils import nodes

from neurolab.sphinxext import api

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "book/api").glob("*.md"))
ROOMS = ("core", "kernels", "coding", "hebbian", "spiking", "recurrent", "eprop", "continuous")
ROOMS += ("dendrites", "continual", "reward", "nef", "metrics", "neuromorphic")


def shown() -> set[Path]:
    """The files that the pages' directives show."""
    rooms = [m for p in PAGES for m in re.findall(r"\{api\} (\S+)", p.read_text())]
    return {path for room in rooms for path in api.modules(room)}


def test_every_module_of_the_open_rooms_is_shown():
    for room in ROOMS:
        files = {p for p in (ROOT / "neurolab" / room).glob("*.py") if p.name[0] != "_"}
        assert files and files <= shown()


def test_every_page_stands_in_the_table_of_contents():
    toc = (ROOT / "book/_toc.yml").read_text()
    assert PAGES
    for page in PAGES:
        assert f"file: api/{page.stem}\n" in toc + "\n"


def test_a_docstring_keeps_its_layout():
    found = api.docstring(
        "Text with ``code``\nin two lines.\n\n    x = y\n    table\n\nRaises:\n"
        "    ValueError: when\n        it is wrong.\n    TypeError: else.\n\n"
        "What follows:\n- one\n- two\n"
    )
    kinds = [type(n).__name__ for n in found]
    assert kinds == ["paragraph", "literal_block", "paragraph", "bullet_list", "paragraph",
                     "bullet_list"]  # fmt: skip
    assert found[0].astext() == "Text with code in two lines."
    assert isinstance(found[0][1], nodes.literal)
    assert found[1].astext() == "x = y\ntable"
    assert [i.astext() for i in found[3]] == ["ValueError: when it is wrong.", "TypeError: else."]
    assert [i.astext() for i in found[5]] == ["one", "two"]


def test_names_signatures_and_fields_are_those_of_the_file():
    import ast

    source = (
        "'''Doc.'''\nexp = _word('exp', f, 'e to the power x.')\nTABLE = {'a': A}\n_HIDDEN = 1\n\n"
        "class A(NamedTuple):\n    v: float  # mV\n    def step(self, x): ...\n\n"
        "def f(x: float, *, y=1) -> int: ...\ndef _g(): ...\n"
    )
    tree = ast.parse(source)
    assert api.named(tree) == [("exp", "e to the power x."), ("TABLE", "``{'a': A}``")]
    a, f = api.public(tree)
    assert api.signature(f) == "f(x: float, *, y=1) -> int"
    assert api.signature(a) == "class A(NamedTuple)"
    assert api.members(a, source) == ["v: float  # mV", "step(self, x)"]


def test_an_unknown_module_is_refused():
    with pytest.raises(ValueError, match=r"there is no module neurolab\.nowhere"):
        api.modules("neurolab.nowhere")
