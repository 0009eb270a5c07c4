"""The cells of an array: a bank of SRAM, each row of which is written at once."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.models.hardware.costs.sram import (
    LEAST_BYTES,
    LEAST_ROWS,
    LEAST_WIDTH,
    SINGLE_PORT,
    SramCost,
    SramModel,
    SramShape,
)

_BYTE = 8


@dataclass(frozen=True, slots=True)
class BankOfCells:
    """The SRAM that the cells of a macro are.

    Attributes
    ----------
    cost
        Costs of the SRAM.
    rows, columns
        Its cells along a bitline and along a wordline; at least those of the smallest SRAM.
    """

    cost: SramCost
    rows: int
    columns: int

    def write_pj(self, bits: int) -> float:
        """Energy of writing so many bits of a row: their share of the row's."""
        return self.cost.write_pj * bits / self.columns

    def area_mm2(self, bits: int) -> float:
        """Area of so many cells: their share of the SRAM's."""
        return self.cost.area_mm2 * bits / (self.rows * self.columns)


def bank_of_cells(model: SramModel, rows: int, columns: int, node_nm: float) -> BankOfCells | None:
    """Return the SRAM of a macro; ``None`` where there is none.

    A macro that is smaller than any SRAM has its share of the smallest.
    """
    columns = max(columns, LEAST_WIDTH)
    rows = max(rows, LEAST_ROWS, LEAST_BYTES * _BYTE // columns)
    cost = model.cost(SramShape(rows * columns / _BYTE, columns, node_nm, SINGLE_PORT))
    return None if cost is None else BankOfCells(cost, rows, columns)
