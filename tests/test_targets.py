"""neurolab export and neurolab compare."""

import subprocess
import sys

import numpy as np
import pytest

from neurolab.cli import main

nir = pytest.importorskip("nir")


def said(capsys, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_a_model_goes_to_nir_and_is_compared_from_there(tmp_path, capsys):
    pytest.importorskip("nengo_loihi")
    pytest.importorskip("brian2")
    file = tmp_path / "here" / "sweeps.nir"
    assert str(file) in said(capsys, "export", "sweeps", "--to", "nir", "--out", str(file))
    assert set(nir.read(file).nodes) >= {"input", "0.linear", "0.lif", "output"}
    table = said(capsys, "compare", str(file), "--examples", "2")
    rows = {line.split("|")[1].strip(): line for line in table.splitlines() if line[:1] == "|"}
    assert "| - | 0 |" in rows["nengo"] and "| - | 0 |" in rows["brian2"]
    assert {"torch", "chip", "loihi [1]"} <= set(rows) and "2 examples of 50 steps" in table


@pytest.mark.slow
def test_what_is_written_for_nengo_runs(tmp_path, capsys):
    file = tmp_path / "model.py"
    said(capsys, "export", "digits", "--to", "nengo", "--out", str(file))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True)
    assert "spikes in 12 steps" in done.stdout


def test_whole_numbers_and_what_fits(tmp_path, capsys):
    text = said(capsys, "export", "rates", "--to", "loihi", "--out", str(tmp_path / "rates.npz"))
    assert "1 of 128 cores of one chip." in text
    with np.load(tmp_path / "rates.npz") as file:
        assert all(file[name].dtype == np.int32 for name in file.files)
        assert {"0.linear.weight", "1.lif.threshold"} <= {*file.files}


def test_what_cannot_be_done_is_one_line(tmp_path, capsys):
    for arguments, text in (
        (["export", "nobody", "--to", "nir", "--out", "x"], "model must be one of digits, sweeps"),
        (["export", "rates", "--to", "abacus", "--out", "x"], "to must be one of nir, nengo"),
        (["compare", "rates", "--examples", "0"], "examples must be 1 to 1000, got 0"),
    ):
        assert main(arguments) == 2
        assert text in capsys.readouterr().err
