"""Temporal memory against objects and dictionaries, and what it must be able to learn."""

from dataclasses import replace

import pytest
import torch

from neurolab.dendrites import TemporalMemory, TemporalParams, patterns_of, subsets
from neurolab.dendrites.segment_store import SegmentStore, grow

EXACT = TemporalParams(  # all sums are exact in binary
    threshold=2, matching=1, sample=3, connected=0.5, initial=0.25, gain=0.125, loss=0.125,
    punish=0.0625,
)  # fmt: skip
M, C = 6, 3


class Dictionary:
    """The same rules, one segment at a time: {"owner", "used", "p": {cell: permanence}}."""

    def __init__(self, slots):
        self.slots, self.active, self.winners, self.now = [None] * slots, set(), set(), 0
        self.seen = {"burst": 0, "foreseen": 0, "punished": 0, "recycled": 0}

    def count(self, d, least):
        return sum(j in self.active and p >= least for j, p in d["p"].items())

    def cut(self, d):
        d["p"] = {j: min(1.0, p) for j, p in d["p"].items() if p > 0}

    def put(self, cell):
        free = [k for k, d in enumerate(self.slots) if d is None]
        if not free:
            self.seen["recycled"] += 1
            free = [min(range(len(self.slots)), key=lambda k: (self.slots[k]["used"], k))]
        self.slots[free[0]] = {"owner": cell, "used": self.now, "p": {}}
        return self.slots[free[0]]

    def step(self, columns):
        self.now += 1
        there = [d for d in self.slots if d]
        told = [d for d in there if self.count(d, EXACT.connected) >= EXACT.threshold]
        predicted = {d["owner"] for d in told}
        active, winners, learning, new = set(), set(), [], []
        for column in sorted(columns):
            cells = range(column * C, column * C + C)
            right = [i for i in cells if i in predicted]
            self.seen["foreseen" if right else "burst"] += 1
            if right:
                active |= set(right)
                winners |= set(right)
                learning += [d for d in told if d["owner"] in right]
                continue
            active |= set(cells)
            known = [(self.count(d, 1e-9), d) for d in there if d["owner"] in cells]
            if known and max(n for n, _ in known) >= EXACT.matching:
                best = next(d for n, d in known if n == max(n for n, _ in known))
                learning.append(best)
                winners.add(best["owner"])
            else:
                has = [sum(d["owner"] == i for d in there) for i in cells]
                new.append(cells[has.index(min(has))])
                winners.add(new[-1])
        for d in learning:
            d["used"] = self.now
        for d in told:
            if d["owner"] // C not in columns:
                self.seen["punished"] += 1
                d["p"] = {j: p - EXACT.punish * (j in self.active) for j, p in d["p"].items()}
                self.cut(d)
        self.slots = [d if d and d["p"] else None for d in self.slots]
        learning += [self.put(i) for i in new] if self.winners else []
        for d in learning:
            on = sum(j in self.active for j in d["p"])
            onto = [j for j in sorted(self.winners) if j not in d["p"]]
            for j in d["p"]:
                d["p"][j] += EXACT.gain if j in self.active else -EXACT.loss
            self.cut(d)
            d["p"] |= dict.fromkeys(onto[: max(0, EXACT.sample - on)], EXACT.initial)
        self.slots = [d if d and d["p"] else None for d in self.slots]
        self.active, self.winners = active, winners


@pytest.mark.parametrize("seed, slots", [(0, 200), (1, 6)])
def test_equals_objects_and_dictionaries(seed, slots):
    """Few elements in a wandering order, so that all of it happens; every step is compared."""
    chance = torch.Generator().manual_seed(seed)
    ours, theirs = TemporalMemory(M, C, slots, 60, EXACT), Dictionary(slots)
    elements, at = subsets(5, 2, M, chance), 0
    for _ in range(70 if slots > 9 else 90):
        stray = torch.rand(2, generator=chance).tolist()
        at = int(5 * stray[1]) if stray[0] < 0.2 else (at + 1) % 5
        ours(patterns_of(elements[at : at + 1], M))
        theirs.step(set(elements[at].tolist()))
        assert set(ours.active.nonzero()[:, 0].tolist()) == theirs.active
        assert set(ours.winners.nonzero()[:, 0].tolist()) == theirs.winners
        for k, d in enumerate(theirs.slots):
            there = ours.permanence[k] > 0
            p = dict(
                zip(ours.cells[k, there].tolist(), ours.permanence[k, there].tolist(), strict=True)
            )
            assert p == (d["p"] if d else {}), k
            assert int(ours.owner[k]) == (d["owner"] if d else -1)
    least = {"burst": 20, "foreseen": 20, "punished": 5, "recycled": 0 if slots == 200 else 5}
    assert all(theirs.seen[what] >= n for what, n in least.items()), theirs.seen


PARAMS = TemporalParams(threshold=6, matching=4, sample=10)
QUICK = replace(PARAMS, initial=0.5, punish=0.05)


def made(symbols, seed=0, cells=6, active=10, params=PARAMS):
    chance = torch.Generator().manual_seed(seed)
    memory = TemporalMemory(150, cells, 1500, 16, params, chance)
    codes = patterns_of(subsets(len(symbols), active, 150, chance), 150)
    return memory, dict(zip(symbols, codes, strict=True))


def show(memory, codes, text):
    """From nothing, and what is predicted after each element, or a dot."""
    memory.reset()
    said = (memory(torch.stack([codes[s] for s in text])) > 0).long()
    overlap = said @ torch.stack(list(codes.values())).long().T
    best, where = overlap.max(1)
    return "".join(list(codes)[w] if b >= 3 else "." for b, w in zip(best, where, strict=True))


def test_a_repeated_sequence_is_predicted_after_a_few_passes():
    """Permanence 0.3 + 2 gains connects: the third pass still guesses nothing, the fourth all."""
    memory, codes = made("ABCDEF")
    assert [show(memory, codes, "ABCDEF") for _ in range(3)] == ["......"] * 3
    assert show(memory, codes, "ABCDEF") == "BCDEF."
    fast, codes = made("ABCDEF", params=QUICK)
    assert show(fast, codes, "ABCDEF") == "......"
    assert show(fast, codes, "ABCDEF") == "BCDEF."


def test_the_first_of_five_elements_decides_the_last():
    memory, codes = made("ABCDEXY", params=QUICK)
    for _ in range(12):
        show(memory, codes, "ABCDE")
        show(memory, codes, "XBCDY")
    memory.eval()
    before = memory.permanence.clone()
    assert show(memory, codes, "ABCDE") == "BCDE."
    assert show(memory, codes, "XBCDY") == "BCDY."
    after_d = memory(codes["D"][None])[0] > 0
    assert torch.equal(memory.permanence, before), "learns in training alone"
    assert not after_d.all()

    # Without cells to tell contexts apart both are told.
    one, codes = made("ABCDEXY", cells=1, params=QUICK)
    for _ in range(12):
        show(one, codes, "ABCDE")
        show(one, codes, "XBCDY")
    one.eval().reset()
    said = one(torch.stack([codes[s] for s in "ABCD"]))[-1] > 0
    assert said[codes["E"]].sum() >= 6 and said[codes["Y"]].sum() >= 6


def test_two_fifths_of_the_cells_may_die():
    """Where a segment fires with fewer synapses than three fifths of those that it has."""
    params = TemporalParams(threshold=7, matching=5, sample=16, initial=0.5, punish=0.05)
    memory, codes = made("ABCDEXYFGHIJ", active=20, params=params)
    texts = ("ABCDE", "XBCDY", "FGHIJ")
    for _ in range(12):
        for text in texts:
            show(memory, codes, text)
    memory.eval()
    whole = [show(memory, codes, text) for text in texts]
    assert whole == ["BCDE.", "BCDY.", "GHIJ."]
    memory.kill(torch.randperm(900, generator=memory.chance)[:360])
    right = 0
    for text in texts:
        right += sum(a == b for a, b in zip(show(memory, codes, text), text[1:], strict=False))
        assert not memory.active[~memory.alive].any()
    assert right >= 11, "of 12"


def test_cut_anywhere_and_loaded_it_goes_on_to_the_same():
    memory, codes = made("ABCDEF")
    memory.chance = None
    x = torch.stack([codes[s] for s in "ABCDEFABCDEFFEDCBAABCDEF"])
    whole, rest = (TemporalMemory(150, 6, 1500, 16, PARAMS) for _ in range(2))
    expected = whole(x)
    first = memory(x[:11])
    rest.load_state_dict(memory.state_dict())
    assert torch.equal(torch.cat([first, rest(x[11:])]), expected) and expected.any()
    assert torch.equal(rest.permanence, whole.permanence)


def test_a_full_segment_gives_up_its_weakest_inactive_synapses():
    store = SegmentStore(
        torch.tensor([[0, 1, 2, 3]]), torch.tensor([[0.5, 0.2, 0.9, 0.4]]),
        torch.tensor([7]), torch.tensor([1]),
    )  # fmt: skip
    active = torch.zeros(9, dtype=torch.bool)
    active[[1, 5, 6]] = True
    params = TemporalParams(threshold=1, matching=1, sample=3, gain=0.125, loss=0.125)
    assert grow(torch.tensor([0]), active, active, store, params) == 4
    assert store.cells.tolist() == [[6, 1, 2, 5]]
    expected = torch.tensor([[0.3, 0.325, 0.775, 0.3]])
    torch.testing.assert_close(store.permanence, expected)


def test_refuses_by_name():
    with pytest.raises(ValueError, match=r"punish: a number from 0 to 1 is needed, got -1"):
        TemporalParams(punish=-1)
    with pytest.raises(ValueError, match=r"room: a whole number of at least 16 is needed, got 9"):
        TemporalMemory(5, 2, 10, 9)
    with pytest.raises(ValueError, match=r"x: shape \(T, 6\) is needed, got \(6,\)"):
        TemporalMemory(M, C, 10, 60, EXACT)(torch.ones(6))
