"""The family of neurons: what each row promises, and the tables.

The contract of a row: ``step(current, state, params, dt, surrogate=None) -> (z, state)``,
elementwise and pure; ``params`` its frozen dataclass; ``start(params)`` the state at rest without
current, in plain numbers that stand for all neurons. The first field of a state is v, the last u,
the distance to the threshold before any reset: z is its spike, where the neuron may fire.

Tested for every row at once: it agrees on floats, arrays, tensors and the page, may be cut
anywhere, keeps dtype and device, stays at rest without current, fires at ``drive``, and lets the
surrogate's gradient through, under vmap too. ``NEURONS`` is ours; ``CONVENTIONS`` is the LIF neuron
as other libraries step it.

Reference: each row's own file; for the whole: Gerstner et al. (2014), Neuronal Dynamics,
doi:10.1017/CBO9781107447615
"""

from collections.abc import Callable
from typing import NamedTuple

from neurolab.core.ops import minimum

from .adaptive_lif import ALIFParams, alif_start, alif_step
from .adex import AdExParams, adex_start, adex_step
from .conventions import (
    SnnTorchParams,
    SpikingJellyParams,
    lif_brian2_step,
    lif_nengo_step,
    lif_norse_step,
    lif_snntorch_start,
    lif_snntorch_step,
    lif_spikingjelly_start,
    lif_spikingjelly_step,
)
from .current_lif import CurrentLIFParams, current_lif_start, current_lif_step
from .fitzhugh_nagumo import FitzHughNagumoParams, fitzhugh_nagumo_start, fitzhugh_nagumo_step
from .hodgkin_huxley import HodgkinHuxleyParams, hodgkin_huxley_start, hodgkin_huxley_step
from .izhikevich import IzhikevichParams, izhikevich_start, izhikevich_step
from .lif import LIFParams, lif_start, lif_step
from .qif import QIFParams, qif_start, qif_step
from .refractory import (
    RefractoryALIFParams,
    RefractoryLIFParams,
    refractory_alif_start,
    refractory_alif_step,
    refractory_lif_start,
    refractory_lif_step,
)
from .srm0 import SRM0Params, srm0_start, srm0_step


class Neuron(NamedTuple):
    """One row of the family."""

    step: Callable  # step(current, state, params, dt, surrogate) -> (z, state)
    params: type  # frozen dataclass with defaults
    start: Callable  # start(params) -> the state at rest
    drive: float  # a constant current at which the defaults fire again and again
    dt: float  # ms, a step that suits
    positive: tuple[str, ...]  # fields that must be above 0
    ordered: tuple[str, ...] = ()  # fields of which each must be below the next
    largest: Callable | None = None  # largest(params) in ms: a longer step is unstable


NEURONS = {
    "lif": Neuron(lif_step, LIFParams, lif_start, 2.0, 1.0, ("tau",)),
    "refractory_lif": Neuron(
        refractory_lif_step, RefractoryLIFParams, refractory_lif_start, 2.0, 1.0, ("tau",)
    ),
    "alif": Neuron(alif_step, ALIFParams, alif_start, 3.0, 1.0, ("tau", "tau_a")),
    "refractory_alif": Neuron(
        refractory_alif_step,
        RefractoryALIFParams,
        refractory_alif_start,
        drive=3.0,
        dt=1.0,
        positive=("tau", "tau_a"),
    ),
    "current_lif": Neuron(
        current_lif_step, CurrentLIFParams, current_lif_start, 0.5, 1.0, ("tau", "tau_syn")
    ),
    "srm0": Neuron(srm0_step, SRM0Params, srm0_start, 0.5, 1.0, ("tau", "tau_syn", "tau_ref")),
    "qif": Neuron(
        qif_step, QIFParams, qif_start, 2.0, 0.5, ("tau", "peak"), ordered=("reset", "peak")
    ),
    "izhikevich": Neuron(
        izhikevich_step,
        IzhikevichParams,
        izhikevich_start,
        drive=10.0,
        dt=0.25,
        positive=("a",),
        largest=lambda params: 0.5,
    ),
    "adex": Neuron(
        adex_step,
        AdExParams,
        adex_start,
        drive=1000.0,
        dt=0.1,
        positive=("capacitance", "g_leak", "delta_t", "tau_w"),
        ordered=("v_reset", "v_peak"),
        largest=lambda params: minimum(params.capacitance / params.g_leak, 1.0),
    ),
    "fitzhugh_nagumo": Neuron(
        fitzhugh_nagumo_step,
        FitzHughNagumoParams,
        fitzhugh_nagumo_start,
        drive=0.5,
        dt=0.2,
        positive=("tau", "epsilon", "b"),
        largest=lambda params: 0.2 * params.tau,
    ),
    "hodgkin_huxley": Neuron(
        hodgkin_huxley_step,
        HodgkinHuxleyParams,
        hodgkin_huxley_start,
        drive=20.0,
        dt=0.05,
        positive=("capacitance", "g_na", "g_k", "g_leak"),
        ordered=("e_k", "e_leak", "threshold", "e_na"),
        largest=lambda params: 0.1,
    ),
}
CONVENTIONS = {
    "snntorch": Neuron(lif_snntorch_step, SnnTorchParams, lif_snntorch_start, 0.2, 1.0, ("beta",)),
    "norse": Neuron(
        lif_norse_step,
        CurrentLIFParams,
        current_lif_start,
        drive=0.5,
        dt=1.0,
        positive=("tau", "tau_syn"),
        largest=lambda params: minimum(params.tau, params.tau_syn),
    ),
    "spikingjelly": Neuron(
        lif_spikingjelly_step, SpikingJellyParams, lif_spikingjelly_start, 1.5, 1.0, ("tau",)
    ),
    "brian2": Neuron(
        lif_brian2_step, RefractoryLIFParams, refractory_lif_start, 2.0, 1.0, ("tau",)
    ),
    "nengo": Neuron(lif_nengo_step, RefractoryLIFParams, refractory_lif_start, 2.0, 1.0, ("tau",)),
}
