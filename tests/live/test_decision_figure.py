"""The decision figure runs the package's network, and its curves cross where states rest."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurolab.live.figures import decision
from neurolab.recurrent import DecisionParams, decision_flow, stimulus_current


def shown(**moved):
    return decision.simulate(**(decision.FIGURE.params | moved))


def test_a_trial_without_noise_is_the_solution_of_the_equations():
    data = shown(coherence=12.8, noise=0.0, start1=0.12, start2=0.1)
    params = DecisionParams()
    i1, i2 = stimulus_current(0.128, params), stimulus_current(-0.128, params)
    run = solve_ivp(
        lambda t, s: decision_flow(s[0], s[1], i1, i2, params)[2:],
        (0, decision.GOES_ON),
        (0.12, 0.1),
        rtol=1e-8,
        t_eval=np.linspace(0, decision.GOES_ON, round(decision.GOES_ON / decision.DT) + 1),
    )
    first = len(run.t)
    found = np.array([data["to_one1"][:first], data["to_one2"][:first]])
    np.testing.assert_allclose(found, run.y, atol=0.02)
    assert data["share"] == [100.0] and found[0, -1] > 0.5 > found[1, -1]


@pytest.mark.parametrize("moved", [{}, {"coherence": 25.6}, {"strength": 0}, {"recurrent": 0.22}])
def test_states_that_are_marked_lie_on_both_curves(moved):
    data = shown(**moved)
    marked = [*zip(data["stable1"], data["stable2"], strict=True)]
    marked += zip(data["unstable1"], data["unstable2"], strict=True)
    assert marked
    for a, b in marked:
        assert np.interp(a, data["own"], data["other1"]) == pytest.approx(b, abs=0.01)
        assert np.interp(b, data["own"], data["other2"]) == pytest.approx(a, abs=0.01)
