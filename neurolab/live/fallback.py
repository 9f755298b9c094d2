"""The live figure without the page's script: ipywidgets and matplotlib on the same driver."""

import ipywidgets as widgets
import traitlets

from neurolab.figures import draw_panels

from .figure import Figure

SAYS = (
    "Drawn with ipywidgets and matplotlib: this installation lacks the script of the live figures."
)


class SliderFigure(widgets.VBox):
    """Sliders above a matplotlib picture; ``params`` follow them and move them when set."""

    params = traitlets.Dict()

    def __init__(self, figure: Figure, params: dict[str, float]):
        self.figure = figure
        self.sliders = {
            i["name"]: widgets.FloatSlider(
                value=params[i["name"]], min=i["min"], max=i["max"], step=i["step"],
                readout_format=f".{i['decimals']}f", continuous_update=False,
                description=f"{i['label']} {i['unit']}".strip(),
                style={"description_width": "16rem"}, layout={"width": "34rem"},
            )
            for i in figure.inputs
        }  # fmt: skip
        self.picture = widgets.Image(format="png")
        self.summary = widgets.HTML()
        super().__init__([*self.sliders.values(), self.picture, self.summary], params=params)
        for name, slider in self.sliders.items():
            slider.observe(lambda change, name=name: self._moved(name, change["new"]), "value")
        self._draw()

    @traitlets.validate("params")
    def _settle(self, proposal):
        return self.figure.settle(proposal["value"])

    @property
    def data(self) -> dict:
        return self.figure.simulate(**self.params)

    def _moved(self, name: str, value: float) -> None:
        self.params = self.params | {name: value}

    @traitlets.observe("params")
    def _follow(self, change) -> None:
        if change["old"] is traitlets.Undefined or not hasattr(self, "picture"):
            return
        for name, value in self.params.items():
            self.sliders[name].value = value
        self._draw()

    def _draw(self) -> None:
        data = self.data
        self.picture.value = draw_panels(self.figure.spec(), data)
        self.summary.value = f"<p>{data['summary']}</p><p>{self.figure.caption}</p><p>{SAYS}</p>"
