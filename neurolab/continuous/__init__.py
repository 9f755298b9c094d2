"""Continuous time: networks whose state moves for the time that has passed, not for a step."""

from .ctrnn import CTRNN as CTRNN
from .ctrnn import CTRNNState as CTRNNState
from .ctrnn import ctrnn_step as ctrnn_step
