"""Window rows: what the outputs along the columns and the taps along the rows take together.

Distinct inputs of a diagonal window have a row each, so its two dimensions have to be seen
together: ``reach`` are the outputs of the window, ``taps`` those of its filter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from zigzag_imc.core.layer import Window
from zigzag_imc.models.array.diagonal import ByArrayDim, average_rows_of_window, mapped_rows
from zigzag_imc.models.array.use import Rows
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.selection import Column, Columns, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling

_ELSEWHERE = "elsewhere"
"""Stands for all array dimensions but the line of a dimension."""


def windows_along_columns(
    costs: CostModel, unrollings: Mapping[str, Unrolling]
) -> tuple[Window, ...]:
    """Windows whose outputs may lie along the columns."""
    wordline = costs.accelerator.array.wordline
    return tuple(
        window
        for window in costs.layer.windows
        if window.output_dim in unrollings
        and np.any(unrollings[window.output_dim].along_factors(wordline) > 1)
    )


class WindowRows:
    """The rows of one window.

    Parameters
    ----------
    costs
        Cost model of the layer.
    window
        The window.
    """

    def __init__(self, costs: CostModel, window: Window) -> None:
        self._costs, self.window = costs, window
        array = costs.accelerator.array
        self._lines = {"reach": array.wordline, "taps": array.bitline}

    def part(self, name: str, unrolling: Unrolling | None) -> dict[str, Column]:
        """Quantities of one of the two dimensions, by its name and theirs.

        Lanes along its line, on average, and along all other array dimensions.
        """
        if unrolling is None:
            return {f"{name} line": np.ones(1)}
        line = self._lines[name]
        others = [factors for a, factors in unrolling.factors.items() if a != line]
        ones = np.ones(len(unrolling.temporal))
        return {
            f"{name} line": unrolling.along_factors(line) * 1.0,
            f"{name} mean": unrolling.along(line, unrolling.averages) * 1.0,
            f"{name} rest": math.prod(others, start=ones),
        }

    def pair(self, sheet: Sheet, name: str, unrollings: Mapping[str, Unrolling]) -> Selection:
        """Choose a row of both dimensions, with the quantities of both."""
        window = self.window
        parts = []
        for part, dim in (("reach", window.output_dim), ("taps", window.filter_dim)):
            unrolling = unrollings.get(dim)
            columns = self.part(part, unrolling)
            if unrolling is None:
                parts.append(sheet.choose(f"{name} {part}", columns))
            else:
                parts.append(sheet.derive(f"{name} {part}", unrolling.chosen, columns))
        outputs, taps = parts
        return sheet.combine(f"{name} {window.output_dim}", outputs, taps)

    def mapped(self, rows: Columns) -> Column:
        """Rows that whole unrollings take."""
        array = self._costs.accelerator.array
        return np.asarray(mapped_rows(self._costs.layer, array, self._whole(rows)) * _ones(rows))

    def in_use(self, rows: Columns) -> Rows:
        """Rows in use: on average, or as far as the profile counts whole unrollings."""
        layer, array = self._costs.layer, self._costs.accelerator.array
        if not self._costs.profile.whole_activations:
            return Rows.of(layer, array, self._whole(rows))
        return Rows.on_average(layer, array, self._whole(rows), self._average(rows))

    def distinct_share(self, rows: Columns) -> Column:
        """Share of the rows of all columns that hold distinct inputs, on average."""
        layer, array = self._costs.layer, self._costs.accelerator.array
        whole, average = self._whole(rows), self._average(rows)
        distinct = average_rows_of_window(layer, array, self.window, whole, average)
        share: Column = distinct / (_of(rows, "reach mean") * _of(rows, "taps mean"))
        return share

    def _whole(self, rows: Columns) -> ByArrayDim:
        """Whole unrollings of both dimensions."""
        outputs, taps = self.window.output_dim, self.window.filter_dim
        return {
            self._lines["reach"]: {outputs: _of(rows, "reach line")},
            self._lines["taps"]: {taps: _of(rows, "taps line")},
            _ELSEWHERE: {outputs: _of(rows, "reach rest"), taps: _of(rows, "taps rest")},
        }

    def _average(self, rows: Columns) -> ByArrayDim:
        """Average unrollings of both dimensions along their lines."""
        return {
            self._lines["reach"]: {self.window.output_dim: _of(rows, "reach mean")},
            self._lines["taps"]: {self.window.filter_dim: _of(rows, "taps mean")},
        }


def _of(rows: Columns, name: str) -> Column:
    """Return a quantity; one where nothing is known of it."""
    return rows.get(name, _ones(rows))


def _ones(rows: Columns) -> Column:
    return np.ones(len(next(iter(rows.values()))))
