"""Live figures on one page, without a book: for whoever writes a figure.

python -m neurolab.live.preview FOLDER [NAME ...]        all, or those of these names

Then open FOLDER/index.html, from disk or a server.
"""

import shutil
import sys
from pathlib import Path

from .figures import FIGURES
from .show import WEB, StaticFigure, page_script

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Live figures</title><link rel="stylesheet" href="style.css">
<script defer src="live.js"></script><script defer src="figures.js"></script>
<style>
  body {{ font: 16px/1.5 system-ui; margin: 1rem auto; max-width: 46rem; padding: 0 1rem; }}
  html[data-theme=dark] {{ background: #121212; color: #ced6dd; }}
</style>
<main><h1>Live figures</h1>
{figures}
</main></html>
"""


def write_page(folder: Path, names: list[str] | None = None) -> Path:
    """Write the page and what it loads into ``folder``; answers the page's path.

    Args:
        folder: made if it is not there.
        names: of the figures to show; None for all.
    """
    shown = [FIGURES[name] for name in names or FIGURES]
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("live.js", "style.css"):
        shutil.copy(WEB / name, folder)
    (folder / "figures.js").write_text(page_script(names))
    figures = "\n".join(StaticFigure(f, f.params)._repr_html_() for f in shown)
    page = folder / "index.html"
    page.write_text(PAGE.format(figures=figures))
    return page


if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(FIGURES):
        sys.exit(__doc__)
    sys.stdout.write(f"{write_page(Path(sys.argv[1]), sys.argv[2:] or None)}\n")
