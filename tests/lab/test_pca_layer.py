"""Question 6 of lab pca: whatever ends at PC2 beside PC1 passes, slips are answered by name."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab.hebbian import oja_step
from neurolab.hebbian.sanger import sanger_step
from neurolab.lab import pca_layer


def says(value):
    result = neurolab.check("pca.q6", value)
    return result.status, result.message


def sanger(x, y1, y2, w1, w2, rate):
    return rate * y2 * (x - y1 * w1 - y2 * w2)


def oja_on_the_rest(x, y1, y2, w1, w2, rate):
    left = x - y1 * w1
    return oja_step(left, left @ w2, w2, rate)


def from_the_package(x, y1, y2, w1, w2, rate):
    return sanger_step(x, y2, y1 * w1 + y2 * w2, rate)


def normalised_hebb_on_the_rest(x, y1, y2, w1, w2, rate):
    new = w2 + rate * y2 * (x - y1 * w1)
    return new / (new @ new) ** 0.5 - w2


def deflated_twice(x, y1, y2, w1, w2, rate):  # stochastic gradient ascent: PC2, too
    return rate * y2 * (x - 2 * y1 * w1 - y2 * w2)


def in_a_loop(x, y1, y2, w1, w2, rate):
    return [float(rate * y2 * (a - y1 * b - y2 * c)) for a, b, c in zip(x, w1, w2, strict=True)]


def with_numpy(x, y1, y2, w1, w2, rate):
    return rate * np.multiply(y2, np.subtract(x, np.add(y1 * w1, y2 * w2)).astype(float))


def in_32_bits(x, y1, y2, w1, w2, rate):
    return sanger(x.float(), y1.float(), y2.float(), w1.float(), w2.float(), rate)


@pytest.mark.parametrize(
    "change",
    [sanger, oja_on_the_rest, from_the_package, normalised_hebb_on_the_rest, deflated_twice,
     in_a_loop, with_numpy, in_32_bits],
)  # fmt: skip
def test_any_rule_that_ends_at_pc2(change):
    status, message = says(change)
    assert status == "right" and "ends at PC2" in message, message


SLIPS = {
    "Neuron 1's part is still in": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y2 * w2),
    "You take away y2 w1": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y2 * w1 - y2 * w2),
    "You take away y1 w2": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w2 - y2 * w2),
    "You take away w1: its output": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - w1 - y2 * w2),
    "You add neuron 1": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x + y1 * w1 - y2 * w2),
    "Where is the brake": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w1),
    "The brake takes y1": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w1 - y1 * w2),
    "The brake takes w1": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w1 - y2 * w1),
    "the change of w1": lambda x, y1, y2, w1, w2, rate: rate * y1 * (x - y1 * w1),
    "The growth takes y1": lambda x, y1, y2, w1, w2, rate: rate * y1 * (x - y1 * w1 - y2 * w2),
    "The growth lacks y2": lambda x, y1, y2, w1, w2, rate: rate * (x - y1 * w1 - y2 * w2),
    "All signs are turned": lambda x, y1, y2, w1, w2, rate: -rate * y2 * (x - y1 * w1 - y2 * w2),
    "The rate is missing": lambda x, y1, y2, w1, w2, rate: y2 * (x - y1 * w1 - y2 * w2),
    "does not change at all": lambda x, y1, y2, w1, w2, rate: 0 * w2,
    "return the new weight": lambda *given: given[4] + sanger(*given),
    "yours overflows": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x + y2 * w2),
    "length 0.71": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w1 - 2 * y2 * w2),
    "length 1.05": lambda x, y1, y2, w1, w2, rate: rate * y2 * (x - y1 * w1 - 0.9 * y2 * w2),
    "90° from PC2 and 0° from PC1": lambda x, y1, y2, w1, w2, rate: (
        rate * y2 * (x - 0.5 * y1 * w1 - y2 * w2)
    ),
    "It should end at PC2": lambda x, y1, y2, w1, w2, rate: (
        rate * y2 * (x - 0.9 * y1 * w1 - y2 * w2)
    ),
    "shape is (2, 6); it must be (6,)": lambda *given: torch.stack([given[3], given[4]]),
    "holds inf or nan": lambda x, y1, y2, w1, w2, rate: x / 0,
    "NameError: name 'eta' is not defined": lambda *given: eta,  # noqa: F821
    "takes 4 positional arguments": lambda x, y, w, rate: x,
    "without brackets": 0.5,
}


@pytest.mark.parametrize("reason", SLIPS)
def test_slips_are_answered_by_name(reason):
    status, message = says(SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("change", [lambda *given: None, lambda *given: ...])
def test_a_function_that_returns_nothing_is_blank(change):
    assert says(change)[0] == "not yet"


def test_a_weight_changed_in_place_does_no_harm():
    def in_place(x, y1, y2, w1, w2, rate):
        old = w2.clone()
        w2 += sanger(x, y1, y2, w1, w2, rate)
        return w2 - old

    assert says(in_place)[0] == "right"


def test_the_made_up_inputs_have_the_components_they_claim():
    x, components = pca_layer._examples()
    variances, axes = np.linalg.eigh(x.T @ x / len(x))
    assert variances[::-1] == pytest.approx(pca_layer.VARIANCES)
    assert np.abs(np.diag(axes[:, ::-1].T @ components.T)) == pytest.approx(1)
