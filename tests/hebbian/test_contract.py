"""What every rate-based rule promises. A new row in RULES is tested here at once."""

import copy
import dataclasses

import pytest
import torch

from neurolab.hebbian import RULES, Layer, LayerParams, bounded
from neurolab.hebbian.layer import Rows

INPUTS, UNITS, BATCH = 6, 4, 9


@pytest.fixture(params=RULES)
def layer(request):
    """In float64, and with a past: thresholds, averages and lateral weights are not at 0."""
    layer = RULES[request.param](INPUTS, UNITS).double()
    for _ in range(3):
        layer.learn(batch())
    return layer


def batch(size=BATCH):
    return torch.rand(size, INPUTS, dtype=torch.float64)


def buffers(layer):
    return {name: value.clone() for name, value in layer.named_buffers()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def dense(layer, name, change):
    """``Rows`` as a change of the whole buffer."""
    if not isinstance(change, Rows):
        return change
    whole = torch.zeros_like(getattr(layer, name))
    whole[change.rows] = change.change
    return whole


def with_params(rule, **fields):
    return RULES[rule](INPUTS, UNITS, RULES[rule].Params(**fields)).double()


def test_the_fast_form_is_the_mean_of_the_step(layer):
    x = batch()
    y = layer(x)
    fast, slow = layer.changes(x, y, 0.05), layer.each(x, y, 0.05)
    assert fast.keys() == slow.keys()
    assert any(change.any() for change in slow.values()), "nothing changes, nothing is tested"
    for name, each in slow.items():
        assert each.shape == (BATCH, *getattr(layer, name).shape)
        torch.testing.assert_close(dense(layer, name, fast[name]), each.mean(0))


def test_learning_adds_the_change_and_answers_before_it(layer):
    x, before = batch(), buffers(layer)
    y = layer(x)
    changes = layer.changes(x, y, 0.05)
    assert torch.equal(layer.learn(x, rate=0.05), y)
    for name, value in layer.named_buffers():
        change = dense(layer, name, changes.get(name, torch.zeros_like(value)))
        want = before[name] + change
        if name == "lateral":  # nobody inhibits itself; Foldiak's never excite
            want.fill_diagonal_(0)
            want = want.clamp(max=0) if hasattr(layer, "threshold") else want
        torch.testing.assert_close(value, want)
    assert not same(buffers(layer), before), "learned nothing"


def test_answering_changes_nothing_and_repeats(layer):
    x, before = batch(), buffers(layer)
    assert torch.equal(layer(x), layer(x))
    assert layer(x).shape == (BATCH, UNITS)
    assert same(buffers(layer), before)


def test_the_order_in_a_batch_does_not_matter(layer):
    other, x = copy.deepcopy(layer), batch()
    layer.learn(x)
    other.learn(x.flip(0))
    for name, value in other.named_buffers():
        torch.testing.assert_close(value, getattr(layer, name))


def test_a_batch_is_the_mean_of_its_examples(layer):
    """Twice the same example is once the example, for each rule and all it remembers."""
    other, x = copy.deepcopy(layer), batch(1)
    layer.learn(x)
    other.learn(x.repeat(5, 1))
    for name, value in other.named_buffers():
        torch.testing.assert_close(value, getattr(layer, name))


def test_an_empty_batch_changes_nothing(layer):
    before = buffers(layer)
    assert layer.learn(batch(0)).shape == (0, UNITS)
    assert same(buffers(layer), before)


def test_a_saved_state_continues_alike(layer):
    other = type(layer)(INPUTS, UNITS).double()
    other.load_state_dict(layer.state_dict())
    for x in (batch(), batch()):
        assert torch.equal(layer.learn(x), other.learn(x))
    assert same(buffers(layer), buffers(other))


def test_autograd_sees_nothing_of_learning(layer):
    x = batch().requires_grad_()
    assert not layer.learn(x).requires_grad
    assert not any(value.requires_grad for value in layer.buffers())
    assert list(layer.parameters()) == []


def test_dtype_follows_the_input(layer):
    layer.float()
    y = layer.learn(batch().float())
    assert y.dtype == torch.float32
    assert all(value.dtype == torch.float32 for value in layer.buffers())
    assert layer.learn(torch.ones(2, INPUTS, dtype=torch.uint8)).dtype == torch.float32
    assert layer.learn(torch.ones(2, INPUTS, dtype=torch.bool)).dtype == torch.float32


BAD = {
    "nan": (lambda: batch().index_fill(0, torch.tensor([2]), torch.nan), "finite.*6.*(2, 0)"),
    "inf": (lambda: batch().index_fill(1, torch.tensor([5]), torch.inf), "finite.*9.*(0, 5)"),
    "one axis": (lambda: batch()[0], r"\(B, 6\) is needed, got \(6,\)"),
    "too narrow": (lambda: batch()[:, :5], r"\(B, 6\) is needed, got \(9, 5\)"),
    "time first": (lambda: batch()[None], r"\(B, 6\) is needed, got \(1, 9, 6\)"),
    "dtype": (lambda: batch().float(), r"float32, the layer torch.float64; use .to\("),
    "complex": (lambda: batch() * 1j, r"complex128, the layer torch.float64"),
    "device": (lambda: batch().to("meta"), "on meta, the layer on cpu"),
    "list": (lambda: batch().tolist(), "tensor .* needed, got list"),
}


@pytest.mark.parametrize("what", BAD)
def test_refuses_wrong_inputs_and_changes_nothing(layer, what):
    make, message = BAD[what]
    before, x = buffers(layer), make()
    for call in (layer, layer.learn):
        with pytest.raises(ValueError, match=f"^x: .*{message}"):
            call(x)
    assert same(buffers(layer), before)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf"), "fast", True])
def test_refuses_wrong_rates_and_changes_nothing(layer, rate):
    before = buffers(layer)
    with pytest.raises(ValueError, match=r"^rate: a number from 0 to .* is needed, got"):
        layer.learn(batch(), rate=rate)
    assert same(buffers(layer), before)


def test_refuses_to_overflow_and_changes_nothing(layer):
    """Foldiak's network answers 0 or 1, so the rate alone would not do it: the inputs are big."""
    before = buffers(layer)
    with pytest.raises(ValueError, match=r"^rate: a smaller one"):
        for _ in range(9):
            before = buffers(layer)
            layer.learn(batch() * 1e150, rate=1e290)
    assert same(buffers(layer), before)


@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
@pytest.mark.parametrize("rule", RULES)
def test_bounds_hold(rule, soft):
    low, high = (0.5, 1.2) if rule == "intrinsic" else (-0.05, 0.6)
    layer = with_params(rule, low=low, high=high, soft=soft)
    first = getattr(layer, layer.bounds_on).clone()
    for _ in range(50):
        layer.learn(batch() + 0.5, rate=0.5)
        value = getattr(layer, layer.bounds_on)
        assert value.min() >= low
        assert value.max() <= high
    assert not torch.equal(value, first), "nothing moved"


@pytest.mark.parametrize("rule", RULES)
def test_parts_are_checked(rule):
    make, params = RULES[rule], RULES[rule].Params
    for sizes, name in (((0, 3), "inputs"), ((3, 0), "units"), ((2.0, 3), "inputs")):
        with pytest.raises(ValueError, match=f"^{name}: a whole number of at least 1 is needed"):
            make(*sizes)
    with pytest.raises(ValueError, match=f"^params: {params.__name__} is needed, got dict"):
        make(3, 3, {})
    with pytest.raises(ValueError, match=r"^low: less than high=1"):
        params(low=2.0, high=1.0)
    with pytest.raises(ValueError, match=r"^soft: finite bounds are needed"):
        params(soft=True)
    for field in dataclasses.fields(params):
        if field.type is not bool:
            with pytest.raises(ValueError, match=f"^{field.name}: "):
                params(**{field.name: float("nan")})


def test_soft_bounds_are_the_formula():
    bounds = LayerParams(low=-1.0, high=3.0, soft=True)
    assert bounded(2.0, 0.4, bounds) == pytest.approx(2 + 0.4 * 1 / 4)
    assert bounded(2.0, -0.4, bounds) == pytest.approx(2 - 0.4 * 3 / 4)
    w, dw = torch.tensor([2.0, 2.0, 3.0, -1.0]), torch.tensor([0.4, -0.4, 1.0, -1.0])
    floats = [bounded(*pair, bounds) for pair in zip(w.tolist(), dw.tolist(), strict=True)]
    torch.testing.assert_close(bounded(w, dw, bounds), torch.tensor(floats))
    assert floats[2:] == [3.0, -1.0], "at a bound nothing passes it"


def test_the_contract_itself_is_no_rule():
    with pytest.raises(TypeError, match="use one of the rules"):
        Layer(INPUTS, UNITS).learn(torch.rand(2, INPUTS))
