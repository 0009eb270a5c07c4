"""Passing: what crosses a cut, as matrices.

A row per choice of the relevant dimensions, a column per choice of the idle ones; where rows are
paired, a single column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Boundary, output_bits
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.joint.crossing import Cut, Floats

AT_CELLS = (WEIGHTS, 0)
"""The cut of the weights at the array."""


@dataclass(frozen=True, eq=False)
class Passing:
    """What crosses a cut.

    Attributes
    ----------
    costs
        Cost model of the layer.
    cut
        The cut.
    """

    costs: CostModel
    cut: Cut

    def relevant(self, name: str) -> Floats:
        """Quantity of the relevant dimensions, in rows."""
        return self.cut.relevant.column(name)[:, None]

    def idle(self, name: str) -> Floats:
        """Quantity of the idle dimensions, in columns; beside the relevant ones where paired."""
        column = self.cut.idle.column(name)
        return column[:, None] if self.cut.is_paired else column[None, :]

    def both(self, name: str) -> Floats:
        """Quantity that all dimensions make together."""
        return self.relevant(name) * self.idle(name)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.cut.relevant), 1 if self.cut.is_paired else len(self.cut.idle)

    @property
    def boundary(self) -> Boundary:
        """The boundary at the cut, with its accesses."""
        return self.costs.boundaries[OPERANDS[self.cut.operand]][self.cut.boundary]

    @property
    def is_outputs(self) -> bool:
        """Whether outputs cross."""
        return self.cut.operand == OUTPUTS

    @property
    def element_bits(self) -> Amount:
        """Bits of one element on its way."""
        if not self.is_outputs:
            return self.costs.layer.precision.bits(OPERANDS[self.cut.operand])
        return output_bits(self.costs.layer, self.partial)

    @property
    def partial(self) -> Amount:
        """Whether outputs cross as partial sums."""
        return self.idle("finished") == 0

    @property
    def count(self) -> Floats:
        """Transfers of inputs down, and of outputs up.

        Where they end short, more than one count as two or more.
        """
        return self.both("steps")

    @property
    def back(self) -> Floats:
        """Transfers down: those of inputs, and of partial sums that come back."""
        if not self.is_outputs:
            return self.count
        again = self.costs.readbacks(self.count, self.relevant("steps"))
        return np.where(self.partial, again, 0.0)
