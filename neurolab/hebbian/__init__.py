"""Learning from what a synapse sees: rules on rates (the table RULES), and on spike times."""

from .anti_hebb import AntiHebb as AntiHebb
from .anti_hebb import anti_hebb_step as anti_hebb_step
from .bcm import BCM as BCM
from .bcm import BCMParams as BCMParams
from .bcm import BCMState as BCMState
from .bcm import bcm_step as bcm_step
from .bounds import BOUNDS as BOUNDS
from .bounds import BoundsParams as BoundsParams
from .bounds import hard_bounds_step as hard_bounds_step
from .bounds import no_bounds_step as no_bounds_step
from .bounds import soft_bounds_step as soft_bounds_step
from .covariance import Covariance as Covariance
from .covariance import CovarianceParams as CovarianceParams
from .covariance import covariance_step as covariance_step
from .foldiak import Foldiak as Foldiak
from .foldiak import FoldiakParams as FoldiakParams
from .foldiak import foldiak_lateral_step as foldiak_lateral_step
from .foldiak import foldiak_step as foldiak_step
from .hebb import Hebb as Hebb
from .hebb import hebb_step as hebb_step
from .intrinsic import Intrinsic as Intrinsic
from .intrinsic import IntrinsicParams as IntrinsicParams
from .intrinsic import intrinsic_step as intrinsic_step
from .krotov_hopfield import KrotovHopfield as KrotovHopfield
from .krotov_hopfield import KrotovHopfieldParams as KrotovHopfieldParams
from .krotov_hopfield import krotov_hopfield_step as krotov_hopfield_step
from .layer import Layer as Layer
from .layer import LayerParams as LayerParams
from .layer import bounded as bounded
from .nearest import nearest_stdp_step as nearest_stdp_step
from .oja import Oja as Oja
from .oja import oja_step as oja_step
from .plastic import STDP_RULES as STDP_RULES
from .plastic import PlasticSynapses as PlasticSynapses
from .plastic import SpikeRule as SpikeRule
from .reward import EligibilityParams as EligibilityParams
from .reward import EligibilityState as EligibilityState
from .reward import RSTDPParams as RSTDPParams
from .reward import RSTDPState as RSTDPState
from .reward import best_tau_c as best_tau_c
from .reward import eligibility_step as eligibility_step
from .reward import rstdp_step as rstdp_step
from .reward import signal_to_noise as signal_to_noise
from .sanger import Sanger as Sanger
from .sanger import sanger_step as sanger_step
from .scaling import Scaling as Scaling
from .scaling import ScalingParams as ScalingParams
from .scaling import scaling_step as scaling_step
from .similarity import SimilarityMatching as SimilarityMatching
from .similarity import SimilarityParams as SimilarityParams
from .stdp import STDPParams as STDPParams
from .stdp import STDPState as STDPState
from .stdp import stdp_step as stdp_step
from .stdp_digits import CellParams as CellParams
from .stdp_digits import Cells as Cells
from .stdp_digits import DigitsParams as DigitsParams
from .stdp_digits import cell_step as cell_step
from .stdp_digits import digits_stdp_step as digits_stdp_step
from .stdp_digits import network_step as network_step
from .stdp_digits import open_step as open_step
from .triplet import HIPPOCAMPUS as HIPPOCAMPUS
from .triplet import VISUAL_CORTEX as VISUAL_CORTEX
from .triplet import TripletParams as TripletParams
from .triplet import TripletState as TripletState
from .triplet import triplet_step as triplet_step
from .voltage import VoltageParams as VoltageParams
from .voltage import VoltageState as VoltageState
from .voltage import voltage_step as voltage_step

# The rate-based rules, each a ``Layer``: one contract, and a new row is tested at once.
RULES: dict[str, type[Layer]] = {
    "hebb": Hebb,
    "covariance": Covariance,
    "anti_hebb": AntiHebb,
    "oja": Oja,
    "sanger": Sanger,
    "foldiak": Foldiak,
    "similarity_matching": SimilarityMatching,
    "bcm": BCM,
    "krotov_hopfield": KrotovHopfield,
    "scaling": Scaling,
    "intrinsic": Intrinsic,
}
