"""What an e-prop network is from step to step, and what a step adds to the gradient.

    symbol   meaning                       shape
    B        batch                         ()
    I, N, K  inputs, neurons, read-outs    ()

The equations stand in ``eprop``, the traces in ``eligibility``, the rates in ``rates``.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

from typing import NamedTuple

from torch import Tensor

from .rates import RateState


class EPropState(NamedTuple):
    neurons: tuple  # state of the row of neurons
    z: Tensor  # (B, N) spikes of the last step
    traces: tuple  # of the eligibility
    e_bar: Tensor  # (B, N, I + N)
    z_bar: Tensor  # (B, N)
    rates: RateState


class Gradients(NamedTuple):
    weight: Tensor  # (N, I)
    raw: Tensor  # (N, N)
    output: Tensor  # (K, N)
    bias: Tensor  # (K,)
