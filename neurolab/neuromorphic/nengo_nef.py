"""An ensemble with feedback in Nengo's own words, to set beside ``nef.Population``.

    Node(x) -> Ensemble -> Ensemble through Lowpass(tau_syn), with the feedback as transform

Nengo draws its own encoders, rates and intercepts; what is looked at has passed the same synapse.

Tested: an integrator keeps its value.

Reference: Bekolay et al. (2014), doi:10.3389/fninf.2013.00048
"""

import nengo
import numpy as np
import torch
from torch import Tensor

from .nengo import numpy_left_alone


def in_nengo(
    shape: tuple[int, int], feedback: Tensor, x: Tensor, tau_syn: float, seed: int = 0
) -> Tensor:
    """The filtered value (T, D) of N neurons for D dimensions, for inputs x (T, D), in ms.

    Args:
        shape: N, D.
    """
    rows = np.asarray(x, dtype=float)
    with nengo.Network(seed=seed) as network:
        node = nengo.Node(nengo.processes.PresentInput(rows, 0.001))
        group = nengo.Ensemble(*shape)
        nengo.Connection(node, group, synapse=None)
        nengo.Connection(group, group, synapse=tau_syn / 1000, transform=feedback.numpy())
        seen = nengo.Probe(group, synapse=tau_syn / 1000)
    options = {"progress_bar": False, "seed": seed}
    with numpy_left_alone(), nengo.Simulator(network, **options) as simulator:
        simulator.run_steps(len(rows), progress_bar=False)
        return torch.as_tensor(simulator.data[seen].copy())
