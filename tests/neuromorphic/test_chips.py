"""Published energies per operation, multiplied."""

import pytest

from neurolab.neuromorphic.chips import CAVEAT, CHIPS, chip_energy, chip_table, spikes_step


def test_energy_is_operations_times_each():
    assert chip_energy(1e6, "Loihi") == pytest.approx(23_600)  # nJ
    assert all(chip_energy(0, chip) == 0 < each for chip, (each, _) in CHIPS.items())


def test_a_table_has_its_sources_and_its_caveat():
    table = chip_table({"small": 1000.0, "large": 1e6}, ("Loihi", "SENECA"))
    assert "| Loihi | 23.6 | 23.6 | 2.36e+04 | Davies et al. (2018) |" in table
    assert table.endswith(CAVEAT) and "TrueNorth" not in table


def test_what_is_not_known_is_refused():
    with pytest.raises(ValueError, match=r"chip: one of ODIN, .* is needed, got 'abacus'"):
        chip_energy(1.0, "abacus")
    with pytest.raises(ValueError, match="synops: a number from 0"):
        chip_energy(-1.0, "Loihi")


def test_at_the_break_even_both_take_the_same():
    inputs, units, mac, each, idle, wait = 30, 20, 9.6, 4.0, 0.001, 3.0
    r = spikes_step(mac, each, idle, wait, inputs * units)
    dense, spiking = 0.0, 1e6 * idle * wait
    for _ in range(inputs):
        for _ in range(units):
            dense += mac
            spiking += r * each
    assert r > 0 and spiking == pytest.approx(dense)
    assert spikes_step(mac, each, 1.0, wait, inputs * units) < 0
