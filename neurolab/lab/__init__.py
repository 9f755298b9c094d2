"""Labs: set-up, checks with hints, and one file a lab.

A lab is a module of this folder that holds ``TITLE`` and ``QUESTIONS``, and one name in ``LABS``,
with a hyphen where the module's has an underscore.
Its notebook is ``labs/NAME.md``; ``views.py`` makes the student's view from it.
"""

LABS = (
    "pca",
    "distal-reward",
    "stdp-digits",
    "fit-neurons",
    "information",
    "temporal",
    "evidence",
    "store-recall",
    "memory-bill",
    "permuted-digits",
    "decoders",
    "nmda-threshold",
    "multitask-reach",
    "kwta-noise",
    "sequence-memory",
    "four-targets",
    "keywords",
    "pendulum",
    "spaun-exam",
)

from .checker import Question as Question  # noqa: E402  (LABS first: the checker reads it)
from .checker import Result as Result  # noqa: E402
from .checker import check as check  # noqa: E402
from .start import Start as Start  # noqa: E402
from .start import fast as fast  # noqa: E402
from .start import setup as setup  # noqa: E402
from .table import compare as compare  # noqa: E402
