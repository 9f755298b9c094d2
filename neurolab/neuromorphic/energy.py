"""What a network costs: operations counted, energy estimated from them.

    E = M (mult + add + word) + A (add + word) + U (mult + add + 2 word)
    dense layer, one pass          M = N I
    spiking layer, T steps         A = N I T r,   U = N T
    both cost the same at          r = (E_M - T E_U / I) / (T E_A)

    symbol          meaning                                                     unit
    M               multiply-accumulates, of a weight and a number              -
    A               accumulates: spikes times the synapses that each reaches    -
    U               updates of a neuron, each decays a potential and adds to it -
    mult, add       energy of one operation                                     pJ
    word            energy to fetch or store one number in memory               pJ
    E_M, E_A, E_U   the three brackets of the first line                        pJ
    N, I            neurons of a layer, and inputs to each                      -
    T               time steps                                                  -
    r               spikes of an input in a step, 0 to 1                        -

An estimate, not a measurement: arithmetic at 45 nm, and memory as a term of its own. ASSUMPTIONS
says what is left out, and ``energy_table`` prints it under every table.

What follows, and is tested: at r both cost the same, counted one by one; the number N of neurons
does not matter; with dear memory a spike may come once an input, no more, whatever is multiplied.

Reference: Horowitz (2014), doi:10.1109/ISSCC.2014.6757323
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value

PRECISIONS = {  # pJ at 45 nm and 0.9 V: (add, mult)
    "int8": (0.03, 0.2),
    "int32": (0.1, 3.1),
    "float16": (0.4, 1.1),
    "float32": (0.9, 3.7),
}
BITS = {"int8": 8, "int32": 32, "float16": 16, "float32": 32}
MEMORIES = {"none": 0.0, "SRAM": 10.0, "DRAM": 1300.0}  # pJ for 64 bits: 8 KB; the lower of two
ASSUMPTIONS = (
    "Energies of one operation are those of Horowitz (2014): 45 nm, 0.9 V.",
    "A multiply-accumulate fetches one number, its weight; so does an accumulate. An update "
    "fetches and stores one, its potential. Part of a 64-bit access costs its part.",
    "SRAM means 8 KB at 10 pJ for 64 bits, DRAM the lower reported figure, 1300 pJ.",
    "Nothing is counted for control, for moving spikes about, for idle time or leakage, or for "
    "reuse of a weight within a batch.",
)


@dataclass(frozen=True)
class Costs:
    add: Value = 0.9  # pJ
    mult: Value = 3.7  # pJ
    word: Value = 0.0  # pJ, to fetch or store one number


class Operations(NamedTuple):
    macs: Value  # multiply-accumulates
    acs: Value  # accumulates, one a spike and synapse
    updates: Value  # of neurons


def energy_step(done: Operations, costs: Costs) -> Value:
    """The energy (pJ) of what was done. Elementwise."""
    mac = costs.mult + costs.add + costs.word
    ac = costs.add + costs.word
    update = costs.mult + costs.add + 2 * costs.word
    return done.macs * mac + done.acs * ac + done.updates * update


def break_even(inputs: Value, steps: Value, costs: Costs) -> Value:
    """Spikes of an input in a step at which both layers cost the same. Elementwise.

    Below 0: the updates alone cost more than the dense layer. Above 1: the spiking layer is
    cheaper even if every input fires in every step.
    """
    mac = energy_step(Operations(1.0, 0.0, 0.0), costs)
    ac = energy_step(Operations(0.0, 1.0, 0.0), costs)
    update = energy_step(Operations(0.0, 0.0, 1.0), costs)
    return (mac - steps * update / inputs) / (steps * ac)


def costs_of(precision: str = "float32", memory: str = "none") -> Costs:
    """The figures of Horowitz.

    Raises:
        ValueError: names what is not in PRECISIONS or MEMORIES.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision: one of {list(PRECISIONS)} is needed, got {precision!r}")
    if memory not in MEMORIES:
        raise ValueError(f"memory: one of {list(MEMORIES)} is needed, got {memory!r}")
    add, mult = PRECISIONS[precision]
    return Costs(add, mult, MEMORIES[memory] * BITS[precision] / 64)


def energy_table(models: dict[str, Operations], precision: str = "float32") -> str:
    """A table in Markdown, one line a model, for one input; the assumptions stand below it."""
    memories = list(MEMORIES)
    head = ["model", "MACs", "ACs", "updates", "arithmetic (nJ)"]
    head += [f"with {memory} (nJ)" for memory in memories[1:]]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for name, done in models.items():
        energies = [energy_step(done, costs_of(precision, m)) / 1000 for m in memories]
        lines.append([name, *(f"{n:,.0f}" for n in done), *(f"{e:,.1f}" for e in energies)])
    rows = [f"| {' | '.join(line)} |" for line in lines]
    notes = [f"An estimate for {precision}, nothing was measured."]
    notes += [f"({k}) {text}" for k, text in enumerate(ASSUMPTIONS, 1)]
    return "\n".join([*rows, "", " ".join(notes)])
