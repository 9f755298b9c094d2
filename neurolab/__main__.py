"""``python -m neurolab`` is the command ``neurolab``."""

import sys

from .cli import main

sys.exit(main())
