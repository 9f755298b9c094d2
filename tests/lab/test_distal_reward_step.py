"""Question 1 of lab distal-reward: whatever makes the integral passes, slips have names."""

import math

import numpy as np
import pytest
import torch

import neurolab
from neurolab.hebbian import EligibilityParams, EligibilityState, eligibility_step


def says(name, value):
    result = neurolab.check(f"distal-reward.{name}", value)
    return result.status, result.message


def with_a_formula(z, M, tau_z, tau_M, dt):
    tau = tau_z * tau_M / (tau_z + tau_M)
    change = z * M * tau * (1 - math.exp(-dt / tau))
    return change, z * math.exp(-dt / tau_z), M * math.exp(-dt / tau_M)


def with_the_package(z, M, tau_z, tau_M, dt):
    state, times = EligibilityState(z, M), EligibilityParams(tau_z, tau_M)
    change, (z, M) = eligibility_step(0.0, 0.0, state, times, dt)
    return change, z, M


def with_small_steps(z, M, tau_z, tau_M, dt, parts=1000):
    change, dt = 0.0, dt / parts
    for _ in range(parts):
        change += z * M * dt
        z, M = z - z / tau_z * dt, M - M / tau_M * dt
    return [change, z, M]


def with_torch_alone(z, M, tau_z, tau_M, dt):
    fade = torch.exp(-dt / torch.stack([tau_z, tau_M]))
    late = z * M * fade.prod()
    return torch.stack([(z * M - late) / (1 / tau_z + 1 / tau_M), z * fade[0], M * fade[1]])


def with_simpson(z, M, tau_z, tau_M, dt):
    t = np.array([0, dt / 2, dt])
    product = z * np.exp(-t / tau_z) * M * np.exp(-t / tau_M)
    ends = z * np.exp(-dt / tau_z), M * np.exp(-dt / tau_M)
    return np.array([product @ [1, 4, 1] * dt / 6, *ends])


def with_runge_and_kutta(z, M, tau_z, tau_M, dt):
    def slope(y):
        return np.array([y[1] * y[2], -y[1] / tau_z, -y[2] / tau_M])

    y = np.array([0.0, z, M])
    a = slope(y)
    b = slope(y + dt / 2 * a)
    c = slope(y + dt / 2 * b)
    return tuple(y + dt / 6 * (a + 2 * b + 2 * c + slope(y + dt * c)))


@pytest.mark.parametrize(
    "step",
    [with_a_formula, with_the_package, with_small_steps, with_torch_alone, with_simpson,
     with_runge_and_kutta],
)  # fmt: skip
def test_q1_whatever_makes_the_integral_passes(step):
    status, message = says("q1", step)
    assert status == "right", message


def slip(change=None, z=None, M=None):
    """The right step but for what is given."""

    def step(*parts):
        right = with_a_formula(*parts)
        made = (change, z, M)
        return tuple(r if f is None else f(*parts) for f, r in zip(made, right, strict=True))

    return step


def fade(dt, tau):
    return math.exp(-dt / tau)


STEPS = {
    "33 % too much here": slip(lambda z, M, tz, tM, dt: z * M * dt),
    "at the end for the whole step": slip(
        lambda z, M, tz, tM, dt: z * M * fade(dt, tz) * fade(dt, tM) * dt
    ),
    "mean of start and end": slip(
        lambda z, M, tz, tM, dt: z * M * (1 + fade(dt, tz) * fade(dt, tM)) / 2 * dt
    ),
    "at the middle": slip(
        lambda z, M, tz, tM, dt: z * M * fade(dt / 2, tz) * fade(dt / 2, tM) * dt
    ),
    "dt is missing: z M": slip(lambda z, M, tz, tM, dt: z * M),
    "a rate": slip(lambda z, M, tz, tM, dt: z * M * fade(dt, tz) * fade(dt, tM)),
    "Only the mark fades": slip(lambda z, M, tz, tM, dt: z * M * tz * (1 - fade(dt, tz))),
    "Only the dopamine fades": slip(lambda z, M, tz, tM, dt: z * M * tM * (1 - fade(dt, tM))),
    "not tau_z + tau_M": slip(lambda z, M, tz, tM, dt: z * M * (tz + tM) * (1 - fade(dt, tz + tM))),
    "as a factor: it is missing": slip(
        lambda z, M, tz, tM, dt: z * M * (1 - fade(dt, tz) * fade(dt, tM))
    ),
    "runs to infinity": slip(lambda z, M, tz, tM, dt: z * M * tz * tM / (tz + tM)),
    "sign is turned": slip(lambda *parts: -with_a_formula(*parts)[0]),
    "two integrals": slip(
        lambda z, M, tz, tM, dt: z * tz * (1 - fade(dt, tz)) * M * tM * (1 - fade(dt, tM))
    ),
    "does not change at all": slip(lambda *_: 0.0),
    "change of w is off by up to": slip(lambda *parts: 1.1 * with_a_formula(*parts)[0]),
    "Your mark does not fade": slip(z=lambda z, M, tz, tM, dt: z),
    "Your dopamine does not fade": slip(M=lambda z, M, tz, tM, dt: M),
    "Your mark grows": slip(z=lambda z, M, tz, tM, dt: z * math.exp(dt / tz)),
    "return its new value": slip(z=lambda z, M, tz, tM, dt: z * (fade(dt, tz) - 1)),
    "Your dopamine fades with the other": slip(M=lambda z, M, tz, tM, dt: M * fade(dt, tz)),
    "Your dopamine fades by 1 - dt / tau": slip(M=lambda z, M, tz, tM, dt: M * (1 - dt / tM)),
    "fades by 1 / (1 + dt / tau)": slip(M=lambda z, M, tz, tM, dt: M / (1 + dt / tM)),
    "the factor alone": slip(z=lambda z, M, tz, tM, dt: fade(dt, tz)),
    "dt is missing.": slip(z=lambda z, M, tz, tM, dt: z * fade(1, tz)),
    "mark after the step is off": slip(z=lambda z, M, tz, tM, dt: 1.1 * z * fade(dt, tz)),
    "another order": lambda *parts: (*with_a_formula(*parts)[1:], with_a_formula(*parts)[0]),
    "these are 1": lambda *parts: with_a_formula(*parts)[0],
    "these are 2": lambda *parts: with_a_formula(*parts)[1:],
    "stopped with NameError": lambda *parts: not_there,  # noqa: F821
    "did something overflow": slip(lambda *_: math.inf),
    "this is text": slip(lambda *_: "0.1"),
}


@pytest.mark.parametrize("reason", STEPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", STEPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("answer", [None, (None, None, None), (..., 1.0, 1.0)])
def test_q1_half_filled_is_not_yet(answer):
    assert says("q1", lambda *_: answer)[0] == "not yet"
