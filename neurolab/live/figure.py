"""What a live figure is: a driver, sliders, handles to drag, and panels of marks.

Everything here ends as plain JSON (``Figure.spec``). The page side, ``web/figure.js``,
hands the panels to Observable Plot, whose options they are; a channel of a mark names a
column of the driver's answer. Colours are names (``a``, ``b``, ``c``, ``soft``), so that
light, dark and print share one spec.
"""

from collections.abc import Callable
from dataclasses import dataclass

Spec = dict[str, object]
COLORS = ("a", "b", "c", "soft", "ink")
DASHES = {"solid": None, "dashed": "6 4", "dotted": "1.5 3.5"}


def slider(
    name: str, label: str, low: float, high: float, step: float, value: float, unit: str = ""
) -> Spec:
    """One input: the parameter ``name`` of the driver, its range, its step and its start."""
    steps = round((value - low) / step)
    if not low <= value <= high or abs(low + steps * step - value) > 1e-9:
        raise ValueError(
            f"slider {name}: value {value} is not on the grid from {low} to {high} by {step}"
        )
    decimals = len(f"{step:.10f}".rstrip("0").partition(".")[2])
    return {"name": name, "label": label, "unit": unit, "min": low, "max": high, "step": step,
            "value": value, "decimals": decimals}  # fmt: skip


def mark(
    kind: str,
    color: str | None = None,
    fill: str | None = None,
    label: str | None = None,
    dash: str = "solid",
    options: Spec | None = None,
    at: tuple[float, ...] | None = None,
    **columns: str,
) -> Spec:
    """One mark of Observable Plot, or ``cloud``, ``spikes`` or ``heat`` of ``web/marks.js``.

    ``label`` puts it into the key; ``at`` gives fixed values instead of a column.
    """
    for c in filter(None, (color, fill)):
        if c not in COLORS:
            raise ValueError(f"mark {kind}: colour {c!r} is none of {', '.join(COLORS)}")
    style: Spec = {k: f"var(--nl-{c})" for k, c in (("stroke", color), ("fill", fill)) if c}
    if DASHES[dash]:
        style["strokeDasharray"] = DASHES[dash]
    found: Spec = {"mark": kind, "columns": columns, "options": style | (options or {})}
    return found | ({"label": label} if label else {}) | ({"at": at} if at else {})


def level(kind: str, *at: float, color: str = "soft", **rest) -> Spec:
    """Lines across the panel, ``ruleX`` or ``ruleY``, at fixed values."""
    return mark(kind, color, at=at, **rest)


def zero_lines(opacity: float = 0.5) -> tuple[Spec, Spec]:
    """Faint lines through the origin."""
    return tuple(level(k, 0, options={"strokeOpacity": opacity}) for k in ("ruleX", "ruleY"))


def axis(label: str | None, low: float, high: float, **options) -> Spec:
    """A scale from ``low`` to ``high``; no label hides the axis. ``options`` are Plot's."""
    return {"label": label, "domain": [low, high], **({} if label else {"axis": None}), **options}


def panel(name: str, x: Spec, y: Spec, *marks: Spec, **options) -> Spec:
    """One picture; ``options`` (``height``, ``aspectRatio``, margins) go to Plot as they are."""
    return {"name": name, "x": x, "y": y, **options, "marks": list(marks)}


def handle(
    label: str,
    x: str | float,
    y: str | float,
    panel: int = 0,
    *,
    drag_x: str | None = None,
    drag_y: str | None = None,
    angle: str | None = None,
    length: str | None = None,
    spots: tuple[str, str, str] | None = None,
) -> Spec:
    """A thing in the picture that the reader drags, moves with the arrow keys, or sends to where a
    click is.

    ``x`` and ``y`` say where it is: a column of the driver (its first value) or a number.
    ``drag_x`` and ``drag_y`` name the sliders its coordinates set; ``angle`` (degrees) and
    ``length`` those set by its direction and distance from the origin. ``spots`` names columns x,
    y and value: points of the picture, the nearest of which a click chooses; without them it takes
    the handle to the place of the click, as a drag does.
    """
    moves = {"x": drag_x, "y": drag_y, "angle": angle, "length": length}
    sets = {k: v for k, v in moves.items() if v}
    if not sets:
        raise ValueError(f"handle {label!r} sets no slider: give drag_x, drag_y, angle or length")
    found = {"label": label, "x": x, "y": y, "panel": panel, "sets": sets}
    return found | ({"spots": list(spots)} if spots else {})


@dataclass(frozen=True)
class Figure:
    """A driver and its spec.

    Attributes:
        simulate: the driver; its parameters are the sliders, in order. Answers a dict of
            columns (lists of numbers) and one ``summary`` sentence.
        table: (column, heading) of the data table, in order.
    """

    simulate: Callable[..., dict]
    title: str
    caption: str
    inputs: tuple[Spec, ...]
    panels: tuple[Spec, ...]
    table: tuple[tuple[str, str], ...]
    handles: tuple[Spec, ...] = ()

    @property
    def driver(self) -> str:
        """The module the page's program is translated from."""
        return self.simulate.__module__

    @property
    def name(self) -> str:
        return self.driver.rpartition(".")[2]

    @property
    def params(self) -> dict[str, float]:
        """Each slider's start value."""
        return {i["name"]: i["value"] for i in self.inputs}

    def settle(self, given: dict[str, float]) -> dict[str, float]:
        """All parameters: the given ones checked, the others at their start values.

        Raises:
            TypeError: a name that is no slider of this figure, or a value that is no number.
            ValueError: a value outside its slider's range.
        """
        for name, value in given.items():
            if name not in self.params:
                names = ", ".join(self.params)
                raise TypeError(f"figure {self.name!r} has no parameter {name!r}; it has {names}")
            low, high = next((i["min"], i["max"]) for i in self.inputs if i["name"] == name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"{name} must be a number from {low} to {high}, got {value!r}")
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high}, got {value}")
        return self.params | given

    def spec(self) -> Spec:
        return {
            "name": self.name,
            "title": self.title,
            "caption": self.caption,
            "inputs": list(self.inputs),
            "panels": list(self.panels),
            "handles": list(self.handles),
            "table": [list(pair) for pair in self.table],
        }
