"""Spiking neurons, and the synapses between them."""

from .alpha import AlphaParams as AlphaParams
from .alpha import AlphaState as AlphaState
from .alpha import alpha_step as alpha_step
from .conductance import ConductanceParams as ConductanceParams
from .conductance import conductance_step as conductance_step
from .exponential import ExponentialParams as ExponentialParams
from .exponential import ExponentialState as ExponentialState
from .exponential import exponential_step as exponential_step
from .lif import LIF as LIF
from .lif import LIFParams as LIFParams
from .lif import LIFState as LIFState
from .lif import lif_step as lif_step
from .nmda import NMDAParams as NMDAParams
from .nmda import NMDAState as NMDAState
from .nmda import magnesium_block as magnesium_block
from .nmda import nmda_step as nmda_step
from .synapses import SYNAPSES as SYNAPSES
from .synapses import Synapse as Synapse
from .synapses import Synapses as Synapses
from .synapses import SynapsesState as SynapsesState
from .tsodyks_markram import FACILITATING as FACILITATING
from .tsodyks_markram import TsodyksMarkramParams as TsodyksMarkramParams
from .tsodyks_markram import TsodyksMarkramState as TsodyksMarkramState
from .tsodyks_markram import tsodyks_markram_step as tsodyks_markram_step
