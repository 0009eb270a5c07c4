"""The ways in which ports can make the computation wait, each with what it adds to the latency.

A port stalls at least for what each transfer cannot hide in its own windows (`Stuck`), and at least
for what all its transfers take beyond the computation (`Busy`). Or no port stalls (`Computing`).
Each counts what is surely exposed of the on- and offloading, too; and what else of it passes a port
hides behind computing no more than periodic transfers leave there (`Passing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.tables.cut import ROW_PORT, Cut, PortKey, SpatialColumns, ports_of
from zigzag_imc.solver.tables.lattice import Array


class Stall(Protocol):
    """A way to wait: cycles that no cut changes, and cycles of every tile at every cut."""

    @property
    def port(self) -> PortKey | None:
        """The port that is waited for."""

    def under(self, columns: SpatialColumns) -> Stall:
        """Return the same way to wait under another spatial mapping."""

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether the latency can be longer than that of computing alone."""

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles that no cut changes."""

    def cycles(self, cut: Cut, waited: float) -> Array | float:
        """Cycles of every tile at a cut, ``waited`` times its link among them."""


@dataclass(frozen=True, slots=True)
class Computing:
    """Computing never waits."""

    @property
    def port(self) -> None:
        """There is none."""

    def under(self, columns: SpatialColumns) -> Computing:
        """It is the same everywhere."""
        return self

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Computing always takes its time."""
        return True

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of computing."""
        return columns.compute_cycles

    def cycles(self, cut: Cut, waited: float) -> Array | float:
        """Nothing but the link."""
        return waited * cut.link


@dataclass(frozen=True, slots=True)
class Stuck:
    """Computing waits for the transfers of a port that outlast their own windows.

    Attributes
    ----------
    port
        The port.
    """

    port: PortKey

    def under(self, columns: SpatialColumns) -> Stuck:
        """It is the same everywhere."""
        return self

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether any tile makes the port stall by itself."""
        is_stuck_anyway = self._fixed(columns) > 0
        return is_stuck_anyway or any(cut.most(cut.stuck, self.port) for cut in columns.all_cuts)

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of computing, and of waiting whatever the cuts."""
        return columns.compute_cycles + self._fixed(columns)

    def cycles(self, cut: Cut, waited: float) -> Array | float:
        """Cycles that no window hides."""
        return waited * cut.link + cut.stuck.get(self.port, 0.0)

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

    def under(self, columns: SpatialColumns) -> Busy:
        """It is the same everywhere."""
        return self

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether the transfers can ever take longer than the computation."""
        most = (cut.most(cut.busy, self.port) for cut in columns.all_cuts)
        is_memory_port = self.port[1] != ROW_PORT
        return is_memory_port and sum(most, start=self.offset(columns)) > columns.compute_cycles

    def offset(self, columns: SpatialColumns) -> float:
        """Cycles of transfers whatever the cuts."""
        return columns.fixed_busy.get(self.port, 0.0)

    def cycles(self, cut: Cut, waited: float) -> Array | float:
        """Cycles of transfers after the first period."""
        return waited * cut.link + cut.busy.get(self.port, 0.0)


@dataclass(frozen=True, slots=True)
class Passing:
    """All that passes a port takes its time there, whether it hides behind computing or not.

    What is loaded once hides behind computing and stalls, ``C`` cycles, in no more of them than the
    periodic loads leave of the port, each of which takes a share:

    ``latency >= C + exposed links,   exposed links >= loads - max(0, 1 - shares) * C``

    Where all shares are less than one, so ``latency >= loads + shares * C`` and ``C >= compute``;
    where they are more, ``latency >= loads + C`` and ``C`` is at least what the periodic transfers
    keep the port busy. The less of both counts for every tile, so the sum is no more than either.

    Of two spatial mappings it is the same way to wait, though they compute for different times.

    Attributes
    ----------
    port
        The port.
    bandwidth
        Bits per cycle that it moves.
    compute_cycles
        Cycles of computing.
    """

    port: PortKey
    bandwidth: int = field(compare=False)
    compute_cycles: float = field(compare=False)

    def under(self, columns: SpatialColumns) -> Passing:
        """Computing takes a time of its own there."""
        return replace(self, compute_cycles=columns.compute_cycles)

    def can_matter(self, columns: SpatialColumns) -> bool:
        """Whether all that passes can ever take longer than the computation."""
        most = (cut.most(cut.passing, self.port) for cut in columns.all_cuts)
        return sum(most) > columns.compute_cycles

    def offset(self, columns: SpatialColumns) -> float:
        """What passes whatever the cuts is not among the loads."""
        return 0.0

    def cycles(self, cut: Cut, waited: float) -> Array | float:
        """Cycles of the loads, where they count, and of the periodic transfers in their way.

        Something of a link is surely exposed, unless it does not count beside that of an outer cut.
        """
        if self.port not in cut.taken:
            return waited * cut.link
        share = cut.taken[self.port] / self.bandwidth
        of_computing = share * self.compute_cycles * (1 - TOLERANCE)
        periodic = np.minimum(of_computing, cut.busy.get(self.port, 0.0))
        if not waited:
            return periodic
        loads = np.maximum(cut.link, cut.loads[self.port])
        passing = np.minimum(loads + of_computing, cut.passing[self.port])
        return np.where(np.asarray(cut.link) > 0, passing, periodic)


def stalls_of(columns: SpatialColumns) -> Iterator[Stall]:
    """Yield all ways to wait under a spatial mapping, in a fixed order."""
    yield Computing()
    for port in ports_of(columns):
        yield from (Stuck(port), Busy(port))
    loading = {port for cut in columns.all_cuts for port in cut.loads}
    for port in sorted(loading):
        yield Passing(port, columns.bandwidths[port], columns.compute_cycles)
