"""Tunes whose repeats are there, and streams in which the ends follow from the starts alone."""

from collections import Counter, defaultdict

import pytest
import torch
from scipy.stats import chisquare

from neurolab.tasks.melodies import MELODIES, changing, exchanged, high_order, stream


def test_tunes_have_the_form_they_are_known_for():
    twinkle, jacques = MELODIES["ah vous dirai-je"], MELODIES["frere jacques"]
    assert len(twinkle) == 42 and twinkle[:14] == twinkle[28:] and twinkle[14:21] == twinkle[21:28]
    assert [jacques[i:j] for i, j in ((0, 4), (8, 11), (14, 20), (26, 29))] == [
        jacques[i:j] for i, j in ((4, 8), (11, 14), (20, 26), (29, 32))
    ]
    joy = MELODIES["ode to joy"]
    assert joy[:12] == joy[15:27] and joy[12:15] != joy[27:] and len(joy) == 30
    clair = MELODIES["au clair de la lune"]
    assert clair[:11] == clair[11:22] == clair[33:] and len(clair) == 44
    for name, notes in MELODIES.items():
        assert notes[-1] == 0, f"{name} ends on its tonic"
        assert min(notes) >= -3 and max(notes) <= 7


@pytest.mark.parametrize("order", [1, 2, 4])
def test_ends_follow_from_so_many_symbols_and_from_no_fewer(order):
    ends = [defaultdict(set) for _ in range(order + 1)]
    made = high_order(5, order, pool=12, seed=3)
    for s in made:
        assert len(set(s)) == order + 1
        for n in range(order + 1):
            ends[n][s[order - n : order]].add(s[-1])
    assert all(len(found) == 1 for found in ends[order].values()), "by all of them"
    for n in range(order):
        assert all(len(found) >= 2 for found in ends[n].values()), "by fewer"
    assert len({s[0] for s in made}) == 10 and min(s[0] for s in made) == 12
    other = exchanged(made)
    assert all(a[:-1] == b[:-1] and a[-1] != b[-1] for a, b in zip(made, other, strict=True))
    assert exchanged(other) == made


def test_a_stream_is_its_sequences_with_strays_between():
    made = high_order(3, 4, seed=1)
    s = stream(made, 4001, (90, 91, 92), torch.Generator().manual_seed(0))
    assert len(s.symbols) == 4001 and s.symbols.dtype == torch.long
    for t in range(4001):
        k, i = int(s.sequence[t]), int(s.position[t])
        if t % 6 == 5:
            assert k == i == -1 and int(s.symbols[t]) in (90, 91, 92) and not s.foreseeable[t]
        else:
            assert i == t % 6 and int(s.symbols[t]) == made[k][i]
            assert bool(s.foreseeable[t]) == (i > 0) and bool(s.last[t]) == (i == 4)
    for drawn in (s.sequence[::6], s.symbols[5::6]):
        assert chisquare(list(Counter(drawn.tolist()).values())).pvalue > 0.01
    assert torch.equal(stream(made, 10).position, torch.tensor([0, 1, 2, 3, 4] * 2))


def test_ends_change_where_it_is_said():
    made = high_order(2, 3, seed=2)
    s, again = (changing(made, 3000, 1001, (50,), seed=7) for _ in range(2))
    assert torch.equal(s.symbols, again.symbols)
    assert not torch.equal(s.symbols, changing(made, 3000, 1001, (50,), seed=8).symbols)
    for t in s.last.nonzero()[:, 0].tolist():
        told = made if t < 1001 else exchanged(made)
        assert int(s.symbols[t]) == told[int(s.sequence[t])][-1]
    assert int(s.position[1001]) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: high_order(0), "pairs: a whole number from 1 is needed, got 0"),
        (lambda: high_order(2, 4, pool=4), "pool: a whole number from 5 is needed, got 4"),
        (lambda: exchanged([(1, 2)]), "sequences: pairs are needed, got 1"),
        (lambda: stream([], 3), "sequences: some that are not empty"),
        (lambda: stream([(1,)], -1), "steps: a whole number from 0"),
        (lambda: changing([(1,), (2,)], 5, 6), "change: 0 to steps = 5 is needed, got 6"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
