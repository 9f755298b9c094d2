"""Live figures: the package's own steps behind sliders, in a kernel and in a static page.

``neurolab.live("oja")`` shows one, ``neurolab.live()`` lists them. The module itself can be
called, so that the word works although it names this package as well.
"""

import sys
from types import ModuleType

from .figures import FIGURES as FIGURES
from .show import live as live


class _Callable(ModuleType):
    def __call__(self, name: str | None = None, **params: float):
        return live(name, **params)


sys.modules[__name__].__class__ = _Callable
