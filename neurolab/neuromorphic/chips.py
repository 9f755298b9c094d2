"""Energies of one synaptic operation as published for chips, and what a network would take.

    E = synops e_chip + idle t
    both cost the same at    r = (e_mac - idle t / macs) / e_chip    spikes of an input

    symbol   meaning                                                  unit
    synops   spikes times the synapses that each reaches              -
    e_chip   energy of one, as the source reports it                  pJ
    idle, t  power that the chip takes while it waits, and how long   mW, ms
    macs     multiply-accumulates of the dense network of that size   -
    e_mac    energy of one of them, memory included                   pJ
    r        spikes that an input may send for one answer             -

The numbers are not of one kind: technology, voltage, what is counted as an operation, and whether
idle time, routing and memory are in it differ from source to source, by simulation or measurement.
So they order chips to a factor of several, no better; ``chip_table`` says so under each table.

What follows, and is tested: at r spikes of each input, counted one by one, both take the same
energy; below 0 the waiting alone costs more than the dense network.

Two are told differently elsewhere: TrueNorth at 26 pJ by its authors' own count of a whole network
(Merolla et al., 2014), SpiNNaker at some nJ with everything that a running board takes.

Reference: collected by Tang et al. (2023), doi:10.3389/fnins.2023.1187252, table 3; Loihi: Davies
et al. (2018), doi:10.1109/MM.2018.112130359
"""

from collections.abc import Sequence

from neurolab.core.ops import Value

CHIPS = {  # pJ a synaptic operation, and where it was reported
    "ODIN": (12.7, "Frenkel et al. (2018)"),
    "ReckOn": (5.3, "Frenkel & Indiveri (2022)"),
    "muBrain": (26.0, "Stuijt et al. (2021)"),
    "TrueNorth": (2.5, "Akopyan et al. (2015)"),
    "Tianjic": (1.54, "Deng et al. (2020)"),
    "NeuronFlow": (20.0, "Moreira et al. (2020)"),
    "Loihi": (23.6, "Davies et al. (2018)"),
    "SpiNNaker": (45.0, "Stromatias et al. (2013)"),
    "SpiNNaker2": (10.0, "Höppner et al. (2021)"),
    "SENECA": (2.8, "Tang et al. (2023)"),
}
CAVEAT = (
    "Energies of one synaptic operation as the sources report them (collected by Tang et al., "
    "2023, table 3): other technologies, other counts; nothing for idle time, host or read-out."
)


def spikes_step(
    mac: Value,
    each: Value,
    idle: Value,
    wait: Value,
    macs: Value,
) -> Value:
    """r of the head of this file; pJ, pJ, mW, ms, -. Elementwise."""
    return (mac - 1e6 * idle * wait / macs) / each


def chip_energy(synops: float, chip: str) -> float:
    """The energy (nJ) of so many synaptic operations.

    Raises:
        ValueError: names a chip that is not in ``CHIPS``.
    """
    if chip not in CHIPS:
        raise ValueError(f"chip: one of {', '.join(CHIPS)} is needed, got {chip!r}")
    if not synops >= 0:
        raise ValueError(f"synops: a number from 0 is needed, got {synops!r}")
    return synops * CHIPS[chip][0] / 1000


def chip_table(models: dict[str, float], chips: Sequence[str] = tuple(CHIPS)) -> str:
    """In Markdown: nJ an input for the synaptic operations of models; the caveat stands below."""
    lines = [
        ["chip", "pJ each", *models, "source"],
        ["---", "---:", *["---:"] * len(models), "---"],
    ]
    for chip in chips:
        each, source = CHIPS[chip]
        cost = (f"{chip_energy(synops, chip):,.3g}" for synops in models.values())
        lines.append([chip, f"{each:g}", *cost, source])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{CAVEAT}"
