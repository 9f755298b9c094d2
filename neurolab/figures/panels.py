"""The panels of a live figure's spec, drawn by matplotlib.

For machines where the page's own drawing code is not installed. It knows the marks the live
figures use; the spec's language is that of Observable Plot.
"""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLORS = {"a": "#0067a8", "b": "#c04a00", "c": "#00795a", "soft": "#7b8794", "ink": "#1f2933"}


def _style(options: dict) -> dict:
    """Colour, width and dashes of a mark, in matplotlib's words."""
    named = options.get("stroke") or options.get("fill") or "var(--nl-ink)"
    dashes = options.get("strokeDasharray")
    pattern = (0, tuple(float(x) for x in dashes.split())) if dashes else "-"
    color = COLORS[named.removeprefix("var(--nl-").removesuffix(")")]
    return {"color": color, "linewidth": options.get("strokeWidth", 1.0), "linestyle": pattern}


def _draw_mark(ax: Axes, spec: dict, data: dict) -> None:
    columns = {channel: data[name] for channel, name in spec["columns"].items()}
    style = _style(spec["options"]) | {"label": spec.get("label")}
    match spec["mark"]:
        case "line":
            ax.plot(columns["x"], columns["y"], **style)
        case "cloud":
            ax.plot(columns["x"], columns["y"], ".", color=style["color"], markersize=2,
                    alpha=0.5, label=style["label"])  # fmt: skip
        case "dot":
            ax.plot(columns["x"], columns["y"], "o", color=style["color"], label=style["label"])
        case "heat":
            ax.scatter(
                columns["x"],
                columns["y"],
                s=30 * spec["options"].get("size", 1) ** 2,
                marker="s",
                color=style["color"],
                alpha=np.clip(columns["value"], 0, 1),
                linewidth=0,
            )
            ax.plot([], [], "s", color=style["color"], label=style["label"])
        case "spikes":
            rows = np.asarray(columns["y"])
            ax.vlines(columns["x"], rows - 0.4, rows + 0.4, **style)
        case "arrow":
            tail = columns["x1"][0], columns["y1"][0]
            tip = columns["x2"][0], columns["y2"][0]
            arrow = {"arrowstyle": "-|>", "color": style["color"], "linewidth": style["linewidth"]}
            ax.annotate("", tip, tail, arrowprops=arrow)
            ax.plot([], [], **style)
        case "link":
            ends = zip(*(columns[name] for name in ("x1", "x2", "y1", "y2")), strict=True)
            for k, (x1, x2, y1, y2) in enumerate(ends):
                ax.plot([x1, x2], [y1, y2], **(style if k == 0 else style | {"label": None}))
        case "text":
            said = spec["options"]["text"]
            for x, y, words in zip(columns["x"], columns["y"], said, strict=True):
                ax.text(x, y, words, color=style["color"], va="center")
        case "ruleX" | "ruleY" as kind:
            line = ax.axvline if kind == "ruleX" else ax.axhline
            for k, at in enumerate(spec.get("at") or columns.popitem()[1]):
                line(at, **(style if k == 0 else style | {"label": None}))
        case unknown:
            raise ValueError(f"draw_panels knows no mark {unknown!r}")


def draw_panels(spec: dict, data: dict) -> bytes:
    """The pictures of ``spec`` with the driver's ``data``, as one PNG."""
    panels = spec["panels"]
    heights = [panel.get("height", 380) for panel in panels]
    figure = Figure(figsize=(6.4, sum(heights) / 75 + 0.6), layout="constrained")
    shape = {"height_ratios": heights, "squeeze": False}
    for ax, panel in zip(figure.subplots(len(panels), 1, **shape).flat, panels, strict=True):
        for one in panel["marks"]:
            _draw_mark(ax, one, data)
        ax.set(title=panel["name"], xlim=panel["x"]["domain"], ylim=panel["y"]["domain"],
               xlabel=panel["x"]["label"], ylabel=panel["y"]["label"])  # fmt: skip
        ax.set_yscale(panel["y"].get("type", "linear"))
        if "aspectRatio" in panel:
            ax.set_aspect(panel["aspectRatio"])
        for side, direction in (("x", ax.xaxis), ("y", ax.yaxis)):
            direction.set_visible(panel[side]["label"] is not None)
        if any(one.get("label") for one in panel["marks"]):
            ax.legend(fontsize="small", loc="upper right")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=96)
    return picture.getvalue()
