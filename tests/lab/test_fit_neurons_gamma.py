"""Question 1 of lab fit-neurons: any right factor passes, slips have names."""

import numpy as np
import pytest

import neurolab
from neurolab.lab.fit_neurons_gamma import coincidence_factor, pair, turns


def says(value):
    result = neurolab.check("fit-neurons.q1", value)
    return result.status, result.message


def counted(data, model, window=2.0):
    """By a loop over all pairs, each spike met once."""
    left, met = list(model), 0
    for spike in data:
        near = [other for other in left if abs(other - spike) <= window]
        if near:
            left.remove(near[0])
            met += 1
    return met


def factor(data, model, duration, sides=2, rate=None, scaled=True, mean=None, chance=True):
    """Gamma with its parts to spoil."""
    if not len(model):
        return 0.0
    part = sides * (len(model) if rate is None else rate(data, model)) / duration * 2.0
    many = (len(data) + len(model)) / 2 if mean is None else mean(data, model)
    found = (counted(data, model) - chance * part * len(data)) / many
    return found / (1 - part) if scaled else found


def test_trains_that_are_made_have_the_coincidences_they_say():
    data, model = pair(12, 5, 3, 1000.0)
    assert len(data) == 17 and len(model) == 15 and counted(data, model) == 12


def test_a_train_turned_around_the_clock_averages_zero_exactly():
    data, models, duration = turns()
    found = [coincidence_factor(data, model, duration) for model in models]
    assert np.mean(found) == pytest.approx(0, abs=1e-12) and np.std(found) > 0.02


def test_the_factor_is_that_of_a_count_by_pairs():
    chance = np.random.default_rng(5)
    for _ in range(5):
        data, model = (np.cumsum(chance.uniform(6, 30, 40)) for _ in range(2))
        assert coincidence_factor(data, model, 1200.0) == pytest.approx(factor(data, model, 1200.0))
    assert coincidence_factor(data, data[:0], 1200.0) == 0
    assert np.isnan(coincidence_factor(data, np.arange(0, 1200, 4.0), 1200.0))


def test_q1_right():
    assert says(factor)[0] == "right"
    assert says(coincidence_factor)[0] == "right"


@pytest.mark.parametrize(
    ("slip", "reason"),
    [
        (lambda a, b, T: counted(a, b), "coincidences in all"),
        (lambda a, b, T: factor(a, b, T, chance=False, scaled=False), "not taken off"),
        (lambda a, b, T: factor(a, b, T, chance=False), "below but not above"),
        (lambda a, b, T: factor(a, b, T, scaled=False), "last factor is missing"),
        (lambda a, b, T: factor(a, b, T, sides=1), "two sides"),
        (lambda a, b, T: factor(a, b, T) / 2, "N + M"),
        (lambda a, b, T: factor(a, b, T, mean=lambda a, b: len(a)), "data's spikes alone"),
        (lambda a, b, T: factor(a, b, T, mean=lambda a, b: len(b)), "model's spikes alone"),
        (lambda a, b, T: factor(a, b, T, rate=lambda a, b: len(a)), "rate f is the model's"),
        (lambda a, b, T: factor(a, b, T / 1000), "in spikes a second"),
        (lambda a, b, T: factor(a, b, T) + 0.1, "are met by"),
        (lambda a, b, T: [factor(a, b, T)] * 2, "A Gamma is asked"),
        (3.0, "A function is asked"),
    ],
)
def test_q1_slips_are_answered_by_name(slip, reason):
    status, message = says(slip)
    assert status == "wrong" and reason in message, message


def test_q1_a_side_alone_is_named():
    def late(data, model, duration):
        near = (model - data[:, None] >= 0) & (model - data[:, None] <= 2)
        part, many = 4 * len(model) / duration, (len(data) + len(model)) / 2
        return (near.any(1).sum() - part * len(data)) / many / (1 - part) if len(model) else 0.0

    assert "Only one side" in says(late)[1]


def test_q1_silence_and_what_is_late():
    def stops(data, model, duration):
        return factor(data, model, duration) if model.min() >= 0 else 0.0

    def wide(data, model, duration):
        wider = data + np.clip(model - data, -2, 2) if len(data) == len(model) else data
        return factor(wider, model, duration)

    assert "never fires" in says(stops)[1]
    assert "3 ms late" in says(wide)[1]
    assert says(lambda a, b, T: None)[0] == "not yet"
