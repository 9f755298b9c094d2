"""Stored records of full runs, as tables of a page: measured here beside what was published.

    record_table("oja-digits", cosine_pc1=("size of the cosine to PC1", ".4f"))

reads ``results/oja-digits.json`` and ``published.yml`` beside the page. A cell whose last line it
is shows the table; under it stands the command that made the record. A row is given by its words,
or by words and a format. ``record(name)`` is the record itself.

    benchmark_table("lif_core", ours="fast core", scan="a loop in torch")

does the like for the wall-clock times in ``benchmarks/results``.

``published.yml`` holds, by experiment and metric, what a paper says:

    krotov-hopfield:
      test_accuracy: {value: 0.985, status: reported, source: "Who (2019)", doi: 10.1000/1}

``status`` is "reported" (read in the source), or "unread" with no value: the number that goes
around was not found in a source we could read, and is left out.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

STATUSES = ("reported", "unread")
UNREAD = "not found in a source we could read"


@dataclass(frozen=True)
class Table:
    """A table that a notebook shows as Markdown; ``str`` gives the same for a terminal."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __str__(self) -> str:
        return self.markdown

    __repr__ = __str__


def record(name: str, folder: str | os.PathLike = "results") -> dict[str, Any]:
    """The stored record of an experiment.

    Raises:
        FileNotFoundError: there is none in ``folder``; the message says how one is made.
    """
    path = Path(folder) / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        have = ", ".join(sorted(p.stem for p in Path(folder).glob("*.json"))) or "none"
        raise FileNotFoundError(
            f"name: there is no record {path}; there are: {have}. "
            f"`neurolab run {name} --preset full --seeds 5 --json {path}` makes one"
        ) from None


def record_table(
    name: str, folder: str | os.PathLike = "results", **rows: str | tuple[str, str]
) -> Table:
    """One row a metric: words, mean with its 95 % interval, and the published number.

    Raises:
        FileNotFoundError: as ``record``.
        KeyError: the record has no such metric.
    """
    made = record(name, folder)
    papers = published(Path(folder).parent / "published.yml").get(name, {})
    asked = rows or {metric: metric.replace("_", " ") for metric in made["metrics"]}
    unknown = [metric for metric in asked if metric not in made["metrics"]]
    if unknown:
        have = ", ".join(made["metrics"])
        raise KeyError(f"rows: {name} has no metric {unknown[0]!r}; it has {have}")
    head = ["", "measured here"] + (["published"] if papers else [])
    lines = [head, ["---"] * len(head)]
    for metric, words in asked.items():
        words, form = (words, ".4g") if isinstance(words, str) else words
        line = [words, measured(made["metrics"][metric], form)]
        lines.append(line + ([said(papers.get(metric), form)] if papers else []))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return Table(f"{table}\n\n{origin(made)}")


def benchmark_table(
    name: str, folder: str | os.PathLike = "../benchmarks/results", **columns: str
) -> Table:
    """Least wall-clock times of a benchmark, ms: one row a case, one column a rival and its words.

    Raises:
        FileNotFoundError: there is no such benchmark in ``folder``.
        KeyError: a column that no case has.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(
            f"name: there is no {path}; `python benchmarks/{name}.py` makes one"
        )
    made = json.loads(path.read_text(encoding="utf-8"))
    times = {case: row["wall_ms"] for case, row in made["cases"].items()}
    for rival in columns:
        if not any(rival in row for row in times.values()):
            have = ", ".join(dict.fromkeys(r for row in times.values() for r in row))
            raise KeyError(f"columns: {name} did not time {rival!r}; it timed {have}")
    head = ["ms", *columns.values()]
    lines = [head, ["---"] + ["---:"] * len(columns)]
    for case, row in times.items():
        lines.append([case, *(f"{row[r]:,.1f}" if r in row else "-" for r in columns)])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    cores, cpu = made["machine"]["cores"], made["machine"]["cpu"]
    return Table(f"{table}\n\n*{cpu}, {cores} cores. Made by* `{made['command']}`")


def measured(metric: dict[str, Any], form: str) -> str:
    """ "0.9876 (0.9870 to 0.9882)": the mean, and its interval where there is one."""
    if metric["mean"] is None:
        return "not finite"
    mean = format(metric["mean"], form)
    if metric["ci95"] is None or metric["ci95"][0] == metric["ci95"][1]:
        return mean
    low, high = (format(end, form) for end in metric["ci95"])
    return f"{mean} ({low} to {high})"


def said(paper: dict[str, Any] | None, form: str) -> str:
    """The published number with its source, "-" where none is known."""
    if paper is None:
        return "-"
    source = f"[{paper['source']}](https://doi.org/{paper['doi']})"
    if paper["status"] == "unread":
        return f"{UNREAD} ({source})"
    value = paper["value"] if isinstance(paper["value"], str) else format(paper["value"], form)
    return f"{value}, reported by {source}"


def origin(made: dict[str, Any]) -> str:
    """How the record was made, in one sentence."""
    seeds, data = len(made["seeds"]), ", ".join(made["data"]) or "made by the experiment"
    spread = f"{seeds} seeds, mean and its 95 % interval" if seeds > 1 else "one seed, no interval"
    return (
        f"*{spread}; data: {data}; {made['seconds']:,.0f} s on {made['device']}. "
        f"Made by* `{made['command']}`"
    )


def published(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """What papers say, by experiment and metric; empty without the file.

    Raises:
        ValueError: an entry without a source, or with a status or value that is not allowed.
    """
    if not path.exists():
        return {}
    found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for name, metrics in found.items():
        for metric, paper in metrics.items():
            where = f"{path.name}: {name}, {metric}"
            if paper.get("status") not in STATUSES:
                given = paper.get("status")
                raise ValueError(f"{where}: status must be one of {STATUSES}, got {given!r}")
            if not paper.get("source") or not paper.get("doi"):
                raise ValueError(f"{where}: source and doi are needed")
            if (paper.get("value") is None) != (paper["status"] == "unread"):
                raise ValueError(f"{where}: what is reported has a value, what is unread has none")
    return found
