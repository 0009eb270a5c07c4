"""Where a search stands: its incumbent, and what could still beat it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.affordable import affordable
from zigzag_imc.solver.presolve.energy_bound import EnergyBound
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.ledger import Place
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.tables.chains import Index, Placement
from zigzag_imc.solver.tables.cut import SpatialColumns


@dataclass(frozen=True)
class SpatialOption:
    """A spatial mapping that may still be optimal, with its bounds.

    Attributes
    ----------
    bound
        Lower bound of the objective of all its mappings.
    columns
        Its cost tables.
    energy
        Bound of its energy.
    latency
        Additive bounds of its latency; none where that takes no part.
    tiles
        The best tiles at some of its cuts, as far as they are known.
    """

    bound: float
    columns: SpatialColumns
    energy: EnergyBound
    latency: LatencySums
    tiles: Mapping[Placement, Index] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A spatial mapping that may still be optimal, without its tables.

    Thousands may wait, whose tables would take gigabytes; they are built again for the few that
    come into a model.

    Attributes
    ----------
    bound
        Lower bound of the objective of all its mappings.
    place
        Its number, and the part of the listing that it is in.
    energy
        Bound of its energy, without the chains that it stands on.
    held_bits
        Per memory, bits that its smallest tiles take there.
    """

    bound: float
    place: Place
    energy: EnergyBound
    held_bits: tuple[int, ...]

    @classmethod
    def of(cls, option: SpatialOption, place: Place) -> Waiting:
        """Let an option wait that is at a place of the listing."""
        energy = replace(option.energy, chains=())
        return cls(option.bound, place, energy, option.columns.least_held_bits)

    def option(
        self, bench: Workbench, goal: Goal, columns: SpatialColumns | None = None
    ) -> SpatialOption:
        """Return it with its tables, which are worked out where they are not given."""
        columns = bench.columns(*self.place) if columns is None else columns
        if not bench.has_any_sizes:
            columns = affordable(columns, bench.accelerator, self.energy, goal)
        sums = LatencySums(columns, counts=goal.needs_latency)
        return SpatialOption(self.bound, columns, self.energy, sums)


@dataclass
class Standing:
    """Where a search stands; replaced piece by piece as it goes on.

    Attributes
    ----------
    best
        The incumbent.
    cutoff
        Objective above which no mapping is of interest.
    waiting
        Spatial mappings that may still be optimal.
    """

    best: Incumbent | None
    cutoff: float = math.inf
    waiting: deque[Waiting] = field(default_factory=deque)

    @property
    def value(self) -> float:
        """Objective of the incumbent, or the most of interest where that is less."""
        return self.cutoff if self.best is None else min(self.best.value, self.cutoff)

    def beats(self, bound: float) -> bool:
        """Whether no mapping of an objective of ``bound`` or more is of interest."""
        return bound > self.value or math.isinf(bound)

    def offer(self, found: Incumbent | None) -> bool:
        """Take a mapping if it ranks before the incumbent; return whether it does."""
        before = self.best
        self.best = better_of(found, before)
        return self.best is not before

    @property
    def least_waiting(self) -> float:
        """Lower bound of the objective of all that waits; infinite where nothing does."""
        return min((option.bound for option in self.waiting), default=math.inf)

    def sort_waiting(self) -> None:
        """Order what waits by rising bound."""
        self.waiting = deque(sorted(self.waiting, key=lambda option: option.bound))
