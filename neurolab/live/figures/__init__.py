"""The table of live figures: one file a figure."""

from . import hebb, lif, oja, stdp

FIGURES = {module.FIGURE.name: module.FIGURE for module in (hebb, oja, lif, stdp)}
