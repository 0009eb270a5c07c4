"""Starting soon in processes of our own; in a user's process nothing is touched.

OR-Tools' Python layer imports pandas for variables in series, which nothing here uses; that takes
three times as long as CP-SAT itself, in every worker again. In a process of our own it is put off
until someone asks for it.

Python looks for garbage whenever 700 more objects live. Importing leaves 60,000 of them, which
live to the end: to look through them again and again is a tenth of all that a small command does.
Pydantic looks for plugins in everything that is installed; we have none.

Numpy's library of linear algebra starts a thread for every core, which waits for work by looking
for it. We give it none.

CP-SAT comes in a hundred libraries. To find every function that one of them may call in another
takes two thirds of the time of loading them; few are called, and those are found at the first call.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from types import ModuleType
from typing import Any

_CP_SAT = "ortools.sat.python.cp_model"

_OBJECTS_BEFORE_GARBAGE = 200_000
"""Objects that more live before garbage among them is looked for."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Variables of the environment by which numpy starts no threads."""


class _Process:
    """What is known of this process."""

    is_ours = False


def own_process() -> None:
    """Say that this process runs nothing but our own code; best before it imports much."""
    _Process.is_ours = True
    gc.set_threshold(_OBJECTS_BEFORE_GARBAGE, *gc.get_threshold()[1:])
    for name, text in (ONE_THREAD | {"PYDANTIC_DISABLE_PLUGINS": "__all__"}).items():
        os.environ.setdefault(name, text)
    if hasattr(sys, "setdlopenflags"):
        sys.setdlopenflags(os.RTLD_LAZY)


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
