"""Numbers from tensors: what an experiment, a chapter or a test measures of any model."""

from .accuracy_matrix import average_accuracy as average_accuracy
from .accuracy_matrix import backward_transfer as backward_transfer
from .accuracy_matrix import forgetting as forgetting
from .accuracy_matrix import forward_transfer as forward_transfer
from .sparsity import active_fraction as active_fraction
from .sparsity import duty_cycle as duty_cycle
from .sparsity import hoyer as hoyer
from .sparsity import lifetime_sparsity as lifetime_sparsity
from .sparsity import population_sparsity as population_sparsity
from .sparsity import treves_rolls as treves_rolls
