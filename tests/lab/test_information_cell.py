"""Lab information: the cell that it listens to, what the page says of it, and the challenge."""

import math

import pytest
import torch

import neurolab
from neurolab.coding import joint, panzeri_treves, plug_in, time_bins
from neurolab.experiments.information_in_times import crossing
from neurolab.lab import information_answers as answers
from neurolab.lab import information_cell as cell
from neurolab.lab import information_challenge as challenge
from neurolab.lab import information_excess as excess
from neurolab.live.figures import information


def says(name, value):
    result = neurolab.check(f"information.{name}", value)
    return result.status, result.message


def deal(answer):
    return answer[torch.randperm(len(answer))]


def test_the_first_spike_leads_until_jitter_and_a_train_holds_its_count():
    piece, times = cell.recorded(100)
    assert times.shape == (800, times.shape[1]) and bool(
        (times.diff(dim=1) >= 0).logical_or(times[:, 1:] == math.inf).all()
    )
    assert float((cell.count(times) == 0).double().mean()) == pytest.approx(
        answers.silent(), abs=0.05
    )
    _, moved = cell.recorded(100, 30.0)
    assert torch.equal(cell.count(times), cell.count(moved))
    told = {
        name: [panzeri_treves(joint(piece, read(t))) for t in (times, moved)]
        for name, read in {
            "first": lambda t: time_bins(t[:, 0], 5.0),
            "count": cell.count,
            "train": cell.train,
        }.items()
    }
    assert told["first"][0] > told["count"][0] + 0.4
    assert told["first"][1] < told["count"][1] - 0.2
    assert min(told["train"]) > told["count"][0] + 0.1


@pytest.mark.slow
def test_the_words_about_the_picture_hold():
    piece, times = cell.recorded(400)
    first = time_bins(times[:, 0], 1.0)
    assert panzeri_treves(joint(piece, first)) == pytest.approx(2, abs=0.06)
    assert panzeri_treves(joint(piece, cell.count(times))) == pytest.approx(1.3, abs=0.05)
    levels = torch.tensor([11.0, 14.0, 18.0]).double()
    bits = []
    for jitter in levels:
        _, moved = cell.recorded(400, float(jitter))
        bits.append(panzeri_treves(joint(piece, time_bins(moved[:, 0], 1.0))))
    counted = panzeri_treves(joint(piece, cell.count(times)))
    assert crossing(levels, torch.tensor(bits).double(), counted) == pytest.approx(14, abs=0.5)
    dealt, cells = deal(first), torch.arange(3200).view(8, 400)
    for m, told in ((10, 1.9), (400, 0.2)):
        k = cells[:, :m].flatten()
        own, nothing = (plug_in(joint(piece[k], answer[k])) for answer in (first, dealt))
        assert nothing == pytest.approx(told, abs=0.2)
        shared = own - panzeri_treves(joint(piece[k], first[k]))
        assert nothing > 2 * shared, "dealt answers have more excess than the cell's own"


@pytest.mark.slow
def test_the_lines_of_the_live_figure_cross_where_the_warm_up_says():
    shown = information.simulate(**information.FIGURE.params)
    level, told = (torch.tensor(shown[name]).double() for name in ("levels", "by_time"))
    assert 5 < crossing(level, told, shown["by_count"][0]) < 10


def test_the_formula_says_what_question_3_says():
    said = [round(excess.claimed(m), 2) for m in (10, 30, 95)]
    assert said == [0.95, 0.32, 0.10]


def test_binned_spikes_are_all_there():
    times = torch.tensor([[-3.0, 5.0, 99.0, 120.0], [math.inf] * 4]).double()
    assert cell.binned(times, 20.0).tolist() == [[2, 0, 0, 0, 2], [0] * 5]


def test_answers_of_0_001_ms_seem_to_tell_what_question_4_says():
    piece, times = cell.recorded(100)
    dealt = deal(time_bins(times[:, 0], 0.001))
    assert says("q4", (deal, 2.2, plug_in(joint(piece, dealt))))[0] == "right"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda t: t[:, 0], "whole numbers from 0 to 15"),
        (lambda t: cell.count(t) + 0.5, "whole numbers from 0 to 15"),
        (lambda t: cell.count(t) + 16, "whole numbers from 0 to 15"),
        (lambda t: cell.count(t)[:5], "shape (160,), got (5,)"),
        (lambda t: 1 / 0, "ZeroDivisionError"),
        (7, "its name"),
    ],
)
def test_a_wrong_answer_of_sixteen_is_refused(make, reason, monkeypatch):
    monkeypatch.setattr(challenge, "tested", lambda: 20)
    status, message = says("challenge", make)
    assert status == "wrong" and reason in message, message


@pytest.mark.slow
def test_ours_tells_more_than_the_first_spike_and_than_the_count(monkeypatch):
    monkeypatch.setattr(challenge, "tested", lambda: 100)
    challenge._our_score.cache_clear()
    status, message = says("challenge", challenge.our_answer)
    ours = challenge._our_score()
    challenge._our_score.cache_clear()
    assert status == "score" and message.count(f"{ours.bits:.2f} bits (") == 2
    first = challenge.score(lambda t: (t[:, 0] / 7).floor().clamp(0, 15))
    counted = challenge.score(lambda t: cell.count(t).clamp(max=15))
    assert ours.bits > first.bits + 0.05 > counted.bits


def test_the_order_of_trials_tells_nothing(monkeypatch):
    monkeypatch.setattr(challenge, "tested", lambda: 100)
    assert challenge.score(lambda t: torch.arange(len(t)) // 50).bits < 0.1
