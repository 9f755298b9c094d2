"""Learning from what a synapse sees: Hebb's rule, Oja's rule, spike timing."""

from .hebb import hebb_step as hebb_step
from .oja import oja_step as oja_step
from .stdp import STDPParams as STDPParams
from .stdp import STDPState as STDPState
from .stdp import stdp_step as stdp_step
