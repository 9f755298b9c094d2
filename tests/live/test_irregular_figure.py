"""The figure of irregular looks runs the networks of the package, and measures them right."""

import math

import pytest
import torch

from neurolab.experiments import sine_nets as maker
from neurolab.experiments.irregular_sine import WAYS, error, learner, streams
from neurolab.live import sine_nets
from neurolab.live.figures import irregular
from neurolab.tasks import Sines, blind_rmse, thinned


def shown(**moved):
    return irregular.simulate(**(irregular.FIGURE.params | moved))


def nets():
    return maker.from_tables(vars(sine_nets))


@torch.no_grad()
@pytest.mark.parametrize("moved", [{}, {"dropped": 0, "draw": 4}, {"dropped": 80, "period": 500}])
def test_the_page_runs_them_as_torch_does(moved):
    """Another program: tensors and a scan, in place of lists; at the looks, and between them."""
    data = shown(**moved)
    t, x = (torch.tensor(data[name]) for name in ("look_t", "look_x"))
    told = {"continuous": data["continuous"], "discrete": data["discrete"]}
    fine, period = torch.tensor(data["t"]), moved.get("period", 750)
    assert len(t) > 5 and (t.diff() > 0).all()
    torch.testing.assert_close(x, torch.sin(2 * math.pi * t / period), atol=1e-5, rtol=0)
    for way in told:
        net = nets()[way]
        seen = Sines(x[:, None, None], t[:, None], torch.tensor([period]), torch.zeros(1))
        misses = error(net(seen), seen, irregular.SETTLE).sqrt().item()
        assert data[f"rmse_{way}"][0] == pytest.approx(misses, abs=1e-3)
        for k in (81, 150, 299):  # ask once more, at a time between two looks
            before = t <= fine[k]
            asked = Sines(
                torch.cat([x[before], x[:1]])[:, None, None],
                torch.cat([t[before], fine[k : k + 1]])[:, None],
                *seen[2:],
            )
            answer = net(asked)[-1].item()
            assert told[way][k] == pytest.approx(answer, abs=1e-3)


def test_looks_left_are_some_of_the_same_and_come_at_random():
    whole, half, few = (shown(dropped=d)["look_t"] for d in (0, 50, 80))
    assert set(few) < set(half) < set(whole)
    count = [len(shown(dropped=0, draw=d)["look_t"]) for d in range(1, 21)]
    mean = irregular.LENGTH / irregular.GAP  # Poisson: the spread is the root of the mean
    assert sum(count) / 20 == pytest.approx(mean, abs=3 * (mean / 20) ** 0.5)


def test_settings_are_those_of_the_networks():
    settings = maker.SETTINGS
    assert (settings.units, settings.gap) == (irregular.CELLS, irregular.GAP)
    assert (settings.settle, settings.samples * 30) == (irregular.SETTLE, irregular.LENGTH)
    for way in WAYS:
        table = maker.tables(nets())[f"{way.upper()}_HIDDEN"]
        torch.testing.assert_close(table, torch.tensor(getattr(sine_nets, f"{way.upper()}_HIDDEN")))


@torch.no_grad()
def test_they_follow_streams_they_did_not_learn_from():
    """Who is not told the time misses by what theory says at least; who is, by far less."""
    whole = streams(maker.SETTINGS, 1000, 0)
    for part in (0.0, 0.5, 0.75):
        seen = thinned(whole, part, 1)
        misses = {way: error(net(seen), seen, 400.0).sqrt().item() for way, net in nets().items()}
        least = blind_rmse(whole.period, maker.SETTINGS.gap / (1 - part))
        assert misses["discrete"] > 0.95 * least
        assert misses["continuous"] < 0.8 * least and misses["timed"] < 0.8 * least
        if part <= 0.5:
            assert misses["discrete"] > 2 * misses["continuous"]


def test_a_table_is_its_network_in_thousandths():
    made = {way: learner(maker.SETTINGS, way).net for way in WAYS}
    space = {}
    exec(maker.text(maker.tables(made)), space)
    back = maker.tables(maker.from_tables(space))
    for name, w in maker.tables(made).items():
        torch.testing.assert_close(back[name], w, atol=6e-4, rtol=1e-5)


@pytest.mark.slow
def test_they_are_made_again():
    """Rounding differs by machine, and grows: the same errors, and nearly the same weights."""
    whole = streams(maker.SETTINGS, 500, 0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    made = maker.made()
    torch.set_num_threads(threads)
    with torch.no_grad():
        for way, kept in nets().items():
            for seen in (whole, thinned(whole, 0.5, 1)):
                ours, theirs = (error(n(seen), seen, 400.0).sqrt() for n in (kept, made[way]))
                assert float(ours) == pytest.approx(float(theirs), rel=0.1)
