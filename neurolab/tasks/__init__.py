"""Tasks: what to learn, as tensors by name. Real data with sums, and synthetic data.

from neurolab import tasks

x, y = tasks.load("digits")                    scikit-learn's, without a download
x, y = tasks.load("mnist", split="test")       from NEUROLAB_DATA, the cache, or downloaded
tasks.DATA["mnist"].licence                    the registry
tasks.find("mnist"), tasks.get("mnist"), tasks.verify("mnist")
x, y = tasks.gaussian_clouds(1000, seed=0)     synthetic
"""

from .catalogue import DATA, entry, find, get, load, verify
from .entry import DamagedData, DataError, Entry, Found, MissingData, Report, UnknownData
from .events import Events, frames
from .images import Labelled
from .lookup import cache
from .natural import patches
from .series import Series, windows
from .synthetic import MovingBars, bars, gaussian_clouds, moving_bars, poisson_trains

__all__ = [
    "DATA",
    "DamagedData",
    "DataError",
    "Entry",
    "Events",
    "Found",
    "Labelled",
    "MissingData",
    "MovingBars",
    "Report",
    "Series",
    "UnknownData",
    "bars",
    "cache",
    "entry",
    "find",
    "frames",
    "gaussian_clouds",
    "get",
    "load",
    "moving_bars",
    "patches",
    "poisson_trains",
    "verify",
    "windows",
]
