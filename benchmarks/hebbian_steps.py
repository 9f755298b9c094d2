"""What does it cost to run a learning step through the package instead of in plain torch?

    python benchmarks/hebbian_steps.py        writes benchmarks/results/hebbian_steps.json

Oja's rule and the STDP pair rule, batch 64, 784 inputs, 100 units, float32: the package's step
against the same mathematics written out in torch, which allocates the same arrays. Also the layer
``Oja`` (its checks, bounds and state) against its matrix products alone. The two sides of a pair
take turns in one process, in an order drawn anew each round; the ratio is that of the medians, with
the quartiles of the ratios of the rounds.
"""

import os
import random
import statistics
import time
from collections.abc import Callable

import torch
from _record import keep

from neurolab.hebbian import Oja, STDPParams, STDPState, oja_step, stdp_step

BATCH, INPUTS, UNITS = 64, 784, 100
GOAL = 0.05  # at most this part more
THREADS = 1  # the machine may be shared; one thread is the steadier measure
ROUNDS = 60


def oja_pair() -> tuple[Callable, Callable]:
    x, w = torch.randn(BATCH, 1, INPUTS), torch.randn(UNITS, INPUTS) / INPUTS**0.5
    y = (x[:, 0] @ w.T)[:, :, None]

    def plain():
        return 0.01 * y * (x - y * w)

    return lambda: oja_step(x, y, w, 0.01), plain


def stdp_pair() -> tuple[Callable, Callable]:
    pre = (torch.rand(BATCH, 1, INPUTS) < 0.02).float()
    post = (torch.rand(BATCH, UNITS, 1) < 0.02).float()
    p, q, params = torch.rand_like(pre), torch.rand_like(post), STDPParams()
    decay_p, decay_q = (
        torch.exp(torch.tensor(-1.0 / tau)) for tau in (params.tau_plus, params.tau_minus)
    )

    def plain():
        kept_p, kept_q = decay_p * p, decay_q * q
        change = params.a_plus * post * kept_p - params.a_minus * kept_q * pre
        return change, kept_p + pre, kept_q + post

    return lambda: stdp_step(pre, post, STDPState(p, q), params, 1.0), plain


def layer_pair() -> tuple[Callable, Callable]:
    layer, x = Oja(INPUTS, UNITS), torch.randn(BATCH, INPUTS)
    w = layer.weight.clone()

    def plain():
        y = x @ w.T
        w.add_(1e-4 * (y.T @ x / len(x) - y.square().mean(0)[:, None] * w))
        return y

    return lambda: layer.learn(x, rate=1e-4), plain


PAIRS = {"oja_step": oja_pair, "stdp_step": stdp_pair, "Oja.learn": layer_pair}


def same(a, b) -> None:
    """Both sides compute the same, or there is nothing to compare."""
    a, b = (v if isinstance(v, tuple) else (v,) for v in (a, b))
    flat = [a[0], *a[1]] if len(a) == 2 else a
    for got, want in zip(flat, b, strict=True):
        torch.testing.assert_close(got, want)


def seconds(run: Callable, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def compare(ours: Callable, plain: Callable, chance: random.Random) -> dict:
    same(ours(), plain())
    times = max(1, round(0.04 / seconds(plain, 5)))  # calls a round
    sides, taken = {"ours": ours, "plain": plain}, {"ours": [], "plain": []}
    for _ in range(ROUNDS):
        for name in chance.sample(sorted(sides), 2):
            taken[name].append(seconds(sides[name], times))
    rounds = [a / b for a, b in zip(taken["ours"], taken["plain"], strict=True)]
    ratio = statistics.median(taken["ours"]) / statistics.median(taken["plain"])
    low, _, high = statistics.quantiles(rounds, n=4)
    return {
        "ratio": round(ratio, 4),
        "ratio_of_rounds": {
            "median": round(statistics.median(rounds), 4),
            "quartiles": [round(low, 4), round(high, 4)],
        },
        "ours_ms": round(1e3 * statistics.median(taken["ours"]), 4),
        "plain_ms": round(1e3 * statistics.median(taken["plain"]), 4),
        "calls": ROUNDS * times,
    }


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    chance, load = random.Random(0), os.getloadavg()[0]
    with torch.no_grad():
        found = {name: compare(*make(), chance) for name, make in PAIRS.items()}
    keep(
        "hebbian_steps",
        __doc__,
        load,
        {"torch": torch.__version__},
        sizes={"batch": BATCH, "inputs": INPUTS, "units": UNITS, "dtype": "float32"},
        goal_ratio=1 + GOAL,
        pairs=found,
        threads=THREADS,
    )
    for name, row in found.items():
        print(f"{name:10} {row}")
    steps = {name: row["ratio"] for name, row in found.items() if name.endswith("_step")}
    slow = [name for name, ratio in steps.items() if ratio > 1 + GOAL]
    raise SystemExit(f"more than {GOAL:.0%} over plain torch: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
