"""Utilization: the steps in time leave enough of the array at work.

``product over d of T[d]`` is at most what the least utilization asked for allows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.solver.joint.selection import Columns, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_utilization(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], constraints: Constraints
) -> None:
    """Limit the steps in time. Some of the dimensions never take more than all of them."""
    limits = UnrollingLimits.of(constraints, costs.layer)
    if not limits.least_utilization:
        return

    def is_enough(rows: Columns) -> npt.NDArray[np.bool_]:
        enough: npt.NDArray[np.bool_] = limits.use_enough(
            costs.layer, costs.accelerator, rows["steps"]
        )
        return enough

    factors = [
        sheet.derive(f"steps {dim}", each.chosen, {"steps": each.temporal * 1.0})
        for dim, each in unrollings.items()
    ]
    sheet.product("steps", factors, is_enough)
