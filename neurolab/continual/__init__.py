"""Learning one task after another: streams, contexts, and parts that forget less."""

from .learner import Learner as Learner
from .learner import LossTerm as LossTerm
from .learner import learn as learn
from .pcgrad import gradient_conflict as gradient_conflict
from .pcgrad import pcgrad as pcgrad
from .pcgrad import project_step as project_step
from .prototypes import Prototypes as Prototypes
from .prototypes import nearest_prototype as nearest_prototype
from .prototypes import surprise_step as surprise_step
from .si import SI as SI
from .si import si_importance as si_importance
from .si import si_path_step as si_path_step
from .stream import Permuted as Permuted
from .stream import Task as Task
from .xdg import xdg_masks as xdg_masks
