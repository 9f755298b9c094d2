"""The learner's order of things, SI along a path, and gradients in conflict."""

import pytest
import torch
from torch import nn
from torch.nn.functional import mse_loss

from neurolab.continual import SI, Learner, gradient_conflict, learn, pcgrad, si_importance


def sgd(rate):
    return lambda parameters: torch.optim.SGD(parameters, rate)


def same_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 2)).double()


def data(count=40):
    torch.manual_seed(1)
    return torch.randn(count, 5).double(), torch.randn(count, 2).double()


def test_without_parts_it_is_plain_training():
    x, y = data()
    learner, model = Learner(same_model(), sgd(0.1), mse_loss), same_model()
    losses = list(learn(learner, x, y, 16, chance=torch.Generator().manual_seed(4)))
    optimizer, expected = torch.optim.SGD(model.parameters(), 0.1), []
    for at in torch.randperm(40, generator=torch.Generator().manual_seed(4)).split(16):
        loss = mse_loss(model(x[at]), y[at])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    assert losses == expected and len(losses) == 3
    for ours, theirs in zip(learner.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(learner.predict(x), model(x))


class Spy:
    """A loss term that writes down what it is told, and pulls all parameters to zero."""

    def __init__(self, model):
        self.model, self.said = model, []

    def penalty(self):
        self.said.append("penalty")
        return 3.0 * sum(p.square().sum() for p in self.model.parameters())

    def before_step(self, gradient):
        self.said.append("before")
        self.gradient = gradient

    def after_step(self):
        self.said.append("after")

    def end_task(self):
        self.said.append("end")


def test_terms_and_transform_act_in_order():
    x, y = data()
    model, said = same_model(), []
    spy = Spy(model)

    def transform(gradient):
        said.append(list(spy.said))
        return {n: 2 * g for n, g in gradient.items()}

    learner = Learner(model, sgd(0.01), mse_loss, [spy], transform)
    start = {n: p.detach().clone() for n, p in model.named_parameters()}
    alone = torch.autograd.grad(mse_loss(model(x), y), list(model.parameters()))
    reported = learner.observe(x, y)
    learner.end_task()
    assert spy.said == ["before", "penalty", "after", "end"] and said == [["before", "penalty"]]
    assert reported == mse_loss(same_model()(x), y).item(), "the penalty is no part of the loss"
    for (n, p), g in zip(model.named_parameters(), alone, strict=True):
        torch.testing.assert_close(spy.gradient[n], g)
        torch.testing.assert_close(p, start[n] - 0.01 * 2 * (g + 6 * start[n]))


def test_the_optimizer_begins_anew_or_goes_on():
    x, y = data()
    for anew in (True, False):
        learner = Learner(same_model(), torch.optim.Adam, mse_loss, anew=anew)
        learner.observe(x, y)
        learner.end_task()
        assert bool(learner.optimizer.state) != anew


def test_along_a_path_of_small_steps_omega_sums_to_the_fall_of_the_loss():
    x, y = data()
    model = same_model()
    si = SI(model)
    learner = Learner(model, sgd(5e-3), mse_loss, [si])
    first = mse_loss(model(x), y).item()
    for _ in range(400):
        learner.observe(x, y)
    fall = first - mse_loss(model(x), y).item()
    assert fall > 0.1
    total = sum(omega.sum().item() for omega in si.omega.values())
    assert total == pytest.approx(fall, rel=0.02)


def test_importance_of_a_quadratic_loss_has_a_closed_form():
    """Gradient flow on sum h_i (theta_i - a_i)^2 / 2 to its end: omega_i = h_i a_i^2 / 2."""
    h, a = torch.tensor([4.0, 1.0, 0.0]).double(), torch.tensor([1.0, -2.0, 3.0]).double()
    model = nn.Linear(3, 1, bias=False).double()
    with torch.no_grad():
        model.weight.zero_()
    si = SI(model, strength=2.0, xi=0.5)
    x, y = torch.zeros(1, 3).double(), torch.zeros(1)

    def loss(_, __):
        return (h * (model.weight[0] - a).square()).sum() / 2

    learner = Learner(model, sgd(4e-3), loss, [si])
    for _ in range(2500):
        learner.observe(x, y)
    torch.testing.assert_close(si.omega["weight"][0], h * a**2 / 2, rtol=1e-2, atol=1e-9)
    assert float(si.penalty()) == 0, "nothing is held in the first task"
    learner.end_task()
    expected = (h * a**2 / 2) / (a**2 + 0.5)
    expected[2] = 0  # it did not move
    torch.testing.assert_close(si.importance["weight"][0], expected, rtol=1e-2, atol=1e-9)
    with torch.no_grad():
        model.weight += 0.1
    assert si.penalty().item() == pytest.approx(2 * 0.01 * expected.sum().item(), rel=1e-2)
    again = SI(nn.Linear(3, 1, bias=False).double())
    again.restore(si.state())
    assert torch.equal(again.importance["weight"], si.importance["weight"]) and again.tasks == 1


def test_moving_against_the_task_does_not_count():
    found = si_importance(torch.tensor([-1.0, 1.0]), torch.tensor([1.0, 1.0]), 1.0)
    assert found.tolist() == [0, 0.5]


def test_cosines_of_gradients():
    g = torch.tensor([[1.0, 0, 0], [-1, 1, 0], [0, 0, 0]])
    expected = torch.tensor([[1, -(0.5**0.5), 0], [-(0.5**0.5), 1, 0], [0, 0, 0]])
    torch.testing.assert_close(gradient_conflict(g), expected)


def test_pcgrad_takes_out_the_conflict():
    torch.manual_seed(2)
    friends = torch.rand(4, 6).double()
    torch.testing.assert_close(pcgrad(friends), friends.sum(0))
    one, other = torch.tensor([[1.0, 0.2], [-1.0, 1.0]]).double()
    by_hand = one - (one @ other) / (other @ other) * other
    by_hand = by_hand + other - (one @ other) / (one @ one) * one
    both = torch.stack([one, other])
    torch.testing.assert_close(pcgrad(both), by_hand)
    assert (both @ pcgrad(both) > 0).all(), "a step against it lowers both losses"
    assert (both @ torch.tensor([-3.0, 3.2]).double()).min() < 0, "which a sum need not do"
    assert torch.equal(both, torch.stack([one, other])), "what was given stays as it was"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: SI(nn.Linear(2, 2), strength=-1), "strength"),
        (lambda: SI(nn.Linear(2, 2), xi=0), "xi"),
        (lambda: pcgrad(torch.rand(3)), "g: shape"),
        (lambda: next(learn(None, torch.rand(3, 2), torch.rand(3), 0)), "batch"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
