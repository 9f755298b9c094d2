"""Short-term plasticity: a synapse tires, and it warms up.

    between spikes   du/dt = -u / tau_facil,     dr/dt = (1 - r) / tau_rec
    at a spike       u <- u + U (1 - u),  released = u r,  r <- r - released

    symbol      meaning                                       shape    unit
    x           spikes in this step, 0 or 1                   (B, I)   -
    u           part of the resources that a spike uses       (B, I)   -
    r           resources at hand, 1 at rest                  (B, I)   -
    released    part released in this step                    (B, I)   -
    U           ``use``, u of the first spike                 ()       -
    tau_rec     recovery of the resources                     ()       ms
    tau_facil   memory of the facilitation; 0: none           ()       ms
    dt          time step                                     ()       ms

What follows: regular spikes every D ms reach
    u = U / (1 - (1 - U) exp(-D / tau_facil)),
    released = u (1 - E) / (1 - (1 - u) E),     E = exp(-D / tau_rec),
tested at 20 Hz within 1e-3 for a depressing synapse (the defaults) and a facilitating one. At high
rates a spike releases in proportion to D, so the mean current no longer tells the rate; tested.

Where it differs from the paper: there released resources are first active and then inactive for a
few ms, here they leave r at once; the time course of the current is a synapse of its own.

References: Tsodyks, Pawelzik & Markram (1998), doi:10.1162/089976698300017502; the depressing
synapse: Tsodyks & Markram (1997), doi:10.1073/pnas.94.2.719
"""

from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value, exp


@dataclass(frozen=True)
class TsodyksMarkramParams:
    use: float = 0.5  # 1; with the two times below a depressing synapse
    tau_rec: float = 800.0  # ms
    tau_facil: float = 0.0  # ms


FACILITATING = TsodyksMarkramParams(use=0.03, tau_rec=130.0, tau_facil=530.0)


class TsodyksMarkramState(NamedTuple):
    u: Value  # (B, I) part that the last spike used, fallen since
    r: Value  # (B, I) resources at hand


def tsodyks_markram_step(
    x: Value,
    state: TsodyksMarkramState,
    params: TsodyksMarkramParams,
    dt: float,
) -> tuple[Value, TsodyksMarkramState]:
    """What is released in this step, and the state. Elementwise.

    Feed it to a synapse in place of the spikes.
    """
    kept = exp(-dt / params.tau_facil) if params.tau_facil > 0 else 0.0
    u = kept * state.u
    r = 1 - exp(-dt / params.tau_rec) * (1 - state.r)
    u = u + params.use * (1 - u) * x
    released = u * r * x
    return released, TsodyksMarkramState(u=u, r=r - released)
