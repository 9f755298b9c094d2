"""The cochlea against the closed form of its filters, plain convolution, and counting."""

import math
from itertools import pairwise

import pytest
import torch

from neurolab.coding import CochleaParams, centres, cochlea, level_crossings
from neurolab.coding.cochlea import bandwidth, motion, response

PARAMS = CochleaParams(channels=9, low=200.0, high=3000.0)


def tone(f, seconds=0.5, loud=0.3):
    t = torch.arange(int(8000 * seconds)).double() / 8000
    return loud * torch.sin(2 * math.pi * f * t)[:, None]


def test_centres_have_even_steps_on_the_scale_of_bandwidths():
    best = centres(PARAMS)
    assert best[[0, -1]].tolist() == pytest.approx([200, 3000])
    for low, high in pairwise(best):
        f = torch.linspace(float(low), float(high), 2001).double()
        found = torch.trapezoid(1 / bandwidth(f), f)
        whole = torch.linspace(200, 3000, 20001).double()
        torch.testing.assert_close(
            found, torch.trapezoid(1 / bandwidth(whole), whole) / 8, rtol=1e-4, atol=0
        )


@pytest.mark.parametrize("f", [150.0, 440.0, 1000.0, 2900.0])
def test_tones_are_passed_as_the_closed_form_says(f):
    """Amplitude by projection on sine and cosine, long after the start; 1 s holds whole periods."""
    x, loud = tone(f, 2.0), 0.3
    y = motion(x, PARAMS)[8000:, 0]
    t = torch.arange(8000, 16000).double() / 8000
    parts = [(y * g(2 * math.pi * f * t)[:, None]).mean(0) for g in (torch.sin, torch.cos)]
    found = 2 * torch.hypot(*parts) / loud
    torch.testing.assert_close(found, response(torch.tensor([f]), PARAMS)[0], rtol=1e-6, atol=1e-9)


def test_gain_at_the_best_frequency_is_one_and_falls_by_the_bandwidth():
    best = centres(PARAMS)
    gain = response(best, PARAMS)
    assert gain.diagonal().tolist() == pytest.approx([1] * 9, abs=0.02)
    aside = response(best + 1.019 * bandwidth(best), PARAMS).diagonal()
    assert aside.tolist() == pytest.approx([0.25] * 9, rel=0.1)  # (1 + 1)^-(4 / 2)


def test_motion_is_the_plain_convolution():
    """One channel by four leaky integrators in a row, stepped by hand."""
    x = torch.randn(300, 1, generator=torch.Generator().manual_seed(0)).double()
    y, best = motion(x, PARAMS)[:, 0], centres(PARAMS)
    for c in (0, 8):
        a = math.exp(-2 * math.pi * 1.019 * float(bandwidth(best[c])) / 8000)
        turn = complex(math.cos(w := 2 * math.pi * float(best[c]) / 8000), math.sin(w))
        state, seen = [0j] * 4, []
        for value in x[:, 0].tolist():
            value = complex(value)
            for k in range(4):
                state[k] = a * turn * state[k] + (1 - a) * value
                value = state[k]
            seen.append(2 * value.real)
        torch.testing.assert_close(
            y[:, c], torch.tensor(seen, dtype=torch.float64), rtol=1e-9, atol=1e-9
        )


def test_a_tone_excites_the_channel_of_its_frequency():
    for c, f in enumerate(centres(PARAMS).tolist()):
        x = cochlea(tone(f), PARAMS)
        assert int(x[20:].mean((0, 1)).argmax()) == c
        assert x.shape == (100, 1, 9) and x.min() >= 0 and x.max() <= 1


def test_loud_is_more_and_silence_is_nothing():
    soft, loud = (cochlea(tone(700.0, loud=a), PARAMS) for a in (0.05, 0.5))
    assert (loud[1:] > soft[1:]).all()
    none = cochlea(torch.zeros(4000, 2), PARAMS)
    assert not none.any() and not level_crossings(none).any()
    steady, m = cochlea(tone(700.0, 1.0), PARAMS)[150:, 0], math.log1p(1000)
    motion_mean = 1e-3 * torch.expm1(steady * m).mean(0)  # mean of a half-wave: amplitude / pi
    wanted = 0.3 * response(torch.tensor([700.0]), PARAMS)[0] / math.pi
    near = wanted > 0.002
    assert near.sum() >= 2
    torch.testing.assert_close(motion_mean[near], wanted[near], rtol=0.05, atol=0)


def test_levels_are_passed_up_and_down_in_order():
    x = torch.tensor([0.1, 0.4, 0.6, 0.6, 0.3, 0.0])[:, None, None].double()
    z = level_crossings(x, (0.2, 0.5))[:, 0]  # low up, low down, high up, high down
    assert z.T.nonzero().tolist() == [[0, 1], [1, 5], [2, 2], [3, 4]]
    noise = torch.rand(200, 3, 4, generator=torch.Generator().manual_seed(1))
    z = level_crossings(noise, (0.3, 0.6)).unflatten(2, (2, 2, 4)).sum(0)
    assert z.sum() > 100 and set((z[:, :, 0] - z[:, :, 1]).flatten().tolist()) <= {0.0, 1.0}


def test_frames_that_are_not_whole_are_left_out():
    assert cochlea(torch.zeros(399, 2), PARAMS).shape == (9, 2, 9)
    assert cochlea(torch.zeros(0, 2), PARAMS).shape == (0, 2, 9)
    assert level_crossings(torch.zeros(0, 2, 9)).shape == (0, 2, 54)
    x = torch.rand(800, 1, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(cochlea(x, PARAMS)[:10], cochlea(x[:400], PARAMS))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"channels": 2.5}, "channels"),
        ({"channels": 0}, "channels"),
        ({"low": 0.0}, "low"),
        ({"low": 3500.0, "high": 300.0}, "high"),
        ({"high": 4000.0}, "high"),
        ({"frame": 0.1}, "frame"),
        ({"floor": math.nan}, "floor"),
    ],
)
def test_wrong_settings_are_refused(wrong, name):
    with pytest.raises(ValueError, match=f"^{name}: "):
        CochleaParams(**wrong)


def test_wrong_sounds_and_levels_are_refused():
    with pytest.raises(TypeError, match="sound: a tensor of floats"):
        cochlea(torch.zeros(10, 1).long())
    with pytest.raises(ValueError, match=r"sound: shape \(S, B\)"):
        cochlea(torch.zeros(10))
    with pytest.raises(ValueError, match=r"sound: finite.*1 that"):
        cochlea(torch.tensor([[0.0], [math.inf]]))
    with pytest.raises(ValueError, match="levels: numbers above 0 that grow"):
        level_crossings(torch.zeros(3, 1, 2), (0.4, 0.2))
    with pytest.raises(ValueError, match=r"x: shape \(T, B, C\)"):
        level_crossings(torch.zeros(3, 2))
