"""Spiking basal ganglia against the model without neurons and against nengo-spa's."""

import numpy as np
import pytest
import torch

from neurolab.nef import ActionSelection, Router, latency, select, selected

USES = torch.tensor([[0.8, 0.5, 0.3], [0.5, 0.8, 0.3]])


def switched(before: int = 150, after: int = 150) -> torch.Tensor:
    return USES.repeat_interleave(torch.tensor([before, after]), 0)[:, None]


@pytest.fixture(scope="module")
def net() -> ActionSelection:
    return ActionSelection(3, 60, 40, seed=1)


def test_the_largest_use_is_selected_and_gpi_settles_where_the_model_s_does(net):
    use = USES.expand(200, 2, 3)
    thalamus, gpi, spikes, _ = net(use)
    assert selected(thalamus[100:]).double().std(0).max() == 0
    assert selected(thalamus[-1:]).tolist() == [[0, 1]]
    assert thalamus[100:].mean(0).diagonal()[:2].min() > 0.8
    _, exact, _ = select(use.double())
    mean = gpi[100:].mean(0).double()
    torch.testing.assert_close(mean, exact.gpi[-1], atol=0.15, rtol=0)
    assert (mean.argsort(1) == exact.gpi[-1].argsort(1)).all()
    held = spikes[100:, 0, 4].sum(0)
    assert held[0] < 0.2 * held[1] < 0.2 * held[2]


def test_a_switch_takes_tens_of_milliseconds(net):
    thalamus, _, _, _ = net(switched())
    late = latency(thalamus, 1, 150)
    assert 20 < late < 60 and latency(thalamus, 2, 150).isinf().all()
    assert latency(thalamus, 0, 0) < 60


def test_decoders_have_one_sign(net):
    assert (net.nuclei.weights >= 0).all() and (net.nuclei.weights > 0).any(1).all()


def test_an_action_that_was_selected_is_kept_against_a_slightly_better_one():
    net, uses = ActionSelection(2), torch.tensor([[0.8, 0.75], [0.75, 0.8]])
    thalamus, gpi, _, _ = net(uses.repeat_interleave(torch.tensor([150, 200]), 0)[:, None])
    held = gpi[-80:, 0].mean(0)
    assert held[1] < held[0] and selected(thalamus[-1:]).tolist() == [[0]]
    fresh, _, _, _ = net(uses[1:].expand(200, 1, 2))
    assert selected(fresh[-1:]).tolist() == [[1]]


def test_nothing_or_two_is_no_selection():
    thalamus = torch.tensor([[0.9, 0.0], [0.9, 0.8], [0.1, 0.2], [0.0, 0.6]])[:, None]
    assert selected(thalamus)[:, 0].tolist() == [0, -1, -1, 1]
    with pytest.raises(ValueError, match="hold: at most 2 steps are left, got 10"):
        latency(thalamus, 0, 2)


def test_it_may_be_cut_anywhere(net):
    use = switched(40, 40)
    whole, gpi, _, _ = net(use)
    first, _, _, state = net(use[:33])
    second, gpi_second, _, _ = net(use[33:], state)
    assert torch.equal(torch.cat([first, second]), whole) and torch.equal(gpi[33:], gpi_second)


def test_the_same_neurons_in_nengo_spa_give_the_same_output():
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    ours = ActionSelection(2, 25, 20).double()
    use = torch.tensor([[0.8, 0.4]] * 120 + [[0.4, 0.8]] * 80).double()
    thalamus, gpi, _, _ = ours(use[:, None])
    theirs, held = there.selection_in_nengo(use, 25, 20, like=ours)
    assert held.max() > 0.2
    np.testing.assert_allclose(gpi[:-1, 0].numpy(), held[1:].numpy(), atol=1e-4)
    apart = (thalamus[60:-1, 0] - theirs[61:]).abs()  # their constant rises at first: later spikes
    assert apart.mean() < 0.03
    late = [float(latency(x, 1, 120)) for x in (thalamus, theirs[:, None])]
    assert abs(late[0] - late[1]) <= 4


@pytest.mark.slow
def test_latencies_are_those_of_nengo_spa_within_noise():
    there = pytest.importorskip("neurolab.neuromorphic.nengo_pointers")
    use, ours, theirs = switched(), [], []
    for seed in range(4):
        thalamus, _, _, _ = ActionSelection(3, 60, seed=seed)(use)
        other, _ = there.selection_in_nengo(use[:, 0], 60, seed=seed)
        ours.append(float(latency(thalamus, 1, 150)))
        theirs.append(float(latency(other[:, None], 1, 150)))
    spread = np.sqrt(np.var(ours, ddof=1) / 4 + np.var(theirs, ddof=1) / 4)
    assert np.isfinite(ours + theirs).all()
    assert abs(np.mean(ours) - np.mean(theirs)) < 3 * spread + 2


def test_an_open_channel_sends_and_a_closed_one_is_silent():
    router = Router(2, 4, 30)
    v = torch.tensor([[0.5, -0.3, 0.0, 0.4], [-0.5, 0.3, 0.4, 0.0]]).expand(200, 1, 2, 4)
    thalamus = torch.tensor([1.0, 0.0]).expand(200, 1, 2)
    out, spikes, _ = router(thalamus, v)
    torch.testing.assert_close(out[100:, 0].mean(0), v[0, 0, 0], atol=0.06, rtol=0)
    assert (spikes[100:, 0, 1] == 0).all() and spikes[100:, 0, 0].sum() > 1000


def test_what_is_routed_changes_after_the_action(net):
    v = torch.eye(3, 4).expand(300, 1, 3, 4)
    thalamus, _, _, _ = net(switched())
    out, _, _ = Router(3, 4, 30, seed=2)(thalamus, v)
    first = int((out[150:, 0, 1] > out[150:, 0, 0]).double().argmax())
    assert out[149, 0].argmax() == 0 and out[-1, 0].argmax() == 1
    assert float(latency(thalamus, 1, 150)) - 5 < first < 100


def test_what_does_not_fit_is_refused(net):
    with pytest.raises(ValueError, match="actions: a whole number of at least 2"):
        ActionSelection(1)
    with pytest.raises(ValueError, match=r"use: shape \(T, B, 3\) is needed"):
        net(torch.zeros(4, 1, 2))
    with pytest.raises(ValueError, match=r"v: shape \(T, B, 2, 4\) is needed"):
        Router(2, 4, 5)(torch.zeros(3, 1, 2), torch.zeros(3, 1, 2, 5))
