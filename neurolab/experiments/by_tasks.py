"""What experiments share that learn permuted pictures task after task: one network, one stream.

A task is learned, the next follows, and in the end all are tested. A context is the mean picture of
a task. While learning, it is that of the task (``known``) or that of the cluster into which its
batches fall; while testing it is always that of the nearest mean picture of each example, so that
nobody tells the network which task an example is of.

    kind         dendrites   winners   connected    gates of tasks
    dendrites    yes         5 %       one half     by context
    kwinners     none        5 %       one half     none
    relu         yes         all       one half     by context
    mlp          none        all       all          none
    xdg          none        all       all          XdG, told the task in testing too

A ``standard`` context has a mean of 0 and a deviation of 1: the mean pictures of two tasks, which
have the same pixels in other places, are then nearly orthogonal. ``strength`` multiplies the first
weights of segments: the square root of 10 is that of the released networks, which reckon with
contexts of which a tenth is on. Where it is large, a gate is nearly shut or nearly open from the
beginning, and ``shut`` decides how many are open.

Adam begins anew with each task, as in the paper, if ``anew``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neurolab import tasks
from neurolab.continual import SI, Learner, Permuted, Prototypes, learn, xdg_masks
from neurolab.dendrites import GATES, DendriticNetwork, RowAdam, Together, kwinners

from .by_bptt import no_denormals
from .gated import Gated

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's pixels, from 0 to 1
CLASSES = 10
AT_ONCE = 1000  # examples, where nothing is learned
SETS = {
    "mnist": (("train", 0, 60_000), ("test", 0, 10_000)),
    "mnist-held-out": (("train", 0, 50_000), ("train", 50_000, 60_000)),
    "digits": (("train", 0, 1347), ("test", 0, 450)),
    "digits-held-out": (("train", 0, 1000), ("train", 1000, 1347)),
}
KINDS = ("dendrites", "kwinners", "relu", "mlp", "xdg")


@dataclass(frozen=True)
class Settings:
    """Of one network on one stream."""

    kind: str = "dendrites"
    tasks: int = 10
    width: int = 2048  # of each of the hidden layers
    layers: int = 2
    segments: int = 10  # on a neuron
    density: float = 0.05  # part of a layer that wins
    connected: float = 0.5  # part of the weights that exist
    gate: str = "abs_max"
    standard: bool = False  # whether contexts are
    strength: float = 10**0.5  # of the first weights of segments
    shut: float = 0.0  # taken from what the winning segment says
    known: bool = True  # whether learning is told the task
    si: float = 0.0  # strength of synaptic intelligence
    gated: float = 0.8  # part of the units that XdG turns off
    epochs: int = 3  # passes over a task
    rate: float = 5e-4
    anew: bool = True  # whether Adam forgets its means with each task
    batch: int = 256


def data(name: str) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Examples to learn and to test, each x (M, I) and y (M,); pixels as in the paper."""
    found = []
    for split, first, last in SETS[name]:
        x, y = tasks.load(name.split("-")[0], split=split)
        x = (x[first:last].flatten(1) - MEAN) / DEVIATION
        found.append((x, y[first:last]))
    return found[0], found[1]


class OneStream:
    """A network and the tasks it learns one after another."""

    def __init__(self, settings: Settings, name: str, seed: int):
        self.settings, self.seed = settings, seed
        kwinners(torch.zeros(1, 1), 1)  # loads its compiled code, which asks what denormals are
        (x, y), (x_test, y_test) = data(name)
        self.train = Permuted(x, y, settings.tasks, seed)
        self.test = Permuted(x_test, y_test, settings.tasks, seed)
        self.prototypes = Prototypes(x.shape[1])
        hidden = [settings.width] * settings.layers
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net = self._network(x.shape[1], hidden)
        for dendrites in getattr(self.net, "dendrites", []):
            dendrites.segments.weight.data *= settings.strength
        self.masks = xdg_masks(settings.tasks, sum(hidden), settings.gated, seed)
        terms = [SI(self.net, settings.si, leave=["dendrites"])] if settings.si else []
        self.learner = Learner(self.net, self._optimizer, terms=terms, anew=settings.anew)
        self.chance = torch.Generator().manual_seed(seed)
        self.at_once = [0.0] * settings.tasks  # accuracy on each task when it had been learned

    def _network(self, inputs: int, hidden: list[int]) -> nn.Module:
        s = self.settings
        if s.kind == "xdg":
            return Gated(inputs, hidden, CLASSES)
        gates = s.kind in ("dendrites", "relu")
        return DendriticNetwork(
            inputs,
            hidden,
            CLASSES,
            s.segments if gates else 0,
            inputs,
            1 if s.kind in ("relu", "mlp") else s.density,
            1.0 if s.kind == "mlp" else s.connected,
            GATES[s.gate],
            sparse=True,
            shut=s.shut,
        )

    def _optimizer(self, _) -> Together:
        """Adam on rows where few segments learn, on all where all weights do."""
        segments, rest = [], []
        for name, p in self.net.named_parameters():
            (segments if name.startswith("dendrites") else rest).append(p)
        rate = self.settings.rate
        found = [torch.optim.Adam(rest, rate, fused=True)]
        return Together(*found, *([RowAdam(segments, rate)] if segments else []))

    @property
    def contextual(self) -> bool:
        return self.settings.kind in ("dendrites", "relu")

    def learn_task(self, k: int) -> float:
        """All passes over task k; the mean loss of the last one."""
        task, s = self.train[k], self.settings
        if self.contextual and s.known:
            self.prototypes.add(task.x)
        mean = 0.0
        for _ in range(s.epochs):
            with no_denormals():  # means of squared gradients of weights that hardly matter
                losses = list(self._pass(k, task.x, task.y))
            mean = sum(losses) / len(losses)
        self.learner.end_task()
        self.at_once[k] = self.accuracy(k)["accuracy"]
        return mean

    def _context(self, k: int) -> tuple[Tensor, ...]:
        if self.settings.kind == "xdg":
            return (self.masks[k],)
        return (self.contexts()[k],) if self.contextual else ()

    def contexts(self) -> Tensor:
        """What the segments read, for each prototype: (tasks so far, I)."""
        table = self.prototypes.table
        if self.settings.standard:
            table = table - table.mean(1, keepdim=True)
            table = table / table.square().mean(1, keepdim=True).sqrt().clamp_min(1e-6)
        return table

    def _pass(self, k: int, x: Tensor, y: Tensor) -> Iterator[float]:
        """Over task k; if nobody tells the task, each batch is put into a cluster."""
        batch = self.settings.batch
        if not self.contextual or self.settings.known:
            yield from learn(self.learner, x, y, batch, self._context(k), self.chance)
            return
        for at in torch.randperm(len(x), generator=self.chance).split(batch):
            cluster = self.prototypes.observe(x[at])
            yield self.learner.observe(x[at], y[at], (self.contexts()[cluster],))

    def accuracy(self, k: int) -> dict[str, float]:
        """On the test examples of task k: with the context inferred, and with the one of task k;
        and how often the inferred one is that of the task (of its training, if it was told)."""
        task = self.test[k]
        right = {"accuracy": 0, "given": 0, "inference": 0}
        for x, y in zip(task.x.split(AT_ONCE), task.y.split(AT_ONCE), strict=True):
            if not self.contextual:
                found = self.learner.predict(x, self._context(k)).argmax(1) == y
                right["accuracy"] += int(found.sum())
                continue
            table = self.contexts()
            which = self.prototypes.infer(x)
            found = self.learner.predict(x, (table, which)).argmax(1) == y
            right["accuracy"] += int(found.sum())
            if self.settings.known:
                told = self.learner.predict(x, (table[k],)).argmax(1) == y
                right["given"] += int(told.sum())
                right["inference"] += int((which == k).sum())
        return {name: count / len(task.x) for name, count in right.items()}

    def tested(self) -> dict[str, float]:
        """Means over all tasks, and what was lost since each had been learned."""
        found = [self.accuracy(k) for k in range(self.settings.tasks)]
        means = {name: sum(f[name] for f in found) / len(found) for name in found[0]}
        lost = [b - f["accuracy"] for b, f in zip(self.at_once, found, strict=True)]
        return means | {"forgotten": sum(lost) / len(lost), "clusters": len(self.prototypes)}

    def state(self) -> dict:
        """All that changes between two tasks, by name."""
        kept = {f"net.{n}": x.clone() for n, x in self.net.state_dict().items()}
        kept |= {f"prototypes.{n}": x for n, x in self.prototypes.state().items()}
        for term in self.learner.terms:
            kept |= {f"si.{n}": x for n, x in term.state().items()}
        if not self.settings.anew:
            kept |= {f"optimizer.{n}": x for n, x in self.learner.optimizer.state().items()}
        return kept | {
            "chance": self.chance.get_state(),
            "at_once": torch.tensor(self.at_once, dtype=torch.float64),
        }

    def restore(self, state: dict) -> None:
        """Go on from a ``state``."""

        def under(start: str) -> dict:
            return {n.removeprefix(start): x for n, x in state.items() if n.startswith(start)}

        self.net.load_state_dict(under("net."))
        self.prototypes.restore(under("prototypes."))
        for term in self.learner.terms:
            term.restore(under("si."))
        self.learner.optimizer.restore(under("optimizer."))
        self.chance.set_state(state["chance"])
        self.at_once = state["at_once"].tolist()
