"""Hardware in mind: networks for other machines, and what they cost in operations and energy."""

from .arithmetic import ArithmeticCounter as ArithmeticCounter
from .convert import convert as convert
from .counter import SynOpCounter as SynOpCounter
from .energy import ASSUMPTIONS as ASSUMPTIONS
from .energy import MEMORIES as MEMORIES
from .energy import PRECISIONS as PRECISIONS
from .energy import Costs as Costs
from .energy import Operations as Operations
from .energy import break_even as break_even
from .energy import costs_of as costs_of
from .energy import energy_step as energy_step
from .energy import energy_table as energy_table
from .graph_net import GraphNet as GraphNet
from .graph_net import from_nir as from_nir
from .nir import Unsupported as Unsupported
from .nir import to_nir as to_nir
from .nir_pieces import neurons_of as neurons_of
from .spike_budget import affordable as affordable
from .spike_budget import bits_for_energy as bits_for_energy
from .spike_budget import thriftiest as thriftiest
