"""The map of the deck: one tile a slide, linked to its section or to the plan.

The directive ``{slides} slides.yml`` makes a list of tiles from the data file; with the option
``:view: chapters`` a list of the chapters, to which the tiles of planned slides lead. The file:

    chapters:                   in the order of the book
    - {name: hebbian, title: Hebbian learning}
    slides:
    - slide: 5
      title: Hebb's postulate
      chapters: [hebbian]       names from above; several where a slide is shared
      rows: {S05a: sec-hebb, S05b: [sec-oja, sec-layer], S05c: null}
                                a row of the founding table: its section, sections, or none yet

A section that exists is linked as a cross-reference, so a broken label is a warning of the build.
The number of tests beside it is counted in the page's source: the tests its *Tested* lines name.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

SLIDES = 71  # of the deck
TEST = re.compile(r"tests/[\w/]+\.py::\w+")
_LABEL = re.compile(r"^\((?P<label>[\w-]+)\)=\s*$")
_HEADING = re.compile(r"^(?P<marks>#+) ")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


@dataclass(frozen=True)
class Slide:
    """One slide. ``rows`` maps each row of the founding table to the labels of its sections."""

    number: int
    title: str
    chapters: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]

    @property
    def sections(self) -> tuple[str, ...]:
        """The labels that exist, each once, in order."""
        return tuple(dict.fromkeys(label for labels in self.rows.values() for label in labels))

    def status(self, tests: int, place: dict[str, str]) -> str:
        """What exists: "planned, chapter 4", or "begun: 3 of 6 topics, 4 tests"."""
        if not self.sections:
            return f"planned, {listed([place[name] for name in self.chapters])}"
        done = sum(bool(labels) for labels in self.rows.values())
        counted = f"{tests} test" + ("" if tests == 1 else "s")
        if done == len(self.rows):
            return f"written, {counted}"
        return f"begun: {done} of {len(self.rows)} topics, {counted}"


def listed(places: list[str]) -> str:
    """ "chapter 4", or "chapters 9, 12 and 14"."""
    numbers = sorted(int(p.split()[1]) for p in places if p.startswith("chapter "))
    rest = [p for p in places if not p.startswith("chapter ")]
    words = [str(n) for n in numbers]
    if len(words) > 1:
        words = [", ".join(words[:-1]) + " and " + words[-1]]
    return " and ".join(rest + [f"chapter{'s' * (len(numbers) > 1)} {w}" for w in words])


def read_deck(text: str, source: str) -> tuple[dict[str, str], list[Slide]]:
    """Chapters (name: title) and slides of a data file.

    Raises:
        ValueError: what is missing or wrong, with the file and the slide.
    """
    found = yaml.safe_load(text)
    chapters = {c["name"]: c["title"] for c in found["chapters"]}
    slides = []
    for k, entry in enumerate(found["slides"], start=1):
        where = f"{source}, entry {k}"
        if entry.get("slide") != k:
            raise ValueError(f"{where}: slide {k} is due here, got {entry.get('slide')!r}")
        if not str(entry.get("title") or "").strip():
            raise ValueError(f"{where}: a title is missing")
        if not entry.get("rows"):
            raise ValueError(f"{where}: rows are missing; give {{row: section label or null}}")
        names = tuple(entry.get("chapters") or ())
        unknown = [name for name in names if name not in chapters]
        if not names or unknown:
            listed = ", ".join(chapters)
            raise ValueError(f"{where}: chapters must be some of {listed}; got {list(names)}")
        rows = {row: _labels(given) for row, given in entry["rows"].items()}
        slides.append(Slide(k, entry["title"], names, rows))
    if len(slides) != SLIDES:
        raise ValueError(f"{source}: the deck has {SLIDES} slides, the file {len(slides)}")
    return chapters, slides


def _labels(given: str | list[str] | None) -> tuple[str, ...]:
    """A row's sections: none yet, one, or several."""
    return (given,) if isinstance(given, str) else tuple(given or ())


def places(chapters: dict[str, str]) -> dict[str, str]:
    """Name to place: "chapter 4"; "opening" and "interlude" have no number."""
    place, number = {}, 0
    for name, title in chapters.items():
        first = title.partition(":")[0].lower()
        if first in ("opening", "interlude"):
            place[name] = first
        else:
            number += 1
            place[name] = f"chapter {number}"
    return place


def named_tests(text: str) -> dict[str, set[str]]:
    """For each label above a heading of a MyST page: the tests named in its section."""
    found: dict[str, set[str]] = {}
    open_sections: list[tuple[int, str | None]] = []  # (level of the heading, label)
    label = fence = None
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None and line.strip() == fence:
            fence = None
        elif fence is None and (match := _LABEL.match(line)):
            label = match["label"]
        elif fence is None and (match := _HEADING.match(line)):
            level = len(match["marks"])
            open_sections = [s for s in open_sections if s[0] < level] + [(level, label)]
            if label:
                found[label] = set()
            label = None
        elif fence is None:
            for name in {name for _, name in open_sections if name}:
                found[name] |= set(TEST.findall(line))
    return found


class SlidesDirective(SphinxDirective):
    """``{slides} FILE``: the tiles, or with ``:view: chapters`` the chapters they lead to."""

    required_arguments = 1
    option_spec: ClassVar = {"view": lambda given: directives.choice(given, ("tiles", "chapters"))}

    def run(self) -> list[nodes.Node]:
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        try:
            chapters, slides = read_deck(Path(path).read_text(encoding="utf-8"), name)
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as wrong:
            raise self.error(f"{name}: {wrong}") from wrong
        place = places(chapters)
        if self.options.get("view") == "chapters":
            plan = nodes.bullet_list(classes=["nl-plan"])
            for chapter, title in chapters.items():
                plan += self.chapter(chapter, title, place[chapter], slides)
            return [plan]
        tests = self.count_tests()
        tiles = nodes.bullet_list(classes=["nl-slides"])
        for slide in slides:
            named = set().union(*(tests.get(label, set()) for label in slide.sections))
            tiles += self.tile(slide, slide.status(len(named), place))
        return [tiles]

    def count_tests(self) -> dict[str, set[str]]:
        found = {}
        for document in sorted(self.env.found_docs):
            path = Path(self.env.doc2path(document))
            if path.suffix == ".md":
                self.env.note_dependency(str(path.relative_to(self.env.srcdir)))
                found |= named_tests(path.read_text(encoding="utf-8"))
        return found

    def tile(self, slide: Slide, status: str) -> nodes.list_item:
        kind = "nl-written" if slide.sections else "nl-planned"
        first = nodes.paragraph("", "", classes=["nl-tile-title"])
        words = f"{slide.number}. {slide.title}"
        if slide.sections:
            first += reference(slide.sections[0], words)
        else:
            first += nodes.reference("", words, refid=f"plan-{slide.chapters[0]}", internal=True)
        last = nodes.paragraph("", status, classes=["nl-tile-status"])
        item = nodes.list_item("", first, last, classes=["nl-tile", kind])
        if len(slide.sections) > 1:
            more = nodes.paragraph("", "Also: ", classes=["nl-tile-more"])
            for k, label in enumerate(slide.sections[1:]):
                more += [nodes.Text(", ")] if k else []
                more += reference(label)
            item += more
        return item

    def chapter(self, name: str, title: str, place: str, slides: list[Slide]) -> nodes.list_item:
        own = [slide for slide in slides if name in slide.chapters]
        head = title if place in ("opening", "interlude") else f"{place.capitalize()}: {title}"
        line = nodes.paragraph()
        if name in self.env.found_docs:
            line += addnodes.pending_xref(
                head, nodes.inline(head, head), refdomain="std", reftype="doc", refwarn=True,
                refexplicit=True, reftarget=f"/{name}",
            )  # fmt: skip
        else:
            line += nodes.strong("", head)
        numbers = ", ".join(str(slide.number) for slide in own)
        which = {0: "no slide", 1: f"slide {numbers}"}.get(len(own), f"slides {numbers}")
        line += nodes.Text(f" ({which})" + ("" if name in self.env.found_docs else ", planned"))
        return nodes.list_item("", line, ids=[f"plan-{name}"])


def reference(label: str, words: str = "") -> addnodes.pending_xref:
    """A link to a section, by its label; without words it carries the section's title."""
    attributes = {"refdomain": "std", "reftype": "ref", "refwarn": True, "reftarget": label}
    return addnodes.pending_xref(
        words, nodes.inline(words, words or label), refexplicit=bool(words), **attributes
    )


def setup(app) -> None:
    app.add_directive("slides", SlidesDirective)
