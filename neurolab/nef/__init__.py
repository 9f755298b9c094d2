"""The neural engineering framework: values in the spikes of many neurons, and computing on them."""

from .basal_ganglia import BasalGangliaParams as BasalGangliaParams
from .basal_ganglia import BasalGangliaState as BasalGangliaState
from .basal_ganglia import basal_ganglia_step as basal_ganglia_step
from .basal_ganglia import select as select
from .basal_ganglia import thalamus as thalamus
from .decoders import Decoders as Decoders
from .decoders import solve_decoders as solve_decoders
from .ensemble import Ensemble as Ensemble
from .ensemble import sample_ball as sample_ball
from .ensemble import sample_sphere as sample_sphere
from .pes import Adaptive as Adaptive
from .pes import pes_step as pes_step
from .pointers import Vocabulary as Vocabulary
from .pointers import bind as bind
from .pointers import identity as identity
from .pointers import inverse as inverse
from .pointers import recall_probability as recall_probability
from .pointers import similarity as similarity
from .pointers import unbind as unbind
from .pointers import unitary as unitary
from .population import Population as Population
from .population import PopulationState as PopulationState
from .population import dynamics as dynamics
from .tuning import gain_bias as gain_bias
from .tuning import lif_rate_step as lif_rate_step
