"""Task after task: every kind of network learns, contexts help, and nobody tells the task."""

from dataclasses import replace

import pytest
import torch

from neurolab.experiments import Refused
from neurolab.experiments.by_tasks import KINDS, OneStream, Settings
from neurolab.experiments.permuted_mnist_dendrites import PRESETS, Config, run, settings

SMALL = Settings(tasks=4, width=256, segments=4, epochs=3, rate=2e-3, batch=32)


def finished(**changes):
    stream = OneStream(replace(SMALL, **changes), "digits-held-out", 10)
    for k in range(stream.settings.tasks):
        stream.learn_task(k)
    return stream


@pytest.fixture(scope="module")
def streams():
    changes = {kind: {"kind": kind} for kind in KINDS}
    changes["kwinners"] |= {"si": 0.1}
    return {kind: finished(**change) for kind, change in changes.items()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_each_task(streams, kind):
    assert min(streams[kind].at_once) > 0.6, streams[kind].at_once


def test_dendrites_forget_less_than_the_plain_network(streams):
    plain, dendrites = (streams[kind].tested() for kind in ("mlp", "dendrites"))
    assert dendrites["forgotten"] < plain["forgotten"] - 0.1
    assert dendrites["accuracy"] > plain["accuracy"]
    assert dendrites["inference"] > 0.98
    assert dendrites["accuracy"] == pytest.approx(dendrites["given"], abs=0.01)


def test_wrong_contexts_cost_what_was_learned(streams):
    """The gate matters: with another task's context a task is answered worse."""
    stream = streams["dendrites"]
    task, table = stream.test[0], stream.prototypes.table
    right = [
        (stream.learner.predict(task.x, (table[k],)).argmax(1) == task.y).double().mean().item()
        for k in range(4)
    ]
    assert right[0] > max(right[1:]) + 0.05


def test_where_nobody_tells_the_task_clusters_are_found_in_training_too():
    stream = finished(known=False, epochs=2)
    assert len(stream.prototypes) == 4
    means = torch.stack([task.x.mean(0) for task in stream.train])
    torch.testing.assert_close(stream.prototypes.table, means.float(), atol=1e-4, rtol=0)
    found = stream.tested()
    assert found["accuracy"] > 0.4 and found["clusters"] == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{}, {"kind": "kwinners", "si": 0.1}, {"known": False}, {"si": 0.1, "anew": False}],
)
def test_a_stream_goes_on_from_its_state(changes):
    whole, first, second = (
        OneStream(replace(SMALL, epochs=1, **changes), "digits-held-out", 3) for _ in range(3)
    )
    for k in range(4):
        whole.learn_task(k)
    first.learn_task(0)
    second.restore(first.state())
    for k in (1, 2, 3):
        second.learn_task(k)
    assert second.tested() == whole.tested()
    for ours, theirs in zip(second.net.parameters(), whole.net.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_the_protocol_of_the_paper_by_the_tasks_of_a_stream():
    said = {k: settings(Config(), "dendrites", k) for k in (2, 5, 10, 25, 50, 100)}
    assert [s.epochs for s in said.values()] == [1, 1, 3, 5, 3, 3]
    assert [s.rate for s in said.values()] == [5e-4, 5e-4, 5e-4, 3e-4, 3e-4, 1e-4]
    assert all(s.segments == s.tasks == k and s.width == 2048 for k, s in said.items())
    assert settings(Config(), "winners", 10) == replace(said[10], kind="kwinners")
    assert settings(Config(strength=0.3), "si", 10) == replace(
        said[10], si=0.3, epochs=20, anew=False
    )


def test_ours_has_the_parameters_of_the_paper_and_one_pass():
    kinds = {network: settings(Config(width=64), network, 10) for network in ("dendrites", "ours")}
    sizes = [
        [p.shape for p in OneStream(s, "digits-held-out", 0).net.parameters()]
        for s in kinds.values()
    ]
    assert sizes[0] == sizes[1] and kinds["ours"].epochs == 1


@pytest.mark.slow
def test_standard_contexts_and_strong_segments():
    plain, ours = (
        OneStream(replace(SMALL, **changes), "digits-held-out", 10)
        for changes in ({"strength": 1.0}, {"standard": True, "strength": 5.0})
    )
    before = [d.segments.weight.clone() for d in ours.net.dendrites]
    for weight, dendrites in zip(before, plain.net.dendrites, strict=True):
        torch.testing.assert_close(weight, 5 * dendrites.segments.weight)
    for stream in (plain, ours):
        for k in (0, 1):
            stream.learn_task(k)
    table = ours.contexts()
    torch.testing.assert_close(table.mean(1), torch.zeros(2), atol=1e-6, rtol=0)
    torch.testing.assert_close(table.square().mean(1), torch.ones(2))
    cosine = torch.cosine_similarity(*plain.contexts(), dim=0)
    assert torch.cosine_similarity(*table, dim=0).abs() < 0.3 < cosine


@pytest.mark.slow
def test_it_learns_and_counts_its_tasks():
    reports = list(run(replace(PRESETS["quick"], passes=2.0)))
    assert [(r.done, r.total) for r in reports] == [(k + 1, 14) for k in range(14)]
    assert reports[0].metrics["accuracy_2"] == 0 < reports[1].metrics["accuracy_2"]
    last = reports[-1].metrics
    assert last["accuracy_2"] > 0.6 and last["accuracy_5"] > 0.4 and last["inference_5"] > 0.98


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"streams": (3,)}, "streams must be some of 2, 5"),
        ({"streams": ()}, "streams"),
        ({"networks": ("theirs",)}, "networks must be some of dendrites"),
        ({"data": "cifar"}, "data must be one of"),
        ({"gate": "min"}, "gate must be one of max"),
        ({"width": 0}, "width"),
    ],
)
def test_bad_settings_are_named(changes, words):
    with pytest.raises(Refused, match=words):
        Config(**changes)
