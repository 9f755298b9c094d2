"""The set-up agrees with itself: one address, one version, a lock that fits, files that exist."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import metadata, version
from pathlib import Path

import pytest
import torch
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build
import neurolab
from neurolab.__about__ import DISTRIBUTION, reference, repository

ROOT = Path(__file__).parent.parent
KINDS = {".md", ".py", ".yml", ".toml", ".json", ".ipynb", ".js", ".css", ".txt", ""}
APART = {"gpu"}  # extras in neither the lock nor [all]: a gigabyte that needs a graphics card
MADE = ("node_modules", "_build", "__pycache__", "live.js", "THIRD_PARTY.txt", "package-lock.json")


def project_texts(*parts):
    """(path, text) of what people write in this project, or in some parts of it."""
    for start in parts or (".",):
        for path in sorted(
            [ROOT / start] if (ROOT / start).is_file() else (ROOT / start).rglob("*")
        ):
            inside = path.relative_to(ROOT).parts
            hidden = any(p.startswith(".") and p != ".ci" for p in inside)
            if (
                not hidden
                and path.is_file()
                and path.suffix in KINDS
                and not set(inside) & set(MADE)
            ):
                yield path, path.read_text(encoding="utf-8")


def lock():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): pin for name, pin in (line.split("==") for line in pins)}


def extras():
    """Extra -> its own requirements; the base under the empty name."""
    found = {}
    for text in metadata(DISTRIBUTION).get_all("Requires-Dist"):
        extra = re.search(r"extra == ['\"](\w+)['\"]", text)
        found.setdefault(extra[1] if extra else "", []).append(Requirement(text))
    return found


def address():
    return yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]


# One address, one name, one version


def test_metadata_has_the_address_of_the_config():
    urls = dict(u.split(", ") for u in metadata(DISTRIBUTION).get_all("Project-URL"))
    assert repository() == urls["Source"] == address()
    assert urls["Issues"] == f"{address()}/issues"


def test_code_and_settings_do_not_repeat_the_address():
    owner_and_name = address().removeprefix("https://github.com/")
    with_it = {
        path.relative_to(ROOT).as_posix()
        for path, text in project_texts()
        if owner_and_name in text and path.suffix not in (".md", ".ipynb")
    }
    assert with_it == {"_config.yml"}


def test_every_link_to_the_project_has_the_address_of_the_config():
    owner, name = address().split("/")[-2:]
    link = re.compile(rf"github(?:\.com)?/([\w.-]+)/({re.escape(name)})\b")
    found = {
        (path.name, match.groups())
        for path, text in project_texts()
        if path.suffix in (".md", ".ipynb")
        for match in link.finditer(text)
    }
    assert "README.md" in {file for file, _ in found}, "without links this test would be empty"
    assert {where for _, where in found} == {(owner, name)}


def test_colab_badges_open_files_that_exist():
    owner_and_name = address().removeprefix("https://github.com/")
    start = f"https://colab.research.google.com/github/{owner_and_name}/blob/{reference()}/"
    badges = [
        link
        for _, text in project_texts("README.md", "book")
        for link in re.findall(r"https://colab\.research\.google\.com/github/[^\s)\"'>\\]+", text)
    ]
    assert badges
    for badge in badges:
        assert badge.startswith(start)
        assert (ROOT / badge.removeprefix(start)).is_file(), badge


def test_nobody_is_sent_to_the_package_of_that_name():
    """The name neurolab belongs to another project in the package index."""
    wrong = re.compile(r"pip3? install (?:-\S+ )*[\"']?neurolab(?![-\w./])")
    assert wrong.search("pip install -q neurolab") and wrong.search('pip install "neurolab[book]"')
    assert not wrong.search('pip install "neurolab-book @ git+https://x"')
    wrong_files = [
        p.name for p, text in project_texts() if p.name != "test_setup.py" and wrong.search(text)
    ]
    assert wrong_files == []


def test_version():
    assert neurolab.__version__ == version(DISTRIBUTION)
    release = re.match(r"\d+\.\d+\.\d+", neurolab.__version__)[0]
    assert re.search(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == release
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == release


# What is installed


def test_base_is_lower_bounds():
    """So that Colab keeps its torch and its numpy."""
    base = extras()[""]
    shown = {"matplotlib", "ipywidgets", "anywidget"}
    runs = {"numba", "pooch", "tyro", "tqdm", "safetensors", "filelock"}
    assert {r.name for r in base} == {"torch", "numpy"} | shown | runs
    for requirement in base:
        assert [s.operator for s in requirement.specifier] == [">="], requirement
    numpy = next(r for r in base if r.name == "numpy")
    assert numpy.specifier.contains("1.26.0") and numpy.specifier.contains("2.9")


def test_lock_satisfies_every_extra():
    pins = lock()
    for extra, requirements in extras().items():
        for requirement in requirements if extra not in APART else ():
            name = canonicalize_name(requirement.name)
            applies = requirement.marker is None or requirement.marker.evaluate(
                {"python_version": "3.11", "python_full_version": "3.11.7", "extra": extra}
            )
            if name != DISTRIBUTION and applies:
                assert requirement.specifier.contains(pins[name]), f"[{extra}] {requirement}"


def test_all_holds_the_other_extras():
    found = {extra: of for extra, of in extras().items() if extra not in APART}
    assert set(found) == {
        "",
        "book",
        "labs",
        "nir",
        "nengo",
        "loihi",
        "brian2",
        "scale",
        "dev",
        "all",
    }
    others = [
        r for extra, requirements in found.items() if extra not in ("", "all") for r in requirements
    ]
    assert {(r.name, r.specifier) for r in found["all"]} == {(r.name, r.specifier) for r in others}


def test_lock_is_exact_and_sorted():
    lines = [s for s in (ROOT / "requirements.txt").read_text().splitlines() if s[0] != "#"]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)  # and no local version
    names = [canonicalize_name(line.split("==")[0]) for line in lines]
    assert names == sorted(set(names))


def test_npm_packages_are_exact_and_name_no_registry():
    wanted = json.loads((ROOT / "package.json").read_text())
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text and "http" not in text
    for name, pin in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == pin
    assert set(hatch_build.NEEDED) == set(wanted["dependencies"])


def test_import_loads_nothing_heavy():
    code = (
        "import sys, neurolab; assert {'live', 'check', 'setup'} <= set(dir(neurolab));"
        "loaded = {m.split('.')[0] for m in sys.modules};"
        "print(*loaded & {'torch', 'numpy', 'matplotlib', 'ipywidgets', 'anywidget', 'IPython'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_unknown_attribute_lists_what_there_is():
    with pytest.raises(AttributeError, match=r"no attribute 'lif'; it has .*'live'"):
        neurolab.lif  # noqa: B018


# What is written about it


def test_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        (path.name, target)
        for path, text in project_texts(
            "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "book", "labs"
        )
        for target in re.findall(r"(?:^|`)(?:\w+=\S+ )*make ([a-z-]+)", text, re.M)
    }
    assert {"book", "test", "lab"} <= {target for _, target in named}
    assert {(file, target) for file, target in named if target not in targets} == set()
    assert {"book", "html", "test", "check", "lab", "bench", "clean"} <= targets


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_linked_files_exist(name):
    text = (ROOT / name).read_text()
    links = re.findall(r"\]\((?!https?://|#)([^)]+)\)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_readme_is_one_screen_and_its_example_runs():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 60
    (example,) = [
        code for code in re.findall(r"```python\n(.*?)```", text, re.S) if "torch" in code
    ]
    scope = {}
    exec(example, scope)
    w = scope["w"]
    assert abs(w[0]) / w.norm() > 0.97  # the first axis, as it says
    assert abs(w.norm() - 1) < 0.05
    assert torch.isfinite(w).all()


def make(folder, *arguments):
    """make with an environment of its own in folder."""
    command = ["make", f"VENV={folder / 'venv'}", *arguments, f"{folder / 'venv/.made'}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_make_says_what_to_install_when_there_is_no_python(tmp_path):
    done = make(tmp_path, "PYTHON=python3-that-is-not-there")
    assert done.returncode != 0
    assert "python3-that-is-not-there was not found. Install Python 3.11" in done.stderr


@pytest.mark.parametrize("pretended", [(3, 10), (3, 14), (2, 7)])
def test_make_refuses_other_versions_of_python(tmp_path, pretended):
    python = tmp_path / "python"
    lie = f"import sys; sys.version_info = {pretended}; exec(sys.argv[2])"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{lie}" "$@"\n')
    python.chmod(0o755)
    done = make(tmp_path, f"PYTHON={python}")
    assert done.returncode != 0
    assert f"This is Python {pretended[0]}.{pretended[1]}; neurolab needs 3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


# The build hooks


def sources(folder):
    """A tree that holds what the page script is made from."""
    for name in ("package.json", "package-lock.json", "_config.yml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / hatch_build.WEB).mkdir(parents=True)
    for path in (ROOT / hatch_build.WEB).glob("*.js"):
        shutil.copy(path, folder / hatch_build.WEB)
    (folder / hatch_build.LICENCES).write_text("")
    return folder


def test_script_is_old_when_a_source_changes(tmp_path):
    tree = sources(tmp_path)
    script, figure = tree / hatch_build.SCRIPT, tree / hatch_build.WEB / "figure.js"
    script.write_text(hatch_build.stamp(tree) + "whatever")
    assert hatch_build.is_current(tree)
    text = figure.read_bytes()
    figure.write_bytes(text + b"// more\n")
    assert not hatch_build.is_current(tree)
    figure.write_bytes(text.replace(b"\n", b"\r\n"))  # as git may write it on Windows
    assert hatch_build.is_current(tree)
    (tree / "package-lock.json").write_text("{}")
    assert not hatch_build.is_current(tree)


def test_packages_are_those_of_the_lock(tmp_path):
    tree = sources(tmp_path)
    assert not hatch_build.has_packages(tree, hatch_build.NEEDED)
    packages = json.loads((tree / "package-lock.json").read_text())["packages"]
    there = {
        f"node_modules/{name}": packages[f"node_modules/{name}"] for name in hatch_build.NEEDED
    }
    (tree / "node_modules").mkdir()
    installed = tree / "node_modules/.package-lock.json"
    installed.write_text(json.dumps({"packages": there}))
    assert hatch_build.has_packages(tree, hatch_build.NEEDED)
    assert not hatch_build.has_packages(tree, (*hatch_build.NEEDED, "mathjax"))
    there["node_modules/esbuild"] = there["node_modules/esbuild"] | {"version": "0.0.1"}
    installed.write_text(json.dumps({"packages": there}))
    assert not hatch_build.has_packages(tree, hatch_build.NEEDED)


def test_address_hook_finds_the_url_below_other_keys(tmp_path):
    config = tmp_path / "_config.yml"
    config.write_text(
        "html:\n  url: no\nrepository:\n  branch: main\n  url: 'https://a/b'  # here\n"
    )
    found = {}
    hatch_build.Addresses(str(tmp_path), {}).update(found)
    assert found["urls"]["Source"] == "https://a/b"
    config.write_text("html:\n  url: no\nrepository:\n  branch: main\nlatex:\n  url: no\n")
    with pytest.raises(ValueError, match=r"no line `url: ...` under `repository:`"):
        hatch_build.Addresses(str(tmp_path), {}).update(found)


def tree_to_install(folder):
    """A copy of what a clone holds: no script, no packages of npm."""
    kept_out = shutil.ignore_patterns("live.js", "THIRD_PARTY.txt", "__pycache__")
    shutil.copytree(ROOT / "neurolab", folder / "neurolab", ignore=kept_out)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("_config.yml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.slow
def test_installs_with_the_script_without_node_and_npm(tmp_path):
    """Into a fresh environment, with nothing of the machine on the path but a shell."""
    tree, path = tree_to_install(tmp_path / "tree"), tmp_path / "bin"
    path.mkdir()
    for tool in ("sh", "env"):
        (path / tool).symlink_to(shutil.which(tool))
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    environment = os.environ | {"PATH": str(path)}
    command = [python, "-m", "pip", "install", "--no-deps", tree]
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL)

    code = (
        "import neurolab, pathlib; from neurolab.__about__ import repository;"
        "script = pathlib.Path(neurolab.__file__).parent / 'live/web/live.js';"
        "licences = script.with_name('THIRD_PARTY.txt').read_text();"
        "print(neurolab.__version__, repository(), script.read_text()[:1000]);"
        "assert '@observablehq/plot' in licences and 'Mike Bostock' in licences"
    )
    done = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{neurolab.__version__} {address()} {hatch_build.stamp(ROOT)}")
    assert "neurolabLive" in done.stdout
    assert not (tree / "node_modules").exists(), (
        "the build leaves nothing but the script in the tree"
    )


@pytest.mark.slow
def test_installs_without_the_script_when_npm_is_out_of_reach(tmp_path):
    tree = tree_to_install(tmp_path / "tree")
    unreachable = {
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "cache"),
    }
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-v", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--target", target, tree],
        env=os.environ | unreachable,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "live.js was not made: npm ci failed" in done.stdout + done.stderr
    assert (target / "neurolab/live/web/figure.js").exists()
    assert not (target / "neurolab/live/web/live.js").exists()

    code = "import neurolab; print(neurolab.__file__); print(type(neurolab.live('oja')).__name__)"
    environment = os.environ | {"PYTHONPATH": str(target), "NEUROLAB_STATIC": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(target / "neurolab/__init__.py"), "SliderFigure"], (
        done.stderr
    )
