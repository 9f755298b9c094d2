"""How long does a picture take in the network that learns digits, by loop, kernel and Brian2?

    python benchmarks/stdp_digits.py        writes benchmarks/results/stdp_digits.json

784 inputs, 100 excitatory and 100 inhibitory cells, steps of 0.5 ms, 350 ms a picture and 150 ms
rest, learning on: MNIST where it is at hand, else pictures with as much ink. Four sides: our slow
path, our kernel, and the same equations, weights and learning rule in Brian2 with its numpy and its
cython target. Brian2 steps potentials by explicit Euler and draws its inputs itself (PoissonGroup);
it shows a picture once. All see the same first pictures from the same first weights; each side is
warmed by one picture, which is not counted. Explicit Euler passes on less of a spike (tau against
dt / (1 - exp(-dt / tau))), so cells fire somewhat less there. Brian2 prepares its network anew for
each of the two runs of a picture, which is part of its time. The sides take turns in one process;
seconds are processor time of one thread, as the machine may be shared, and the median over the
pictures.
"""

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
from _record import keep

from neurolab import kernels, tasks
from neurolab.hebbian.digit_network import DigitNetwork
from neurolab.hebbian.stdp_digits import DigitsParams

INPUTS, UNITS, PICTURES = 784, 100, 16
GOAL = 10  # times Brian2's numpy target
P = DigitsParams(attempts=1)


def pictures() -> tuple[np.ndarray, str]:
    if tasks.find("mnist") is not None:
        return tasks.load("mnist", split="fit").x[: PICTURES + 1].flatten(1).numpy(), "mnist"
    chance = np.random.default_rng(0)
    ink = chance.random((PICTURES + 1, INPUTS)) < 0.19
    return (ink * chance.uniform(0.35, 1, ink.shape)).astype(np.float32), "synthetic"


def ours(setting: Callable) -> Callable:
    network = DigitNetwork(INPUTS, UNITS, P, seed=0)

    def show(x: np.ndarray) -> int:
        with setting():
            return int(network.present(x[None]).sum())

    return show


def cells(b, p, others: str, threshold: str, more: str = ""):
    equations = f"""
    dv/dt = (rest - v - g_exc * v + {others}) / tau : 1 (unless refractory)
    dg_exc/dt = -g_exc / tau_exc : 1
    {more}
    """
    after = "v = back; theta += theta_plus" if more else "v = back"
    names = {"rest": p.rest, "tau": p.tau * b.ms, "e_inh": p.e_inh, "back": p.reset}
    names |= {"tau_exc": P.tau_exc * b.ms, "tau_inh": P.tau_inh * b.ms, "top": p.threshold}
    names |= {"tau_theta": P.tau_theta * b.ms, "theta_plus": P.theta_plus}
    hold = {"refractory": p.refractory * b.ms, "method": "euler", "namespace": names}
    group = b.NeuronGroup(UNITS, equations, threshold=threshold, reset=after, **hold)
    group.v = p.rest
    return group


def brian(target: str) -> Callable:
    import brian2 as b

    b.defaultclock.dt = P.dt * b.ms
    more = "dg_inh/dt = -g_inh / tau_inh : 1\n    dtheta/dt = -theta / tau_theta : 1"
    inputs = b.PoissonGroup(INPUTS, rates=np.zeros(INPUTS) * b.Hz)
    exc = cells(b, P.excitatory, "g_inh * (e_inh - v)", "v > top + theta", more)
    inh = cells(b, P.inhibitory, "0", "v > top")
    names = {"tau_trace": P.tau_trace * b.ms, "gain": P.gain, "eta": P.rate}
    names |= {"aim": P.target, "w_max": P.w_max}
    learn = "w = clip(w + eta * (recent - aim) * (w_max - w), 0, w_max)"
    plastic = b.Synapses(
        inputs,
        exc,
        "w : 1\n drecent/dt = -recent / tau_trace : 1 (event-driven)",
        on_pre="g_exc_post += gain * w; recent = 1",
        on_post=learn,
        namespace=names,
    )
    plastic.connect()
    plastic.w = DigitNetwork(INPUTS, UNITS, P, seed=0).weight.T.ravel()  # input by input
    relay = b.Synapses(exc, inh, on_pre="g_exc_post += relay", namespace={"relay": P.relay})
    relay.connect(j="i")
    names = {"inhibition": P.inhibition}
    against = b.Synapses(inh, exc, on_pre="g_inh_post += inhibition", namespace=names)
    against.connect(condition="i != j")
    seen = b.SpikeMonitor(exc, record=False)
    network = b.Network(inputs, exc, inh, plastic, relay, against, seen)

    def show(x: np.ndarray) -> int:
        b.prefs.codegen.target = target  # read whenever a network starts to run
        before = seen.num_spikes
        inputs.rates = x * P.peak * b.Hz
        network.run(P.picture * b.ms)
        inputs.rates = 0 * b.Hz
        network.run(P.rest * b.ms)
        w = np.asarray(plastic.w).reshape(INPUTS, UNITS)
        plastic.w = (w * (P.mean_weight * INPUTS / w.sum(0))).ravel()
        return seen.num_spikes - before

    return show


def sides() -> dict[str, Callable]:
    made = {"slow path": ours(kernels.disable), "kernel": ours(kernels.enable)}
    return made | {f"brian2 {target}": brian(target) for target in ("numpy", "cython")}


def main() -> None:
    load, (x, data) = os.getloadavg()[0], pictures()
    made, lost = sides(), {}
    for name, show in list(made.items()):
        try:
            show(x[0])  # compiles
        except Exception as error:
            if "cython" not in name:
                raise
            lost[name] = f"{type(error).__name__}: {error}"[:200]
            del made[name]
    taken, spikes = {name: [] for name in made}, dict.fromkeys(made, 0)
    for row in x[1:]:
        for name, show in made.items():
            start = time.process_time()
            spikes[name] += show(row)
            taken[name].append(time.process_time() - start)
    assert spikes["kernel"] == spikes["slow path"]
    seconds = {name: statistics.median(each) for name, each in taken.items()}
    for name, many in spikes.items():
        assert 0.5 < many / spikes["kernel"] < 1.5, f"{name} is another network: {spikes}"
    times = {name: round(each / seconds["kernel"], 1) for name, each in seconds.items()}
    import brian2
    import numba

    keep(
        "stdp_digits",
        __doc__,
        load,
        {"numpy": np.__version__, "numba": numba.__version__, "brian2": brian2.__version__},
        sizes={"inputs": INPUTS, "units": UNITS, "pictures": PICTURES, "data": data},
        goal_times_brian2_numpy=GOAL,
        seconds_a_picture={name: round(each, 6) for name, each in seconds.items()},
        times_the_kernel=times,
        spikes_a_picture={name: many / PICTURES for name, many in spikes.items()},
        not_run=lost,
        threads=1,
    )
    for name, each in seconds.items():
        print(f"{name:14} {1e3 * each:9.2f} ms a picture, {times[name]:7.1f} times the kernel")
    print(spikes, lost)
    slow = times["brian2 numpy"] < GOAL
    raise SystemExit(f"less than {GOAL} times Brian2's numpy target" if slow else 0)


if __name__ == "__main__":
    main()
