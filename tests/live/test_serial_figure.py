"""The figure of a list in one vector: its curve against the package's trace."""

import pytest
import torch

from neurolab.live.figures import serialorder
from neurolab.nef.serial_order import recalled, serial_trace


def shown(**moved):
    return serialorder.simulate(**(serialorder.FIGURE.params | moved))


def test_answer_of_serialorder():
    start, flat = shown(), shown(fade=1.0, grow=1.0)
    assert min(start["right"]) == start["right"][2] and start["worst"] == [3]
    assert shown(grow=1.0)["worst"] == [1]
    assert shown(fade=0.0)["worst"] == [4]
    assert max(flat["right"]) - min(flat["right"]) < 1e-9
    assert abs(flat["whole"][0] - start["whole"][0]) < 1


@pytest.mark.parametrize("moved", [{}, {"fade": 1.0, "grow": 1.0}, {"items": 7, "fade": 0.25}])
def test_strengths_are_those_of_a_trace_that_was_made(moved):
    """With identical items bound to orthogonal places, the package's trace gives them back."""
    data, params = shown(**moved), serialorder.FIGURE.params | moved
    n = params["items"]
    places = torch.eye(16, dtype=torch.float64)[:n]  # shifts: unitary and orthogonal
    items = torch.zeros(n, 16, dtype=torch.float64)
    items[:, 0] = 1
    trace = serial_trace(items, places, params["fade"], params["grow"])
    back = recalled(trace, places)[:, 0]
    torch.testing.assert_close(torch.tensor(data["both"], dtype=torch.float64), back)
