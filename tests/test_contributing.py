"""CONTRIBUTING, followed to the letter in a copy of the tree: nothing else had to change.

"Add an idea", "Add a live figure" and "Add an experiment", but for the section in the chapter,
whose form ``test_book.py`` holds. The contract tests that are there pick the newcomers up.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scratch_idea import FILES, LINES, MISTAKES

ROOT = Path(__file__).parents[1]
# What the three parts name: the idea's family, figures, experiments, and the floor plan.
CONTRACTS = (
    "tests/test_architecture.py",
    "tests/hebbian/test_contract.py",
    "tests/hebbian/test_leaky.py",
    "tests/live/test_figures.py",
    "tests/live/test_parity.py",
    "tests/experiments/test_experiment_contract.py",
)
# Of them those of the newcomers, the tests of the whole package, and one that says which it was.
CHOSEN = "leaky or test_package_keeps or test_importing or test_live_lists or test_the_copy"
WHICH = """
from pathlib import Path
import neurolab
def test_the_copy_is_what_is_tested():
    assert Path(neurolab.__file__) == Path(__file__).parents[1] / "neurolab/__init__.py"
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path):
    """A copy of the package and its tests, with the scratch idea in it."""
    tree = tmp_path / "tree"
    for folder in ("neurolab", "tests"):
        shutil.copytree(
            ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__", "live.js")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)
    for name, text in FILES.items():
        assert not (tree / name).exists(), f"{name} is taken: choose another name for the scratch"
        (tree / name).write_text(text)
    for name, lines in LINES.items():
        for before, line in lines:
            put(tree / name, before, line)
    return tree


def put(path: Path, before: str, line: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1, f"{path}: {before!r} stands there {text.count(before)} times"
    path.write_text(text.replace(before, before + line))


def contracts(tree: Path) -> tuple[int, str]:
    """Exit code and words of the contract tests, run in the copy with the copy's package."""
    (tree / "tests/test_which.py").write_text(WHICH)
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-k", CHOSEN]
    done = subprocess.run(
        [*command, *CONTRACTS, "tests/test_which.py"],
        cwd=tree, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(tree), "NEUROLAB_RUNS": str(tree / "runs")},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_an_idea_a_figure_and_an_experiment_are_added_as_it_says(tree):
    code, said = contracts(tree)
    assert code == 0, said[-6000:]
    passed = set(re.findall(r"^PASSED (\S+)", said, re.M))
    assert "tests/test_which.py::test_the_copy_is_what_is_tested" in passed
    for file in CONTRACTS:
        assert any(name.startswith(file) for name in passed), f"nothing ran in {file}"
    for _, _, test in MISTAKES.values():
        assert any(name.endswith(f"::{test}") for name in passed), f"{test} did not run"
    for name in ("leaky", "leaky-growth"):
        assert sum(f"[{name}" in one or f"-{name}]" in one for one in passed) >= 8, name


def test_a_mistake_in_each_of_them_is_seen(tree):
    for name, (right, wrong, _) in MISTAKES.items():
        text = (tree / name).read_text()
        assert text.count(right) == 1
        (tree / name).write_text(text.replace(right, wrong))
    code, said = contracts(tree)
    assert code == 1, said[-6000:]
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.M)
    for _, _, test in MISTAKES.values():
        assert any(name.endswith(f"::{test}") for name in failed), f"{test} saw nothing: {failed}"
    untouched = [name for name in failed if "leaky" not in name and "test_live_lists" not in name]
    assert untouched == [], "the mistakes are those of the newcomers alone"


def test_what_had_to_change_is_what_it_names():
    """New files, names in a room's __init__ and rows of tables; and CONTRIBUTING says which."""
    words = (ROOT / "CONTRIBUTING.md").read_text()
    parts = dict(re.findall(r"^## (Add an? .+)\n((?:(?!## ).*\n)*)", words, re.M))
    idea, figure, experiment = (
        parts[f"Add {a}"] for a in ("an idea", "a live figure", "an experiment")
    )
    for named, part in {
        "neurolab/ROOM/IDEA.py": idea,
        "tests/ROOM/": idea,
        "__init__.py": idea,
        "neurolab/live/figures/NAME.py": figure,
        "neurolab/live/figures/__init__.py": figure,
        "neurolab/experiments/NAME.py": experiment,
        "EXPERIMENTS": experiment,
    }.items():
        assert named in part
    assert set(LINES) == {
        f"neurolab/{room}/__init__.py" for room in ("hebbian", "live/figures", "experiments")
    }
