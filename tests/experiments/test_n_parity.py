"""N-parity by two curricula: what is asked, when N grows, what is measured."""

from dataclasses import replace

import pytest
import torch

from neurolab import experiments
from neurolab.experiments.n_parity import Config, Curriculum, streams

SMALL = Config(units=8, batch=16, iterations=20, tested=100, draws=2, longest=6, seed=100)


def test_a_stream_carries_the_parities_of_its_last_bits():
    x, y = streams(50, 9, 5, 3)
    assert x.shape == (9, 50, 1) and y.shape == (50, 4)
    assert set(x.flatten().tolist()) == {-1.0, 1.0}
    for b in range(50):
        bits = [int(v > 0) for v in x[:, b, 0]]
        assert y[b].tolist() == [sum(bits[-n:]) % 2 for n in (2, 3, 4, 5)]
    assert 0.3 < y.mean() < 0.7


def test_single_head_asks_for_one_n_and_multi_head_for_all_up_to_it():
    for way, rows in (("single", [2]), ("multi", [0, 1, 2])):
        one = Curriculum(SMALL, way)
        one.n = 4
        one.learn(0)
        taught = one.heads.weight.grad.abs().sum(1).nonzero().flatten().tolist()
        assert taught == rows, way


def test_both_begin_alike_and_see_the_same_streams():
    one, other = Curriculum(SMALL, "single"), Curriculum(SMALL, "multi")
    for name, p in one.named.items():
        assert torch.equal(p, other.named[name])
    one.learn(0)
    other.learn(0)  # at N = 2 both are asked for the same
    for name, p in one.named.items():
        torch.testing.assert_close(p, other.named[name], msg=name)


def test_n_grows_by_one_when_the_running_accuracy_is_enough():
    one = Curriculum(replace(SMALL, enough=0.5, memory=0.0), "multi")
    path = []
    for k in range(60):
        one.learn(k)
        path.append(one.n)
    assert set(path) <= {2, 3, 4, 5, 6} and path == sorted(path)
    assert path[-1] == 6 and one.reached == 6
    never = Curriculum(replace(SMALL, enough=1.0), "multi")  # the mean of nine tenths
    for k in range(5):
        never.learn(k)
    assert (never.n, never.reached) == (2, 1)


def test_what_silences_and_shakes_nothing_measures_the_accuracy_itself():
    whole = Curriculum(replace(SMALL, ablate=0.0, shake=0.0), "multi").measured()
    assert whole["ablated_multi"] == whole["accuracy_multi"] == whole["shaken_multi"]
    one = Curriculum(replace(SMALL, ablate=1.0), "multi")
    with torch.no_grad():
        one.kept["heads.bias"].fill_(1.0)  # with all silent it always says odd
    before = {name: p.detach().clone() for name, p in one.named.items()}
    odd = streams(100, 6, 2, SMALL.seed * 10**8 + 10**7)[1][:, -1].mean().item()
    assert one.measured()["ablated_multi"] == pytest.approx(odd)
    for name, p in one.named.items():
        assert torch.equal(p, before[name]), name


def test_the_network_that_is_silenced_is_the_one_that_reached_the_probe():
    one = Curriculum(replace(SMALL, enough=0.5, memory=0.0, probe=3), "single")
    kept = {}
    for k in range(60):
        before = one.n
        one.learn(k)
        if one.n > before:
            kept[before] = one.net.weight.detach().clone()
    assert set(kept) >= {2, 3, 4}
    assert torch.equal(one.kept["net.weight"], kept[3])
    assert not torch.equal(one.kept["net.weight"], one.net.weight)


@pytest.mark.slow
def test_both_learn_to_take_old_bits_out_again():
    record = experiments.run("n-parity", iterations=800, seed=100)["metrics"]
    for way in ("single", "multi"):
        assert record[f"reached_{way}"]["mean"] >= 3
        assert record[f"accuracy_{way}"]["mean"] > 0.9
    assert record["first_multi"]["mean"] > 0.95  # what it is still asked for is not forgotten
