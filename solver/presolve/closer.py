"""A closer look at spatial mappings that no sum rules out: chain by chain at the port that decides.

A sum knows nothing of windows. Where a memory has no room for second tiles, computing waits for
most of what its port moves, and no chain may be left (`ChainWindows`).
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.chain_windows import ChainWindows, Tiles
from zigzag_imc.solver.presolve.latency_sums import SumName
from zigzag_imc.solver.presolve.listed_chains import ListedChains, Prices
from zigzag_imc.solver.presolve.stalls import Busy
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumns
from zigzag_imc.solver.tables.chains import Placement
from zigzag_imc.solver.tables.cut import SpatialColumns

MOST_IN_VAIN = 32
"""Looks in a row that rule out nothing after which no more are taken."""


class Closer(NamedTuple):
    """What is seen of a spatial mapping.

    Attributes
    ----------
    least
        Objective of all its mappings at least; infinite where none reaches the value.
    tiles
        The best chain at the port that decides.
    """

    least: float
    tiles: Tiles


NOTHING_SEEN, OUT_OF_REACH = Closer(0.0, {}), Closer(math.inf, {})


@dataclass
class CloserLook:
    """Looks at one spatial mapping after the other.

    Attributes
    ----------
    accelerator, goal
        What they are mapped to, and what is minimised.
    """

    accelerator: Accelerator
    goal: Goal
    _prices: Prices = field(default_factory=dict)
    _in_vain: int = 0

    @property
    def is_worth_it(self) -> bool:
        """Whether one of the last looks has ruled out a spatial mapping."""
        return self._in_vain < MOST_IN_VAIN

    def at(self, fine: AnyColumns, name: SumName, least_energy_pj: float, value: float) -> Closer:
        """Look at a spatial mapping.

        Parameters
        ----------
        fine
            The spatial mapping.
        name
            A bound of its latency, which tells of the port that decides, if any does.
        least_energy_pj
            Least energy of its mappings.
        value
            Objective to be reached.
        """
        waited, stall = name
        if stall.port is None:
            return NOTHING_SEEN
        windows = ChainWindows(fine, self.accelerator, stall.port)
        most = self.goal.enough_latency(value, least_energy_pj) * (1 + TOLERANCE)
        chains = self._chains(windows, (waited, Busy(stall.port)), most)
        if chains is None:
            return NOTHING_SEEN
        # All that are not listed take longer than what reaches the value.
        seen = self._best_of(windows, chains, least_energy_pj)
        is_out = seen.least > value
        self._in_vain = 0 if is_out else self._in_vain + 1
        return OUT_OF_REACH if is_out else seen

    def _chains(
        self, windows: ChainWindows, name: SumName, most: float
    ) -> list[tuple[float, Tiles]] | None:
        """Return all chains at a port that take so long at most, each with its least latency.

        ``None`` where there are too many.
        """
        listed = ListedChains(windows.columns.timed, self.accelerator, windows.places, name)
        known = listed.priced(most, self._prices)
        if known.least > most:
            return []
        self._prices = known.prices
        chains = listed.within(most, known)
        if chains is None:
            return None
        timed = ((windows.latency(tiles, listed.bound.waited), tiles) for tiles in chains)
        return [own for own in timed if own[0] <= most]

    def _best_of(
        self, windows: ChainWindows, chains: list[tuple[float, Tiles]], least_energy_pj: float
    ) -> Closer:
        """Return the least objective of some chains, and the chain that has it."""
        energies = ChainEnergies.of(self._columns(windows.columns), windows.places)

        def seen(latency: float, tiles: Tiles) -> Closer:
            energy_pj = max(least_energy_pj, energies.least_pj(tiles))
            least = self.goal.value(energy_pj * (1 - TOLERANCE), latency * (1 - TOLERANCE))
            return Closer(least, tiles)

        found = itertools.starmap(seen, chains)
        return min(found, key=operator.attrgetter("least"), default=OUT_OF_REACH)

    def _columns(self, fine: AnyColumns) -> SpatialColumns:
        """Columns of a spatial mapping, with energies only where they matter."""
        return fine.timed if self.goal.objective == "latency" else fine.classes


@dataclass(frozen=True)
class ChainEnergies:
    """Least energies of chains at some cuts.

    Attributes
    ----------
    columns
        All cuts.
    rest_pj
        Energy of everything else, at least.
    """

    columns: SpatialColumns
    rest_pj: float

    @classmethod
    def of(cls, columns: SpatialColumns, places: Collection[Placement]) -> ChainEnergies:
        """Tell the cuts of the chains from all others, which cost what their best tile does."""
        others = (
            float(cut.energy_pj.min())
            for operand, cuts in enumerate(columns.cuts)
            for rank, cut in enumerate(cuts)
            if (operand, rank) not in places
        )
        return cls(columns, columns.fixed_energy_pj + sum(others))

    def least_pj(self, tiles: Tiles) -> float:
        """Energy of all mappings that have a chain, at least."""
        own = (float(self.columns.cuts[o][rank].energy_pj[at]) for (o, rank), at in tiles.items())
        return self.rest_pj + sum(own)
