"""Three numbers of a network turned into spikes, which the challenges of two labs ask for."""

from typing import NamedTuple


class Choice(NamedTuple):
    steps: int
    percentile: float
    bits: int


class Score(NamedTuple):
    points: float
    right: float  # %
    synops: float


def checked(steps: float, percentile: float, bits: float) -> Choice:
    """The three, if they can be.

    Raises:
        ValueError: one of the numbers is out of its range.
    """
    limits = {"steps": (steps, 1, 64), "percentile": (percentile, 20, 100), "bits": (bits, 2, 8)}
    for name, (value, low, high) in limits.items():
        if not low <= value <= high or (name != "percentile" and value != int(value)):
            kind = "a number" if name == "percentile" else "a whole number"
            raise ValueError(f"{name} must be {kind} from {low} to {high}, got {value:g}")
    return Choice(int(steps), float(percentile), int(bits))
