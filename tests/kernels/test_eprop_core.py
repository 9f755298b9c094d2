"""The fast e-prop against its steps: gradients, losses and every part of the state after it."""

import pytest
import torch

from neurolab import kernels
from neurolab.core import Triangular
from neurolab.eprop import EProp, RateParams
from neurolab.kernels import blocks, workers
from neurolab.kernels import eprop as core
from neurolab.spiking import NEURONS, ALIFParams, LIFParams, Neurons, Recurrent

pytest.importorskip("numba")
SIZES = {  # T, B, I, N
    "odd": (37, 5, 7, 13),
    "one step": (1, 3, 4, 6),
    "one of each": (1, 1, 1, 2),
    "one row": (50, 1, 3, 9),
    "several stretches": (520, 2, 3, 5),
}
OPTIONS = {
    "regression": {"loss": "regression"},
    "classes": {"loss": "classification", "feedback": "random"},
    "adaptive": {"feedback": "adaptive"},
}


def neurons(kind, units):
    if kind == "lif":
        return Neurons(NEURONS["lif"], LIFParams(tau=10.0))
    vary = torch.linspace(5, 25, units).double()
    params = {
        "alif": ALIFParams(10.0, 80.0, 0.3),
        "mixed": ALIFParams(10.0, 80.0, vary / 50 * (torch.arange(units) % 2)),
        "own constants": ALIFParams(vary, 10 * vary, 0.3),
    }[kind]
    return Neurons(NEURONS["alif"], params, surrogate=Triangular(0.4, 1.5))


def case(kind, size, cost=1e-3, dtype=torch.float64, **options):
    steps, batch, inputs, units = size
    torch.manual_seed(3)
    rates = RateParams(target=30.0, cost=cost, tau_r=25.0)
    layer = Recurrent(inputs, units, neurons(kind, units))
    net = EProp(layer, 2, rates=rates, **options).to(dtype)
    with torch.no_grad():
        net.layer.weight.mul_(8.0).abs_()
        net.layer.raw.mul_(3.0)
        net.bias.copy_(torch.tensor([0.3, -0.2]))
    x = (torch.rand(steps, batch, inputs) < 0.3).to(dtype)
    if options.get("loss") == "classification":
        target = torch.randint(2, (steps, batch))
    else:
        target = torch.randn(steps, batch, 2).to(dtype)
    when = torch.rand(steps, batch).to(dtype) * (torch.rand(steps, 1) < 0.7)
    return net, x, target, when


def flat(state):
    parts = []
    for part in state:
        parts += [part] if isinstance(part, torch.Tensor) else flat(part)
    return parts


def results(net, x, target, when, state=None, last=True):
    for p in net.parameters():
        p.grad = None
    loss, state = net.learn(x, target, state, when=when, last=last)
    grads = [p.grad for p in net.parameters()]
    return [loss, *grads], [] if state is None else flat(state), state


def same(net, x, target, when, lively=True, **tolerance):
    """From rest and from the state that the first run left; with the last state and without."""
    tolerance = tolerance or {"rtol": 1e-10, "atol": 1e-10}
    ways = kernels.explain(lambda: net.learn(x, target, when=when))
    assert ways and all(": fast core" in way for way in ways)
    with kernels.disable():
        slow, slow_end, middle = results(net, x, target, when)
        slow_2, slow_end_2, _ = results(net, x, target, when, middle)
    fast, end, _ = results(net, x, target, when)
    fast_2, end_2, _ = results(net, x, target, when, middle)
    alone, none, _ = results(net, x, target, when, middle, last=False)
    assert none == []
    pairs = [(fast, slow), (end, slow_end), (fast_2, slow_2), (end_2, slow_end_2), (alone, slow_2)]
    for a, b in pairs:
        for p, q in zip(a, b, strict=True):
            torch.testing.assert_close(p, q, **tolerance)
    if lively:
        assert all(g.abs().max() > 1e-6 for g in slow), "a gradient is missing, an empty test"


@pytest.mark.parametrize("kind", ["lif", "alif", "mixed", "own constants"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_sequence_equals_steps(kind, size):
    same(*case(kind, size), lively=size[0] > 1)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("cost", [0.0, 1e-3])
def test_every_loss_and_feedback(options, cost):
    same(*case("mixed", SIZES["odd"], cost, **options), lively="feedback" not in options)


@pytest.mark.parametrize("dense", [0.0, 1.0])
def test_rows_of_spikes_and_whole_products_agree(dense, monkeypatch):
    monkeypatch.setattr(core, "DENSE_FIRING", dense)
    same(*case("mixed", SIZES["odd"]))
    same(*case("alif", SIZES["one row"]))


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 13 * 5 * 4])
def test_threads_and_blocks_change_nothing(threads, block, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", block)
    monkeypatch.setattr(workers, "SMALL", 0)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        same(*case("mixed", SIZES["odd"]))
    finally:
        torch.set_num_threads(before)


def test_single_precision():
    same(*case("alif", SIZES["odd"], dtype=torch.float32), rtol=1e-3, atol=1e-4)


def test_inputs_in_any_layout_and_of_whole_numbers():
    net, x, target, when = case("mixed", SIZES["odd"])
    other = x.permute(2, 1, 0).contiguous().permute(2, 1, 0)
    assert not other.is_contiguous()
    wanted = results(net, x, target, when)[0]
    for given in (other, x.long()):
        for a, b in zip(results(net, given, target, when)[0], wanted, strict=True):
            torch.testing.assert_close(a, b)


@pytest.mark.parametrize("kind", ["lif", "alif", "mixed", "own constants"])
@pytest.mark.parametrize("cost", [0.0, 1e-3])
@pytest.mark.parametrize("asked", [0.0, 1.0])
def test_online_step_equals_the_step_by_scan(kind, cost, asked):
    """Weights change after each step, so nothing may be taken from later or from before."""
    found = []
    for on in (True, False):
        net, x, target, _ = case(kind, SIZES["odd"], cost)
        setting = kernels.enable() if on else kernels.disable()
        with setting:
            state, kept = net.start(x.shape[1]), []
            for x_t, target_t in zip(x, target, strict=True):
                given = [part.clone() for part in flat(state)]
                gradients, loss, y, after = net.step(x_t, target_t, state, asked)
                assert all(torch.equal(a, b) for a, b in zip(given, flat(state), strict=True))
                kept += [*gradients, loss, y, *flat(after)]
                state = after
                with torch.no_grad():
                    for p, g in zip(net._learned(), gradients, strict=True):
                        p -= 1e-3 * g
        found.append(kept)
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": torch.zeros(4, 0, 7)},
        {"x": torch.zeros(4, 5, 8)},
        {"x": torch.full((4, 5, 7), torch.nan)},
        {"target": torch.zeros(4, 5, 3)},
        {"target": torch.zeros(3, 5, 2)},
        {"when": torch.ones(3)},
    ],
    ids=["no batch", "inputs", "nan", "outputs", "targets", "when"],
)
def test_both_ways_refuse_the_same(wrong):
    net, *_ = case("alif", SIZES["odd"])
    given = {"x": torch.zeros(4, 5, 7), "target": torch.zeros(4, 5, 2), "when": 1.0} | wrong
    said = []
    for setting in (kernels.enable, kernels.disable):
        with setting(), pytest.raises(ValueError) as error:
            net.learn(given["x"], given["target"], when=given["when"])
        said.append(str(error.value))
    assert said[0] == said[1]


def test_it_says_why_not():
    net, x, target, when = case("alif", SIZES["one step"])
    with kernels.disable():
        assert "switched off" in kernels.explain(lambda: net.learn(x, target, when=when))[0]
