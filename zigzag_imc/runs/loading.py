"""Loading CP-SAT in processes of our own, without what it does not need.

OR-Tools' Python layer imports pandas for variables in series, which nothing here uses; that takes
three times as long as CP-SAT itself, in every worker again. In a process of our own it is put off
until someone asks for it. In a user's process nothing is touched.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_CP_SAT = "ortools.sat.python.cp_model"


class _Process:
    """What is known of this process."""

    is_ours = False


def own_process() -> None:
    """Say that this process runs nothing but our own code."""
    _Process.is_ours = True


def is_own_process() -> bool:
    """Whether this process runs nothing but our own code."""
    return _Process.is_ours


class _PutOff(ModuleType):
    """A module that is imported when it is first used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def load_cp_sat() -> None:
    """Import CP-SAT; in a process of our own, pandas only when it is used."""
    is_simple = not _Process.is_ours or "pandas" in sys.modules or _CP_SAT in sys.modules
    if is_simple:
        importlib.import_module(_CP_SAT)
        return
    named_in_types = ModuleType("pandas")
    named_in_types.__dict__.update(Index=object, Series=object)
    sys.modules["pandas"] = named_in_types
    try:
        loaded = importlib.import_module(_CP_SAT)
    except (AttributeError, ImportError):  # a version that needs more of pandas at once
        loaded = None
    finally:
        del sys.modules["pandas"]
    if loaded is None:
        sys.modules.pop(_CP_SAT, None)
        importlib.import_module(_CP_SAT)
    else:
        loaded.__dict__["pd"] = _PutOff("pandas")
