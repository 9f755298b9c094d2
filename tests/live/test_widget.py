"""``live`` in a kernel: the anywidget's two ways, and the fallback without the page's script."""

import pytest

import neurolab
from neurolab.live import FIGURES, fallback, show

needs_script = pytest.mark.skipif(
    not (show.WEB / "live.js").exists(), reason="the page's script is not built here"
)


@needs_script
def test_widget_carries_spec_program_and_params():
    figure = neurolab.live("oja", rate=0.05)
    assert figure.params == FIGURES["oja"].params | {"rate": 0.05}
    assert "oja_step" in figure._esm and "neurolabLive" in figure._esm
    assert figure.spec["steps"][0]["name"] == "oja_step"
    figure.params = {"rate": 0.002}
    assert figure.params == FIGURES["oja"].params | {"rate": 0.002}
    assert figure.data["summary"] == FIGURES["oja"].simulate(**figure.params)["summary"]
    with pytest.raises(ValueError, match="rate must be from"):
        figure.params = {"rate": 7}


def test_fallback_draws_with_matplotlib_and_follows_its_sliders(monkeypatch, tmp_path):
    monkeypatch.setattr(show, "WEB", tmp_path)
    figure = neurolab.live("lif", current=1.5)
    assert isinstance(figure, fallback.SliderFigure)
    assert "matplotlib" in figure.summary.value
    first = bytes(figure.picture.value)
    assert first.startswith(b"\x89PNG")
    figure.sliders["current"].value = 2.0
    assert figure.params["current"] == 2.0
    assert bytes(figure.picture.value) != first
    figure.params = FIGURES["lif"].params | {"current": 1.5}
    assert figure.sliders["current"].value == 1.5
    assert bytes(figure.picture.value) == first


def of_all_kinds():
    """Figures that have all kinds of marks between them."""
    seen = set()
    for name, figure in FIGURES.items():
        kinds = {one["mark"] for panel in figure.panels for one in panel["marks"]}
        if not kinds <= seen:
            seen |= kinds
            yield name


@pytest.mark.parametrize("name", of_all_kinds())
def test_fallback_knows_every_mark(name, monkeypatch, tmp_path):
    monkeypatch.setattr(show, "WEB", tmp_path)
    assert len(neurolab.live(name).picture.value) > 5000


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_fallback_draws_every_figure(name, monkeypatch, tmp_path):
    test_fallback_knows_every_mark(name, monkeypatch, tmp_path)


@needs_script
@pytest.mark.parametrize("name", FIGURES)
def test_static_figure_has_picture_settings_key_and_spec(name, monkeypatch):
    monkeypatch.setenv("NEUROLAB_STATIC", "1")
    html = neurolab.live(name)._repr_html_()
    figure = FIGURES[name]
    assert html.count('role="img"') == len(figure.panels)
    assert html.count("<b>") == len(figure.inputs)
    assert "NaN" not in html
    assert "data-spec" in html
