"""The neural engineering framework: values in the spikes of many neurons, and computing on them."""

from .decoders import Decoders as Decoders
from .decoders import solve_decoders as solve_decoders
from .ensemble import Ensemble as Ensemble
from .ensemble import sample_ball as sample_ball
from .ensemble import sample_sphere as sample_sphere
from .population import Population as Population
from .population import PopulationState as PopulationState
from .population import dynamics as dynamics
from .tuning import gain_bias as gain_bias
from .tuning import lif_rate_step as lif_rate_step
