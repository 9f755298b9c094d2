"""Action selection: the largest use wins, as in Nengo's network without neurons."""

import numpy as np
import pytest
import torch

from neurolab.nef import BasalGangliaParams, select


def constant(*uses: float, steps: int = 300) -> torch.Tensor:
    return torch.tensor(uses, dtype=torch.float64).expand(steps, 1, -1)


@pytest.mark.parametrize("uses", [(0.8, 0.3, 0.5), (0.3, 0.4, 0.9), (0.6, 0.8, 0.2, 0.5)])
def test_the_largest_use_is_let_through_and_no_other(uses):
    out, _, _ = select(constant(*uses))
    best = int(np.argmax(uses))
    assert out[-1, 0, best] > 0.9
    assert all(out[-1, 0, k] < 0.5 for k in range(len(uses)) if k != best)


@pytest.mark.parametrize("uses", [(0.8, 0.3, 0.5), (0.1, 0.2, 0.15), (1.0, 0.9, 0.0)])
def test_the_steady_state_is_that_of_nengo(uses):
    nengo = pytest.importorskip("nengo")
    with nengo.Network(seed=0) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.Direct()
        ganglia = nengo.networks.BasalGanglia(len(uses))
        nengo.Connection(nengo.Node(uses), ganglia.input, synapse=None)
        seen = nengo.Probe(ganglia.output, synapse=0.03)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run(0.6, progress_bar=False)
    _, found, _ = select(constant(*uses, steps=600))
    ours = -BasalGangliaParams().inhibit * found.gpi[-1, 0].numpy()  # their output is weighted so
    np.testing.assert_allclose(ours, simulator.data[seen][-1], atol=2e-3)


def test_a_switch_takes_tens_of_milliseconds():
    before, after = constant(0.8, 0.3, steps=200), constant(0.3, 0.8, steps=200)
    out, _, _ = select(torch.cat([before, after]))
    late = int((out[200:, 0, 1] > out[200:, 0, 0]).nonzero()[0])
    assert 5 <= late <= 50 and out[199, 0, 0] > out[199, 0, 1]


def test_it_may_be_cut_anywhere_and_does_not_care_for_the_step():
    use = torch.rand(100, 2, 3, generator=torch.Generator().manual_seed(0)).double()
    whole, _, _ = select(use)
    first, _, state = select(use[:37])
    second, _, _ = select(use[37:], state=state)
    assert torch.equal(torch.cat([first, second]), whole)
    coarse, _, _ = select(constant(0.8, 0.3, steps=300))
    fine, _, _ = select(constant(0.8, 0.3, steps=3000), dt=0.1)
    torch.testing.assert_close(coarse[-1], fine[-1], atol=1e-6, rtol=0)


def test_without_dopamine_less_is_told_apart():
    def apart(**changes) -> float:
        _, found, _ = select(constant(0.5, 0.4), BasalGangliaParams(**changes))
        return float(found.gpi[-1, 0, 1] - found.gpi[-1, 0, 0])

    assert apart() > apart(more_d1=-0.3) > 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"use: shape \(T, B, M\) is needed, got \(3, 2\)"):
        select(torch.zeros(3, 2))
