"""From a trained convolutional network to spikes: what the conversion costs, and what mends it.

A network of two convolutions with means behind them, and a read-out, learns pictures with
rectified units. Then it is turned into integrate-and-fire neurons (``neuromorphic.convert``), to
which a picture is shown as a constant current, and read out after T steps. Four ways:

    plain       converted as it is
    cost        our own cost on activities while it learned, so that spikes are fewer
    tuned       learned for some epochs more with what T steps can tell apart: each activity is cut
                to lambda and rounded down to a T-th of it, in the forward pass only
    smoothed    ``tuned``, the read-out behind a synapse of ``tau`` steps in place of a mean

Metrics: ``accuracy_rate`` (rectified units, test), ``accuracy_spiking`` (``tuned``, after
``steps``), ``plain_T``, ``tuned_T`` for each of ``times``, ``accuracy_cost`` and
``accuracy_smoothed`` after ``steps``; ``synops_plain``, ``synops_tuned``, ``synops_cost`` (spikes
in the first ``steps`` times the synapses that each reaches, a picture; the input is a current and
is not counted), ``macs`` (of the rectified network). All 0 until measured.

Settings were not tuned: Adam's usual rate of 0.001, lambda the ``percentile`` of activities.

References: Rueckauer et al. (2017), doi:10.3389/fnins.2017.00682; training with a staircase: Bu et
al. (2022), arXiv:2303.04347; a synapse behind the read-out: Rasmussen (2019), arXiv:1805.11144
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from neurolab.core import exponential_trace
from neurolab.neuromorphic import convert
from neurolab.neuromorphic.convert import activities
from neurolab.spiking import Chain, Neurons

from .contract import Progress, Refused, within
from .two_nets import SETS, images

AT_ONCE, SPIKING = 500, 100  # pictures, where nothing is learned
STAGES = ("learned", "tuned", "cost")


def DATA(config: "Config") -> tuple[str, ...]:
    """Names of the data that a config reads."""
    return (config.data,)


@dataclass(frozen=True)
class Config:
    data: str = "mnist"  # or digits, which come with scikit-learn
    maps: tuple[int, ...] = (16, 32)  # of the two convolutions
    kernel: int = 5  # pixels of a side of a filter
    epochs: int = 6  # of the rectified network
    tuning: int = 2  # epochs with the staircase
    batch: int = 100  # pictures between two changes of the weights
    learning: float = 0.001  # rate of Adam
    cost: float = 0.01  # of mean activities, in units of lambda, where there is one
    percentile: float = 99.9  # of activities, for lambda
    times: tuple[int, ...] = (8, 16, 32, 64)  # steps for which a picture is shown
    steps: int = 32  # those of accuracy_spiking; one of the times
    tau: float = 10.0  # steps, of the synapse behind the read-out
    shown: int = 10_000  # test pictures, at most
    seed: int = 0  # the first seed

    def __post_init__(self):
        if self.data not in SETS:
            raise Refused(f"data must be one of {', '.join(SETS)}, got {self.data!r}")
        if len(self.maps) != 2 or min(self.maps) < 1:
            raise Refused(f"maps must be two whole numbers from 1, got {self.maps}")
        if self.steps not in self.times or min(self.times) < 1:
            raise Refused(f"steps must be one of times = {self.times}, got {self.steps}")
        within(self, kernel=(1, 9), epochs=(1, 1000), tuning=(1, 1000), batch=(1, 10**4))
        within(self, learning=(0, 1), cost=(0, 100), percentile=(50, 100), tau=(0.1, 1000))
        within(self, shown=(1, 10**6), seed=(0, 2**31 - 1))


PRESETS = {
    "quick": Config(
        **{"data": "digits", "maps": (8, 16), "kernel": 3, "epochs": 8, "tuning": 3, "batch": 25},
        **{"learning": 0.005, "times": (8, 32), "shown": 200},
    ),
    "full": Config(),
}


class Staircase(nn.Module):
    """What T steps tell of an activity: cut to lambda, rounded down to a T-th of it."""

    def __init__(self, top: float, steps: int):
        super().__init__()
        self.top, self.steps = top, steps

    def forward(self, x: Tensor) -> Tensor:
        cut = (x / self.top).clamp(0, 1)
        whole = torch.floor(cut * self.steps) / self.steps
        return self.top * (cut + (whole - cut).detach())


def network(config: Config, side: int) -> nn.Sequential:
    """Two convolutions, each with rectified units and means of 2 x 2, and a read-out."""
    first, second = config.maps
    pad = config.kernel // 2
    one = nn.Conv2d(1, first, config.kernel, padding=pad)
    two = nn.Conv2d(first, second, config.kernel, padding=pad)
    return nn.Sequential(
        *(one, nn.ReLU(), nn.AvgPool2d(2), two, nn.ReLU(), nn.AvgPool2d(2), nn.Flatten()),
        nn.Linear(second * (side // 4) ** 2, 10),
    )


def epoch(net: nn.Sequential, adam, config: Config, x: Tensor, y: Tensor, chance, cost=0.0) -> None:
    """One pass, in an order drawn by chance."""
    for at in torch.randperm(len(x), generator=chance).split(config.batch):
        out, price = x[at], 0.0
        for layer in net:
            out = layer(out)
            if cost and isinstance(layer, nn.ReLU):
                price = price + out.mean() / out.detach().amax().clamp_min(1e-6)
        loss = cross_entropy(out, y[at]) + cost * price
        adam.zero_grad()
        loss.backward()
        adam.step()


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    right = sum(
        int((net(some).argmax(1) == labels).sum())
        for some, labels in zip(x.split(AT_ONCE), y.split(AT_ONCE), strict=True)
    )
    return right / len(y)


@torch.no_grad()
def spiking(
    net: Chain, x: Tensor, y: Tensor, times: tuple[int, ...], steps: int, tau: float
) -> dict:
    """Right answers by the mean and by the filtered read-out after each time, synops a picture."""
    found = {kind: dict.fromkeys(times, 0) for kind in ("mean", "filtered")}
    synops, longest = 0.0, max(times)
    reached = fan_outs(net)
    for some, labels in zip(x.split(SPIKING), y.split(SPIKING), strict=True):
        out, _, seen = net(some.expand(longest, *some.shape), record=True)
        traced = exponential_trace(out, tau, 1.0)
        for t in times:
            found["mean"][t] += int((out[:t].sum(0).argmax(1) == labels).sum())
            found["filtered"][t] += int((traced[t - 1].argmax(1) == labels).sum())
        synops += sum(float(seen[k][:steps].sum()) * many for k, many in reached.items())
    rates = {kind: {t: n / len(y) for t, n in told.items()} for kind, told in found.items()}
    return rates | {"synops": synops / len(y)}


def fan_outs(net: Chain) -> dict[int, float]:
    """Synapses that a spike reaches, by the place of its neurons; edges of pictures aside.

    A mean between two layers passes a spike on, with a smaller weight.
    """
    found = {}
    for k, layer in enumerate(net.layers):
        if isinstance(layer, Neurons):
            after = next(n for n in net.layers[k + 1 :] if isinstance(n, nn.Conv2d | nn.Linear))
            if isinstance(after, nn.Linear):
                found[k] = float(after.out_features)
            else:
                found[k] = after.out_channels * after.weight[0, 0].numel() / after.stride[0] ** 2
    return found


def macs(net: nn.Sequential, x: Tensor) -> float:
    """Multiply-accumulates of the rectified network for one picture."""
    total, out = 0.0, x[:1]
    with torch.no_grad():
        for layer in net:
            out = layer(out)
            if isinstance(layer, nn.Conv2d | nn.Linear):
                total += out.numel() * layer.weight[0].numel()
    return total


def stage(config: Config, name: str, net: nn.Sequential, x: Tensor) -> nn.Sequential:
    """The network as a stage learns it."""
    if name != "tuned":
        return net
    tops = activities(net, x[:2000], config.percentile)
    made, at = [], iter(tops)
    for layer in net:
        made.append(Staircase(next(at), config.steps) if isinstance(layer, nn.ReLU) else layer)
    return nn.Sequential(*made)


def run(config: Config, state: dict | None = None) -> Iterator[Progress]:
    (x, y), (x_test, y_test) = images(config.data, 0), images(config.data, 2)
    x, x_test, y_test = x[:, None], x_test[: config.shown, None], y_test[: config.shown]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        nets = {name: network(config, x.shape[-1]) for name in ("learned", "cost")}
    nets["cost"].load_state_dict(nets["learned"].state_dict())
    lengths = {"learned": config.epochs, "tuned": config.tuning, "cost": config.epochs}
    names = ["accuracy_rate", "accuracy_spiking", "accuracy_cost", "accuracy_smoothed"]
    names += [f"{kind}_{t}" for kind in ("plain", "tuned") for t in config.times]
    names += ["synops_plain", "synops_tuned", "synops_cost", "macs"]
    metrics, done, total = dict.fromkeys(names, 0.0), 0, sum(lengths.values())
    if state is not None:
        done = state["done"]
        metrics = dict(zip(names, state["measured"].tolist(), strict=True))
        for name, net in nets.items():
            start = f"{name}."
            held = {n.removeprefix(start): v for n, v in state.items() if n.startswith(start)}
            net.load_state_dict(held)
    before, adam = 0, None
    for name in STAGES:
        net = nets["cost" if name == "cost" else "learned"]
        top = None
        for k in range(lengths[name]):
            if before + k < done:
                continue
            chance = torch.Generator().manual_seed(1000 * config.seed + before + k)
            if top is None:
                top = stage(config, name, net, x)
            # moments of Adam begin anew with each pass, so that a run may be stopped between two
            adam = torch.optim.Adam(net.parameters(), config.learning * 0.7**k)
            epoch(top, adam, config, x, y, chance, config.cost if name == "cost" else 0.0)
            done = before + k + 1
            if k == lengths[name] - 1:
                metrics |= measured(config, name, net, x, (x_test, y_test))
            kept = {
                f"{n}.{key}": v.clone()
                for n, m in nets.items()
                for key, v in m.state_dict().items()
            }
            values = torch.tensor([metrics[n] for n in names], dtype=torch.float64)
            kept |= {"done": done, "measured": values}
            yield Progress(done, total, dict(metrics), kept)
        before += lengths[name]


def measured(config: Config, name: str, net: nn.Sequential, x: Tensor, test: tuple) -> dict:
    """What is known once a stage has ended."""
    made, _ = convert(net, x[:2000], config.percentile)
    found = spiking(made, *test, config.times, config.steps, config.tau)
    mean, filtered = found["mean"], found["filtered"]
    if name == "cost":
        return {"accuracy_cost": mean[config.steps], "synops_cost": found["synops"]}
    kind = {"learned": "plain", "tuned": "tuned"}[name]
    told = {f"{kind}_{t}": mean[t] for t in config.times} | {f"synops_{kind}": found["synops"]}
    if name == "learned":
        return told | {"accuracy_rate": accuracy(net, *test), "macs": macs(net, x)}
    ends = {"accuracy_spiking": mean[config.steps], "accuracy_smoothed": filtered[config.steps]}
    return told | ends
