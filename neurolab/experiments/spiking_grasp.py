"""A gripper closes on objects that it does not know: does a reflex of spikes grasp them softly?

Discs of random size, stiffness and place lie between two fingers (``tasks.gripper``). Three ways to
close both along one motor primitive:

    reflex   spiking neurons close, touch neurons hold them back (``spiking.grasp``)
    blind    both go to one activation and stay there, whatever they touch
    closed   both close as far as they go

The reflex has its speed to choose and the blind way its activation: each the one out of ``choices``
that grasps most of as many other discs, for each motor.

A disc is grasped if in the last quarter of the time each finger presses with at least ``hold`` N,
and at no time with more than ``crush`` N.

Each for several stiffnesses of the joints' motors, since a soft motor gives way by itself.

Metrics, for motors of M N m/rad: ``success_M``, ``success_blind_M``, ``success_closed_M`` (parts of
the discs); ``in_band_M`` (part of the last forces that lie where the equations of
``spiking.grasp.band`` say), ``peak_M`` (mean of the largest force, N); with the last of the motors
``force_K``, ``force_blind_K`` (N, the last force on a disc of middle size and stiffness K N/m).
``speed_M`` and ``closing_M`` (what was chosen); ``hasty_M`` (success of the fastest reflex among
the discs to choose by); ``band_low``, ``band_high`` (N); ``rate`` (spikes of a neuron, Hz). All 0
until measured.

The other parameters of the reflex were set so that its band lies between hold and crush.

Reference: Tieck et al. (2020), doi:10.1109/LRA.2020.3034067
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from neurolab.spiking.grasp import (
    GraspParams,
    GraspSpikes,
    GraspState,
    activation_step,
    band,
    cells_step,
    currents,
    reflex_step,
)
from neurolab.spiking.lif import LIFState
from neurolab.tasks.gripper import Finger, GripperParams, contact_step, finger_step

from .contract import Progress, Refused, within

DATA = ()
OPEN, CLOSED = (-0.3, -0.2), (0.7, 0.7)  # rad, of the two joints
SLOW, DT = 0.05, 1.0  # s, in which a motor goes most of its way; ms


@dataclass(frozen=True)
class Config:
    discs: int = 200  # to grasp, and as many to choose the blind closing by
    neurons: int = 20  # of each of three groups, a finger
    seconds: float = 4.0  # of a grasp
    radii: tuple[float, float] = (0.015, 0.03)  # m, drawn between
    stiffnesses: tuple[float, float] = (100.0, 4000.0)  # N / m, drawn between, by their logarithm
    off: float = 0.01  # m, of the middle, at most
    hold: float = 1.0  # N, needed of each finger
    crush: float = 4.0  # N, at most
    choices: int = 16  # of speeds and of activations
    speeds: tuple[float, float] = (0.001, 0.02)  # of the reflex, chosen between, by logarithm
    motors: tuple[float, ...] = (1.0, 3.0, 10.0)  # N m / rad, of the joints
    curve: tuple[float, ...] = (100.0, 200.0, 500.0, 1000.0, 2000.0, 4000.0)  # N / m, of force_K
    seed: int = 0  # the first seed

    def __post_init__(self):
        for name in ("radii", "stiffnesses", "speeds"):
            low, high = getattr(self, name)
            if not 0 < low <= high:
                raise Refused(f"{name} must be two numbers above 0 that rise, got {(low, high)}")
        if not self.curve or min(self.curve) <= 0:
            raise Refused(f"curve must be numbers above 0, got {self.curve}")
        if not self.motors or not all(0.1 <= motor <= 100 for motor in self.motors):
            raise Refused(f"motors must be numbers from 0.1 to 100, got {self.motors}")
        within(
            self,
            hold=(0.001, 1e6),
            crush=(0.001, 1e6),
            discs=(1, 10**5),
            neurons=(2, 1000),
            seconds=(0.1, 100),
            off=(0, 0.02),
        )
        within(self, choices=(2, 1000), seed=(0, 2**31 - 1))
        if not self.hold < self.crush:
            raise Refused(f"hold must be below crush, got {self.hold} and {self.crush}")


PRESETS = {
    "quick": Config(
        **{"discs": 4, "neurons": 8, "seconds": 2.0, "choices": 2, "speeds": (0.003, 0.02)},
        **{"motors": (3.0,), "curve": (500.0,)},
    ),
    "full": Config(),
}


class Discs(NamedTuple):
    radius: Tensor  # (M,) m
    stiffness: Tensor  # (M,) N / m
    x: Tensor  # (M,) m


class Grasped(NamedTuple):
    forces: Tensor  # (T, 2, M) N, of each finger
    x: Tensor  # (M,) m, where the discs end
    spikes: float  # of a neuron and step, mean


def draw(config: Config, chance: torch.Generator) -> Discs:
    """Discs between the fingers."""
    size, surface, place = torch.rand(3, config.discs, generator=chance, dtype=torch.float64)
    (thin, thick), (soft, hard) = config.radii, config.stiffnesses
    return Discs(
        thin + (thick - thin) * size,
        soft * (hard / soft) ** surface,
        config.off * (2 * place - 1),
    )


def middle(config: Config) -> Discs:
    """Discs of the middle size, one for each stiffness of the curve."""
    k = torch.tensor(config.curve, dtype=torch.float64)
    return Discs(torch.full_like(k, sum(config.radii) / 2), k, torch.zeros_like(k))


def grasp(config: Config, discs: Discs, motor: float, way: str, choice: float) -> Grasped:
    """Two fingers close on each disc, by a "reflex" of this speed, or "blind" to an activation."""
    reflex, count = way == "reflex", len(discs.x)
    params = GraspParams(speed=choice) if reflex else GraspParams()
    world = GripperParams(motor=motor, friction=SLOW * motor)
    gain = torch.linspace(params.spread, 1, config.neurons, dtype=torch.float64)
    rest = torch.zeros(2, count, config.neurons, dtype=torch.float64)
    cells = LIFState(rest, rest - 1)
    state = GraspState(cells, cells, cells, rest[..., :1], rest[..., 0])
    finger = Finger(*(torch.full((2, count), q, dtype=torch.float64) for q in OPEN))
    x, forces, fired = discs.x, [], 0.0
    for _ in range(round(1000 * config.seconds / DT)):
        both = torch.stack([x, -x])
        contact = contact_step(finger, both, discs.radius, discs.stiffness, world)
        if reflex:
            drive = currents(contact.force[..., None], state.s, gain, params)
            z, (closing, opening, touched) = cells_step(drive, state, params, DT)
            parts = GraspSpikes(*(group.mean(-1) for group in z))
            s = reflex_step(state.s, parts.touched[..., None], params, DT)
            a = activation_step(state.a, parts.closing, parts.opening, params)
            state = GraspState(closing, opening, touched, s, a)
            fired += float(sum(group.mean() for group in z)) / 3
        else:
            state = state._replace(a=(state.a + params.speed / 10).clamp(max=choice))
        goals = (low + (high - low) * state.a for low, high in zip(OPEN, CLOSED, strict=True))
        finger = finger_step(*goals, contact, finger, world, DT / 1000)
        x = x + DT / 1000 / world.drag * (contact.along[1] - contact.along[0])
        forces.append(contact.force)
    return Grasped(torch.stack(forces), x, fired / len(forces))


def success(config: Config, done: Grasped) -> float:
    """Part of the discs that are held and not crushed."""
    last = done.forces[-(len(done.forces) // 4) :]
    held = last.amin((0, 1)) >= config.hold
    whole = done.forces.amax((0, 1)) <= config.crush
    return float((held & whole).double().mean())


def jobs(config: Config) -> list[tuple[float, str, int]]:
    """What is grasped, one after the other: motor, way, number of the choice (-1: the best)."""
    each = [(way, k) for way in ("reflex", "blind") for k in (*range(config.choices), -1)]
    each += [("closed", -1)]
    return [(m, *job) for m in config.motors for job in each] + [(config.motors[-1], "curve", -1)]


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    chance = torch.Generator().manual_seed(config.seed)
    to_choose_by, discs = draw(config, chance), draw(config, chance)
    kinds = ("success", "success_blind", "success_closed", "in_band", "peak")
    kinds += ("speed", "closing", "hasty")
    names = [f"{kind}_{motor:g}" for motor in config.motors for kind in kinds]
    names += [f"force{kind}_{k:g}" for kind in ("", "_blind") for k in config.curve]
    metrics = dict.fromkeys([*names, "band_low", "band_high", "rate"], 0.0)
    slow, fast = config.speeds
    part = torch.linspace(0, 1, config.choices, dtype=torch.float64)
    choices = {"reflex": slow * (fast / slow) ** part, "blind": part}
    tried = torch.zeros(2, config.choices, dtype=torch.float64)
    gains = torch.linspace(GraspParams().spread, 1, config.neurons, dtype=torch.float64)
    low, high = band(tuple(gains.tolist()), GraspParams())
    done, todo = 0, jobs(config)
    if state is not None:
        done, tried = state["done"], state["tried"].clone()
        metrics = dict(zip(metrics, state["measured"].tolist(), strict=True))
    for motor, way, k in todo[done:]:
        best = {w: float(choices[w][tried[i].argmax()]) for i, w in enumerate(choices)}
        if way in choices and k >= 0:
            found = grasp(config, to_choose_by, motor, way, float(choices[way][k]))
            tried[list(choices).index(way), k] = success(config, found)
        elif way == "reflex":
            found = grasp(config, discs, motor, way, best[way])
            last = found.forces[-1]
            metrics |= {"band_low": low, "band_high": high, "rate": 1000 / DT * found.spikes}
            metrics[f"success_{motor:g}"] = success(config, found)
            metrics[f"in_band_{motor:g}"] = float(((last > low) & (last < high)).double().mean())
            metrics[f"peak_{motor:g}"] = float(found.forces.amax(0).mean())
            metrics[f"speed_{motor:g}"] = best[way]
            metrics[f"hasty_{motor:g}"] = float(tried[0, -1])
        elif way == "blind":
            found = grasp(config, discs, motor, way, best[way])
            metrics[f"success_blind_{motor:g}"] = success(config, found)
            metrics[f"closing_{motor:g}"] = best[way]
        elif way == "closed":
            found = grasp(config, discs, motor, "blind", 1.0)
            metrics[f"success_closed_{motor:g}"] = success(config, found)
        else:
            for kind, of in (("", "reflex"), ("_blind", "blind")):
                last = grasp(config, middle(config), motor, of, best[of]).forces[-1].mean(0)
                forces = zip(config.curve, last.tolist(), strict=True)
                metrics |= {f"force{kind}_{k:g}": force for k, force in forces}
        done += 1
        measured = torch.tensor(list(metrics.values()), dtype=torch.float64)
        kept = {"done": done, "tried": tried.clone(), "measured": measured, "drawn": discs.radius}
        yield Progress(done, len(todo), dict(metrics), kept)
