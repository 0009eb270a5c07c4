"""What commands import: no more than they need, for every import is a part of their time."""

from __future__ import annotations

import subprocess
import sys

UNNEEDED = (
    *("jinja2", "matplotlib", "pandas", "polars", "rich.progress", "tomllib"),
    "zigzag_imc.locality",
    "zigzag_imc.models.hardware.costs.extraction",
    "zigzag_imc.models.locality",
    "zigzag_imc.onnx_workload.control_flow.inlining",
    "zigzag_imc.onnx_workload.control_flow.settling",
    "zigzag_imc.results.frames",
    "zigzag_imc.results.html",
    "zigzag_imc.runs.workers",
    "zigzag_imc.solver.conflict",
    "zigzag_imc.solver.engines.engine",
    "zigzag_imc.solver.joint",
    "zigzag_imc.solver.network",
    "zigzag_imc.solver.tables.any_sizes",
    "zigzag_imc.solver.underside",
)

MAPPED = f"""
import atexit, sys
atexit.register(lambda: print(*[name for name in {UNNEEDED!r} if name in sys.modules], "end"))
sys.argv = ["zigzag-imc", "map", "ds_cnn", "-a", "dimc", "--objective", "energy", "--layer", "fc",
            "--jobs", "1", "--divisors-only"]
from zigzag_imc.__main__ import main
main()
"""


def test_a_layer_of_a_plain_network_is_mapped_without_what_others_need() -> None:
    """Progress bars, bodies of loops, tensors that stay, joint models, fronts: nobody asks here."""
    command = [sys.executable, "-c", MAPPED]
    mapped = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert mapped.stdout.splitlines()[-1] == "end"
