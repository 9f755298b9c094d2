"""The copies of the live figure are those of the package's assembly, and their promise holds."""

import numpy as np
import torch

from neurolab.live import FIGURES
from neurolab.live.figures import contraction
from neurolab.recurrent import AssemblyParams, ContractingAssembly, distance

SIMULATE = FIGURES["contraction"].simulate


def test_the_first_copy_is_the_assembly_of_the_package():
    """At the antisymmetric end of the slider, for weak and for strong coupling."""
    root = torch.tensor(contraction.ROOT, dtype=torch.float64)
    inside = torch.tensor(contraction.INSIDE, dtype=torch.float64)
    across = torch.tensor(contraction.ACROSS, dtype=torch.float64)
    steps = torch.arange(contraction.STEPS, dtype=torch.float64)
    wave = torch.sin(2 * torch.pi * steps / contraction.PERIOD)
    for strength, coupled in ((0.8, 1.0), (0.5, 3.0)):
        params = AssemblyParams(contraction.TAU, strength, contraction.DT)
        net = ContractingAssembly(1, 2, 2, params).double()
        with torch.no_grad():
            net.raw.copy_(inside.expand(2, 2, 2))
            net.log_root.copy_(root.log().view(2, 2))
            net.pairs.copy_(coupled * across * root[:2] / root[2:, None])
            net.weight_in.copy_(0.5 * torch.tensor([[1.0], [-1.0], [1.0], [-1.0]]))
            starts = torch.tensor([[-1.0, 0, -1, 0], [2.0, 0, 2, 0]]).double()
            x, _ = net(wave[:, None, None].expand(-1, 2, 1), (starts,))
            gap = distance(x[:, 0], x[:, 1], root**2)
        data = SIMULATE(strength, coupled, -1, 0.5, 2)
        np.testing.assert_allclose(data["first"][1:], x[:, 0, 0], atol=1e-9)
        np.testing.assert_allclose(data["second"][1:], x[:, 1, 0], atol=1e-9)
        np.testing.assert_allclose(data["gap"][1:], gap.clamp(contraction.LEAST), atol=1e-9)


def test_the_distance_stays_below_the_promise_at_every_setting():
    for strength in (0, 0.5, 0.9):
        for coupled in (0, 1.5, 3):
            data = SIMULATE(strength, coupled, -1, 1.0, -2)
            gap, most = np.array(data["gap"]), np.array(data["promised"])
            assert len(most) == len(gap) and (gap <= most * (1 + 1e-9)).all()
            assert (np.diff(gap) <= 0).all()
    tight = SIMULATE(0, 0, -1, 1.0, 2)  # nothing but the leak: the promise is the truth
    np.testing.assert_allclose(tight["gap"], tight["promised"])
    assert SIMULATE(1.0, 1, -1, 1, 2)["promised"] == SIMULATE(0.5, 1, -0.9, 1, 2)["promised"] == []
