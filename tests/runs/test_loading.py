"""How a process of our own loads libraries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

IN_OWN_PROCESS = """
import os
import sys
from zigzag_imc.runs.loading import load_cp_sat, own_process
own_process()
load_cp_sat()
from ortools.sat.python import cp_model
model = cp_model.CpModel()
model.add_bool_or([])
assert cp_model.CpSolver().solve(model) == cp_model.INFEASIBLE
print("pandas" in sys.modules, sys.getdlopenflags(), os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.skipif(not hasattr(sys, "setdlopenflags"), reason="libraries are bound otherwise")
def test_cp_sat_is_bound_function_by_function_without_pandas() -> None:
    """And numpy is told to start no threads."""
    command = [sys.executable, "-c", IN_OWN_PROCESS]
    plain = {name: text for name, text in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=plain)
    assert found.stdout.split() == ["False", str(os.RTLD_LAZY), "1"]


@pytest.mark.skipif(not hasattr(sys, "setdlopenflags"), reason="libraries are bound otherwise")
def test_nothing_is_set_in_a_users_process() -> None:
    command = [sys.executable, "-c", "import sys, zigzag_imc; print(sys.getdlopenflags())"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(found.stdout) != os.RTLD_LAZY
