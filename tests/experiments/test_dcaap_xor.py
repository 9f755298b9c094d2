"""The dCaAP neuron learns XOR up to the bound of its kind, a threshold unit up to that of its."""

from dataclasses import replace

import pytest
import torch

from neurolab.dendrites import DCaAP, DCaAPParams
from neurolab.experiments.dcaap_xor import (
    CORNERS,
    NOISE,
    PRESETS,
    XOR,
    Point,
    accuracy,
    best,
    bounds,
    examples,
    run,
)


@pytest.mark.parametrize("make", [lambda: DCaAP(2, 50, DCaAPParams(0.3, 0.3)), lambda: Point(50)])
def test_accuracy_is_that_of_many_examples(make):
    net = make().double()
    x, y = examples(20_000, 0.3, 0)
    with torch.no_grad():
        counted = ((net(x) > 0) == y[:, None]).double().mean(0)
        told = accuracy(net.chance(CORNERS, 0.3))
    assert told.std() > 0.05
    torch.testing.assert_close(counted, told, atol=0.008, rtol=0)


def test_no_neuron_passes_its_bound_and_some_come_near():
    """Random search in place of a grid; the best classifier against examples."""
    for noise in NOISE:
        line, band = bounds(noise)
        assert line < band < best(noise)
        for net, most in ((Point(100_000), line), (DCaAP(2, 100_000, DCaAPParams(1.0, 1.0)), band)):
            net = net.double()
            with torch.no_grad():
                net.weight.mul_(4)
                net.bias.mul_(8).sub_(4)
                if most == band:
                    net.soma.uniform_(0.2, 0.99)
                found = accuracy(net.chance(CORNERS, noise)).max().item()
            assert most - 0.02 < found < most + 1e-4, (noise, most)
    x, y = examples(50_000, 0.3, 1)
    cut = (x[:, 0] > 0.5) ^ (x[:, 1] > 0.5)
    assert (cut == y).double().mean().item() == pytest.approx(best(0.3), abs=0.004)
    assert bounds(1e-3)[0] == pytest.approx(0.75, abs=1e-3) and XOR.sum() == 2


def test_one_learns_xor_and_the_other_three_quarters():
    *_, last = run(replace(PRESETS["quick"], seed=11))
    found = last.metrics
    assert found["clean_dcaap"] == 1 and found["clean_point"] == found["clean_bound"] == 0.75
    for way in ("dcaap", "point"):
        for end in ("", "_at_2", "_at_3", "_at_4"):
            most = found[f"bound_{way}{end}"]
            assert most - 0.05 < found[f"accuracy_{way}{end}"] < most + 1e-4
    assert found["accuracy_dcaap"] > 0.98 and 0 < found["solved_dcaap"] < 1
    assert 0.2 < found["margin"] < 0.354
