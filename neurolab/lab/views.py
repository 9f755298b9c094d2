"""The student's notebook of each lab, made from its source.

    python -m neurolab.lab.views               write labs/NAME.ipynb for every lab
    python -m neurolab.lab.views --pictures    first run the solutions and write labs/NAME.png
    python -m neurolab.lab.views --solutions DIR    write the notebooks with solutions into DIR

The source labs/NAME.md is a MyST notebook. Cell tags: ``setup`` is replaced by the cell that
installs neurolab where it is missing; ``exercise`` holds the blank, and the ``solution`` cells
after it fill it, so that each view drops one of the two; ``picture`` draws what Goals shows.
Needs jupytext and nbformat, to run a notebook nbclient and ipykernel; a checkout of the repository.
"""

import argparse
import base64
import os
import re
from pathlib import Path

from neurolab.__about__ import DISTRIBUTION, __version__, reference
from neurolab.lab import LABS

ROOT = Path(__file__).parents[2]
BADGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="112" height="22" role="img" '
    'aria-label="Open in Colab"><rect width="112" height="22" rx="4" fill="#24292f"/>'
    '<text x="56" y="15" font-family="sans-serif" font-size="12" fill="#fff" '
    'text-anchor="middle">Open in Colab</text></svg>'
)
SETUP = """\
try:
    import neurolab
except ImportError:  # as in Colab: install it, which takes a while
    %pip install -q "{distribution} @ git+{repository}@{reference}"
    import neurolab

neurolab.setup(seed=0, version="{version}")"""


def repository(root: Path = ROOT) -> str:
    """The repository's address, from ``_config.yml``."""
    import yaml

    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))["repository"]["url"].rstrip(
        "/"
    )


def view(lab: str, solutions: bool = False, root: Path = ROOT):
    """The notebook of ``lab``, with the blanks to fill or with the solutions in their place.

    Same source, same bytes: cell ids count the cells of the source.

    Raises:
        ValueError: the source lacks a set-up cell, or an exercise has no solution.
    """
    import jupytext

    notebook = jupytext.read(root / "labs" / f"{lab}.md", fmt="md:myst")
    tags = [set(cell.metadata.get("tags", ())) for cell in notebook.cells]
    for here, after in zip(tags, [*tags[1:], set()], strict=True):
        if "exercise" in here and "solution" not in after:
            raise ValueError(f"labs/{lab}.md: a cell tagged exercise has no solution after it")
    if not any("setup" in has for has in tags):
        raise ValueError(f"labs/{lab}.md: no cell is tagged setup")
    cut, address = "exercise" if solutions else "solution", repository(root)
    cells = []
    for k, (cell, has) in enumerate(zip(notebook.cells, tags, strict=True)):
        if cut in has:
            continue
        cell["id"] = f"{lab}-{k:02d}"
        if "setup" in has:
            cell.source = SETUP.format(
                distribution=DISTRIBUTION,
                repository=address,
                version=__version__,
                reference=reference(),
            )
        elif cell.cell_type == "markdown":
            cell.source = _embed(_link(cell.source, address), root / "labs")
        cells.append(cell)
    cells[0].source = _badge(lab, address) + "\n\n" + cells[0].source
    notebook.cells = cells
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def text(notebook) -> str:
    """The notebook as the text of a file."""
    import nbformat

    return nbformat.writes(notebook) + "\n"


def run(notebook, fast: bool = True, seconds: int = 120):
    """Run the notebook in labs/, by this interpreter, and return it with its outputs.

    ``fast`` sets NEUROLAB_FAST; a cell that takes more than ``seconds`` stops the run.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    # No folder of kernels: what is left is ipykernel in this interpreter.
    kernels = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        notebook,
        km=kernels,
        timeout=seconds,
        record_timing=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT / "labs")}},
    )
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {"NEUROLAB_FAST": "1" if fast else "0", "PYTHONPATH": os.pathsep.join(paths)}
    return client.execute(env=os.environ | env, cleanup_kc=True)  # the manager is ours


def picture(notebook) -> bytes:
    """The PNG that the cell tagged ``picture`` of a notebook that ran has drawn."""
    for cell in notebook.cells:
        if "picture" in cell.metadata.get("tags", ()):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output["data"]["image/png"])
    raise ValueError("no cell tagged picture has drawn one")


def _badge(lab: str, address: str) -> str:
    colab = address.replace("https://github.com/", "https://colab.research.google.com/github/")
    image = base64.b64encode(BADGE.encode()).decode()
    return (
        f"[![Open in Colab](data:image/svg+xml;base64,{image})]"
        f"({colab}/blob/{reference()}/labs/{lab}.ipynb)"
    )


def _link(source: str, address: str) -> str:
    """Links into the repository by its address, since Colab has the notebook alone."""
    return source.replace("](../", f"]({address}/blob/{reference()}/")


def _embed(source: str, folder: Path) -> str:
    """Pictures inside the text, for the same reason."""

    def data(found: re.Match[str]) -> str:
        file = folder / found[2]
        if not file.exists():  # --pictures is about to draw it
            return found[0]
        inside = base64.b64encode(file.read_bytes()).decode()
        return f"![{found[1]}](data:image/png;base64,{inside})"

    return re.sub(r"!\[([^\]]*)\]\(([\w-]+\.png)\)", data, source)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m neurolab.lab.views")
    parser.add_argument("--pictures", action="store_true", help="run the solutions, keep pictures")
    parser.add_argument("--solutions", type=Path, metavar="DIR", help="write solutions into DIR")
    asked = parser.parse_args(arguments)
    if not (ROOT / "_config.yml").exists():
        parser.error(f"{ROOT} is no checkout of the repository: it has no _config.yml")
    for lab in LABS:
        if asked.solutions:
            made, target = view(lab, solutions=True), asked.solutions / f"{lab}.ipynb"
        else:
            if asked.pictures:
                drawn = picture(run(view(lab, solutions=True), fast=False))
                (ROOT / "labs" / f"{lab}.png").write_bytes(drawn)
            made, target = view(lab), ROOT / "labs" / f"{lab}.ipynb"
        target.write_text(text(made), "utf-8")
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
