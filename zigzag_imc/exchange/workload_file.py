"""Which files are workload files; told without what it takes to read one."""

from __future__ import annotations

import os
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
"""How the names of workload files end."""


def is_workload_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path is that of a workload file: an existing one of that ending."""
    return Path(path).suffix.lower() in SUFFIXES and os.path.isfile(path)
