"""The command line: neurolab list | run | runs | data | export | compare | doctor.

What a user got wrong is said in one line on stderr, with exit code 2; what could not be had (data)
has exit code 1. torch is imported only by the commands that need it, so help comes at once.
"""

import contextlib
import functools
import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import tyro
from tyro.conf import OmitArgPrefixes, Positional
from tyro.extras import subcommand_cli_from_dict

from . import experiments
from .__about__ import __version__
from .experiments import EXPERIMENTS, Refused
from .experiments.contract import OPTIONS, unknown_field
from .housekeeping import data_get, data_list, data_verify, runs_clean, runs_list

STOPPED, UNREAD = 130, 141  # exit codes after Ctrl-C and a closed pipe, as of a shell


@dataclass(frozen=True)
class Options:
    preset: Literal["quick", "full"] = "quick"  # at most 10 s on two cores, or the stated protocol
    seeds: int = 1  # how many: 5 means the seeds 0 to 4
    json: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None  # where to write the record
    resume: bool = False  # go on from the checkpoints of a run that was stopped
    save_every: float = 5.0  # seconds between two checkpoints


def list_experiments() -> int:
    """The experiments, one a line."""
    width = max(map(len, EXPERIMENTS))
    for name in EXPERIMENTS:
        print(f"{name:{width}}  {experiments.describe(name)}")
    print("\nneurolab run NAME runs one; neurolab run NAME --help shows its fields.")
    return 0


def run(name: Positional[str], run: OmitArgPrefixes[Options] = Options()) -> int:
    """Run an experiment: neurolab run NAME [--preset full] [--seeds 5] [--field value]

    The fields are those of the experiment: neurolab run NAME --help shows them.

    Args:
        name: one of those that neurolab list shows.
    """
    raise Refused(f"which experiment? There are: {', '.join(EXPERIMENTS)}")


def run_named(name: str, arguments: Sequence[str]) -> int:
    """``neurolab run NAME``, where the experiment's own fields are options, too."""
    module = experiments.load(name)
    preset = module.PRESETS.get(preset_named(arguments), module.PRESETS["quick"])
    known = [f.name for f in fields(preset)]
    for word in arguments:
        option = word.partition("=")[0].removeprefix("--").replace("-", "_")
        if word.startswith("--") and option.removeprefix("no_") not in {*known, *OPTIONS, "help"}:
            raise unknown_field(name, option, known)

    def take(
        run: OmitArgPrefixes[Options] = Options(),
        experiment: OmitArgPrefixes[module.Config] = preset,
    ) -> tuple[Options, Any]:
        return run, experiment

    about = f"{experiments.describe(name)} Defaults are those of the preset."
    options, config = parse(
        lambda: tyro.cli(take, prog=f"neurolab run {name}", args=arguments, description=about)
    )
    given = {f: getattr(config, f) for f in known if getattr(config, f) != getattr(preset, f)}
    command = shlex.join(["neurolab", "run", name, *arguments])
    record = experiments.run(name, **vars(options), **given, tell=note, command=command)
    for metric, found in record["metrics"].items():
        mean, interval = found["mean"], found["ci95"]
        spread = f"  [{interval[0]:.6g}, {interval[1]:.6g}]" if interval else ""
        print(f"{metric:20} {'not finite' if mean is None else f'{mean:.6g}'}{spread}")
    seeds, seconds = len(record["seeds"]), record["seconds"]
    print(f"{seeds} seed{'s' * (seeds > 1)}, {record['preset']} preset, {seconds:.1f} s")
    if options.json:
        print(f"record: {options.json}")
    return 0


def preset_named(arguments: Sequence[str]) -> str:
    """The preset that the arguments ask for; whether there is one is checked later."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--preset" or word.startswith("--preset="):
            return word.partition("=")[2] or following
    return "quick"


def runs() -> int:
    """What stopped runs left: neurolab runs list | clean [--older-than DAYS]"""
    return dispatch(["runs"])


def data() -> int:
    """Data sets: neurolab data list | get NAME | verify [NAME ...]"""
    return dispatch(["data"])


def export(model: Positional[str], to: str, out: str, seed: int = 0) -> int:
    """Write a model for another tool: neurolab export digits --to brian2 --out digits.py

    Args:
        model: digits, sweeps or rates (trained here in seconds), or a file that ends in .nir.
        to: nir, nengo, loihi or brian2.
        out: name of the file; others that belong to it are written beside it.
    """
    from . import targets

    print("\n".join(targets.export(model, to, out, seed)))
    return 0


def compare(model: Positional[str], examples: int = 10, seed: int = 0) -> int:
    """Run a model on torch, Nengo, Brian2 and Loihi's numbers, and print one table.

    Args:
        model: digits, sweeps or rates (trained here in seconds), or a file that ends in .nir.
        examples: how many inputs to show.
    """
    from . import targets

    print(targets.compared(model, examples, seed))
    return 0


def diagnose() -> int:
    """What is here: versions, device, data, back ends; and what to install for the rest."""
    from . import doctor

    for line in doctor.lines():
        print(line, flush=True)
    return 0


def note(text: str) -> None:
    """A line on stderr that does not break the bar."""
    from tqdm import tqdm

    tqdm.write(f"neurolab: {text}", file=sys.stderr)


def parse(call: Callable[[], Any]) -> Any:
    """What tyro makes of the arguments; what it does not take becomes one line.

    Raises:
        Refused: with the first sentence of tyro's box.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return call()
    except SystemExit as stop:
        if not stop.code:
            raise
        box = re.split(r"\n│ ─+", said.getvalue())[0]
        lines = [line.strip("│╭╮╰╯─ ") for line in box.splitlines()[1:]]
        text = re.sub(r"(\d,)\n(?=\d{3}\b)", r"\1", "\n".join(filter(None, lines)))  # 5,000
        text = text.replace("\n", " ") or "wrong arguments"
        raise Refused(text.removeprefix("Error parsing experiment: ")) from None


def choose(table: dict[str, Callable[..., int]], arguments: Sequence[str], *before: str) -> int:
    """Do the command of ``table`` that the arguments name; it runs after the arguments are read."""

    def later(do: Callable[..., int]) -> Callable[..., Callable[[], int]]:
        @functools.wraps(do)
        def take(*values: Any, **named: Any) -> Callable[[], int]:
            return functools.partial(do, *values, **named)

        return take

    prog, table = " ".join(["neurolab", *before]), {name: later(do) for name, do in table.items()}
    return parse(lambda: subcommand_cli_from_dict(table, prog=prog, args=arguments))()


def dispatch(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["run", name, *rest] if not name.startswith("-"):
            return run_named(name, rest)
        case ["run", *rest] if named := [word for word in rest if word in EXPERIMENTS]:
            rest.remove(named[0])  # options may stand before the name
            return run_named(named[0], rest)
        case ["run"]:
            return run("")
        case ["data" | "runs" as group, *rest]:
            return choose(GROUPS[group], rest or ["--help"], group)
        case ["--version"]:
            print(__version__)
            return 0
        case [word, *_] if word not in COMMANDS and not word.startswith("-"):
            raise Refused(f"there is no command {word!r}; there are: {', '.join(COMMANDS)}")
        case _:
            return choose(COMMANDS, arguments or ["--help"])


COMMANDS = {"list": list_experiments, "run": run, "runs": runs, "data": data}
COMMANDS |= {"export": export, "compare": compare, "doctor": diagnose}
DATA_COMMANDS = {"list": data_list, "get": data_get, "verify": data_verify}
GROUPS = {"data": DATA_COMMANDS, "runs": {"list": runs_list, "clean": runs_clean}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code."""
    try:
        code = dispatch(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return code
    except Refused as error:
        print(f"neurolab: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # of `neurolab list | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        tasks = sys.modules.get("neurolab.tasks")  # imported only by what needs data
        if tasks is None or not isinstance(error, tasks.DataError):
            raise
        print(f"neurolab: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    except KeyboardInterrupt:
        print("neurolab: stopped; the same command with --resume goes on", file=sys.stderr)
        return STOPPED
