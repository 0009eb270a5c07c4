"""Lot sums: what all different tiles that cross a cut take together, each with its own words.

With lots of ``times[l]`` tiles of ``elements[l]`` each, for every access of a transfer:

``energy = sum over l of times[l] * words(elements[l] * bits) * energy of an access``
``cycles = sum over l of times[l] * ceil(loaded[l] * bits / bits per cycle)``

Both are those of one visit of every tile; the idle dimensions say how many visits there are. The
first tile to be loaded is a full one; the last of the outputs is short wherever one is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access, Boundary, output_bits, words
from zigzag_imc.models.movement.words import Amount, ceil_div
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.joint.crossing import INTO_CELLS
from zigzag_imc.solver.joint.lots import Places, Quantities, lots_at_pairs, multiplied_scalars
from zigzag_imc.solver.joint.selection import Column, Columns
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Sums = dict[str, Column]


def of_access(quantity: str, access: Access, is_partial: bool) -> str:
    """Name of a quantity of one access, of partial sums or of anything else."""
    return f"{quantity} {access.direction.value} {'partial' if is_partial else 'whole'}"


@dataclass(frozen=True, eq=False)
class LotSums:
    """Adds up the lots at one cut.

    Attributes
    ----------
    costs, place
        Cost model of the layer, and the cut.
    has_energy, has_latency
        Of which of the two.
    """

    costs: CostModel
    place: CutPlace
    has_energy: bool
    has_latency: bool

    def at(self, first: Columns, second: Columns, rows: tuple[Places, Places]) -> Sums:
        """Sums at pairs of rows of two tables, which have all relevant dimensions between them."""
        every = multiplied_scalars(first, second, rows)
        found: Sums = {"room": every["room"], "steps": np.minimum(every["steps"], 2.0)}
        if self.has_energy:
            found |= {"lower": every["lower"], "upper": every["upper"]}
        if self.has_latency:
            found |= self._apart(every)
        for number, (_, lot) in enumerate(lots_at_pairs(first, second, rows)):
            for name, amount in self._of_lot(every, lot, is_full=number == 0):
                found[name] = found.get(name, 0.0) + amount
        return found

    # ------------------------------------------------------------------ parts
    @property
    def _boundary(self) -> Boundary:
        return self.costs.boundaries[OPERANDS[self.place[0]]][self.place[1]]

    def _accesses(self) -> Iterator[tuple[Access, bool, Amount]]:
        """Every access of a transfer, for every kind of elements: with the bits of one.

        Outputs go up finished or as partial sums, and come back as partial sums alone.
        """
        layer, (operand, _) = self.costs.layer, self.place
        if operand != OUTPUTS:
            bits = layer.precision.bits(OPERANDS[operand])
            yield from ((access, False, bits) for access in self._boundary.down)
            return
        for is_partial in (False, True):
            bits = output_bits(layer, is_partial)
            yield from ((access, is_partial, bits) for access in self._boundary.up)
        yield from ((access, True, bits) for access in self._boundary.down)

    def _of_lot(
        self, every: Quantities, lot: Quantities, *, is_full: bool
    ) -> Iterator[tuple[str, Column]]:
        """What one lot adds to the sums, and the full one alone."""
        for access, is_partial, bits in self._accesses():
            if self.has_energy and access.energy_pj:
                name = of_access("pj", access, is_partial)
                yield name, self._energy_pj(access, every["fan"], lot, bits)
            if self.has_latency:
                cycles = self._cycles(access, every["loaded fan"], lot["loaded"], bits)
                yield of_access("cycles", access, is_partial), lot["times"] * cycles
                if is_full:
                    yield of_access("longest", access, is_partial), cycles
        if self.has_latency:
            yield "moved", lot["times"] * lot["loaded"]
            yield from self._of_lowest(every, lot, is_full=is_full)

    def _of_lowest(
        self, every: Quantities, lot: Quantities, *, is_full: bool
    ) -> Iterator[tuple[str, Column]]:
        """What latency has to know of the tiles in the lowest memories."""
        if self.place == INTO_CELLS:
            cycles = self._row_cycles(lot["depth"])
            yield "written", lot["times"] * cycles
            if is_full:
                yield "row", cycles
        if self.place[1] == 1 and is_full:
            yield "lone steps", every["lone"] * every["steps"]
            yield "lone elements", every["lone"] * lot["elements"]
            yield "loaded", lot["loaded"] * (every["steps"] == 1)

    def _apart(self, every: Quantities) -> Sums:
        """What is known of the tile that moves before computing, or after it."""
        found = {"share": every["share"], "loaded fan": every["loaded fan"]}
        if self.place[0] == OUTPUTS:
            for access, is_partial, bits in self._accesses():
                cycles = self._cycles(access, every["loaded fan"], every["loaded last"], bits)
                found[of_access("outside", access, is_partial)] = cycles
        return found

    # ------------------------------------------------------------------ formulas
    def _energy_pj(self, access: Access, fan: Column, lot: Quantities, bits: Amount) -> Column:
        """Energy of all tiles of a lot at one instance of the memory that is accessed."""
        profile, elements = self.costs.profile, lot["elements"]
        if profile.rounded_averages:
            elements, fan = np.rint(elements), np.rint(fan)
        moved_bits = access.amount(elements, fan) * bits
        counted = words(access.port, moved_bits, lot["times"], 1, profile)
        energy: Column = counted * access.energy_pj
        return energy

    def _cycles(self, access: Access, fan: Column, loaded: Column, bits: Amount) -> Column:
        """Cycles of one transfer."""
        moved_bits = access.amount(loaded, np.rint(fan)) * bits
        cycles: Column = ceil_div(moved_bits, access.port.bandwidth_max)
        return cycles

    def _row_cycles(self, depth: Column) -> Column:
        """Cycles of one row with so many weights a multiplier."""
        port = self.costs.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        cycles: Column = cycles_per_row(depth, self.costs.layer.precision.W, port)
        return cycles
