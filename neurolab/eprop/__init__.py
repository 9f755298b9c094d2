"""E-prop: recurrent spiking networks that learn while they run, without going back in time."""

from .eligibility import ELIGIBILITIES as ELIGIBILITIES
from .eligibility import ALIFTraces as ALIFTraces
from .eligibility import LIFTraces as LIFTraces
from .eligibility import alif_eligibility_step as alif_eligibility_step
from .eligibility import lif_eligibility_step as lif_eligibility_step
from .eprop import EProp as EProp
from .feedback import FEEDBACKS as FEEDBACKS
from .feedback import Adaptive as Adaptive
from .feedback import Random as Random
from .feedback import Symmetric as Symmetric
from .losses import LOSSES as LOSSES
from .losses import cross_entropy as cross_entropy
from .losses import squared_error as squared_error
from .rates import RateParams as RateParams
from .rates import RateState as RateState
from .rates import rate_step as rate_step
from .reward import ActorCritic as ActorCritic
from .reward import RewardState as RewardState
from .state import EPropState as EPropState
from .state import Gradients as Gradients
