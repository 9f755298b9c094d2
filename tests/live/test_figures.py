"""The figures' specs hold together, and what they show is what theory says."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.coding import (
    LinearLatencyParams,
    VonMisesParams,
    cramer_rao,
    maximum_likelihood,
    population_vector,
    von_mises_rate,
)
from neurolab.coding.information import joint, plug_in, quadratic
from neurolab.coding.latency import linear_time, linear_value
from neurolab.coding.retina import GanglionParams, fano_factor, free_rate, ganglion
from neurolab.core.random import normal, seeded, uniform
from neurolab.hebbian import (
    Cells,
    DigitsParams,
    KrotovHopfield,
    KrotovHopfieldParams,
    digits_stdp_step,
    network_step,
)
from neurolab.live import FIGURES
from neurolab.live.digits import unpacked
from neurolab.live.figure import handle, mark, slider
from neurolab.live.figures import digits, information, parity, population, response, tracking
from neurolab.recurrent import SpikeCoding, TrainableTau, around
from neurolab.spiking import NEURONS, ALIFParams, Neurons, SRM0Params, event_driven_srm0
from neurolab.spiking.temporal import TemporalParams, causal_gradient, causal_spikes

FIGURE = pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)


@FIGURE
def test_first_picture_lies_within_its_frame(figure):
    """The untouched figure shows the finding: every labelled mark has something inside."""
    data = figure.simulate(**figure.params)
    for panel in figure.panels:
        (left, right), (low, high) = panel["x"]["domain"], panel["y"]["domain"]
        for one in panel["marks"]:
            if not {"x", "y"} <= one["columns"].keys():
                continue
            x, y = (np.array(data[one["columns"][c]]) for c in "xy")
            inside = (left <= x) & (x <= right) & (low <= y) & (y <= high)
            assert inside.any(), (panel["name"], one.get("label"))


@FIGURE
def test_handles_set_sliders_that_exist(figure):
    assert figure.handles
    for h in figure.handles:
        assert set(h["sets"].values()) <= figure.params.keys()
        assert 0 <= h["panel"] < len(figure.panels)


@FIGURE
def test_labelled_marks_differ_without_colour(figure):
    """Two lines, or two kinds of spikes, of one panel never share their dashes."""
    for panel in figure.panels:
        marks = [m for m in panel["marks"] if m.get("label")]
        for kinds in ({"line", "ruleX", "ruleY"}, {"spikes"}):
            dashes = [m["options"].get("strokeDasharray") for m in marks if m["mark"] in kinds]
            assert len(set(dashes)) == len(dashes), (panel["name"], kinds)


def test_oja_ends_on_the_long_axis_with_length_one():
    for angle in (0, 30, 75, 120):
        params = FIGURES["oja"].params | {"angle": angle, "start": angle + 60, "rate": 0.005}
        data = FIGURES["oja"].simulate(**params)
        found = math.atan2(data["end_y"][0], data["end_x"][0])
        assert abs(math.cos(found - math.radians(angle))) > 0.995
        assert data["length"][-1] == pytest.approx(1, abs=0.03)


def test_hebb_grows_at_the_rate_of_the_largest_eigenvalue():
    """Theory against the driver, averaged over what its few inputs happen to be."""
    for correlation in (-0.6, 0.0, 0.6):
        params = {"correlation": correlation, "start": 45, "rate": 0.002}
        data = FIGURES["hebb"].simulate(**params)
        x = np.array([data["x1"], data["x2"]])
        largest = np.linalg.eigvalsh(x @ x.T / x.shape[1])[-1]
        w = np.array([[1], [1]]) / math.sqrt(2)
        second_moment = x @ x.T / x.shape[1]
        values, axes = np.linalg.eigh(second_moment)
        grown = np.exp(0.002 * 500 * values) * (axes.T @ w)[:, 0]
        assert data["length"][-1] == pytest.approx(np.linalg.norm(grown), rel=0.02)
        assert largest == pytest.approx(1 + abs(correlation), rel=0.15)


def test_lif_fires_at_the_rate_of_theory_and_never_below_threshold():
    simulate = FIGURES["lif"].simulate
    for current in (1.5, 2.0, 3.0):
        spikes = simulate(current, 10)["spikes"]
        period = 10 * math.log(current / (current - 1))
        assert np.diff(spikes).mean() == pytest.approx(period, rel=0.03)
    assert simulate(1.0, 2)["spikes"] == []


def test_synapse_settles_at_its_dashed_line_and_adds_up_kernels():
    """The potential is the sum of kernels over the spikes, each as large as the recursion says."""
    for rate, use, tau_rec, tau_facil, tau_syn in ((20, 0.5, 800, 0, 5), (37, 0.1, 130, 150, 2)):
        data = FIGURES["synapse"].simulate(rate, 1980, use, tau_rec, tau_facil, tau_syn)
        t, v, spikes = np.array(data["t"]), np.array(data["v"]), data["spikes"]
        assert np.diff(spikes) == pytest.approx(1000 / rate) and len(spikes) == rate + 1
        u, r, dt, want = 0.0, 1.0, t[1], np.zeros(len(t))
        a, b = math.exp(-dt / 20), math.exp(-dt / tau_syn)
        for k, s in enumerate(spikes):
            if k:
                u *= math.exp(-1000 / rate / tau_facil) if tau_facil else 0.0
                r = 1 - (1 - r) * math.exp(-1000 / rate / tau_rec)
            u += use * (1 - u)
            n = np.maximum(np.round((t - s) / dt) + 1, 0)
            want += 0.5 * u * r * (1 - a) * (a**n - b**n) / (a - b)
            r *= 1 - u
        before = t < 1975
        np.testing.assert_allclose(v[before], want[before], rtol=1e-9, atol=1e-12)
        after = (t >= spikes[-1]) & (t < spikes[-1] + 1000 / rate)
        assert v[after].max() == pytest.approx(data["peak"][0], rel=1e-3)
        found = data["used"][-2] * data["steady_r"][0]
        assert found == pytest.approx(u * r / (1 - u), rel=1e-3)


def test_synapse_never_fires_its_neuron():
    """The figure shows potentials alone: no setting of the sliders reaches the threshold."""
    for test in (200, 1105):
        data = FIGURES["synapse"].simulate(100, test, 1.0, 50, 0, 15)
        assert 0.1 < max(data["v"]) < max(data["fixed"]) < 1


def test_bcm_rests_where_theory_says():
    """Patterns in turn: theta looks back tau inputs, so the answer rests at 1 + tau / (tau - 1)."""
    for one, two, near in ((15, 75, 30), (15, 75, 60), (200, 130, 195), (100, 30, 40)):
        params = FIGURES["bcm"].params | {"one": one, "two": two, "start": near}
        data = FIGURES["bcm"].simulate(**params)
        won, lost = (one, two) if abs(near - one) < abs(near - two) else (two, one)
        answer = 1 + params["tau"] / (params["tau"] - 1)
        size = answer / math.cos(math.radians(90 - abs(one - two)))
        at = math.radians(lost + (90 if won > lost else -90))
        want = [size * math.cos(at), size * math.sin(at)]
        assert [data["w1"][-1], data["w2"][-1]] == pytest.approx(want, abs=1e-3)
        assert data["theta"][-1] == pytest.approx(answer, abs=0.15)  # before 1 or before 2
        rests = list(zip(data["rest_x"], data["rest_y"], strict=True))
        dots = [math.hypot(x - want[0], y - want[1]) for x, y in rests]
        assert min(dots) < 0.06 * size < max(dots)
        half = math.radians((one + two) / 2)  # where Oja's weight ends
        assert abs(math.cos(half) * data["oja2"][-1] - math.sin(half) * data["oja1"][-1]) < 0.02


def test_bcm_does_not_rest_beyond_the_limit_of_theory():
    """Rest is stable while rate * tau * sin(angle)^2 < 1, by Routh and Hurwitz."""
    for angle, tau in ((60, 65), (75, 40), (90, 30)):
        limit = 1 / (tau * math.sin(math.radians(angle)) ** 2)
        rest, off = 1 + tau / (tau - 1), []
        for rate in (0.7 * limit, 1.4 * limit):
            data = FIGURES["bcm"].simulate(10, 10 + angle, 20, rate, tau)
            late = [y for y, k in zip(data["first"], data["step"], strict=True) if k > 1600]
            off.append(max(abs(y - rest) for y in late))
        assert off[0] < 0.05 and off[1] > 0.5, (angle, off)


@pytest.mark.parametrize("moved", [{}, {"order": -20}, {"tau_c": 8, "tau_d": 0.5}, {"delay": -0.5}])
def test_reward_finds_what_is_left_of_the_mark(moved):
    """Runs at eleven delays lie on the closed form; a reward of the other sign turns them round."""
    figure = FIGURES["reward"]
    data = figure.simulate(**(figure.params | moved))
    theory = np.interp(data["tried"], data["curve"], data["theory"])
    assert np.abs(theory).max() > 0.1
    np.testing.assert_allclose(data["found"], theory, atol=0.02 * np.abs(theory).max())
    worse = figure.simulate(**(figure.params | moved | {"dopamine": -5}))
    np.testing.assert_allclose(worse["found"], -np.array(data["found"]), rtol=1e-9)


def test_filters_learn_as_the_layer_does():
    """The same first weights and the same digits, one by one, through the Module."""
    layer = KrotovHopfield(64, 16, KrotovHopfieldParams(delta=0.3)).double()
    s, weight = seeded(5), []
    digits = torch.tensor(unpacked(), dtype=torch.float64)
    for _ in range(16 * 64):
        z, s = normal(s)
        weight.append(0.3 * abs(z))
    layer.weight.copy_(torch.tensor(weight, dtype=torch.float64).reshape(16, 64))
    for _ in range(700):
        u, s = uniform(s)
        layer.learn(digits[int(100 * u)][None], rate=0.04)
    data = FIGURES["filters"].simulate(700, 0.3, 0.04)
    found = np.array(data["plus"]) - np.array(data["minus"])
    want = (layer.weight / layer.weight.abs().max()).flatten()
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-12)
    assert data["busy"] == [layer(digits).argmax(1).unique().numel()]
    unit, place = data["across"][70] // 9, data["across"][70] % 9  # pixel 6 of unit 1
    assert (unit, place, data["down"][70]) == (1, 6, 0)


@pytest.mark.slow
def test_digits_learn_as_the_arrays_do():
    """Five pictures again, all cells at once; spikes of pixels are where v t / 10 + phase climbs
    over a whole number."""
    made = FIGURES["digits"].simulate(5, 1.0, 17, 0.3)
    p = DigitsParams(gain=0.8, theta_plus=1.0, rate=0.3, target=0.4, dt=1.0)
    images = np.array(unpacked())
    w, s = digits.first_weights(seeded(5))
    order, s = digits.shuffled(100, s)
    assert sorted(order) == list(range(100))
    w, theta, won = np.array(w), np.zeros(9), []
    for k in range(5):
        phase = np.empty(64)
        for i in range(64):
            phase[i], s = uniform(s)
        steps = np.arange(101)[:, None]
        fires = np.diff(np.floor(phase + steps * images[order[k]] / 10 + 1e-12), axis=0) > 0
        cells = Cells(*(np.full(9, v) for v in (-65.0, 0, 0, 0, 0, -60.0, 0, 0, 0)))
        last, count = np.full(64, -1000.0), np.zeros(9)
        for t, x in enumerate(fires):
            last[x] = t
            cells = network_step(w @ x, cells, cells.k.sum() - cells.k, theta, p)
            count, theta = count + cells.z, theta + cells.z
            for n in np.flatnonzero(cells.z):
                w[n] += digits_stdp_step(np.exp((last - t) / 20), w[n], p)
        w *= 0.2 / w.mean(1, keepdims=True)
        won.append(count.argmax() + 1)
    assert made["cell"][:5] == won and sum(made["wins"]) == 5
    np.testing.assert_allclose(np.array(made["shade"]).reshape(9, 64), w, rtol=1e-9)
    unlike = np.corrcoef(
        np.array(FIGURES["digits"].simulate(60, 1, 17, 0.3)["shade"]).reshape(9, 64)
    )
    assert np.median(unlike[np.triu_indices(9, 1)]) < 0.8


def test_latency_is_read_as_the_package_reads():
    """Times without jitter by ``linear_value``; counts are those of rates x for k ms."""
    params = FIGURES["latency"].params | {"jitter": 0, "elapsed": 13}
    data = FIGURES["latency"].simulate(**params)
    x = torch.tensor(data["picture"], dtype=torch.float64)
    latency = LinearLatencyParams(last=20.0, threshold=0.05)
    t = linear_time(x, latency)
    wanted = torch.where(t <= 13, linear_value(t, latency), 0.0)
    np.testing.assert_allclose(data["by_time"], wanted, atol=1e-12)
    digit = torch.tensor(unpacked()[3], dtype=torch.float64).view(8, 8)
    assert torch.equal(x.view(10, 10)[1:8, 1:9], digit[:7]), "the stroke touches the lowest row"
    assert data["picture"][91:99] == pytest.approx([1.0] * 8) and data["across"][91] == 1
    off = (torch.tensor(data["by_time"]) - x).square().mean().sqrt().item()
    assert data["time_error"][13] == pytest.approx(off)
    params |= {"elapsed": 50, "contrast": 0.3}  # so that no count is cut off at full brightness
    data = FIGURES["latency"].simulate(**params)
    n = np.array(data["by_count"]) * 100 * 0.05
    assert np.abs(n - n.round()).max() < 1e-9
    expected = 100 * 0.05 * sum(data["picture"])
    assert n.sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_latency_error_without_jitter_ends_at_what_stays_silent():
    figure = FIGURES["latency"]
    for contrast in (0.3, 1.0):
        data = figure.simulate(**(figure.params | {"jitter": 0, "contrast": contrast}))
        assert data["time_error"][-1] < 0.05 and max(data["picture"]) == pytest.approx(contrast)
        assert data["time_error"][:21] == sorted(data["time_error"][:21], reverse=True)
        size = np.sqrt(np.square(data["picture"]).mean())
        assert data["count_error"][0] == pytest.approx(size)


@pytest.mark.parametrize(
    "cells, kappa, window", [(16, 2, 0.1), (12, 8, 0.4), (4, 1, 1.0), (4, 6, 0.3)]
)
def test_population_reads_as_the_package_reads(cells, kappa, window):
    figure = FIGURES["population"]
    params = figure.params | {"cells": cells, "kappa": kappa, "window": window}
    data = figure.simulate(**params)
    preferred = torch.tensor(data["preferred"], dtype=torch.float64).deg2rad()
    curve = VonMisesParams(kappa=kappa, peak=params["peak"])

    def tuning(s):
        return von_mises_rate(s[:, None], preferred, curve)

    n = torch.tensor([data["counts"]], dtype=torch.float64)
    grid = torch.arange(60, dtype=torch.float64) * (2 * math.pi / 60)
    best = maximum_likelihood(n, tuning, grid, window, refine=3)
    assert data["own"] == pytest.approx((best.rad2deg() % 360).tolist())
    arrow = population_vector(n, preferred).rad2deg() % 360
    assert data["arrow"] == pytest.approx(arrow.tolist())
    true = torch.tensor([math.radians(params["angle"])], dtype=torch.float64)
    bound = cramer_rao(true, tuning, 1.0).rad2deg().item()
    np.testing.assert_allclose(np.array(data["bound"]) * np.sqrt(data["length"]), bound, rtol=1e-9)


def test_population_draws_counts_of_poisson():
    s, means = seeded(1), (0.3, 4.0, 60.0)
    for mean in means:
        drawn = []
        for _ in range(4000):
            n, s = population.poisson(mean, s)
            drawn.append(n)
        assert np.mean(drawn) == pytest.approx(mean, abs=4 * math.sqrt(mean / 4000))
        assert np.var(drawn) == pytest.approx(mean, rel=0.1)


def test_population_follows_the_bound_once_spikes_are_many():
    """Root mean square of 100 trials has an error of 7 %; the six windows share their seed."""
    figure = FIGURES["population"]
    for cells in (16, 48):
        data = figure.simulate(**(figure.params | {"cells": cells}))
        bound = np.interp(data["windows"], data["length"], data["bound"])
        ratio = np.array(data["by_likelihood"]) / bound
        assert np.abs(ratio[2:] - 1).max() < 0.2, ratio
    few = figure.simulate(**(figure.params | {"peak": 10, "cells": 8}))
    bound = np.interp(few["windows"], few["length"], few["bound"])
    assert few["by_likelihood"][1] > 1.3 * bound[1], "few spikes: far above"


def test_spiketime_is_the_time_and_the_gradient_of_the_package():
    figure, rng, fired = FIGURES["spiketime"], np.random.default_rng(0), 0
    params = TemporalParams(decay=0.2, threshold=1.0, penalty=0.0, limit=math.inf)
    settings = [figure.params, figure.params | {"t1": 0}, figure.params | {"t1": 8}]
    for _ in range(40):
        t, w = rng.integers(0, 51, 3) / 2, rng.integers(-8, 21, 3) / 20
        settings.append(dict(zip(figure.params, (*t, *w), strict=True)))
    for given in settings:
        data = figure.simulate(**given)
        t, w = torch.tensor(list(given.values()), dtype=torch.float64)[None].split(3, 1)
        found = causal_spikes(t, w, params)
        if found.t.item() == math.inf:
            assert (
                data["spike"] == []
                and data["slopes"] == [0, 0, 0]
                and "no spike" in data["summary"]
            )
            continue
        fired += 1
        assert data["spike"][0] == pytest.approx(found.t.item(), abs=1e-9)
        by_time, _ = causal_gradient(torch.ones_like(found.t), t, w, found, params)
        assert data["slopes"] == pytest.approx(by_time[0].tolist(), abs=1e-7)
        assert sum(data["slopes"]) == pytest.approx(1)
    assert 15 < fired < len(settings) - 5


def test_spiketime_tangent_touches_the_curve():
    """Finite differences: moved by 0.5 ms, the output is off the tangent by the square of that."""
    figure = FIGURES["spiketime"]
    for t1 in (3.0, 6.0, 10.0):
        data = figure.simulate(**(figure.params | {"t1": t1}))
        sides = [
            figure.simulate(**(figure.params | {"t1": t1 + d}))["spike"][0] for d in (-0.01, 0.01)
        ]
        assert (sides[1] - sides[0]) / 0.02 == pytest.approx(data["slopes"][0], abs=1e-3)
        rise = data["tangent_y"][1] - data["tangent_y"][0]
        assert rise / (data["tangent_x"][1] - data["tangent_x"][0]) == pytest.approx(
            data["slopes"][0]
        )
        k = data["tried"].index(t1)
        assert data["found"][k] == data["spike"][0]


def test_information_is_estimated_as_the_package_does():
    rng = np.random.default_rng(0)
    stimulus = np.repeat(np.arange(8), 60)
    for wide in (3, 20):
        response = (stimulus // 2 + rng.integers(0, wide, len(stimulus))).tolist()
        pair = torch.from_numpy(stimulus), torch.tensor(response)
        found = information.bits(stimulus.tolist(), response, 0, 1)
        assert found == pytest.approx(plug_in(joint(*pair)))
        found = information.extrapolated(stimulus.tolist(), response)
        assert found == pytest.approx(quadratic(*pair))


def test_information_has_the_rates_of_the_package_and_its_cell():
    """Rates by the package's filter; mean counts by its cell, within their errors."""
    drawn, s = [], seeded(4)
    for _ in range(8 * math.ceil(250 / 15)):
        z, s = normal(s)
        drawn.append(z)
    light = torch.tensor(drawn, dtype=torch.float64).view(8, -1).repeat_interleave(15, 1)[:, :250].T
    params = GanglionParams()
    rate = free_rate(light, params, 1.0)[150:]
    figure = FIGURES["information"]
    data = figure.simulate(**figure.params)
    cell = information.Cell(15.0, 25.0, 1.0, 3.0, 5.0)
    found = np.array(information.rates(1000.0, cell, seeded(4))[0]).T
    # the figure's filter ends after 150 ms, the package's does not
    np.testing.assert_allclose(found, rate, atol=0.06 * rate.max().item())
    assert np.corrcoef(found.flatten(), rate.flatten())[0, 1] > 0.999
    assert data["rate"] == found[:, 0].tolist()
    made = ganglion(rate, 2000, torch.Generator().manual_seed(0), params, 1.0).sum(0)
    shown = len(data["x"]) / (8 * 20)
    assert shown == pytest.approx(made.mean().item(), rel=0.12)
    assert data["fano"][0] == pytest.approx(fano_factor(made), rel=0.25)


def test_information_turns_round_with_jitter_and_rest_makes_counts_regular():
    figure = FIGURES["information"]
    data = figure.simulate(**figure.params)
    assert data["by_time"][1] > data["by_count"][0] + 0.2 > data["by_time"][5] + 0.2
    fano = [figure.simulate(**(figure.params | {"rest": r}))["fano"][0] for r in (0, 3, 15)]
    assert 1 > fano[0] > fano[1] > fano[2] > 0


def test_live_lists_figures_and_refuses_what_it_does_not_know():
    assert list(neurolab.live()) == list(FIGURES)
    assert "Oja's rule" in repr(neurolab.live())
    with pytest.raises(ValueError, match=f"no live figure 'ojja'; there are {', '.join(FIGURES)}"):
        neurolab.live("ojja")
    with pytest.raises(TypeError, match="has no parameter 'speed'; it has angle, stretch"):
        neurolab.live("oja", speed=1)
    with pytest.raises(ValueError, match=r"rate must be from 0.001 to 0.2, got 3"):
        neurolab.live("oja", rate=3)
    with pytest.raises(TypeError, match=r"rate must be a number from .* got 'fast'"):
        neurolab.live("oja", rate="fast")


def test_a_spec_that_cannot_work_is_refused():
    with pytest.raises(ValueError, match=r"slider rate: value .* is not on the grid"):
        slider("rate", "Rate", 0, 0.4, 0.1, 0.5)
    with pytest.raises(ValueError, match="colour 'red' is none of a, b, c"):
        mark("line", "red", x="t", y="v")
    with pytest.raises(ValueError, match="sets no slider"):
        handle("Thing", "x", "y")


@pytest.mark.parametrize("changes", [{}, {"bit": 0, "delay": 300}, {"tau_a": 400, "beta": 0.6}])
def test_threshold_trace_is_that_of_the_layer(changes):
    """The same currents through ``spiking.Neurons``; in silence only the decay is left."""
    params = FIGURES["threshold"].params | changes
    data = FIGURES["threshold"].simulate(**params)
    time = torch.tensor(data["time"], dtype=torch.float64)
    current = torch.zeros(len(time), 1, 6, dtype=torch.float64)
    drives, mine = torch.tensor([2.0, 2.3, 2.6]).double(), 3 * int(params["bit"])
    current[time < 0, :, mine : mine + 3] = drives
    current[time >= params["delay"]] = drives.repeat(2)
    alif = ALIFParams(tau=20.0, tau_a=params["tau_a"], beta=params["beta"])
    z, _, kept = Neurons(NEURONS["alif"], alif, dt=2.0)(current, keep="a")
    raised = 1 + params["beta"] * kept["a"][:, 0].unflatten(1, (2, 3)).mean(2)
    np.testing.assert_allclose(np.stack([data["zero"], data["one"]], 1), raised, atol=1e-9)
    assert len(data["zero_t"]) == z[..., :3].sum() and len(data["one_t"]) == z[..., 3:].sum()
    asked = z[time >= params["delay"]].sum((0, 1))
    assert data["apart"][-1] == asked[:3].sum() - asked[3:].sum()
    stored = np.array(data["one" if params["bit"] else "zero"]) - 1
    end, ask = data["time"].index(0.0), data["time"].index(params["delay"])
    left = math.exp(-(params["delay"]) / params["tau_a"])
    assert stored[ask - 1] == pytest.approx(stored[end - 1] * left) and stored[end] > 0.5


def test_threshold_keeps_the_bit_only_while_it_is_raised():
    figure = FIGURES["threshold"]

    def read(**changes):
        return figure.simulate(**(figure.params | changes))["apart"][-1]

    assert read(bit=1) >= 3 and read(bit=0) == -read(bit=1)
    assert read(beta=0) == 0 and read(tau_a=200, delay=2500) == 0
    margins = [read(delay=d) for d in (0, 500, 1000, 2500)]
    assert margins == sorted(margins, reverse=True) and margins[0] > margins[-1]


@pytest.mark.parametrize("changes", [{}, {"weight": 2.4}, {"tau_syn": 12, "tau_ref": 30}])
def test_response_is_the_event_driven_neuron_and_a_sum_of_answers(changes):
    settings = FIGURES["response"].params | changes
    data, params = (
        FIGURES["response"].simulate(**settings),
        SRM0Params(**{name: settings[name] for name in ("tau", "tau_syn", "tau_ref", "depth")}),
    )
    weight = settings["weight"]
    given = [(time, weight) for time in response.ARRIVALS]
    want = event_driven_srm0(given, params, 200.0)
    assert len(data["spikes"]) == len(want) > 0
    np.testing.assert_allclose(
        data["spikes"], want, atol=2 * response.DT
    )  # late ones delay later ones
    parts = [
        [weight * response.answer(t - came, params) if t > came else 0.0 for came in data["came"]]
        for t in data["t"]
    ]
    np.testing.assert_allclose(data["h"], np.sum(parts, 1), atol=1e-9)


def test_parity_is_the_network_of_the_package_and_its_chain_meets_theory():
    """The chain is TrainableTau with a shifted diagonal; at tau 1 a bit n back has n noises."""
    bits = [1.0, -1.0, -1.0, 1.0, 1.0, -1.0] * 4
    for chain, taus in ((True, [1.5] * parity.CELLS), (False, parity.spread(9))):
        net = TrainableTau(1, parity.CELLS, slope=1.0).double()
        with torch.no_grad():
            net.bias.zero_()
            net.weight.copy_(torch.eye(parity.CELLS).roll(1, 0).tril() * chain)
            net.weight_in.fill_(0 if chain else 1)
            net.weight_in[0] = 1
            net.raw_tau.copy_(-torch.log(torch.tensor(taus, dtype=torch.float64) - 1))
        theirs = net(torch.tensor(bits, dtype=torch.float64)[:, None, None])[0][:, 0]
        ours = parity.history(chain, taus, 0.0, bits, seeded(1))
        torch.testing.assert_close(torch.tensor(ours, dtype=torch.float64)[:, :-1], theirs)
    told = parity.simulate(1, 12, 0.5, 6)
    back = torch.arange(1, 13, dtype=torch.float64)
    expected = 100 * torch.special.ndtr(1 / (0.5 * back.sqrt()))
    gap = torch.tensor(told["chain_bit"], dtype=torch.float64) - expected
    assert gap.abs().max() < 6 and gap.abs().mean() < 3  # 400 steps: one deviation is 2 %
    clear = parity.simulate(1, 12, 0.1, 6)
    assert min(clear["chain_parity"]) > 99 > 70 > max(clear["lone_parity"][3:])


@pytest.mark.slow
def test_tracking_is_the_network_of_the_package_and_poisson_cells_meet_their_theory():
    """Spike for spike; with a price, and with every other cell silent in the second half."""
    data = FIGURES["tracking"].simulate(20, 4, 0.0, 0.5, 50)
    length = tracking.REACH / 20
    net = SpikeCoding(around(20, length), tracking.TAU, 0.5 * length**2, tracking.DT)
    x = torch.tensor([tracking.place(k, 4) for k in range(tracking.STEPS)], dtype=torch.float64)
    alive = torch.ones(tracking.STEPS, 20, dtype=torch.bool)
    alive[tracking.STEPS // 2 :, 1::2] = False
    spikes, told, _ = net(x[:, None], alive=alive)
    when, who = spikes[:, 0].nonzero(as_tuple=True)
    ours = sorted(zip(data["spikes"], data["rows"], strict=True))
    assert ours == sorted(zip((tracking.DT * when).tolist(), (who + 1.0).tolist(), strict=True))
    np.testing.assert_allclose(data["told"], told[:, 0, 0], atol=1e-9)

    wide = data["by_chance"]
    for size, theory in ((5, wide[0]), (80, wide[1])):
        found = [
            tracking.off(*tracking.poisson_cells(size, 4, seeded(k)), 4) ** 2 for k in range(5, 25)
        ]
        assert np.mean(found) ** 0.5 == pytest.approx(theory, rel=0.15)
