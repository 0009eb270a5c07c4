"""The transfers over one boundary of one operand, for every tile that may lie below it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.movement.traffic import Access, Boundary
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Transfers:
    """What crosses a boundary under one spatial mapping, per tile of the lattice.

    Or once for all tiles, where none of it depends on them.

    Attributes
    ----------
    operand
        Place of the operand in `OPERANDS`.
    boundary
        The boundary, with the accesses that one transfer makes at its two sides.
    element_bits
        Bits of one element on its way; per tile where outputs may be partial sums.
    partial
        Whether outputs cross as partial sums, per tile; false for inputs.
    count
        Periods in the whole computation: transfers of inputs down and of outputs up.
    back
        Transfers down: those of inputs, and of partial sums that come back.
    """

    operand: int
    boundary: Boundary
    element_bits: Amount
    partial: Amount
    count: Amount
    back: Amount

    @property
    def place(self) -> int:
        """Number of the boundary; 0 is that between the array and the lowest memory."""
        return self.boundary.index

    def counted(self) -> Iterator[tuple[Access, Amount]]:
        """Every access, with the number of transfers that make it."""
        yield from zip(self.boundary.up, itertools.repeat(self.count))
        yield from zip(self.boundary.down, itertools.repeat(self.back))

    def directed(self) -> Iterator[tuple[Access, bool]]:
        """Every access, and whether it is one of partial sums on their way back down."""
        yield from zip(self.boundary.up, itertools.repeat(False))
        yield from zip(self.boundary.down, itertools.repeat(self.operand == OUTPUTS))

    def after_first(self, back: bool) -> Array:
        """Transfers that compete with computing; the first period is on- or offloading.

        Partial sums that come back on the second visit of a tile at the earliest are none of those
        of the first period.
        """
        later: Array = self.count - 1
        return np.minimum(self.back, later) if back else later
