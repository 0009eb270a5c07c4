"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn without a screen

# Examples are as quick as the machine is free; in continuous integration they are the same every
# time.
settings.register_profile("anywhere", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("anywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")
