"""The map of the deck: reading its data, counting tests, and a small book built from it."""

import pytest

from neurolab.sphinxext.slides import SLIDES, Slide, listed, named_tests, places, read_deck

CHAPTERS = """
chapters:
- {name: intro, title: Opening}
- {name: hebbian, title: Hebbian learning}
- {name: borrow, title: "Interlude: what to borrow"}
- {name: spikes, title: Spikes}
slides:
"""


def deck(**changes: str) -> str:
    """A data file of 71 planned slides; ``s5="..."`` gives the rows of slide 5."""
    lines = [
        f"- {{slide: {k}, title: T{k}, chapters: [spikes], "
        f"rows: {changes.get(f's{k}', f'{{S{k:02d}: null}}')}}}"
        for k in range(1, SLIDES + 1)
    ]
    return CHAPTERS + "\n".join(lines)


def test_reads_chapters_and_slides():
    chapters, slides = read_deck(deck(s5="{S05a: sec-a, S05b: sec-b, S05c: null, S05d: sec-a}"), "")
    assert list(chapters) == ["intro", "hebbian", "borrow", "spikes"]
    assert slides[4].number == 5 and slides[4].sections == ("sec-a", "sec-b")
    assert slides[5].sections == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("slide: 7,", "slide: 8,", "entry 7: slide 7 is due here, got 8"),
        ("title: T9,", "title: '',", "entry 9: a title is missing"),
        ("rows: {S03: null}", "rows: {}", "entry 3: rows are missing"),
        ("T2, chapters: [spikes]", "T2, chapters: [spike]", r"entry 2: .* got \['spike'\]"),
        ("T2, chapters: [spikes]", "T2, chapters: []", r"entry 2: .* got \[\]"),
        ("- {slide: 71, title: T71, chapters: [spikes], rows: {S71: null}}", "", "the file 70"),
    ],
)
def test_says_what_is_wrong_and_where(old, new, message):
    assert old in deck()
    with pytest.raises(ValueError, match=message):
        read_deck(deck().replace(old, new), "slides.yml")


def test_places_count_chapters_only():
    chapters, _ = read_deck(deck(), "")
    assert list(places(chapters).values()) == ["opening", "chapter 1", "interlude", "chapter 2"]


def test_places_are_listed_in_order():
    assert listed(["chapter 4"]) == "chapter 4"
    assert listed(["chapter 14", "chapter 9", "chapter 12"]) == "chapters 9, 12 and 14"
    assert listed(["interlude", "chapter 1"]) == "interlude and chapter 1"
    assert listed(["opening"]) == "opening"


def test_status():
    place = {"spikes": "chapter 2"}
    rows = {"S05a": ("sec-a", "sec-b"), "S05b": ()}
    assert Slide(5, "T", ("spikes",), {"S05a": ()}).status(0, place) == "planned, chapter 2"
    assert Slide(5, "T", ("spikes",), rows).status(4, place) == "begun: 1 of 2 topics, 4 tests"
    assert Slide(5, "T", ("spikes",), {"S05a": ("sec-a",)}).status(1, place) == "written, 1 test"
    assert Slide(5, "T", ("spikes",), rows).sections == ("sec-a", "sec-b")


PAGE = """
(sec-a)=
## A
(*Tested* in `tests/x/test_a.py::test_one` and `tests/x/test_a.py::test_two`.)

### Deeper
Again `tests/x/test_a.py::test_one`, and `tests/x/test_a.py::test_three`.

```{code-cell} ipython3
# (sec-no)= and tests/x/test_a.py::test_in_a_cell
## no heading
```

(sec-b)=
## B
Nothing.

## C
`tests/x/test_a.py::test_of_no_label`
"""


def test_tests_are_counted_to_their_section():
    names = {"sec-a": {"one", "two", "three"}, "sec-b": set()}
    expected = {k: {f"tests/x/test_a.py::test_{n}" for n in v} for k, v in names.items()}
    assert named_tests(PAGE) == expected


@pytest.fixture
def build(tmp_path, sphinx_build):
    """Build a two-page book with the directive; answers (page, warnings)."""
    book = tmp_path / "book"
    book.mkdir()
    (book / "conf.py").write_text(
        "extensions = ['myst_parser', 'neurolab.sphinxext.slides']\nroot_doc = 'intro'\n"
    )
    section = PAGE.replace("{code-cell} ipython3", "python")
    (book / "spikes.md").write_text("# Spikes\n" + section)
    view = "```{slides} slides.yml\n:view: chapters\n```\n"
    page = "# Map\n```{slides} slides.yml\n```\n" + view + "```{toctree}\nspikes\n```\n"
    (book / "intro.md").write_text(page)

    def run(text: str):
        (book / "slides.yml").write_text(text)
        pages, warnings = sphinx_build(book, tmp_path / "out")
        return pages["intro"], warnings

    return run


@pytest.mark.slow
def test_tiles_lead_to_sections_or_to_the_plan(build):
    page, warnings = build(deck(s5="{S05a: sec-a, S05b: sec-b, S05c: null}"))
    assert warnings == ""
    tiles = page.select("ul.nl-slides > li")
    assert len(tiles) == SLIDES
    assert [a["href"] for a in tiles[4].select("a")] == ["spikes.html#sec-a", "spikes.html#sec-b"]
    assert tiles[4].select_one(".nl-tile-status").text == "begun: 2 of 3 topics, 3 tests"
    assert tiles[5].select_one("a")["href"] == "#plan-spikes"
    assert tiles[5].select_one(".nl-tile-status").text == "planned, chapter 2"
    assert page.find(id="plan-spikes").select_one("a")["href"] == "spikes.html"
    assert page.find(id="plan-hebbian").text.strip().endswith("(no slide), planned")


@pytest.mark.slow
def test_a_broken_label_and_a_broken_file_are_reported(build):
    assert "sec-none" in build(deck(s5="{S05a: sec-none}"))[1]
    assert "slide 7 is due here" in build(deck().replace("slide: 7,", "slide: 70,"))[1]
