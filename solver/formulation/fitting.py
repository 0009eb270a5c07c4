"""Fitting: the least that every mapping of a layer takes of the hardware.

Where even that does not fit, no mapping does, whatever its loops are, and CP-SAT refutes the model
by propagation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.empty_model import empty_model


@dataclass(frozen=True, slots=True)
class Fitting:
    """What every mapping takes, and what there is of it; what is empty limits nothing.

    Attributes
    ----------
    slices, columns
        Columns that the slices of one weight take, and columns of the array.
    weight_bits, cell_bits
        Bits of a weight of the layer, and of a cell of the array.
    widths
        Bits of cells that the ports of the cells move in a cycle.
    held_bits
        Per memory, bits that every operand takes there at least.
    size_bits
        Per memory, bits that it holds.
    """

    slices: int = 1
    columns: int = 1
    weight_bits: int = 1
    cell_bits: int = 1
    widths: tuple[int, ...] = ()
    held_bits: Sequence[Mapping[str, int]] = ()
    size_bits: Sequence[int] = ()

    def model(self) -> cp_model.CpModel:
        """Build the model."""
        model = empty_model()
        self._add_columns(model)
        self._add_ports(model)
        self._add_capacities(model)
        return model

    def _add_columns(self, model: cp_model.CpModel) -> None:
        """``slices * weights <= columns``: at least one weight lies along the columns."""
        weights = model.new_int_var(1, self.columns, "weights")
        model.add(self.slices * weights <= self.columns)

    def _add_ports(self, model: cp_model.CpModel) -> None:
        """``cell bits * moved = width * weight bits``: whole bits of weights move in a cycle."""
        for width in self.widths:
            moved = model.new_int_var(0, width * self.weight_bits, "moved")
            model.add(self.cell_bits * moved == width * self.weight_bits)

    def _add_capacities(self, model: cp_model.CpModel) -> None:
        """``sum over operands of held[m,o] <= size_bits[m]``, none less than it has to be."""
        for held, size in zip(self.held_bits, self.size_bits, strict=True):
            room = min(size, sum(held.values()))  # more room than that makes no difference
            tiles = [
                model.new_int_var(least, max(least, room), f"held {operand}")
                for operand, least in held.items()
            ]
            model.add(cp_model.LinearExpr.sum(tiles) <= room)
