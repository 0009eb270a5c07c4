"""Loads: how the transfers over a cut keep the ports, as matrices.

A row per choice of the relevant dimensions, a column per choice of the idle ones, as in `passing`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.joint.crossing import Cut, Floats
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.tables.cut import PortKey


@dataclass(frozen=True, eq=False)
class Load:
    """One access of every transfer over a cut.

    Attributes
    ----------
    passing
        What crosses the cut.
    access
        The access.
    back
        Whether it moves partial sums on their way back down.
    """

    passing: Passing
    access: Access
    back: bool

    @property
    def cut(self) -> Cut:
        """The cut that is crossed."""
        return self.passing.cut

    @property
    def key(self) -> PortKey:
        """The port that is used."""
        return self.access.memory_index, self.access.port_index

    @property
    def bandwidth(self) -> int:
        """Bits per cycle of the port."""
        return self.access.port.bandwidth_max

    @property
    def is_first(self) -> bool:
        """Whether it is part of the on- or offloading: partial sums that come back are not."""
        return self.cut.boundary > 0 and not self.back

    @property
    def bits(self) -> Floats:
        """Bits of one transfer, whole unrollings counted."""
        elements = self.passing.relevant("loaded")
        if self.access.upper:
            elements = elements * np.rint(self.passing.relevant("loaded fan"))
        bits: Floats = elements * self.passing.element_bits * np.ones(self.passing.shape)
        return bits

    @property
    def cycles(self) -> Floats:
        """Cycles of one transfer."""
        cycles: Floats = ceil_div(self.bits, self.bandwidth)
        return cycles

    @property
    def longest(self) -> Floats:
        """Cycles of the longest transfer."""
        return self.cycles

    @property
    def moved_bits(self) -> Floats:
        """Bits of all transfers."""
        return self.passing.count * self.bits

    @property
    def outside(self) -> Floats:
        """Share of all periods whose transfers do not compete with computing."""
        count = self.passing.count
        outside: Floats = (count - self.later) / count
        return outside

    @property
    def later(self) -> Floats:
        """Transfers that compete with computing; the first period is on- or offloading.

        Partial sums come back on the second visit of a tile at the earliest, where hardware counts.
        """
        later = self.passing.count - 1
        return np.minimum(self.passing.back, later) if self.back else later

    @property
    def busy(self) -> Floats:
        """Cycles of all transfers that compete with computing."""
        return self.later * self.cycles

    def unhidden(self, window: float) -> Floats:
        """Cycles that windows of some length cannot hide."""
        hidden: Floats = self.later * np.maximum(0.0, self.cycles - window)
        return hidden
