"""The framework against its formulas and against Nengo."""

import math

import numpy as np
import pytest
import torch

from neurolab.nef import (
    Ensemble,
    Population,
    dynamics,
    gain_bias,
    lif_rate_step,
    sample_ball,
    sample_sphere,
    solve_decoders,
)


def test_tuning_curves_begin_and_end_where_they_should():
    rates, starts = torch.tensor([100.0, 250.0, 400.0]), torch.tensor([-0.5, 0.0, 0.8])
    gain, bias = gain_bias(rates, starts)
    torch.testing.assert_close(lif_rate_step(gain + bias), rates)
    torch.testing.assert_close(gain * starts + bias, torch.ones(3))
    assert (lif_rate_step(gain * (starts - 1e-3) + bias) == 0).all()
    assert lif_rate_step(0.5) == 0.0 < lif_rate_step(1.5)


def test_both_systems_give_one_solution():
    torch.manual_seed(0)
    rates, wanted = 100 * torch.rand(60, 40, dtype=torch.float64), torch.rand(60, 2).double()
    few = solve_decoders(rates, wanted).weights
    a, ridge = rates.T, 60 * (0.1 * rates.max()) ** 2
    many = a @ torch.linalg.solve(a.T @ a + ridge * torch.eye(60).double(), wanted)
    torch.testing.assert_close(few, many)
    wide = solve_decoders(rates.T, torch.rand(40, 2).double())
    assert wide.weights.shape == (60, 2) and wide.rmse > 0


def test_the_error_falls_as_the_root_of_the_number_of_neurons():
    """Fluctuations of a tenth of the largest rate on each neuron."""
    chance, found = torch.Generator().manual_seed(0), []
    sizes = (50, 200, 800)
    for n in sizes:
        errors = []
        for seed in range(5):
            ensemble = Ensemble(n, seed=seed).double()
            x = torch.linspace(-1, 1, 200)[:, None].double()
            a = ensemble.rates(x)
            noise = 0.1 * a.max() * torch.randn(a.shape, generator=chance, dtype=a.dtype)
            y = (a + noise) @ ensemble.decoders().weights
            errors.append(float((y - x).square().mean().sqrt()))
        found.append(np.mean(errors))
    slope = np.polyfit(np.log(sizes), np.log(found), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.08)


def test_points_are_spread_evenly():
    chance = torch.Generator().manual_seed(0)
    ball, sphere = sample_ball(20_000, 3, chance), sample_sphere(1000, 3, chance)
    length = ball.norm(dim=1)
    assert (length <= 1).all() and float((length < 0.5).float().mean()) == pytest.approx(
        1 / 8, abs=0.01
    )
    torch.testing.assert_close(sphere.norm(dim=1), torch.ones(1000))
    assert sphere.mean(0).norm() < 0.1


def test_functions_of_two_values_are_decoded_from_neurons_that_stand_for_both():
    ensemble = Ensemble(400, 2, radius=math.sqrt(2), seed=1).double()
    x = 2 * torch.rand(500, 2, generator=torch.Generator().manual_seed(3)).double() - 1
    for function in (lambda p: p[:, :1] * p[:, 1:], lambda p: p.sum(1, keepdim=True)):
        y = ensemble.rates(x) @ ensemble.decoders(function).weights
        assert (y - function(x)).square().mean().sqrt() < 0.06


def test_a_constant_value_comes_out():
    population = Population(Ensemble(100, seed=2).double(), tau_syn=20.0)
    value, z, _ = population(torch.full((600, 1, 1), 0.6).double())
    assert abs(value[200:].mean() - 0.6) < 0.03 and 0 < z.mean() < 1


def test_it_may_be_cut_anywhere():
    feedback, into = dynamics(torch.zeros(1, 1), torch.eye(1), 50.0)
    population = Population(Ensemble(50, seed=2), feedback=feedback, tau_syn=50.0)
    x = into * torch.rand(120, 2, 1, generator=torch.Generator().manual_seed(0))
    whole, z, _ = population(x)
    first, z_first, state = population(x[:47])
    second, z_second, _ = population(x[47:], state)
    assert torch.equal(torch.cat([first, second]), whole)
    assert torch.equal(torch.cat([z_first, z_second]), z)


def test_an_integrator_keeps_its_value():
    feedback, into = dynamics(torch.zeros(1, 1), torch.eye(1), 100.0)
    population = Population(Ensemble(500, seed=0).double(), feedback=feedback.double(), tau_syn=100)
    x = torch.zeros(1500, 1, 1).double()
    x[:500] = into * 1.0  # half a second at 1: the integral is 0.5
    value, _, _ = population(x)
    assert abs(value[520].item() - 0.5) < 0.05
    assert abs(value[1499].item() - value[520].item()) < 0.12


def test_an_oscillator_has_its_period():
    omega = 2 * math.pi * 2.0  # two turns a second
    a = torch.tensor([[0.0, -omega], [omega, 0.0]])
    feedback, _ = dynamics(a, torch.eye(2), 100.0)
    population = Population(
        Ensemble(500, 2, seed=0).double(), feedback=feedback.double(), tau_syn=100.0
    )
    x = torch.zeros(3000, 1, 2).double()
    x[:50, :, 0] = 2.0  # a kick
    value, _, _ = population(x)
    y = value[500:, 0, 0]
    crossings = ((y[:-1] < 0) & (y[1:] >= 0)).nonzero()[:, 0].double()
    assert len(crossings) >= 4
    assert crossings.diff().mean().item() == pytest.approx(500, rel=0.06)


def test_feedback_is_a_matrix_of_weights():
    """The same currents from filtered spikes, without decoding."""
    feedback, into = dynamics(torch.zeros(1, 1), torch.eye(1), 50.0)
    ensemble = Ensemble(40, seed=2).double()
    population = Population(ensemble, feedback=feedback.double(), tau_syn=50.0)
    x = into * torch.ones(80, 1, 1).double()
    value, z, _ = population(x)
    keep, filtered = math.exp(-1 / 50), torch.zeros(1, 40).double()
    for t in range(80):
        by_weights = ensemble.current(x[t]) + filtered @ population.recurrent().T
        before = value[t - 1] if t else torch.zeros(1, 1).double()
        by_value = ensemble.current(x[t] + before @ feedback.T.double())
        torch.testing.assert_close(by_weights, by_value)
        filtered = keep * filtered + (1 - keep) * 1000 * z[t]
    assert torch.linalg.matrix_rank(population.recurrent()) == 1


def in_nengo(ensemble: Ensemble, x: np.ndarray, feedback: float, tau_syn: float) -> tuple:
    """Spikes and decoders of the same ensemble in Nengo, with the feedback through its synapse."""
    nengo = pytest.importorskip("nengo")
    arrays = {n: getattr(ensemble, n).numpy() for n in ("encoders", "gain", "bias")}
    with nengo.Network(seed=0) as network:
        node = nengo.Node(nengo.processes.PresentInput(x, 0.001))
        group = nengo.Ensemble(
            *ensemble.shape,
            **arrays,
            radius=ensemble.radius,
            eval_points=ensemble.points.numpy() / ensemble.radius,
            normalize_encoders=False,
            neuron_type=nengo.LIF(
                tau_rc=ensemble.tau / 1000,
                tau_ref=ensemble.t_ref / 1000,
                initial_state={"voltage": nengo.dists.Choice([0])},
            ),
        )
        nengo.Connection(node, group, synapse=None)
        loop = nengo.Connection(group, group, synapse=tau_syn / 1000, transform=feedback)
        seen = nengo.Probe(group.neurons)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run_steps(len(x), progress_bar=False)
        return simulator.data[seen] / 1000, simulator.data[loop].weights


def test_decoders_are_those_of_nengo():
    ensemble = Ensemble(80, 2, radius=1.5, seed=4).double()
    _, theirs = in_nengo(ensemble, np.zeros((1, 2)), 1.0, 50.0)
    ours = ensemble.decoders().weights.T.numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


def test_an_integrator_fires_the_spikes_it_has_in_nengo():
    feedback, into = dynamics(torch.zeros(1, 1), torch.eye(1), 100.0)
    ensemble = Ensemble(60, seed=5).double()
    population = Population(ensemble, feedback=feedback.double(), tau_syn=100.0)
    x = np.zeros((300, 1))
    x[:150] = float(into)
    _, ours, _ = population(torch.as_tensor(x)[:, None])
    theirs, _ = in_nengo(ensemble, x, 1.0, 100.0)
    assert ours.mean() > 0.01
    assert (ours[:, 0].numpy() != theirs.round()).mean() < 2e-3  # rounding moves a spike at last


def test_settings_that_cannot_be_are_refused():
    for options, text in (
        ({"neurons": 0}, "neurons: a whole number of at least 1"),
        ({"neurons": 5, "max_rates": (200, 600)}, "max_rates: a range below 500 Hz is needed"),
        ({"neurons": 5, "intercepts": (0, 1)}, "intercepts: a range from -1 to below 1"),
        ({"neurons": 5, "radius": 0}, "radius: a number above 0"),
    ):
        with pytest.raises(ValueError, match=text):
            Ensemble(**options)
    ensemble = Ensemble(5)
    with pytest.raises(ValueError, match=r"x: values \(..., 1\) are needed, got \(3, 2\)"):
        ensemble.rates(torch.zeros(3, 2))
    with pytest.raises(ValueError, match=r"feedback: shape \(D, K\) = \(1, 1\) is needed"):
        Population(ensemble, feedback=torch.eye(2))
    with pytest.raises(ValueError, match="rates: some above 0 are needed"):
        solve_decoders(torch.zeros(4, 3), torch.zeros(4, 1))
