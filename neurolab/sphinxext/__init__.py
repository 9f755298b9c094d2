"""What the book build needs from the package: a Sphinx extension, and words for its cells."""

from .quote import quote as quote
from .results import benchmark_table as benchmark_table
from .results import record as record
from .results import record_table as record_table


def setup(app):
    """Called by Sphinx for ``extensions = ["neurolab.sphinxext"]``."""
    from . import api, assets, links, slides

    api.setup(app)
    assets.setup(app)
    links.setup(app)
    slides.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
