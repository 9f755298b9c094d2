"""Pictures from arrays: every function here answers a finished picture and shows nothing."""

from .panels import draw_panels as draw_panels
