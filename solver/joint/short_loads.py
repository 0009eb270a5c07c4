"""Loads where the last tile along a dimension may be shorter: transfers of several lengths.

``busy = visits * sum over the lots of times * cycles  -  cycles of the one outside computing``

The one outside is the first of what is loaded, a full tile, and the last of outputs on their way
up. Partial sums do not come back on the first visit of a tile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.lot_sums import of_access


@dataclass(frozen=True, eq=False)
class ShortLoad(Load):
    """One access of every transfer over a cut, of which some are shorter."""

    def _of(self, quantity: str) -> Floats:
        """A sum over all different tiles, or what is known of one of them, in cycles."""
        whole, partial = (
            self.passing.relevant(of_access(quantity, self.access, is_partial))
            for is_partial in (False, True)
        )
        cycles: Floats = np.where(self.passing.is_outputs & self.passing.partial, partial, whole)
        return cycles * np.ones(self.passing.shape)

    @property
    def cycles(self) -> Floats:
        """Cycles of the transfer outside computing."""
        return self._of("outside" if self.passing.is_outputs else "longest")

    @property
    def longest(self) -> Floats:
        """Cycles of a full tile."""
        return self._of("longest")

    @property
    def moved_bits(self) -> Floats:
        """Bits of all transfers, whole unrollings counted."""
        elements = self.passing.relevant("moved") * self.passing.idle("steps")
        if self.access.upper:
            elements = elements * np.rint(self.passing.relevant("loaded fan"))
        bits: Floats = elements * self.passing.element_bits * np.ones(self.passing.shape)
        return bits

    @property
    def busy(self) -> Floats:
        """Cycles of all transfers that compete with computing."""
        visits, together = self.passing.idle("steps"), self._of("cycles")
        if not self.back:
            return visits * together - self.cycles
        return np.where(self.passing.partial, (visits - 1) * together, 0.0)

    @property
    def outside(self) -> Floats:
        """Share of all periods whose transfers do not compete with computing, at least.

        A tile is first visited in a full round along all idle dimensions, which is no less than
        one of as many equal ones; the last of the outputs leaves in a short one wherever there is
        one.
        """
        full_round = 1 / self.passing.idle("steps")
        if self.back:
            return full_round * np.ones(self.passing.shape)
        last_round = self.passing.idle("share last")
        round_ = last_round if self.passing.is_outputs else full_round
        return self.passing.relevant("share") * round_

    def unhidden(self, window: float) -> Floats:
        """Cycles that windows of some length cannot hide, of tiles of one step each."""
        visits, steps = self.passing.idle("steps"), self.passing.relevant("lone steps")
        later = (visits - 1) * steps if self.back else visits * steps - 1
        if self.back:
            later = np.where(self.passing.partial, later, 0.0)
        hidden: Floats = np.maximum(0.0, later) * np.maximum(0.0, self.longest - window)
        return hidden
