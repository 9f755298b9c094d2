"""One call, ``live(name)``: a widget in a kernel, plain HTML while a book is built."""

import functools
import html
import json
import os
from pathlib import Path

from neurolab.__about__ import reference, repository

from .figure import Figure
from .figures import FIGURES
from .node import evaluate
from .to_js import step_sources, translate

WEB = Path(__file__).parent / "web"
WIDTH = 460  # of the static picture, in pixels


def live(name: str | None = None, **params: float):
    """The live figure ``name``, its sliders at ``params``; without a name, the list of figures.

    In Jupyter and Colab an anywidget whose ``params`` follow the sliders (and move them when
    set), in a book build static HTML that the page's script brings to life. Without the page's
    script it is drawn by ipywidgets and matplotlib.

    Raises:
        ValueError: an unknown figure, or a parameter outside its slider's range.
        TypeError: an unknown parameter, or one that is no number.
    """
    if name is None:
        return FigureList(FIGURES)
    if name not in FIGURES:
        raise ValueError(f"no live figure {name!r}; there are {', '.join(FIGURES)}")
    figure = FIGURES[name]
    params = figure.settle(params)
    if os.environ.get("NEUROLAB_STATIC") == "1":  # set by the book's extension; kernels inherit it
        return StaticFigure(figure, params)
    if not (WEB / "live.js").exists():
        from .fallback import SliderFigure

        return SliderFigure(figure, params)
    from .widget import widget_class

    return widget_class(name)(spec=full_spec(figure), params=params)


class FigureList(dict):
    """Name to figure; shows names, titles and parameters."""

    def __repr__(self) -> str:
        wide = max(map(len, self))
        return "\n".join(f"{n:<{wide}}  {f.title} ({', '.join(f.params)})" for n, f in self.items())


def drivers(names: list[str] | None = None) -> str:
    """The figures' programs as one JavaScript expression."""
    return translate({n: FIGURES[n].driver for n in names or FIGURES})


def page_script(names: list[str] | None = None) -> str:
    """figures.js of a static page: its drivers, and the call that starts every figure."""
    return f"neurolabLive.start({drivers(names)});\n"


@functools.cache
def address() -> str:
    """Where the package's files are read; empty where it is on the path but not installed."""
    try:
        return f"{repository()}/blob/{reference()}"
    except RuntimeError:
        return ""


def full_spec(figure: Figure) -> dict:
    """The spec and the source of the steps the figure runs."""
    steps = [
        {k: step[k] for k in ("name", "path", "source")}
        | {"url": address() and f"{address()}/{step['path']}#L{step['line']}-L{step['end']}"}
        for step in step_sources(figure.driver)
    ]
    return figure.spec() | {"steps": steps}


def _drawn(figure: Figure, params: dict[str, float]) -> tuple[list[str], list[list[str]], str]:
    """Pictures, (label, sample) of the key and summary, from the Python driver's numbers."""
    if not (WEB / "live.js").exists():
        raise RuntimeError(
            "the script of the live figures is not built; run: python hatch_build.py"
        )
    program = (WEB / "document.js").read_text() + (WEB / "live.js").read_text()
    data, spec = figure.simulate(**params), json.dumps(figure.spec())
    drawing = f"neurolabLive.svgText({spec}, {json.dumps(data)}, {WIDTH}, document)"
    pictures, key = evaluate(program, f"[{drawing}, neurolabLive.key({spec})]")
    return pictures, key, data["summary"]


class StaticFigure:
    """A figure as HTML: pictures, settings, key, summary, caption; alive once the script runs."""

    def __init__(self, figure: Figure, params: dict[str, float]):
        self.figure, self.params = figure, params

    def _repr_html_(self) -> str:
        figure, text = self.figure, html.escape
        pictures, key, summary = _drawn(figure, self.params)
        panels = "".join(
            f'<div class="nl-panel"><p class="nl-panel-name" aria-hidden="true">'
            f'{text(panel["name"])}</p><div class="nl-frame">{svg}</div></div>'
            for panel, svg in zip(figure.panels, pictures, strict=True)
        )
        settings = "".join(
            f"<li>{text(i['label'])} <b>{self.params[i['name']]:.{i['decimals']}f} "
            f"{text(i['unit'])}</b></li>"
            for i in figure.inputs
        )
        samples = "".join(f"<li>{svg}{text(label)}</li>" for label, svg in key)
        spec = text(json.dumps(full_spec(figure) | {"params": self.params}))
        return (
            f'<figure class="nl" data-spec="{spec}"><p class="nl-title">{text(figure.title)}</p>'
            f'<div class="nl-body"><div class="nl-left"><div class="nl-pictures">{panels}</div>'
            f'<ul class="nl-key">{samples}</ul></div>'
            f'<div class="nl-side"><ul class="nl-settings">{settings}</ul></div></div>'
            f'<p class="nl-status">{text(summary)}</p>'
            f'<figcaption class="nl-caption">{text(figure.caption)}</figcaption></figure>'
        )
