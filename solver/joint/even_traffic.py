"""Even traffic: what all tiles over a cut take at least, a product over the dimensions.

Transfers take whole words. If words had any length, all tiles together would take as much as all of
their elements, and a sum over the lots of products is a product of sums over the lots of each
dimension:

``energy[c] >= visits * product over the factors of sum over l of times[l] * elements[l] * ...``

So every row of a factor has a share of its own, and beside the least share of every other factor
it is a bound of all products that the row is in, which need not be worked out to drop it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import ROUNDING_SLACK
from zigzag_imc.solver.joint.crossing import least_bits
from zigzag_imc.solver.joint.lots import lots_of, named
from zigzag_imc.solver.joint.selection import Column, Columns
from zigzag_imc.solver.scoring.tile_choice import CutPlace

_DOWN = 1 - 2 * ROUNDING_SLACK
"""Words may be rounded down by as much before they are rounded up."""


@dataclass(frozen=True, eq=False)
class EvenTraffic:
    """Bounds the energy of all transfers over one cut by that of their elements.

    Attributes
    ----------
    costs, place
        Cost model of the layer, and the cut.
    idle
        What the idle dimensions make of a transfer.
    """

    costs: CostModel
    place: CutPlace
    idle: Columns

    def least_pj(self, tables: Sequence[Columns]) -> float:
        """Least energy of any choice of rows, one of each table."""
        return sum(
            self._least_unit_pj(access) * self._least_share(access, tables)
            for access in self.accesses()
        )

    def bound_pj(self, table: Columns, others: Sequence[Columns]) -> Column:
        """Energy (pJ) that every row of a table takes at least beside any rows of some others."""
        bound = np.zeros(_rows_of(table))
        for access in self.accesses():
            least = self._least_unit_pj(access) * self._least_share(access, others)
            bound = bound + least * self.share(access, table)
        return bound

    def bound_of_pairs_pj(
        self, first: Columns, second: Columns, others: Sequence[Columns]
    ) -> Column:
        """The same of all pairs of rows of two tables, the first in rows of a matrix."""
        bound = np.zeros(_rows_of(first) * _rows_of(second))
        for access in self.accesses():
            least = self._least_unit_pj(access) * self._least_share(access, others)
            both = np.multiply.outer(self.share(access, first), self.share(access, second))
            bound = bound + least * both.ravel()
        return bound

    # ------------------------------------------------------------------ parts
    def accesses(self) -> Sequence[Access]:
        """Accesses that every transfer makes; averages that are rounded may be less."""
        if self.costs.profile.rounded_averages:
            return ()
        boundary = self.costs.boundaries[OPERANDS[self.place[0]]][self.place[1]]
        return [access for access in boundary.onward if access.energy_pj]

    def _least_unit_pj(self, access: Access) -> float:
        """Energy of one element at every visit of its tile, at least."""
        return float(np.min(self.unit_pj(access)))

    def unit_pj(self, access: Access) -> Column:
        """Energy of one element at all visits of its tile, in every choice of idle dimensions."""
        words = least_bits(self.costs.layer, self.place[0]) / access.port.bandwidth_max
        visits = self.idle["steps"] * self.idle.get(_side(access), 1.0)
        unit: Column = visits * words * access.energy_pj * _DOWN
        return unit

    def _least_share(self, access: Access, tables: Sequence[Columns]) -> float:
        """Product of the least share of every table."""
        return float(np.prod([self.share(access, table).min() for table in tables]))

    def share(self, access: Access, table: Columns) -> Column:
        """Elements of all lots together at an access, over all instances of its memory."""
        ones = np.ones(_rows_of(table))
        lots = lots_of(table)
        elements = sum(
            table.get(named("times", lot), ones) * table.get(named("elements", lot), ones)
            for lot in lots
        )
        fan = table.get("fan", ones) if access.upper else ones
        share: Column = elements * fan * table.get(_side(access), ones)
        return share


def _side(access: Access) -> str:
    """Name of the instances of the memory of an access."""
    return "upper" if access.upper else "lower"


def _rows_of(table: Columns) -> int:
    """Number of rows of a table."""
    return len(next(iter(table.values())))
