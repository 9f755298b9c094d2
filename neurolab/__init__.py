"""neurolab: the package behind the book on brain-inspired deep learning.

Chapters and their rooms
    1 Hebbian learning              neurolab.hebbian    from Hebb's rule to STDP and late rewards
    2 Spikes, neurons and codes     neurolab.spiking    neurons, synapses, layers
                                    neurolab.coding     encoders, decoders, information
    3 Recurrent spiking networks    neurolab.recurrent  LSNN, and ways to a gradient
                                    neurolab.eprop      gradients computed forward
    4 Dendrites and sparse codes    neurolab.dendrites  segments, winners, contexts
    5 Nengo and other machines      neurolab.nef        values in spikes, pointers (planned)
    6 Continuous-time networks      neurolab.continuous time between samples (planned)
    15 Continual learning           neurolab.continual  streams of tasks; forgetting less (planned)
    19 Reward, embodiment, language neurolab.reward     policies learned from rewards (planned)

Beneath them
    neurolab.core       the words all ideas speak: ops, random, scan, surrogate, trace, solvers
    neurolab.kernels    fast cores of some steps, chosen by the layers themselves

Around them
    neurolab.neuromorphic   NIR, Nengo, Brian2, Loihi; operations counted, energy estimated
    neurolab.metrics    numbers from tensors
    neurolab.tasks      what to learn: real data by name, and made streams
    neurolab.experiments    ideas meet tasks; in a shell `neurolab list`, `neurolab run NAME`

Beside them
    neurolab.live       live figures: neurolab.live("oja") shows one, neurolab.live() lists them
    neurolab.setup      the first line of a lab
    neurolab.check      the checker of the labs' questions

``import neurolab`` loads nothing heavy: ``live``, ``setup`` and ``check`` are imported when they
are first asked for, torch with the first room.
"""

from importlib import import_module
from typing import Any

from .__about__ import __version__

# Attribute -> (module it comes from, name there; None for the module itself, which can be called).
_LAZY = {
    "live": ("neurolab.live", None),
    "check": ("neurolab.lab", "check"),
    "setup": ("neurolab.lab", "setup"),
}
__all__ = ["__version__", "check", "live", "setup"]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'neurolab' has no attribute {name!r}; it has {__all__}")
    module, attribute = _LAZY[name]
    found = import_module(module)
    globals()[name] = found if attribute is None else getattr(found, attribute)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
