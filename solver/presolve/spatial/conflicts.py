"""Cuts around a resting tile, of which one must hold the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from zigzag_imc.solver.presolve.spatial.crossing import Crossing
from zigzag_imc.solver.presolve.spatial.crossing_ports import PortCrossing
from zigzag_imc.solver.presolve.spatial.higher_cuts import HigherCut
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

Ports = Mapping[PortKey, PortCrossing]
"""What all elements crossing a cut take of every port."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A cut that lies inside another one.

    Attributes
    ----------
    cut
        The cut.
    ports
        What all elements crossing it take of every port.
    times
        How often it is crossed at least.
    """

    cut: HigherCut
    ports: Mapping[PortKey, PortCrossing]
    times: Array

    def extra_pj(self) -> Array:
        """Energy beyond that of crossing once."""
        return _extra(self.cut.energy_pj, self.times)

    def extra_cycles(self, key: PortKey) -> Array:
        """Cycles of a port beyond those of crossing once."""
        if key not in self.ports:
            return self.times * 0.0
        return _extra(self.ports[key].cycles, self.times)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two cuts around a resting tile, one of which must hold the other.

    Attributes
    ----------
    one, two
        Either cut as the inner one.
    """

    one: Inner
    two: Inner

    def extra_pj(self) -> Array:
        """Extra energy of the better order of the two."""
        return np.minimum(self.one.extra_pj(), self.two.extra_pj())

    def extra_cycles(self, key: PortKey) -> Array:
        """Extra cycles of a port in the better order of the two."""
        return np.minimum(self.one.extra_cycles(key), self.two.extra_cycles(key))


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest tiles that cuts may hold.

    Attributes
    ----------
    bits
        Bits at every cut.
    longer_at
        A cut whose tile is longer than those of the others.
    longer_bits
        Bits of that tile at every cut.
    """

    bits: Mapping[HigherCut, Array]
    longer_at: HigherCut | None = None
    longer_bits: Mapping[HigherCut, Array] = field(default_factory=dict)

    def bits_at(self, cut: HigherCut) -> Array:
        """Bits of the tile of a cut."""
        return (self.longer_bits if cut is self.longer_at else self.bits)[cut]

    def bits_around(self, inner: HigherCut, outer: HigherCut) -> Array:
        """Bits of the tile of a cut around another one, which holds all that that one does."""
        return self.longer_bits[outer] if inner is self.longer_at else self.bits_at(outer)


def with_halo(ports: Ports, often: Array | None) -> Ports:
    """Return what is taken of ports where all elements are moved so often together."""
    if often is None:
        return ports
    return {key: crossing.with_halo(often) for key, crossing in ports.items()}


def _extra(crossing: Crossing, times: Array) -> Array:
    """Amount of all elements crossing several times beyond that of crossing once."""
    return crossing.times(times) - crossing.once
