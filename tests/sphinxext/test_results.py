"""Tables of stored records: the numbers of the file, their spread, and what papers say."""

import json

import pytest

from neurolab.sphinxext import benchmark_table, record, record_table
from neurolab.sphinxext.results import published

MADE = {
    "experiment": "a-b",
    "seeds": [0, 1],
    "metrics": {
        "score": {"mean": 0.98765, "ci95": [0.98, 0.99], "values": [0.98, 0.99]},
        "steps": {"mean": 12.0, "ci95": None, "values": [12.0]},
        "lost": {"mean": None, "ci95": None, "values": [None]},
    },
    "data": {"mnist": "canonical"},
    "seconds": 1234.5,
    "device": "cpu",
    "command": "neurolab run a-b --preset full",
}
PAPER = "a-b:\n  score: {value: 0.99, status: reported, source: Who (2019), doi: 10.1/2}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results/a-b.json").write_text(json.dumps(MADE))
    return tmp_path / "results"


def test_a_row_holds_mean_interval_and_format(folder):
    told = record_table("a-b", folder, score=("score", ".1%"), steps="number of steps")
    lines = str(told).splitlines()
    assert lines[0] == "|  | measured here |"
    assert lines[2] == "| score | 98.8% (98.0% to 99.0%) |"
    assert lines[3] == "| number of steps | 12 |"
    assert "`neurolab run a-b --preset full`" in lines[-1]
    assert "2 seeds" in lines[-1] and "mnist" in lines[-1] and "1,234 s" in lines[-1]
    assert told._repr_markdown_() == str(told)


def test_without_rows_every_metric_is_shown(folder):
    lines = str(record_table("a-b", folder)).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:5]] == ["score", "steps", "lost"]
    assert "not finite" in lines[4]


def test_published_numbers_stand_beside(folder):
    (folder.parent / "published.yml").write_text(PAPER)
    lines = str(record_table("a-b", folder, score=("score", ".3f"), steps="steps")).splitlines()
    assert "| 0.990, reported by [Who (2019)](https://doi.org/10.1/2) |" in lines[2]
    assert lines[3].endswith("| - |")


def test_a_number_nobody_read_is_not_printed(folder):
    unread = PAPER.replace("value: 0.99, status: reported", "status: unread")
    (folder.parent / "published.yml").write_text(unread)
    line = str(record_table("a-b", folder, score="score")).splitlines()[2]
    assert "not found in a source we could read" in line and "0.99" not in line.split("|")[-2]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("reported", "recalled", "status must be one of"),
        ("source: Who (2019), ", "", "source and doi"),
        ("value: 0.99, ", "", "reported has a value"),
        ("status: reported", "status: unread", "unread has none"),
    ],
)
def test_published_is_checked(folder, old, new, why):
    path = folder.parent / "published.yml"
    path.write_text(PAPER.replace(old, new))
    with pytest.raises(ValueError, match=why):
        published(path)


def test_what_is_missing_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"no record .*x-y.json; .*a-b\. .*run x-y"):
        record("x-y", folder)
    with pytest.raises(KeyError, match="no metric 'speed'; it has score, steps, lost"):
        record_table("a-b", folder, speed="speed")


def test_times_of_a_benchmark_stand_side_by_side(tmp_path):
    cases = {
        "long": {"wall_ms": {"ours": 1234.56, "loop": 2000.0}},
        "short": {"wall_ms": {"ours": 2}},
    }
    made = {"cases": cases, "machine": {"cpu": "A chip", "cores": 2}, "command": "python b.py"}
    (tmp_path / "core.json").write_text(json.dumps(made))
    lines = str(benchmark_table("core", tmp_path, ours="fast core", loop="a loop")).splitlines()
    assert lines[0] == "| ms | fast core | a loop |"
    assert lines[2:4] == ["| long | 1,234.6 | 2,000.0 |", "| short | 2.0 | - |"]
    assert "A chip, 2 cores" in lines[-1] and "`python b.py`" in lines[-1]
    with pytest.raises(KeyError, match="did not time 'peer'; it timed ours, loop"):
        benchmark_table("core", tmp_path, peer="peer")
    with pytest.raises(FileNotFoundError, match=r"benchmarks/other\.py"):
        benchmark_table("other", tmp_path, ours="ours")
