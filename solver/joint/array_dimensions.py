"""Array dimensions: what is unrolled along one of them fits on it.

``product over d of u[a,d] <= size[a]`` for every array dimension ``a``. Along the rows, the
distinct inputs of a window stand for its taps where its outputs may lie along the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.joint.window_rows import WindowRows, windows_along_columns


def add_array_dimensions(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling]
) -> dict[str, Selection]:
    """Limit the lanes along every array dimension by its size.

    Returns
    -------
    dict of str to Selection
        Per array dimension, the ``lanes`` along it.
    """
    array, found = costs.accelerator.array, {}
    for array_dim, size in array.dimensions:
        plain, factors = dict(unrollings), []
        if array_dim == array.bitline and not array.wide_lines:
            for window in windows_along_columns(costs, unrollings):
                plain.pop(window.filter_dim, None)
                factors.append(_rows(sheet, WindowRows(costs, window), unrollings))
        factors += [_lanes(sheet, each, array_dim) for each in plain.values()]
        spread = [factor for factor in factors if np.any(factor.column("lanes") > 1)]
        found[array_dim] = sheet.product(f"lanes {array_dim}", spread, partial(_fits, size))
    return found


def _fits(size: int, rows: Columns) -> npt.NDArray[np.bool_]:
    """Whether lanes fit on an array dimension."""
    kept: npt.NDArray[np.bool_] = rows["lanes"] <= size
    return kept


def _lanes(sheet: Sheet, unrolling: Unrolling, array_dim: str) -> Selection:
    """Lanes that one layer dimension takes along an array dimension."""
    name = f"u {array_dim} {unrolling.dim}"
    lanes = unrolling.along_factors(array_dim)
    return sheet.derive(name, unrolling.chosen, {"lanes": lanes})


def _rows(sheet: Sheet, rows: WindowRows, unrollings: Mapping[str, Unrolling]) -> Selection:
    """Rows that a window takes."""
    pair = rows.pair(sheet, "lines", unrollings)
    lanes = rows.mapped(pair.columns)
    return sheet.derive(f"rows {rows.window.output_dim}", pair, {"lanes": lanes})
