"""Spiking neurons."""

from .lif import LIF as LIF
from .lif import LIFParams as LIFParams
from .lif import LIFState as LIFState
from .lif import lif_step as lif_step
