"""What the process imports from which workers are forked; importing this module does it.

Between its steps it looks whether anybody still wants workers: a command that ends at once, for a
wrong input, is not to leave a process behind that holds its stderr open.
"""

from __future__ import annotations

import gc
import importlib
import os

from zigzag_imc.runs.loading import load_cp_sat, own_process

_PARENT = os.getppid()

_STEPS = (
    lambda: importlib.import_module("numpy"),
    load_cp_sat,
    lambda: importlib.import_module("zigzag_imc.solver.search"),
    lambda: importlib.import_module("zigzag_imc.solver.formulation.session"),
    lambda: importlib.import_module("zigzag_imc.runs.workers"),
    gc.freeze,  # what is imported is no garbage: workers share it and do not look through it
)


def _preload() -> None:
    own_process()
    for step in _STEPS:
        if os.getppid() != _PARENT:
            os._exit(0)
        try:
            step()
        except Exception:  # the worker meets it again, and tells it
            return


_preload()
