"""Evidence accumulation: a recurrent spiking network counts cues; e-prop beside BPTT.

Cues come on the left and on the right, then nothing, then the network is asked which side had more.
Half of the neurons adapt, for about as long as a trial. Two copies start alike, see the same trials
and learn at the answer only, one by e-prop, one by backpropagation through time, each with its own
Adam. Firing rates are pulled to ``rate`` in both. A gradient of BPTT longer than ``clip`` is
shortened, and one that grew beyond float32 on its way back is thrown away.

Metrics: ``accuracy_eprop``, ``accuracy_bptt`` (fraction of right answers in ``tested`` fresh
trials, the same at each report, by the mean read-out while it is asked),
``rate_eprop``, ``rate_bptt`` (spikes of a neuron in a second), and the curve of each:
``accuracy_eprop_at_1`` to ``accuracy_eprop_at_10`` and likewise for BPTT, one for each tenth of
the iterations, 0 until it is reached.

Sizes, times, first weights, adaptation and the rate of Adam are those of the authors' program; a
weight of theirs is here ``tau`` over their threshold 0.6 times as large, and learns as much faster.
The factor and the height of the triangle that stands in for the derivative of a spike were chosen
for each way with seed 10, out of the same four settings: 10 and 33, 0.1 and 0.3; the feedback of
e-prop out of its three. All three count, random feedback a little less well.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurolab.core import Triangular
from neurolab.eprop import FEEDBACKS, EProp, RateParams
from neurolab.spiking import NEURONS, ALIFParams, Neurons, Recurrent
from neurolab.tasks import Cues, evidence_cues

from .contract import Progress, Refused, within
from .eprop_beside import rate_cost, restore, saved

DATA = ()
PARTS = 10  # a run yields so often
WAYS = ("eprop", "bptt")


@dataclass(frozen=True)
class Config:
    feedback: str = "symmetric"  # of e-prop: symmetric, random or adaptive
    units: int = 100  # neurons, half of them adaptive
    channel: int = 10  # input neurons of each of four channels
    cues: int = 7  # odd
    cue: int = 100  # ms, a cue is on
    gap: int = 50  # ms, between cues
    delay: int = 1050  # ms
    recall: int = 150  # ms, the answer is asked
    input_rate: float = 40.0  # Hz
    tau: float = 20.0  # ms, membrane
    tau_a: float = 2000.0  # ms, adaptation
    beta: float = 0.0174  # threshold distances, of half of the neurons
    tau_out: float = 20.0  # ms, read-out
    start_in: float = 1.67  # scale of the first input weights
    start_among: float = 1.67  # scale of the first weights among the neurons
    batch: int = 64  # trials between two changes of the weights
    iterations: int = 800  # changes of the weights
    learning: float = 0.005  # rate of Adam at the start; it falls to 0 along half a cosine
    faster_eprop: float = 33.0  # times this for the weights to the neurons
    faster_bptt: float = 33.0  # the same for BPTT
    height_eprop: float = 0.3  # of the triangle in place of the derivative of a spike
    height_bptt: float = 0.1  # the same for BPTT
    clip: float = 1.0  # longest gradient of BPTT
    rate: float = 10.0  # Hz, that firing is pulled to
    cost: float = 1e-9  # of firing rates beside it
    tested: int = 512  # trials
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.feedback not in FEEDBACKS:
            raise Refused(f"feedback must be one of {list(FEEDBACKS)}, got {self.feedback!r}")
        within(self, units=(2, 5000), channel=(1, 1000), cues=(1, 101), cue=(1, 10**4))
        within(self, gap=(0, 10**4), delay=(0, 10**5), recall=(1, 10**4), input_rate=(0.1, 1000))
        within(self, tau=(0.1, 1e4), tau_a=(0.1, 1e5), beta=(0, 100), tau_out=(0.1, 1e4))
        within(self, batch=(1, 10**4), iterations=(PARTS, 10**6), learning=(0, 1))
        within(self, faster_eprop=(0, 1000), faster_bptt=(0, 1000), clip=(1e-9, 1e9))
        within(self, height_eprop=(0.001, 10), height_bptt=(0.001, 10))
        within(self, start_in=(0, 100), start_among=(0, 100))
        within(self, rate=(0, 1000), cost=(0, 1e3), tested=(1, 10**5), seed=(0, 2**31 - 1))
        if self.cues % 2 == 0:
            raise Refused(f"cues must be odd, so that one side wins, got {self.cues}")


PRESETS = {
    "quick": Config(
        **{"units": 20, "channel": 5, "cues": 3, "cue": 8, "gap": 2, "delay": 10, "recall": 10},
        **{"input_rate": 200.0, "tau_a": 100.0, "beta": 0.2, "batch": 16, "iterations": 20},
        **{"learning": 0.02, "faster_eprop": 1.0, "faster_bptt": 1.0, "height_bptt": 0.3},
        **{"start_in": 1.0, "start_among": 0.5, "cost": 1e-6, "tested": 128, "feedback": "random"},
    ),
    "full": Config(),
}


def trials(config: Config, count: int, draw: int) -> Cues:
    """Fresh trials, others for every ``draw``; the seed alone decides which."""
    same = ("cues", "cue", "gap", "delay", "recall", "channel")
    times = {name: getattr(config, name) for name in same}
    seed = config.seed * 10**7 + draw
    return evidence_cues(count, **times, rate=config.input_rate, seed=seed)


def network(config: Config, way: str = "eprop") -> EProp:
    beta = torch.zeros(config.units)
    beta[: config.units // 2] = config.beta
    params = ALIFParams(config.tau, config.tau_a, beta)
    surrogate = Triangular(getattr(config, f"height_{way}"))
    neurons = Neurons(NEURONS["alif"], params, surrogate=surrogate)
    layer = Recurrent(4 * config.channel, config.units, neurons)
    rates = RateParams(config.rate, config.cost)
    options = {"feedback": config.feedback, "tau_out": config.tau_out, "rates": rates}
    net = EProp(layer, 2, loss="classification", **options)
    with torch.no_grad():  # an input spike moves v by 1 / tau of its weight
        layer.weight.mul_(config.tau * config.start_in)
        layer.raw.mul_(config.tau * config.start_among)
    return net


def optimizer(net: EProp, config: Config, way: str = "eprop") -> torch.optim.Adam:
    """Weights of the layer are larger than those of the read-out; so is their rate."""
    others = [p for name, p in net.named_parameters() if not name.startswith("layer.")]
    groups = [{"params": list(net.layer.parameters()), "times": getattr(config, f"faster_{way}")}]
    return torch.optim.Adam([*groups, {"params": others, "times": 1.0}], config.learning)


def slow_down(adam: torch.optim.Adam, config: Config, k: int) -> None:
    """The rate at iteration k: along half a cosine, from ``learning`` to 0."""
    for group in adam.param_groups:
        falling = (1 + math.cos(math.pi * k / config.iterations)) / 2
        group["lr"] = config.learning * group["times"] * falling


def right(y: Tensor, seen: Cues) -> float:
    """Fraction of right answers by the mean read-out (T, B, 2) while it is asked."""
    answer = (y * seen.recall[:, None, None]).sum(0).argmax(-1)
    return float((answer == seen.y).float().mean())


def learn(way: str, net: EProp, seen: Cues) -> None:
    """Put one batch's gradient where the optimizer looks for it."""
    when = seen.recall / seen.recall.sum()
    if way == "eprop":
        net.learn(seen.x, seen.y.expand(len(when), -1), when=when, last=False)
        return
    y, z = net(seen.x)
    asked = y[seen.recall > 0]
    target = seen.y.expand(len(asked), -1)
    loss = torch.nn.functional.cross_entropy(asked.flatten(0, 1), target.flatten())
    (loss + rate_cost(z, net.rates, net.layer.neurons.dt)).backward()


def shortened(net: EProp, config: Config) -> bool:
    """Shorten a gradient to ``clip``; whether it is finite."""
    given = [p for p in net.parameters() if p.grad is not None]
    return bool(torch.isfinite(torch.nn.utils.clip_grad_norm_(given, config.clip)))


@torch.no_grad()
def tested(nets: dict[str, EProp], config: Config) -> dict[str, float]:
    """Accuracies and rates in trials that nobody learns from."""
    found, seen = {}, trials(config, config.tested, 0)
    for way, net in nets.items():
        y, z = net(seen.x)
        found[f"accuracy_{way}"] = right(y, seen)
        found[f"rate_{way}"] = float(z.mean()) * 1000 / net.layer.neurons.dt
    return found


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    nets = {}
    for way in WAYS:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            nets[way] = network(config, way)
    adams = {way: optimizer(net, config, way) for way, net in nets.items()}
    done = 0 if state is None else state["done"]
    names = [f"accuracy_{way}_at_{k}" for way in WAYS for k in range(1, PARTS + 1)]
    curve = dict.fromkeys(names, 0.0) if state is None else dict(state["curve"])
    for way in WAYS if state is not None else ():
        restore(way, nets[way], adams[way], state)
    while done < PARTS:
        first, last = (config.iterations * k // PARTS for k in (done, done + 1))
        for k in range(first, last):
            seen = trials(config, config.batch, 1 + k)
            for way, net in nets.items():
                net.zero_grad()
                learn(way, net, seen)
                slow_down(adams[way], config, k)
                if way == "eprop" or shortened(net, config):
                    adams[way].step()
        done += 1
        kept = {"done": done}
        for way in WAYS:
            kept |= saved(way, nets[way], adams[way])
        now = tested(nets, config)
        for way in WAYS:
            curve[f"accuracy_{way}_at_{done}"] = now[f"accuracy_{way}"]
        yield Progress(done, PARTS, now | curve, kept | {"curve": dict(curve)})
