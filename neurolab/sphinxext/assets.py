"""The switch to static figures, their script and style, MathJax, and repairs of the theme."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from neurolab.live.show import WEB, page_script

HERE = Path(__file__).parent
MATHJAX = ("LICENSE", "es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2")

FIGURE = r'<figure class="nl" data-spec="\{&quot;name&quot;: &quot;(\w+)&quot;'
ARCHIVE = "neurolab-book.zip"


def _copy_assets(app) -> None:
    """Everything a page asks for lies beside it: no page asks the network."""
    os.environ["NEUROLAB_STATIC"] = "1"  # the notebook kernels inherit it
    static = Path(app.outdir).parent / "neurolab_static"
    shutil.rmtree(static, ignore_errors=True)
    (static / "neurolab").mkdir(parents=True)
    for name in ("live.js", "THIRD_PARTY.txt"):  # the script, and the licences of what is in it
        shutil.copy(WEB / name, static / "neurolab")
    shutil.copy(WEB / "style.css", static / "neurolab/live.css")
    shutil.copy(HERE / "book.css", static / "neurolab")
    mathjax = Path(app.srcdir).parent / "node_modules/mathjax"
    if not mathjax.is_dir():
        raise FileNotFoundError(f"no MathJax in {mathjax}; run: npm ci (make does it)")
    for part in MATHJAX:
        source, target = mathjax / part, static / "mathjax" / part.removeprefix("es5/")
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    app.config.html_static_path.append(str(static))


def _scripts_where_used(app, pagename, template, context, doctree) -> None:
    # sphinx-thebe 0.3.1 under Jupyter Book 1 declares its constants twice: an error on every page.
    scripts = context["script_files"]
    body_of = lambda s: str(getattr(s, "attributes", {}).get("body", ""))  # noqa: E731
    scripts[:] = [s for s in scripts if "THEBE_JS_URL" not in body_of(s)]
    app.add_css_file("neurolab/book.css")
    shown = re.findall(FIGURE, context.get("body", "")) if doctree is not None else []
    if shown:
        own = f"neurolab/figures-{pagename.replace('/', '-')}.js"  # the programs of this page
        target = Path(app.outdir) / "_static" / own
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page_script(list(dict.fromkeys(shown))), encoding="utf-8")
        app.add_js_file("neurolab/live.js", loading_method="defer")
        app.add_js_file(own, loading_method="defer", priority=900)
        app.add_css_file("neurolab/live.css")


def fingerprint(book: Path) -> str:
    """Of everything a page is made of beside its text: when it changes, Sphinx builds all anew."""
    kinds = (".py", ".js", ".css")
    files = sorted(p for p in HERE.parent.rglob("*") if p.suffix in kinds)
    files += sorted([*book.glob("results/*.json"), *book.glob("published.yml")])
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()


# What the theme, its notebook cells and the bibliography get wrong for those who listen to a page,
# and a second copy of the theme's icons: its style sheet draws them already, 1.5 MB lighter.
REPAIRS = (
    (r"<script src=\"[^\"]*/fontawesome/[^\"]*/all\.min\.js[^\"]*\"></script>\n?", ""),
    (r"<link rel=\"preload\" as=\"font\"[^>]*>\n?", ""),  # fails from the disk
    (r"(<button class=\"btn search-button-field[^>]*?) aria-label=\"Search\"", r"\1"),
    (r"<summary aria-label=\"Toggle hidden content\">", "<summary>"),
    (r"<summary>(?=<span class=\"toctree-toggle\")", '<summary aria-label="pages of this part">'),
    (r"<div role=\"list\" class=\"citation-list\">", '<div class="citation-list">'),
    (r"(<div class=\"citation\"[^>]*?) role=\"doc-biblioentry\"", r"\1"),
)


def repaired(page: str) -> str:
    """The html of a page with the theme's own faults mended."""
    for wrong, right in REPAIRS:
        page = re.sub(wrong, right, page)
    return page


def _finish(app, exception) -> None:
    """Mend the pages, and lay the whole book beside them as one archive to read offline."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for script in out.glob("_static/vendor/fontawesome/*/js/all.min.js*"):
        script.unlink()  # no page asks for it any more
    for path in out.rglob("*.html"):
        before = path.read_text(encoding="utf-8")
        after = repaired(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
    (out / ARCHIVE).unlink(missing_ok=True)
    made = shutil.make_archive(str(out.parent / "offline"), "zip", out.parent, out.name)
    shutil.move(made, out / ARCHIVE)


def setup(app) -> None:
    app.add_config_value("neurolab_fingerprint", fingerprint(Path(app.srcdir)), "env")
    app.connect("builder-inited", _copy_assets)
    app.connect("html-page-context", _scripts_where_used, priority=900)
    app.connect("build-finished", _finish)
