"""Use: how far the array is used in one activation, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_use(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain
) -> Selection:
    """Multiply what all dimensions make of the use of the array.

    Whose activations alone take longer than is of interest is no row.
    """
    rate = costs.accelerator.array.cycles_per_activation

    def is_fast(rows: Columns) -> npt.NDArray[np.bool_]:
        kept: npt.NDArray[np.bool_] = rows["steps"] * rate <= domain.most_cycles * (1 + TOLERANCE)
        return kept

    factors = [_use(sheet, costs, each, domain) for each in unrollings.values()]
    return sheet.product("use", factors, is_fast if domain.has_latency else None)


def _use(sheet: Sheet, costs: CostModel, unrolling: Unrolling, domain: Domain) -> Selection:
    """What one layer dimension makes of it: lanes, and what is left for time."""
    array, profile = costs.accelerator.array, costs.profile
    columns = {}
    if domain.has_energy:
        values = unrolling.averages if profile.whole_activations else unrolling.factors
        columns["rows"] = unrolling.along(array.bitline, values)
        columns["columns"] = unrolling.along(array.wordline, values)
        if profile.whole_activations:
            macros = (unrolling.along(name, values) for name, _ in array.dimensions[2:])
            columns["activations"] = np.prod([unrolling.temporal, *macros], axis=0)
    if domain.has_latency:
        columns["steps"] = unrolling.temporal
    return sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns)
