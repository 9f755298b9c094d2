"""Rules of learning in the chip's words, against pairs of spikes and counts by hand."""

import math

import pytest
import torch

from neurolab.neuromorphic.loihi_rules import RULES, RuleParams, learn, operations, parse


def pair(apart: int, steps: int = 80) -> tuple[torch.Tensor, torch.Tensor]:
    """One spike before at step 30, and one behind ``apart`` steps later."""
    x, y = torch.zeros(steps, 1, 1), torch.zeros(steps, 1, 1)
    x[30], y[30 + apart] = 1, 1
    return x, y


@pytest.mark.parametrize("apart", [1, 5, 15, -1, -5, -15])
def test_a_pair_of_spikes_changes_a_weight_as_the_window_says(apart):
    found = learn(RULES["stdp"], *pair(apart), torch.zeros(1, 1))["dw"].item()
    expected = math.copysign(0.25 * 64 * math.exp(-abs(apart) / 20), apart)
    assert abs(found) <= abs(expected)  # traces are cut toward 0
    assert found == pytest.approx(expected, abs=0.25 * abs(apart))


def test_many_pairs_add_up():
    torch.manual_seed(0)
    x, y = ((torch.rand(200, 1, n) < 0.05).float() for n in (3, 2))
    params = RuleParams(impulse=16.0)
    found = learn(RULES["stdp"], x, y, torch.zeros(2, 3), params=params)["dw"]
    keep, traces, total = math.exp(-1 / 20), [torch.zeros(3), torch.zeros(2)], torch.zeros(2, 3)
    for t in range(200):
        traces = [torch.floor(keep * trace + 1e-9) for trace in traces]
        total += 0.25 * (y[t, 0][:, None] * traces[0] - traces[1][:, None] * x[t, 0])
        traces = [tr + 16 * z for tr, z in zip(traces, (x[t, 0], y[t, 0]), strict=True)]
    torch.testing.assert_close(found.float(), total)


def test_a_reward_that_comes_later_turns_the_tag_into_a_weight():
    x, y = pair(3)
    silent = learn(RULES["reward"], x, y, torch.zeros(1, 1))
    assert silent["w"] == 0 and silent["t"] > 0
    reward = torch.zeros(80, 1)
    reward[45] = 16
    good = learn(RULES["reward"], x, y, torch.zeros(1, 1), reward)["dw"].item()
    bad = learn(RULES["reward"], x, y, torch.zeros(1, 1), -reward)["dw"].item()
    late = learn(RULES["reward"], x, y, torch.zeros(1, 1), reward.roll(20, 0))["dw"].item()
    assert good > late > 0 and bad == -good


def test_the_sketch_of_eprop_tells_which_synapse_was_used():
    x = torch.zeros(60, 1, 2)
    x[10:30, :, 0] = (torch.arange(20) % 3 == 0).float()[:, None]  # only the first input
    y = torch.zeros(60, 1, 1)
    y[12:30, :, 0] = (torch.arange(18) % 4 == 0).float()[:, None]
    reward = torch.zeros(60, 1)
    reward[35] = 20
    dw = learn(RULES["eprop"], x, y, torch.zeros(1, 2), reward)["dw"][0]
    assert dw[0] > 1 and dw[1] == 0


def test_rules_are_read_as_they_are_written():
    first, second = parse("3*2^-2*x1*y0 - (y1+3)*x0")
    assert first == (0.75, (("x1", 0.0), ("y0", 0.0)))
    assert second == (-1.0, (("y1", 3.0), ("x0", 0.0)))
    assert operations({"w": "2^-2*x1*y0 - (y1+3)*x0"}) == (3, 3)
    assert operations(RULES["stdp"]) == (4, 2)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("", "at least one term"),
        ("x1*", "'' cannot be read"),
        ("x1 y0", "'y0' cannot be read"),
        ("2^-2*v1", "one of x0, x1, .* is needed, got 'v1'"),
    ],
)
def test_what_cannot_be_read_is_refused(rule, text):
    with pytest.raises(ValueError, match=text):
        parse(rule)


def test_what_does_not_fit_is_refused():
    x, y = pair(1)
    with pytest.raises(ValueError, match=r"rules: for some of w, t, d, got \['v'\]"):
        learn({"v": "x1"}, x, y, torch.zeros(1, 1))
    with pytest.raises(ValueError, match=r"weight: shape \(N, I\) = \(1, 1\)"):
        learn(RULES["stdp"], x, y, torch.zeros(2, 1))
    with pytest.raises(ValueError, match=r"y: spikes \(T, B, I\)"):
        learn(RULES["stdp"], x, y[:5], torch.zeros(1, 1))
