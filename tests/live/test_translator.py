"""What the translator takes means in node what it means in Python; the rest it refuses."""

import ast
import importlib
import inspect
import math
import random
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from neurolab import live
from neurolab.core import ops
from neurolab.live import source
from neurolab.live.source import Unsupported
from neurolab.live.to_js import parameters_of, step_sources, translate
from tests.live.javascript import Stopped
from tests.live.programs import (
    HEAD,
    REFUSED,
    REFUSED_MODULES,
    STOPPED,
    TAKEN,
    driver,
    plain,
    program,
    python,
    same,
)

BUILDS = pytest.mark.parametrize("checked", [False, True], ids=["plain", "checked"])
HERE = "neurolab/live/figures/probe.py"


@BUILDS
@pytest.mark.parametrize("what", TAKEN)
def test_means_what_python_means(node, what, checked):
    text = driver(TAKEN[what], HEAD)
    for row in ([0.25, 0.75], [0.75, 0.25], [2.5, 3.0]):
        expected, found = plain(python(text)(*row)), node.answer(program(text, checked), *row)
        assert same(found, expected), f"{found} is not {expected}"


def test_a_program_may_stand_in_a_script_element():
    assert "</script" not in program(driver("return '</script>'"), checked=True)


def marked(text):
    (line,) = [k for k, one in enumerate(text.splitlines(), 1) if "# <-" in one]
    return line


def refusal(text):
    with pytest.raises(SyntaxError) as caught:
        program(text)
    assert caught.type is Unsupported
    return str(caught.value)


@pytest.mark.parametrize("what", REFUSED)
def test_refuses_with_file_and_line_and_says_what_to_write(what):
    text = driver(REFUSED[what], HEAD)
    message = refusal(text)
    assert message.startswith(f"{HERE}:{marked(text)}: ")
    assert what.split(" | ")[1] in message


@pytest.mark.parametrize("what", REFUSED_MODULES)
def test_refuses_modules(what):
    text = REFUSED_MODULES[what]
    message = refusal(text)
    assert what.split(" | ")[1] in message
    assert "# <-" not in text or message.startswith(f"{HERE}:{marked(text)}: ")


@pytest.mark.parametrize("what", STOPPED)
def test_checked_program_stops_where_python_means_something_else(node, what):
    body = STOPPED[what]
    text = driver(body, HEAD + "\n\ndef broken(x) -> int:\n    return x / 4\n")
    with pytest.raises(Stopped, match=re.escape(what.split(" | ")[0])) as caught:
        node.answer(program(text, checked=True), 0, 2)
    if "# <-" in body:
        assert f"{HERE}:{marked(text)}: " in str(caught.value)


def test_the_place_is_right_again_after_a_call(node):
    text = driver("c = fill([], 3)\nd = twice(1) + twice(2)\nreturn (twice(1) + c)  # <-", HEAD)
    with pytest.raises(Stopped, match=f"{HERE}:{marked(text)}: a number was expected, got None"):
        node.answer(program(text, checked=True), 0, 0)


# ---- numbers and words ---------------------------------------------------------------------------

DECIMALS = [0, 1, 2, 3, 6, 12, 20]
FORMATS = [*(f".{n}f" for n in DECIMALS), "+.2f", "z.1f", "+z.0f", ".0%", ".2%", "+.1%", "z.0%"]


def numbers_to_show():
    """Ties at each number of decimals and their neighbours, random sizes, both signs."""
    rng = random.Random(0)
    ties = [(rng.randrange(2000) + 0.5) / 2**n for n in range(22) for _ in range(40)]
    ties += [k + 0.5 for k in range(200)] + [k / 8 for k in range(200)] + [0.125, 2.675, 1.005]
    sizes = [rng.uniform(1, 10) * 10 ** rng.uniform(-25, 30) for _ in range(1500)]
    edges = [0.0, 5e-324, 2.0**53, 1e21, 1e22, 1.7e308, 999999999999999868928.0, 0.5, 9.995, 0.05]
    found = [y for x in ties + sizes + edges for y in (x, math.nextafter(x, 0.0))]
    return [y for x in found for y in (x, -x)]


def test_numbers_are_shown_as_python_shows_them(node):
    fields = ", ".join(f"f'{{x:{one}}}'" for one in FORMATS)
    text = program(driver(f"return [{fields}]", arguments="x"))
    numbers = numbers_to_show()
    shown = node.answers(text, [[x] for x in numbers])
    ties = 0
    for x, found in zip(numbers, shown, strict=True):
        expected = [format(x, one) for one in FORMATS]
        assert found == expected, x
        ties += any(abs(x) * 2 ** (n + 1) % 2 == 1 for n in DECIMALS)
    assert ties > 1000, "without ties any rounding would pass"


@BUILDS
def test_what_is_no_number_is_shown_as_python_shows_it(node, checked):
    fields = ", ".join(f"f'{{x:{one}}}'" for one in FORMATS)
    body = f"return [[{fields}] for x in [log(a), -log(a), sqrt(a - 1)]]"
    text = driver(body, HEAD, arguments="a")
    assert node.answer(program(text, checked), 0.0) == python(text)(0.0)


def words_of_ops():
    """Public functions of the file itself."""
    tree = ast.parse(Path(ops.__file__).read_text())
    found = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    found += [t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets]
    return {w for w in found if callable(getattr(ops, w)) and w[0] != "_" and w != "Value"}


def test_every_word_of_ops_is_known_to_the_page():
    assert words_of_ops() == source.MATH | source.OWN
    for word in source.MATH | source.OWN:
        assert len(inspect.signature(getattr(ops, word)).parameters) == source.ARGUMENTS.get(
            word, 1
        )


@BUILDS
@pytest.mark.parametrize("word", sorted(source.MATH | source.OWN))
def test_words_answer_what_they_answer_to_floats(node, word, checked):
    """On numbers of all sizes, and on infinities and nan where a word makes one."""
    count = source.ARGUMENTS.get(word, 1)
    letters = "xyz"[:count]
    given = [f"{c} > 0.5" if word == "where" and c == "x" else c for c in letters]
    numbers = [0.0, -0.0, 1e-320, 0.3, -0.3, 1.0, 2.5, -7.0, 40.0, 709.9, 1e5, -1e300, 1e308]
    body = f"inf = -log(0.0)\nxs = [inf, -inf, sqrt(-1.0), {', '.join(map(repr, numbers))}]\n"
    body += "out = []\n" + "".join(f"{'    ' * k}for {c} in xs:\n" for k, c in enumerate(letters))
    body += f"{'    ' * count}out.append({word}({', '.join(given)}))\nreturn out"
    head = f"from neurolab.core.ops import {', '.join(sorted({word, 'log', 'sqrt'}))}\n"
    text = driver(body, head, arguments="")
    expected, found = python(text)(), node.answer(program(text, checked))
    assert len(found) == len(expected) == (len(numbers) + 3) ** count
    for a, b in zip(found, expected, strict=True):
        assert same(a, b) or a == pytest.approx(b, rel=1e-14, abs=1e-323), word


# ---- reading the sources -------------------------------------------------------------------------


def write(root, **files):
    """A tree of modules: room__file for neurolab/room/file.py."""
    for name, text in files.items():
        path = root / "neurolab" / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_follows_names_through_imports_and_takes_only_what_is_reached(node, tmp_path):
    """Re-exports, renamings, relative imports, equal names in several files; no file is run."""
    write(
        tmp_path,
        birds__goose="from ..fish.pike import weight as heavy\nSIZE = 3\n\n\ndef step(x):\n"
        "    return SIZE * heavy(x)\n",
        fish__pike="from .deep.eel import weight as weight\nSIZE = 5\n",
        fish__deep__eel="SIZE = 7\n\n\ndef weight(x):\n    return x + SIZE\n\n\n"
        "raise RuntimeError('imported')\n",
        live__a="import nowhere\nfrom neurolab.birds import step as stride\n\n\n"
        "def unused():\n    yield 1\n\n\ndef simulate(x):\n    return stride(x)\n",
        live__b="from neurolab.birds.goose import SIZE\n\n\ndef simulate(x, y):\n    return SIZE\n",
    )
    (tmp_path / "neurolab/birds/__init__.py").write_text("from .goose import step as step\n")
    drivers = {"a": "neurolab.live.a", "b": "neurolab.live.b"}
    text = translate(drivers, root=tmp_path)
    assert node.answer(text, 1, name="a") == 24
    assert node.answer(text, 1, 2, name="b") == 3
    assert text.count("const SIZE$birds$goose") == 1 and "unused" not in text
    assert '"b": {parameters: ["x", "y"], run: simulate$live$b}' in text
    assert parameters_of("neurolab.live.b", root=tmp_path) == ["x", "y"]


def test_a_ring_of_imports_is_refused(tmp_path):
    write(tmp_path, a__one="from .two import x", a__two="from .one import x")
    write(tmp_path, live__a="from neurolab.a.one import x\n\n\ndef simulate():\n    return x\n")
    with pytest.raises(Unsupported, match=r"live/a\.py:5: x is imported in a ring"):
        translate({"a": "neurolab.live.a"}, root=tmp_path)


def test_refusal_names_the_file_in_which_the_construct_stands(tmp_path):
    write(tmp_path, room__idea="RATE = 1\n\n\ndef idea_step(x):\n    return x[1:]\n")
    write(
        tmp_path,
        live__a="from neurolab.room.idea import idea_step\n\n\n"
        "def simulate(x):\n    return idea_step(x)\n",
    )
    with pytest.raises(Unsupported, match=r"^neurolab/room/idea\.py:5: a slice: x\[1:\]; write "):
        translate({"a": "neurolab.live.a"}, root=tmp_path)


def test_long_lines_are_cut_in_the_message():
    message = refusal(driver(f"return {' + '.join(['a'] * 80)} + [b]"))
    assert "..." in message and len(message) < 200


def test_the_modules_of_the_translator_need_only_the_standard_library():
    """So that a build tool may load them without torch; ``show`` and the book build use them."""
    folder = Path(source.__file__).parent
    for name in ("source", "whole", "calls", "expressions", "statements", "to_js"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in sys.stdlib_module_names
            if isinstance(node, ast.Import):
                assert {a.name.split(".")[0] for a in node.names} <= sys.stdlib_module_names


STEPS = {  # of the figures that do not run one step, of their own name; else functions
    "attractor": ["lif_nengo_step", "lif_rate_step"],
    "apical": ["predicted_soma_step", "urbanczik_senn_step"],
    "bcm": ["bcm_step", "oja_step"],
    "budget": ["affordable", "bits_for_energy", "thriftiest"],
    "capacity": ["overlap_step"],
    "collide": ["project_step"],
    "conversion": ["cell_step"],
    "context": ["gate_step"],
    "crossbar": ["pendulum_step"],
    "decoders": ["lif_rate_step"],
    "digits": ["cell_step", "digits_stdp_step", "network_step", "open_step"],
    "falsematch": ["overlap_step"],
    "fixedpoint": ["cell_step", "chip_step"],
    "filters": ["krotov_hopfield_step"],
    "gates": ["lstm_step", "vanilla_step"],
    "grasp": [
        *("activation_step", "cells_step", "contact_step", "finger_step", "lif_step", "reflex_step")
    ],
    "joules": ["spikes_step"],
    "latency": ["poisson_step"],
    "information": ["ganglion_step"],
    "irregular": ["ctrnn_step"],
    "melody": ["permanence_step"],
    "parity": ["tau_step"],
    "pointers": ["bind_step"],
    "population": ["von_mises_rate"],
    "spiketime": ["alpha", "crossing_gradient", "crossing_time", "lambert_w"],
    "clock": ["lif_step"],
    "fingertip": ["drive_at", "spike_after"],
    "onset": ["linear_delay"],
    "prototypes": ["surprise_step"],
    "pyramidal": ["cable_step", "exponential_step", "glutamate_step", "nmda_step"],
    "race": ["normalized_step"],
    "raster": ["lif_step"],
    "injection": ["lif_step", "adex_step", "izhikevich_step", "hodgkin_huxley_step"],
    "contraction": ["assembly_step"],
    "response": ["srm0_step"],
    "rewiring": ["deep_r_step"],
    "winners": ["segment_active"],
    "reach": [
        *("common_step", "impulse_step", "off_step", "reward_step", "speed_step"),
        *("touch_step", "turn_step", "wall_step"),
    ],
    "readout": ["cable_step", "exponential_step", "glutamate_step", "nmda_step"],
    "reward": ["stdp_step", "eligibility_step", "rstdp_step"],
    "threshold": ["alif_step"],
    "timeline": ["gru_step", "lstm_step", "vanilla_step"],
    "tracking": ["coding_step"],
    "tree": ["cable_step", "exponential_step", "glutamate_step", "nmda_step"],
    "unroll": [
        *("bytes_bptt", "bytes_checkpointed", "bytes_eprop", "bytes_rtrl", "bytes_truncated"),
        "segments_of",
    ],
    "angle": ["lif_step"],
    "subnetworks": ["gate_step"],
    "selection": ["basal_ganglia_step"],
    "serialorder": ["serial_trace_step"],
    "spaun": ["use_step"],
    "surrogate": ["branch_step", "cable_step", "exponential_step", "glutamate_step", "nmda_step"],
    "synapse": ["tsodyks_markram_step", "exponential_step", "lif_step"],
}


@pytest.mark.parametrize("name", live.FIGURES)
def test_steps_of_a_figure_are_given_with_their_source(name):
    steps = step_sources(live.FIGURES[name].driver)
    assert sorted(s["name"] for s in steps) == sorted(STEPS.get(name, [f"{name}_step"]))
    for step in steps:
        function = getattr(importlib.import_module(step["module"]), step["name"])
        lines, start = inspect.getsourcelines(function)
        assert step["module"] == function.__module__
        assert step["source"] + "\n" == "".join(lines)
        assert (step["line"], step["end"]) == (start, start + len(lines) - 1)
        assert Path(inspect.getfile(function)).as_posix().endswith("/" + step["path"])


def test_steps_are_those_of_idea_rooms_that_are_reached(tmp_path):
    write(
        tmp_path,
        core__solvers="def euler_step(x):\n    return x\n",
        a__one="from neurolab.b.two import low_step\n\n\n"
        "def high_step(x):\n    return low_step(x)\n",
        b__two="def helper(x):\n    return x\n\n\ndef low_step(x):\n    return helper(x)\n\n\n"
        "def other_step(x):\n    return x\n",
        live__d="from neurolab.a.one import high_step\n"
        "from neurolab.core.solvers import euler_step\n\n\n"
        "def own_step(x):\n    return x\n\n\n"
        "def simulate(x):\n    return euler_step(own_step(high_step(x)))\n",
    )
    steps = step_sources("neurolab.live.d", root=tmp_path)
    assert [(s["name"], s["path"], s["line"], s["end"]) for s in steps] == [
        ("low_step", "neurolab/b/two.py", 5, 6),
        ("high_step", "neurolab/a/one.py", 4, 5),
    ]


def test_each_program_is_made_the_same_way_twice_and_once_only():
    drivers = {name: figure.driver for name, figure in live.FIGURES.items()}
    text = translate(drivers)
    assert text == translate(drivers)
    names = re.findall(r"^(?:function|class|const) ([\w$]+)", text, re.M)
    assert len(set(names)) == len(names) and all(a != b for a, b in pairwise(sorted(names)))
    for word in ("torch", "numpy", "nn.Module", "Figure("):
        assert word not in text
