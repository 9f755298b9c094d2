"""What every encoder promises. A new row of ENCODERS is tested here at once."""

import math
from dataclasses import fields

import numpy as np
import pytest
import torch

from neurolab.coding import ENCODERS

NAMES = pytest.mark.parametrize("name", ENCODERS)
ORDERED = sorted(set(ENCODERS) - {"population", "delta"})
CHANCE = [name for name, row in ENCODERS.items() if row.chance]


def encode(name, x, steps, seed=0, **options):
    """Trains of the values x (B, N); a row that takes a signal is given a wave around them."""
    row = ENCODERS[name]
    if row.signal:
        wave = torch.sin(torch.arange(steps) / 9.0 + 0.5).to(x.dtype)[:, None, None]
        return row.encode(x * (0.5 + 0.5 * wave), **options)
    chance = [torch.Generator().manual_seed(seed)] if row.chance else []
    return row.encode(x, steps, *chance, **options)


@pytest.fixture
def x():
    return torch.rand(3, 5, dtype=torch.float64)


@NAMES
def test_spikes_on_a_grid(name, x):
    z = encode(name, x, 150)
    cells = 8 if name == "population" else 1
    assert z.shape == (150, 3, 5 * cells)
    assert set(z.unique().tolist()) == ({-1, 0, 1} if name == "delta" else {0, 1})


@NAMES
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_dtype_follows(name, x, dtype):
    z = encode(name, x.to(dtype), 60)
    assert z.dtype == dtype and z.abs().sum() > 0
    rounded = encode(name, x.to(dtype).double(), 60)
    assert (z.double() != rounded).double().mean() < 0.01 or ENCODERS[name].chance


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - set(CHANCE)))
def test_device_follows(name):
    z = encode(name, torch.rand(3, 5).to("meta"), 20) if name != "delta" else None
    if name == "delta":
        z = ENCODERS[name].encode(torch.rand(20, 3, 5).to("meta"))
    assert z.device.type == "meta" and z.shape == (20, 3, 5)


@pytest.mark.parametrize("name", CHANCE)
def test_chance_comes_from_the_generator_on_the_device_of_the_values(name, x):
    row = ENCODERS[name]
    assert torch.equal(encode(name, x, 50), encode(name, x, 50))
    assert not torch.equal(encode(name, x, 50), encode(name, x, 50, seed=1))
    with pytest.raises(ValueError, match="generator: one of the device meta is needed, got cpu"):
        row.encode(x.to("meta"), 5, torch.Generator())
    with pytest.raises(TypeError, match=r"generator: a torch.Generator is needed, got NoneType"):
        row.encode(x, 5, None)


@NAMES
def test_global_chance_is_neither_used_nor_moved(name, x):
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first = encode(name, x, 50)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()
    torch.manual_seed(77)
    assert torch.equal(encode(name, x, 50), first)


@NAMES
def test_no_steps_and_an_empty_batch(name, x):
    assert encode(name, x, 0).shape == (0, *encode(name, x, 4).shape[1:])
    assert encode(name, x[:0], 4).shape == (4, 0, *encode(name, x, 4).shape[2:])


@NAMES
@pytest.mark.parametrize("cut", [1, 17, 60])
def test_a_longer_run_begins_as_a_shorter_one(name, x, cut):
    assert torch.equal(encode(name, x, 60)[:cut], encode(name, x, cut))


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - set(CHANCE)))
def test_batch_members_do_not_see_each_other(name, x):
    assert torch.equal(encode(name, x, 60)[:, 1:], encode(name, x[1:], 60))


@NAMES
def test_values_are_left_as_they_were(name, x):
    before = x.clone()
    encode(name, x, 30)
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", ORDERED)
def test_zero_is_silent_and_more_is_sooner_or_more(name):
    x = torch.tensor([[0.0, 0.25, 0.5, 0.75, 1.0]]).double()
    z = encode(name, x, 4000, dt=0.1)[:, 0]
    assert z[:, 0].sum() == 0 and (z[:, 1:].sum(0) > 0).all()
    when = torch.arange(4000.0)[:, None].double()
    first = torch.where(z > 0, when, math.inf).amin(0)[1:]
    count = z.sum(0)[1:]
    sooner = bool((first.diff() < 0).all()) and bool((count.diff() >= 0).all())
    more = bool((count.diff() > 0).all())
    assert sooner or more, (first, count)


def bad_values(name, x):
    shape = r"\(T, B, N\)" if ENCODERS[name].signal else r"\(B, N\)"
    x = x.expand(6, 3, 5).clone() if ENCODERS[name].signal else x
    flat = x.flatten()

    def with_one(value):
        return torch.cat([flat[:-1], torch.tensor([value]).double()]).view(x.shape)

    yield x[0], ValueError, f"x: shape {shape} is needed, got"
    yield with_one(math.nan), ValueError, "x: numbers from 0 to 1 are needed, got 1 that are not"
    yield with_one(1.01), ValueError, "x: numbers from 0 to 1 are needed, got 1 "
    yield with_one(-0.01), ValueError, "x: numbers from 0 to 1 are needed, got 1 "
    yield x.long(), TypeError, "x: a tensor of floats is needed, got torch.int64"
    yield x.numpy(), TypeError, "x: a tensor of floats is needed, got ndarray"


@NAMES
def test_bad_values_are_refused_by_name(name, x):
    row = ENCODERS[name]
    rest = [] if row.signal else [5, torch.Generator()] if row.chance else [5]
    for value, error, message in bad_values(name, x):
        with pytest.raises(error, match=message):
            row.encode(value, *rest)


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - {"delta"}))
def test_a_bad_grid_is_refused_by_name(name, x):
    for steps in (-1, 2.5, None, True):
        with pytest.raises(ValueError, match=f"steps: a whole number from 0 .* got {steps}"):
            encode(name, x, steps)
    for dt in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"dt: a positive number is needed, got {dt}"):
            encode(name, x, 5, dt=dt)


@NAMES
def test_every_setting_is_checked(name):
    params = ENCODERS[name].params
    numbers = [f.name for f in fields(params) if f.type in ("float", "int", float, int)]
    assert numbers
    for field in numbers:
        for wrong in (math.nan, -math.inf, math.inf):
            with pytest.raises(ValueError, match=f"{field}.*needed, got"):
                params(**{field: wrong})
