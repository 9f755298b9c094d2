"""Whose code is it? A code in times is read only by who knows the moment they are counted from.

    time on the clock = latency(stimulus) + onset
    known     reads  time - onset
    unknown   reads  time
    shuffled  reads  time - onset of another trial

    symbol     meaning                                            shape   unit
    time       of the spike, on the clock of the laboratory       (n,)    ms
    onset      of the stimulus, on the same clock                 (n,)    ms
    stimulus   its number                                         (n,)    -
    width      of the bins in which information is measured       ()      ms

An experimenter subtracts the onset, which stands in the protocol; a neuron has no such column. So
that a code can be decoded by the one does not say that the other reads it.

What follows, and is tested: with onsets spread evenly over W bins and latencies of whole bins the
information that is left without the onset is H(latency + onset) - log2 W, which goes to 0 as W
grows, while the same spikes with the onset tell all; a decoder of latencies that is given a wrong
onset falls to chance. A difference of two cells' times has no onset in it and keeps what it tells.

Where it differs from the source: the source argues in words, this is its example for a time code.

Reference: Brette (2019), doi:10.1017/S0140525X19000049
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .information import joint, panzeri_treves, time_bins


class Context(NamedTuple):
    """Information about the stimulus, in bits, bias corrected."""

    known: float
    unknown: float
    shuffled: float


def shuffled(onset: Tensor, generator: torch.Generator) -> Tensor:
    """The onsets (n,), each handed to a trial drawn at random."""
    where = dict(generator=generator, device=onset.device)
    return onset[torch.randperm(len(onset), **where)]


def context_dependence(
    time: Tensor, onset: Tensor, stimulus: Tensor, width: float, generator: torch.Generator
) -> Context:
    """What the same spikes tell with the onset, without it, and with a wrong one.

    Raises:
        ValueError: times and onsets are not (n,) of the same length.
    """
    if time.shape != onset.shape or time.ndim != 1:
        raise ValueError(
            f"onset: the shape of time, (n,), is needed, got {tuple(onset.shape)} "
            f"beside {tuple(time.shape)}"
        )
    reads = time - onset, time, time - shuffled(onset, generator)
    return Context(*(panzeri_treves(joint(stimulus, time_bins(t, width))) for t in reads))


def nearest_latency(t: Tensor, latency: Tensor) -> Tensor:
    """Numbers (n,) of the stimuli whose latencies (S,) come nearest to the times (n,)."""
    return (t[:, None] - latency).abs().argmin(1)
