"""The figures of pointers and of action selection show the package's algebra and its steps."""

import numpy as np
import pytest
import torch

from neurolab.core.random import seeded
from neurolab.live.figures import pointers, selection
from neurolab.nef import BasalGangliaParams, bind, inverse, select, similarity


def shown(figure, **moved):
    return figure.simulate(**(figure.FIGURE.params | moved))


def vector(spectrum) -> torch.Tensor:
    """The pointer itself."""
    parts = torch.complex(*(torch.tensor(x, dtype=torch.float64) for x in spectrum))
    return torch.fft.irfft(parts, n=2 * (len(parts) - 1))


def test_spectra_bind_as_the_package_does():
    a, s = pointers.pointer(32, seeded(3))
    b, s = pointers.pointer(32, s)
    u, _ = pointers.flat_pointer(32, s)
    for x in (a, b, u):
        assert vector(x).norm() == pytest.approx(1.0)
    for x, y in ((a, b), (u, b)):
        torch.testing.assert_close(vector(pointers.bound(x, y)), bind(vector(x), vector(y)))
    torch.testing.assert_close(vector(pointers.inverted(a)), inverse(vector(a)))
    torch.testing.assert_close(vector(pointers.added(a, b)), vector(a) + vector(b))
    assert pointers.dot(a, b) == pytest.approx(float(vector(a) @ vector(b)))
    back = bind(bind(vector(u), vector(b)), inverse(vector(u)))
    torch.testing.assert_close(back, vector(b))


def test_pointers_are_drawn_from_all_directions():
    s, products = seeded(5), []
    for _ in range(300):
        a, s = pointers.pointer(64, s)
        b, s = pointers.pointer(64, s)
        products.append(pointers.dot(a, b))
    assert abs(np.mean(products)) < 0.03 and np.std(products) == pytest.approx(1 / 8, rel=0.15)


@pytest.mark.parametrize("way", [0, 1, 2])
def test_a_scene_is_a_sum_or_a_bundle(way):
    d, pairs, asked, s = 64, 3, 1, seeded(1000 * 2 + 64)
    words, shapes = [], []
    for _ in range(8):
        x, s = pointers.pointer(d, s)
        words.append(vector(x))
    for _ in range(8):
        x, s = pointers.flat_pointer(d, s) if way == 2 else pointers.pointer(d, s)
        shapes.append(vector(x))
    parts = [bind(shapes[k], words[k]) if way else shapes[k] + words[k] for k in range(pairs)]
    trace = torch.stack(parts).sum(0)
    answer = bind(trace, inverse(shapes[asked])) if way else trace
    want = torch.stack(shapes + words) @ answer
    found = shown(pointers, asked=asked + 1, pairs=pairs, way=way, draw=2)["similar"]
    np.testing.assert_allclose(found, want.numpy(), atol=1e-9)
    assert similarity(answer, words[asked]) > 0.3


@pytest.mark.parametrize("moved", [{}, {"use1": 0.75}, {"dopamine": 0.4, "use3": 0.6}])
def test_the_time_course_is_that_of_the_package(moved):
    given = selection.FIGURE.params | moved
    uses = torch.tensor([given[f"use{k}"] for k in (1, 2, 3)], dtype=torch.float64)
    before = torch.tensor(selection.BEFORE, dtype=torch.float64).expand(340, 1, -1)
    params = BasalGangliaParams(more_d1=given["dopamine"], less_d2=given["dopamine"])
    passed, found, _ = select(torch.cat([before, uses.expand(161, 1, -1)]), params)
    data = shown(selection, **moved)
    for k in range(3):
        np.testing.assert_allclose(data[f"passed{k + 1}"], passed[300:, 0, k], atol=1e-9)
        np.testing.assert_allclose(data[f"gpi{k + 1}"], found.gpi[300:, 0, k], atol=1e-9)


def test_the_time_that_is_told_is_the_first_from_which_one_action_is_on_alone():
    data = shown(selection)
    on = np.array([data[f"passed{k}"] for k in (1, 2, 3)]) > 0.5
    alone = (on.sum(0) == 1) & on[1]
    after = alone[selection.SHOWN :]
    late = int(data["late"][0])
    assert after[late:].all() and not after[late - 1]


@pytest.mark.slow
def test_answer_of_pointers():
    first, other = shown(pointers), shown(pointers, asked=2)
    assert "square is blue" in first["summary"] and "That is right." in first["summary"]
    assert "circle is red" in other["summary"] and "That is right." in other["summary"]
    added = [shown(pointers, way=0, asked=k) for k in (1, 2)]
    assert added[0]["similar"] == added[1]["similar"]  # whoever is asked for
    assert added[0]["right_y"][0] > 0.8 < added[1]["right_y"][0] and added[0]["lead"][0] < 0.15
    assert "There is no ring" in shown(pointers, asked=5)["summary"]
    assert max(shown(pointers, asked=5)["similar"][8:]) < 0.3
    short = [shown(pointers, pairs=8, dimension=d)["summary"] for d in (16, 32, 64, 128)]
    assert ["wrong" in s for s in short] == [True, True, False, False]
    margins = [[shown(pointers, draw=n, way=w)["right_y"][0] for n in range(1, 21)] for w in (1, 2)]
    assert np.std(margins[0]) > 1.3 * np.std(margins[1])


def test_answer_of_selection():
    first = shown(selection)
    assert first["late"] == [8] and first["ends"][1] > 0.99 and first["ends"][0] < 0.05
    late = [shown(selection, use1=u)["late"][0] for u in (0.5, 0.55, 0.6)]
    assert late == [9, 10, 14]
    close = shown(selection, use1=0.7)
    assert "More than one" in close["summary"] and min(close["ends"][:2]) > 0.55
    low = shown(selection, use1=0.1, use2=0.15, use3=0.1)
    assert "No action" in low["summary"] and max(low["ends"]) < 0.35
    assert "No action" in shown(selection, dopamine=0)["summary"]
    assert "More than one" in shown(selection, dopamine=0.5)["summary"]
