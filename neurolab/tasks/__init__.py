"""Tasks: what to learn, as tensors by name. Real data with sums, and synthetic data.

from neurolab import tasks

x, y = tasks.load("digits")                    scikit-learn's, without a download
x, y = tasks.load("mnist", split="test")       from NEUROLAB_DATA, the cache, or downloaded
tasks.DATA["mnist"].licence                    the registry
tasks.find("mnist"), tasks.get("mnist"), tasks.verify("mnist")
x, y = tasks.gaussian_clouds(1000, seed=0)     synthetic
"""

from .catalogue import DATA, entry, find, get, load, verify
from .cues import Cues, evidence_cues
from .delayed_match import Match, delayed_match
from .entry import DamagedData, DataError, Entry, Found, MissingData, Report, UnknownData
from .events import Events, frames
from .function_stream import FunctionStream, function_stream
from .images import Labelled
from .irregular import Sines, blind_rmse, irregular_sines, thinned
from .long_memory import Adding, adding, parity
from .lookup import cache
from .natural import patches
from .patterns import sums_of_sines
from .recall import Recall, store_recall
from .sequences import halved, pixel_sequence
from .series import Series, windows
from .synthetic import MovingBars, bars, gaussian_clouds, moving_bars, poisson_trains

__all__ = [
    "DATA",
    "Adding",
    "Cues",
    "DamagedData",
    "DataError",
    "Entry",
    "Events",
    "Found",
    "FunctionStream",
    "Labelled",
    "Match",
    "MissingData",
    "MovingBars",
    "Recall",
    "Report",
    "Series",
    "Sines",
    "UnknownData",
    "adding",
    "bars",
    "blind_rmse",
    "cache",
    "delayed_match",
    "entry",
    "evidence_cues",
    "find",
    "frames",
    "function_stream",
    "gaussian_clouds",
    "get",
    "halved",
    "irregular_sines",
    "load",
    "moving_bars",
    "parity",
    "patches",
    "pixel_sequence",
    "poisson_trains",
    "store_recall",
    "sums_of_sines",
    "thinned",
    "verify",
    "windows",
]
