"""The recurrent layer against a loop written by hand, its mask and Dale's law under learning."""

import pytest
import torch

from neurolab.spiking import NEURONS, LIFParams, Neurons, Recurrent

ROWS = pytest.mark.parametrize(
    "row", ["lif", "alif", "refractory_lif", "current_lif", "izhikevich"]
)


def layer_of(row="lif", units=6, **more):
    """In units of the row's drive, so that any kind fires."""
    layer = Recurrent(5, units, Neurons(NEURONS[row]), **more).double()
    with torch.no_grad():
        layer.weight.abs_().mul_(NEURONS[row].drive)
        layer.raw.mul_(NEURONS[row].drive)
    return layer


@pytest.fixture
def x():
    return (torch.rand(150, 2, 5) < 0.8).double()


@ROWS
def test_is_the_loop_by_hand(row, x):
    layer, kind = layer_of(row), NEURONS[row]
    spikes, end, kept = layer(x, keep="v")
    assert 0 < spikes.sum() < spikes.numel()
    state = kind.start(kind.params())
    state = type(state)(*(torch.full((2, 6), float(part)).double() for part in state))
    z, weight = torch.zeros(2, 6).double(), layer.raw.detach().clone()
    weight.fill_diagonal_(0)
    for t in range(len(x)):
        z, state = kind.step(x[t] @ layer.weight.T + z @ weight.T, state, kind.params(), kind.dt)
        assert torch.equal(spikes[t], z)
        torch.testing.assert_close(kept["v"][t], state.v)
    torch.testing.assert_close(end.neurons.v, state.v)
    assert torch.equal(end.z, z)


@ROWS
@pytest.mark.parametrize("cut", [0, 1, 70, 150])
def test_continued_sequence_equals_one_run(row, x, cut):
    layer = layer_of(row)
    whole, end = layer(x)
    first, middle = layer(x[:cut])
    second, last = layer(x[cut:], middle)
    assert torch.equal(torch.cat([first, second]), whole)
    torch.testing.assert_close(last.neurons.v, end.neurons.v)


def test_without_recurrent_weights_it_is_the_neurons(x):
    layer = layer_of()
    with torch.no_grad():
        layer.raw.zero_()
    spikes, _ = layer(x)
    assert spikes.sum() > 0
    assert torch.equal(spikes, layer.neurons(x @ layer.weight.T)[0])


def test_gradient_is_that_of_the_loop_by_hand(x):
    """And reaches every weight but the diagonal."""
    layer, kind = layer_of(), NEURONS["lif"]
    layer(x[:40])[0].sum().backward()
    raw, weight = (p.detach().clone().requires_grad_() for p in (layer.raw, layer.weight))
    rest = torch.zeros(2, 6).double()
    state, z, total = kind.start(None)._replace(v=rest, u=rest - 1), rest, 0
    for x_t in x[:40].unbind():
        recurrent = raw * (1 - torch.eye(6).double())
        z, state = kind.step(x_t @ weight.T + z @ recurrent.T, state, LIFParams(), 1.0)
        total = total + z.sum()
    total.backward()
    torch.testing.assert_close(layer.raw.grad, raw.grad)
    torch.testing.assert_close(layer.weight.grad, weight.grad)
    assert ((layer.raw.grad == 0) == torch.eye(6, dtype=torch.bool)).all()


def test_what_is_masked_has_no_weight_no_effect_and_no_gradient(x):
    mask = torch.rand(6, 6) < 0.4
    layer = layer_of(mask=mask)
    exists = mask & ~torch.eye(6, dtype=torch.bool)
    spikes, _ = layer(x)
    spikes.sum().backward()
    assert ((layer.recurrent != 0) == exists).all()
    assert (layer.raw.grad[~exists] == 0).all()
    assert (layer.raw.grad[exists] != 0).any()
    with torch.no_grad():
        layer.raw += 100 * ~exists
    assert torch.equal(layer(x)[0], spikes)


def test_dales_law_holds_while_learning(x):
    signs = torch.tensor([1.0, 1, 1, 1, -1, -1])
    layer = layer_of(signs=signs)
    before = layer.recurrent.detach().clone()
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.3)
    for _ in range(15):
        loss = ((layer(x[:40])[0].mean(0) - 0.05) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        effect = layer.recurrent.detach()
        assert (effect[:, :4] >= 0).all() and (effect[:, 4:] <= 0).all()
    assert (layer.raw.detach() < 0).any(), "no raw weight changed its sign: nothing is tested"
    assert (effect - before).abs().max() > 0.5


def test_excitation_and_inhibition_are_balanced_at_the_start():
    signs = torch.where(torch.arange(50) < 40, 1.0, -1.0)
    for mask in (None, torch.rand(50, 50) < 0.5):
        weight = Recurrent(5, 50, mask=mask, signs=signs).recurrent
        torch.testing.assert_close(weight.sum(1), torch.zeros(50), atol=1e-4, rtol=0)
        assert (weight.abs().sum(1) > 1).all()
    one_kind = Recurrent(5, 4, signs=torch.ones(4)).recurrent
    assert (one_kind >= 0).all() and one_kind.sum() > 0


def test_variance_of_the_start():
    layer = Recurrent(400, 300, mask=torch.rand(300, 300) < 0.2)
    count = layer.mask.sum(1, keepdim=True)
    used = (layer.recurrent * count.sqrt())[layer.mask]
    assert used.var().item() == pytest.approx(1, abs=0.05)
    assert (400 * layer.weight.var()).item() == pytest.approx(1, abs=0.05)


def test_learned_time_constants_get_a_gradient(x):
    neurons = Neurons(NEURONS["alif"], learn=("tau", "tau_a", "beta"))
    layer = Recurrent(5, 6, neurons).double()
    (5 * layer(3 * x)[0]).sum().backward()
    for name in ("tau", "tau_a", "beta"):
        assert layer.neurons.learned[name].grad.abs() > 0


def test_empty_whole_numbers_and_dtype(x):
    layer = Recurrent(5, 3)
    assert layer(torch.zeros(4, 0, 5))[0].shape == (4, 0, 3)
    spikes, state, kept = layer(torch.zeros(0, 2, 5), keep=("v",))
    assert spikes.shape == kept["v"].shape == (0, 2, 3)
    assert state.z.shape == state.neurons.v.shape == (2, 3)
    assert torch.equal(layer(x.bool())[0], layer(x.float())[0])
    assert layer.double()(x)[0].dtype == torch.float64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": 0}, "inputs: a whole number of at least 1 is needed, got 0"),
        ({"units": True}, "units: a whole number of at least 1 is needed, got True"),
        ({"mask": torch.ones(3, 3)}, r"mask: booleans \(N, N\) = \(3, 3\) .* torch.float32"),
        ({"mask": torch.ones(2, 3).bool()}, r"mask: booleans .* got \(2, 3\) of torch.bool"),
        ({"signs": torch.ones(4)}, "signs: .1 or -1 for each of 3 neurons is needed"),
        ({"signs": torch.tensor([1.0, 0.0, -1.0])}, "signs: .1 or -1 for each of 3 neurons"),
    ],
)
def test_bad_settings_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        Recurrent(**({"inputs": 5, "units": 3} | arguments))


def test_bad_input_says_what_is_wrong(x):
    layer = layer_of()
    with pytest.raises(ValueError, match=r"x: shape \(T, B, I = 5\) is needed, got \(2, 5\)"):
        layer(x[0])
    with pytest.raises(ValueError, match="x: finite numbers are needed, got 1 that are nan"):
        layer(x.index_put((torch.tensor(0),) * 3, torch.tensor(torch.nan).double()))
    _, state = layer(x[:, :1])
    with pytest.raises(ValueError, match=r"state: fields of shape \(B, N\) = \(2, 6\) needed"):
        layer(x, state)
    with pytest.raises(ValueError, match="keep: 'w' is not a field of the state"):
        layer(x, keep="w")
