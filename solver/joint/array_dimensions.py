"""Array dimensions: what is unrolled along one of them fits on it.

``product over d of u[a,d] <= size[a]`` for every array dimension ``a``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_array_dimensions(
    sheet: Sheet, array: ImcArray, unrollings: Mapping[str, Unrolling]
) -> None:
    """Limit the lanes along every array dimension by its size."""
    for array_dim, size in array.dimensions:
        factors = [_lanes(sheet, each, array_dim) for each in unrollings.values()]
        spread = [factor for factor in factors if len(factor) > 1]
        sheet.product(f"lanes {array_dim}", spread, partial(_fits, size))


def _fits(size: int, rows: Columns) -> npt.NDArray[np.bool_]:
    """Whether lanes fit on an array dimension."""
    kept: npt.NDArray[np.bool_] = rows["lanes"] <= size
    return kept


def _lanes(sheet: Sheet, unrolling: Unrolling, array_dim: str) -> Selection:
    """Lanes that one layer dimension takes along an array dimension."""
    name = f"u {array_dim} {unrolling.dim}"
    lanes = unrolling.along(array_dim, unrolling.factors)
    return sheet.derive(name, unrolling.chosen, {"lanes": lanes})
