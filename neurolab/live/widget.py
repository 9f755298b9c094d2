"""The live figure as an anywidget: sliders to Python and back."""

import functools

import anywidget
import traitlets

from .figures import FIGURES
from .show import WEB, drivers

RENDER = """
export default { render({ model, el }) {
  const spec = model.get("spec");
  const box = el.appendChild(document.createElement("figure"));
  const tell = params => { model.set("params", params); model.save_changes(); };
  const figure = neurolabLive.mount(box, spec, drivers[spec.name], tell, model.get("params"));
  const follow = () => figure.set(model.get("params"));
  model.on("change:params", follow);
  return () => model.off("change:params", follow);
}};
"""


@functools.cache
def widget_class(name: str) -> type[anywidget.AnyWidget]:
    """The widget of one figure; its script holds the drawing code and this figure's program."""

    class LiveFigure(anywidget.AnyWidget):
        _esm = (WEB / "live.js").read_text() + f"\nconst drivers = {drivers([name])};\n" + RENDER
        _css = (WEB / "style.css").read_text()
        spec = traitlets.Dict().tag(sync=True)
        params = traitlets.Dict().tag(sync=True)

        @traitlets.validate("params")
        def _settle(self, proposal):
            return FIGURES[name].settle(proposal["value"])

        @property
        def data(self) -> dict:
            """The driver's columns and summary at the present ``params``, computed in Python."""
            return FIGURES[name].simulate(**self.params)

    return LiveFigure
