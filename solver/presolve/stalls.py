"""The ways in which ports can make the computation wait, each with what it adds to the latency.

A port stalls at least for what each transfer cannot hide in its own windows (`Stuck`), and at least
for what all its transfers take beyond the computation (`Busy`). Or no port stalls (`Computing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from zigzag_imc.solver.tables.cut import ROW_PORT, Cut, PortKey, SpatialColumns, ports_of
from zigzag_imc.solver.tables.lattice import Array


class Stall(Protocol):
    """A way to wait: cycles that no cut changes, and cycles of every tile at every cut."""

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether the latency can be longer than that of computing alone."""

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles that no cut changes."""

    def cycles(self, cut: Cut) -> Array | float:
        """Cycles of every tile at a cut."""


@dataclass(frozen=True, slots=True)
class Computing:
    """Computing never waits."""

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Computing always takes its time."""
        return True

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of computing."""
        return columns.compute_cycles

    def cycles(self, cut: Cut) -> Array | float:
        """No cut changes these."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Stuck:
    """Computing waits for the transfers of a port that outlast their own windows.

    Attributes
    ----------
    port
        The port.
    """

    port: PortKey

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether any tile makes the port stall by itself."""
        is_stuck_anyway = self._fixed(columns) > 0
        return is_stuck_anyway or any(cut.most(cut.stuck, self.port) for cut in columns.all_cuts)

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of computing, and of waiting whatever the cuts."""
        return columns.compute_cycles + self._fixed(columns)

    def cycles(self, cut: Cut) -> Array | float:
        """Cycles that no window hides."""
        return cut.stuck.get(self.port, 0.0)

    def _fixed(self, columns: SpatialColumns) -> float:
        return columns.fixed_stuck.get(self.port, 0.0)


@dataclass(frozen=True, slots=True)
class Busy:
    """The transfers of a port, one after the other, take longer than computing.

    Attributes
    ----------
    port
        The port.
    """

    port: PortKey

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether the transfers can ever take longer than the computation."""
        most = (cut.most(cut.busy, self.port) for cut in columns.all_cuts)
        is_memory_port = self.port[1] != ROW_PORT
        return is_memory_port and sum(most, start=self.offset(columns)) > columns.compute_cycles

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of transfers whatever the cuts."""
        return columns.fixed_busy.get(self.port, 0.0)

    def cycles(self, cut: Cut) -> Array | float:
        """Cycles of transfers after the first period."""
        return cut.busy.get(self.port, 0.0)


def stalls_of(columns: SpatialColumns) -> Iterator[Stall]:
    """Yield all ways to wait under a spatial mapping, in a fixed order."""
    yield Computing()
    for port in ports_of(columns):
        yield from (Stuck(port), Busy(port))
