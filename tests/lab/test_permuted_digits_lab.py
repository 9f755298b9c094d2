"""Lab permuted-digits: right answers of different make pass, known slips are answered by name."""

import numpy as np
import pytest
import torch

import neurolab
from neurolab.dendrites import ActiveDendrites, abs_max_gate, subnetwork_overlap
from neurolab.lab import permuted_digits as lab
from neurolab.lab import permuted_digits_answers as answers
from neurolab.lab import permuted_digits_challenge as challenge
from neurolab.lab import permuted_digits_gate as gates
from neurolab.lab import permuted_digits_network as networks
from neurolab.lab import permuted_digits_si as holding
from neurolab.live.figures import subnetworks
from neurolab.metrics import average_accuracy, forgetting


def says(name, value):
    result = neurolab.check(f"permuted-digits.{name}", value)
    return result.status, result.message


@pytest.fixture(scope="module", autouse=True)
def short_runs():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEUROLAB_FAST", "1")
        yield


@pytest.fixture(scope="module")
def learned():
    stream = lab.stream()
    nets = {kind: lab.network(kind) for kind in lab.KINDS}
    return stream, nets, {kind: lab.learn_all(net, stream) for kind, net in nets.items()}


def test_warmup_counts_the_winners():
    assert says("warmup", 13)[0] == "right" and says("warmup", 12.8)[0] == "wrong"
    net = lab.network("winners")
    with torch.no_grad():
        y = net.layers(torch.randn(5, 64))[0]
    assert (y != 0).sum(1).tolist() == [13] * 5


def test_the_warm_up_tells_what_the_figure_does():
    def mean(**moved):
        data = subnetworks.simulate(**(subnetworks.FIGURE.params | moved))
        return data["mean"][0], data["chance"][0]

    (plain, chance), (gated, _), (shut, _) = mean(), mean(strength=4), mean(strength=4, shut=2)
    assert (plain + chance) / 2 == pytest.approx(gated, abs=0.06) and shut < 1.5 * chance


# Question 1


def by_the_package(y_hat, d):
    g = abs_max_gate(torch.tensor(d))
    return torch.tensor(y_hat) * torch.sigmoid(g)


def by_the_layer(y_hat, d):
    layer = ActiveDendrites(len(d), d.shape[1], d.size).double()
    with torch.no_grad():
        layer.segments.weight.copy_(torch.diag(torch.tensor(d.ravel())))
        return layer(torch.tensor(y_hat)[None], torch.ones(d.size).double())[0]


def by_a_list(y_hat, d):
    return [y / (1 + np.exp(-max(row, key=abs))) for y, row in zip(y_hat, d, strict=True)]


@pytest.mark.parametrize("make", [by_the_package, by_the_layer, by_a_list])
def test_q1_whatever_turns_them_down_passes(make):
    status, message = says("q1", make)
    assert status == "right", message


@pytest.mark.parametrize("reason", gates.GATE_SLIPS)
def test_q1_slips_are_answered_by_name(reason):
    status, message = says("q1", gates.GATE_SLIPS[reason])
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda y, d: 1.1 * np.array(by_a_list(y, d)), "yours gives"),
        (lambda y, d: y[:3], "The shape is"),
        (lambda y, d: 1 / 0, "ZeroDivisionError"),
        (0.5, "A function is asked"),
    ],
)
def test_q1_other_mistakes(make, reason):
    status, message = says("q1", make)
    assert status == "wrong" and reason in message


# Question 2


def mean_of(x):
    return x.mean(0)


def by_cdist(x, p):
    return torch.cdist(torch.tensor(x), torch.tensor(p)).argmin(1)


def by_products(x, p):
    return ((p**2).sum(1) - 2 * x @ p.T).argmin(1)


@pytest.mark.parametrize("make", [by_cdist, by_products, gates.nearest_by_loop])
def test_q2_whatever_finds_the_nearest_passes(make):
    status, message = says("q2", (mean_of, make))
    assert status == "right", message


@pytest.mark.parametrize("reason", gates.PROTOTYPE_SLIPS)
def test_q2_slips_of_the_prototype_are_answered_by_name(reason):
    status, message = says("q2", (gates.PROTOTYPE_SLIPS[reason], by_cdist))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize("reason", gates.NEAREST_SLIPS)
def test_q2_slips_of_the_nearest_are_answered_by_name(reason):
    status, message = says("q2", (mean_of, gates.NEAREST_SLIPS[reason]))
    assert status == "wrong" and reason in message


def test_q2_other_mistakes():
    assert "two functions" in says("q2", mean_of)[1]
    assert says("q2", (mean_of, ...))[0] == says("q2", (mean_of, lambda x, p: None))[0] == "not yet"
    assert "not the mean" in says("q2", (lambda x: x.mean(0) + 1, by_cdist))[1]
    off = says("q2", (mean_of, lambda x, p: (by_cdist(x, p) + 1) % 5))
    assert off[0] == "wrong" and "go to a farther one" in off[1]


# Question 3

MEASURED = [(0.4, 0.5), (0.6, 0.2), (0.7, 0.1)]


def by_the_metrics(table):
    return average_accuracy(torch.tensor(table)), forgetting(torch.tensor(table))


@pytest.mark.parametrize("make", [by_the_metrics, answers.end_and_forgotten])
def test_q3_whatever_sums_it_up_passes(make):
    status, message = says("q3", (make, (0.3, 0.5, 0.7), MEASURED))
    assert status == "right" and "dendrites 0.70 (guess 0.70)" in message


@pytest.mark.parametrize("reason", answers.SUMMARY_SLIPS)
def test_q3_slips_are_answered_by_name(reason):
    status, message = says("q3", (answers.SUMMARY_SLIPS[reason], (0.3, 0.5, 0.7), MEASURED))
    assert status == "wrong" and reason in message


def test_q3_other_mistakes():
    right = answers.end_and_forgotten
    assert "Guesses are parts" in says("q3", (right, (30, 50, 70), MEASURED))[1]
    assert "fresh network" in says("q3", (right, (0.3, 0.5, 0.7), MEASURED[::-1]))[1]
    assert says("q3", (right, (..., 0.5, 0.7), MEASURED))[0] == "not yet"
    assert "yours" in says("q3", (lambda t: (0.5, 0.5), (0.3, 0.5, 0.7), MEASURED))[1]


# Question 4

SHARED = (0.95, 0.45, 0.3)


def by_subnetwork_overlap(one, other):
    """Of examples in which units are on as often as the rows say, in thousandths."""
    on = [torch.arange(1000)[:, None] < 1000 * torch.tensor(r) for r in (one, other)]
    return subnetwork_overlap([x.double() for x in on])[0, 1]


def test_q4_whatever_measures_it_passes():
    status, message = says("q4", (answers.cosine, 13 / 128, SHARED))
    assert status == "right" and "Chance gives 0.102" in message
    chance = np.random.default_rng(0)
    one, other = chance.integers(0, 1001, (2, 20)) / 1000
    assert by_subnetwork_overlap(one, other) == pytest.approx(answers.cosine(one, other), abs=1e-3)


@pytest.mark.parametrize("reason", answers.OVERLAP_SLIPS)
def test_q4_slips_are_answered_by_name(reason):
    status, message = says("q4", (answers.OVERLAP_SLIPS[reason], 13 / 128, SHARED))
    assert status == "wrong" and reason in message


@pytest.mark.parametrize(
    ("predicted", "shared", "reason"),
    [
        ((13 / 128) ** 2, SHARED, "You squared it"),
        (13**2 / 128, SHARED, "Divide by the lengths"),
        (13, SHARED, "how many neurons win"),
        (0.05, SHARED, "too low"),
        (13 / 128, (2, 0.4, 0.3), "between 0 and 1"),
        (13 / 128, SHARED[::-1], "overlap most"),
    ],
)
def test_q4_other_mistakes(predicted, shared, reason):
    status, message = says("q4", (answers.cosine, predicted, shared))
    assert status == "wrong" and reason in message


# Question 5


def by_one(accuracy, count):
    total = 0
    for k in range(count):
        total += accuracy(k, 0 if k == count - 1 else k + 1)
    return total / count


def test_q5_the_next_context_passes_and_others_are_named():
    status, message = says("q5", (by_one, 0.5, (0.7, 0.2)))
    assert status == "right" and "0.20 with those of the next task (guess 0.50)" in message
    slips = {
        "right contexts": lambda a, n: np.mean([a(k, k) for k in range(n)]),
        "all contexts": lambda a, n: np.mean([a(k, j) for k in range(n) for j in range(n)]),
        "the one before": lambda a, n: np.mean([a(k, (k - 1) % n) for k in range(n)]),
        "takes the task first": lambda a, n: np.mean([a((k + 1) % n, k) for k in range(n)]),
        "left out": lambda a, n: np.mean([a(k, k + 1) for k in range(n - 1)]),
        "IndexError": lambda a, n: np.mean([a(k, k + 1) for k in range(n)]),
    }
    for reason, slip in slips.items():
        status, message = says("q5", (slip, 0.5, (0.7, 0.2)))
        assert status == "wrong" and reason in message, (reason, message)
    assert "do better" in says("q5", (by_one, 0.5, (0.2, 0.7)))[1]
    assert says("q5", (by_one, ..., (0.7, 0.2)))[0] == "not yet"


# Question 6

ENDS = [(0.4, 0.5), (0.6, 0.6), (0.7, 0.75)]


def by_torch(g, moved, xi):
    g, moved = torch.tensor(g), torch.tensor(moved)
    return (-g * moved).sum(0).clamp_min(0) / (moved.sum(0).square() + xi)


@pytest.mark.parametrize("make", [by_torch, holding.importance_by_loop])
def test_q6_whatever_weighs_them_passes(make):
    status, message = says("q6", (make, (0.2, 0.1, 0.05), ENDS))
    assert status == "right" and "dense +0.10 (guess +0.20)" in message


@pytest.mark.parametrize("reason", holding.IMPORTANCE_SLIPS)
def test_q6_slips_are_answered_by_name(reason):
    slip = holding.IMPORTANCE_SLIPS[reason]
    status, message = says("q6", (slip, (0.2, 0.1, 0.05), ENDS))
    assert status == "wrong" and reason in message


def test_q6_other_mistakes():
    right = holding.importance_by_loop
    assert "without SI" in says("q6", (right, (0, 0, 0), [(40, 50)] * 3))[1]
    assert "not those of a loop" in says("q6", (lambda g, d, xi: g[0], (0, 0, 0), ENDS))[1]


# The networks


def test_the_networks_of_the_lab_learn_and_forget_as_the_words_say(learned):
    stream, nets, tables = learned
    ends = {kind: table[-1].mean() for kind, table in tables.items()}
    assert min(table.diagonal().min() for table in tables.values()) > 0.4
    assert ends["dense"] < ends["dendrites"]
    shared = {}
    for kind, net in nets.items():
        r = lab.rates(net, stream)
        shared[kind] = np.mean([answers.cosine(r[i], r[j]) for i in range(5) for j in range(i)])
    assert shared["dense"] > shared["winners"] > shared["dendrites"] > 13 / 128
    net = nets["dendrites"]
    own, other = (
        np.mean([lab.accuracy(net, stream.test[k], stream.contexts[(k + s) % 5]) for k in range(5)])
        for s in (0, 1)
    )
    assert own > other + 0.2


def test_contexts_are_prototypes_scaled_and_seeds_are_kept_apart():
    stream = lab.stream()
    means = torch.stack([task.x.mean(0) for task in stream.learn])
    for k, c in enumerate(stream.contexts):
        assert torch.corrcoef(torch.stack([c, means[k]]))[0, 1] == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(stream.contexts.mean(1), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(stream.contexts.std(1, correction=0), torch.ones(5))
    sizes = [(len(s.learn[0].y), len(s.test[0].y)) for s in (stream, lab.stream(10))]
    assert sizes == [(1347, 450), (1000, 347)]


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="kind: one of"):
        lab.network("liquid")
    with pytest.raises(ValueError, match="shut must be from"):
        challenge.score(0.1, 1, 50, 0, 0.002)


def test_explain_is_compared():
    assert says("explain", "Other winners learn under other contexts.")[0] == "compared"
    assert says("explain", "winners")[0] == says("explain", 7)[0] == "wrong"


@pytest.mark.slow
def test_the_challenge_gives_a_score():
    status, message = says("challenge", challenge.OURS)
    assert status == "score" and "Ours" in message
    assert networks.passes() == 1
    assert "five numbers" in says("challenge", (1, 2))[1]
    assert "rate must be from" in says("challenge", (0.1, 1, 0, 0, 5))[1]
