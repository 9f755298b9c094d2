"""The words all ideas speak: functions on floats, arrays and tensors, spikes, time, solvers.

The files, in the order in which they build on each other:

    ops           exp, log, ... on Python floats, numpy arrays and torch tensors alike
    random        draws that Python and JavaScript make alike
    surrogate     the spike and what stands in for its derivative
    tree          nested tuples of tensors
    scan          the time loop over a pure step
    checkpointed  the same loop with saved tensors that grow as the root of the length
    trace         the exponential trace
    solvers       Euler, Heun, Runge-Kutta
"""

from .checkpointed import checkpointed_scan as checkpointed_scan
from .ops import Value as Value
from .ops import abs as abs
from .ops import atan2 as atan2
from .ops import constant as constant
from .ops import cos as cos
from .ops import exp as exp
from .ops import log as log
from .ops import maximum as maximum
from .ops import minimum as minimum
from .ops import sigmoid as sigmoid
from .ops import sin as sin
from .ops import sqrt as sqrt
from .ops import tanh as tanh
from .ops import where as where
from .random import normal as normal
from .random import seeded as seeded
from .random import uniform as uniform
from .scan import scan as scan
from .solvers import SOLVERS as SOLVERS
from .solvers import Solver as Solver
from .solvers import euler_step as euler_step
from .solvers import heun_step as heun_step
from .solvers import integrate as integrate
from .solvers import rk4_step as rk4_step
from .surrogate import SURROGATES as SURROGATES
from .surrogate import ArcTan as ArcTan
from .surrogate import FastSigmoid as FastSigmoid
from .surrogate import Gaussian as Gaussian
from .surrogate import Surrogate as Surrogate
from .surrogate import Triangular as Triangular
from .surrogate import spike as spike
from .trace import exponential_trace as exponential_trace
from .trace import trace_step as trace_step
