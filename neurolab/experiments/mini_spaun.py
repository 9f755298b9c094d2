"""Mini-Spaun: one spiking network copies, recognises, remembers lists and counts.

Four tasks in turn; a letter in the stream of pictures says which. Each digit is a real handwritten
one that the eye was not trained on.

    copy          one digit; right when a reader outside the network takes the drawing for that
                  digit AND the drawing is more like the picture shown (correlation of pixels) than
                  what the network draws, with the same hand, when it only recognises that digit
    recognition   one digit; right when the reader takes the drawing for it
    memory        five different digits; each drawn digit is right when it is that of its position
    counting      a digit and 1 to 4 steps; right when the drawing is the digit that many on

The reader takes the nearest training pictures; it never was part of the network. Only pen and ink
are looked at. What is not drawn is wrong.

Metrics: ``accuracy_TASK`` with ``low_TASK`` and ``high_TASK`` (Wilson's interval of 95 %; for
memory of the mean over the list, as if a list were one answer), ``lists_memory`` (lists right as a
whole), ``memory_K`` (accuracy at position K), ``trace_K`` (how much of the pair at position K is in
the memory when the list has ended), ``like_copy`` (mean correlation of copies with what was shown),
``like_read`` (that of what is drawn when the digit is only recognised), ``like_mean`` (that of the
mean digit, drawn without any noise), ``beats_mean`` (copies that are more like it than even that),
``eye`` and ``reader`` (accuracy on all test digits, without spikes), ``neurons``.

Gains and time constants were chosen on digits of the training set that the eye did not see
(``digits_from`` "held-out") and on other seeds.

Reference: Eliasmith et al. (2012), doi:10.1126/science.1225266; Wilson (1927),
doi:10.1080/01621459.1927.10502953
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.neuromorphic.spaun_strokes import correlation, ink, pen, read
from neurolab.neuromorphic.spaun_vision import SYMBOLS, TASKS, Eye, EyeParams

from .contract import Progress, Refused, within
from .spaun_trials import ANSWER, FINE, LONGEST_LIST, SIDE, Exam, drawings, shown, wilson

DATA = ("digits",)
NAMES = {"COPY": "copy", "READ": "recognition", "LIST": "memory", "COUNT": "counting"}
FROM = ("test", "held-out")


@dataclass(frozen=True)
class Config:
    tasks: tuple[str, ...] = TASKS  # of COPY, READ, LIST, COUNT
    trials: int = 25  # of each task
    examples: int = 1100  # training digits of the eye; the others of 1,347 are held out
    digits_from: str = "test"  # what is shown in trials: test or held-out
    epochs: int = 120  # of the eye's training
    eye_neurons: int = 400  # of the visual cortex
    dimensions: int = 64  # of the pointers
    fit_steps: int = 60  # of bending strokes onto the training digits
    lesion: bool = False  # cut the output of the basal ganglia
    seed: int = 0  # the first seed

    def __post_init__(self):
        if not self.tasks or set(self.tasks) - set(TASKS):
            raise Refused(f"tasks must be some of {', '.join(TASKS)}, got {self.tasks}")
        if self.digits_from not in FROM:
            raise Refused(f"digits_from must be test or held-out, got {self.digits_from!r}")
        within(self, trials=(1, 1000), examples=(50, 1300), epochs=(1, 1000))
        within(self, eye_neurons=(20, 5000), dimensions=(16, 512), fit_steps=(1, 1000))
        within(self, seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"tasks": ("READ",), "trials": 1, "examples": 200, "epochs": 20, "eye_neurons": 200},
        **{"fit_steps": 20},
    ),
    "full": Config(),
}


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    exam = Exam(config)
    total = 2 + config.trials * len(config.tasks)
    done, seen, kept, network = 0, torch.full((total - 2, 2 * LONGEST_LIST + 2), -1.0), {}, None
    if state is not None:
        done, seen = state["done"], state["seen"].clone()
        kept = {n: x for n, x in state.items() if n not in ("done", "seen")}
    while done < total:
        if done == 0:
            kept = {"via": exam.moves()}
        elif done == 1:
            eye = exam.eye(kept["via"])
            z = eye(exam.x.flatten(1))[1]
            kept = {f"eye.{n}": x.clone() for n, x in eye.state_dict().items()}
            kept["style"] = z.abs().max()[None]
        else:
            if network is None:
                eye, network = built(config, kept)
            seen[done - 2] = taken(exam, network, eye, done - 2)
        done += 1
        found = measured(config, exam, seen[: max(0, done - 2)], network, kept)
        yield Progress(done, total, found, {"done": done, "seen": seen.clone(), **kept})
    if network is not None:
        network.close()


def built(config: Config, kept: dict, watch: tuple[str, ...] = ()):
    """The eye and the spiking network around it."""
    from neurolab.neuromorphic.spaun import MiniSpaun, SpaunParams

    params = EyeParams(neurons=config.eye_neurons, epochs=config.epochs)
    points = kept["eye.means"].shape[1] // 2
    eye = Eye(SIDE * SIDE, points, params, config.seed).requires_grad_(False)
    eye.load_state_dict({n.removeprefix("eye."): x for n, x in kept.items() if n[:4] == "eye."})
    params = SpaunParams(
        tasks=config.tasks, dimensions=config.dimensions, lesion=config.lesion, seed=config.seed
    )
    if "LIST" in config.tasks:
        watch = (*watch, "buffer", "store")
    return eye, MiniSpaun(eye, float(kept["style"]), params, watch)


def taken(exam: Exam, network, eye: Eye, k: int) -> Tensor:
    """One trial: task, right or wrong at each position, traces, likeness of a copy."""
    task, pictures, answer = exam.trial(k)
    stream = shown(pictures)
    trial = network.run(stream, ANSWER[task])
    drawn = drawings(trial, exam.width)[: len(answer)]
    row = torch.full((2 * LONGEST_LIST + 2,), -1.0)
    row[: len(answer)] = 0
    for place, (picture, digit) in enumerate(zip(drawn, answer.tolist(), strict=False)):
        row[place] = exam.read(picture) == digit
    if task == "COPY":
        mean = pen(eye.means[answer].view(1, -1, 2))
        row[-1] = correlation(ink(mean, SIDE, FINE * exam.width), pictures[1][None])
        row[-2] = correlation(drawn[0][None], pictures[1][None]) if drawn else 0.0
    elif task == "READ" and "COPY" in exam.config.tasks:  # the same digit, drawn without style
        tasks = exam.config.tasks
        _, pictures, _ = exam.trial(k + tasks.index("COPY") - tasks.index("READ"))
        row[-2] = correlation(drawn[0][None], pictures[1][None]) if drawn else 0.0
    elif task == "LIST":
        end = round(sum(seen.seconds for seen in stream[:-2]) / network.every) - 1
        trace = trial.more["buffer"][end] + trial.more["store"][end]
        for place, digit in enumerate(answer.tolist()):
            pair = network.vocab[SYMBOLS[digit]] * network.vocab[f"P{place + 1}"]
            row[LONGEST_LIST + place] = float(pair.v @ trace)
    return row


def measured(config: Config, exam: Exam, seen: Tensor, network, kept: dict) -> dict[str, float]:
    """Metrics of the trials so far."""
    found, turns = {}, len(config.tasks)
    for k, task in enumerate(config.tasks):
        rows, name = seen[k::turns], NAMES[task]
        if task == "COPY":
            plain = rows[:, -1]  # the mean digit, where the network never draws it
            if "READ" in config.tasks:
                plain = seen[config.tasks.index("READ") :: turns, -2]
                rows = rows[: len(plain)]  # both must have been drawn
                plain = plain[: len(rows)]
                found["like_read"] = float(plain.mean())
            right = (rows[:, 0] == 1) & (rows[:, -2] > plain)
            found |= {
                "like_copy": float(rows[:, -2].mean()),
                "like_mean": float(rows[:, -1].mean()),
                "beats_mean": float((rows[:, -2] > rows[:, -1]).float().mean()),
            }
        elif task == "LIST":
            right = rows[:, :LONGEST_LIST].mean(1)
            found["lists_memory"] = float((right == 1).float().mean())
            for place in range(LONGEST_LIST):
                found[f"memory_{place + 1}"] = float(rows[:, place].mean())
                found[f"trace_{place + 1}"] = float(rows[:, LONGEST_LIST + place].mean())
        else:
            right = rows[:, 0] == 1
        share = float(right.float().mean()) if len(rows) else 0.0
        found[f"accuracy_{name}"] = share
        found[f"low_{name}"], found[f"high_{name}"] = wilson(share, max(1, len(rows)))
    found = {name: value if math.isfinite(value) else 0.0 for name, value in found.items()}
    x, y = exam.test
    found["neurons"] = float(network.neurons) if network is not None else 0.0
    found["reader"] = float((read(x, exam.x, exam.y) == y).float().mean())
    found["eye"] = 0.0
    if "style" in kept:
        eye = Eye(SIDE * SIDE, kept["eye.means"].shape[1] // 2, EyeParams(config.eye_neurons))
        eye.load_state_dict({n[4:]: x for n, x in kept.items() if n[:4] == "eye."})
        with torch.no_grad():
            found["eye"] = float((eye(x.flatten(1))[0].argmax(1) == y).float().mean())
    return found
