"""What the experiments find is what theory says; each test fails if the rule is wrong."""

import pytest
import torch

from neurolab import experiments
from neurolab.experiments import oja_digits, stdp_window


def means(name, **options):
    return {m: found["mean"] for m, found in experiments.run(name, **options)["metrics"].items()}


@pytest.mark.parametrize("correlation", [0.6, -0.3])
def test_hebb_grows_at_the_rate_of_the_largest_eigenvalue(correlation):
    found = means("hebb-growth", correlation=correlation)
    assert found["predicted"] == pytest.approx(0.001 * (1 + abs(correlation)))
    assert found["relative_error"] < 0.02
    assert found["relative_error"] == pytest.approx(abs(found["growth"] / found["predicted"] - 1))
    assert found["cosine_pc1"] > 0.99


def test_hebb_measures_the_growth_and_does_not_assume_it():
    """At a high rate log(1 + rate x^2) falls short of the average rule: the error is there."""
    found = means("hebb-growth", rate=0.05, units=4)
    assert 0.05 < found["relative_error"] < 0.2


def test_oja_finds_the_first_component_of_the_digits():
    found = means("oja-digits", seeds=2)
    assert found["cosine_pc1"] > 0.99
    assert found["variance_fraction"] > 0.98
    assert found["length"] == pytest.approx(1, abs=0.02)


@pytest.mark.slow
def test_bcm_needs_inhibition_to_share_the_clusters_out():
    found = means("bcm-clusters", seeds=2)
    assert found["one_each"] == 1 and found["selectivity"] > 0.9
    assert means("bcm-clusters", seeds=2, inhibition=0.0)["one_each"] < 1


def test_bcm_at_the_start_is_not_selective():
    found = means("bcm-clusters", calls=20, rate=1e-5)
    assert found["selectivity"] < 0.9


def test_sanger_finds_eight_components_in_order():
    found = means("sanger-digits", seeds=2)
    assert found["subspace_overlap"] > 0.98
    assert found["cosine_worst"] > 0.9
    assert found["orthonormal_error"] < 0.1


def test_sanger_at_the_start_has_found_nothing():
    """One pass at a small rate: the metrics tell a random span from the right one."""
    found = means("sanger-digits", passes=1, rate=1e-4)
    assert found["subspace_overlap"] < 0.5


def test_oja_sees_the_digits_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    x = torch.from_numpy(datasets.load_digits().data / 16)
    torch.testing.assert_close(oja_digits.digits(), x - x.mean(0))


def test_window_is_the_closed_form_and_gives_back_its_parameters():
    wanted = {"a_plus": 0.02, "a_minus": 0.013, "tau_plus": 11.0, "tau_minus": 27.0}
    found = means("stdp-window", dt=1.0, **wanted)
    assert found["max_error"] < 1e-9
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, rel=1e-6)


def test_window_of_quick_pairs_shows_that_they_meet():
    """A period of few time constants: the pair before is not forgotten."""
    found = means("stdp-window", period=100.0, widest=40.0, pairs=10, dt=1.0)
    assert found["max_error"] > 0.01


def test_delays_lie_on_both_sides():
    steps = stdp_window.delays(stdp_window.Config())
    assert (steps > 0).sum() == (steps < 0).sum() == 50
    assert steps.abs().max() <= 160 and steps.abs().min() >= 1
