"""The spatial mappings of a layer, with their quick bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from zigzag_imc.core.budget import Budget, never
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.counting import size_in_time
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds, bounded_in_time
from zigzag_imc.solver.presolve.spatial.energies import Stops
from zigzag_imc.solver.presolve.spatial.sharing import listed_and_bounded

_LISTING_SHARE = 1 / 3
"""Share of a time limit for listing all spatial mappings, and again for their quick bounds."""


@dataclass(frozen=True, slots=True)
class MapspaceCounts:
    """How much there is to choose from.

    Attributes
    ----------
    spatial_mappings
        Spatial mappings; ``None`` where not all were listed.
    mappings
        All mappings; ``None`` where they were not counted.
    """

    spatial_mappings: int | None
    mappings: int | None


UNCOUNTED = MapspaceCounts(None, None)
"""Where nothing was counted."""


@dataclass(frozen=True)
class Listing:
    """All spatial mappings of a layer, or as many as there was time for.

    Attributes
    ----------
    spatials
        The spatial mappings.
    quick
        Lower bounds of energy (pJ) and latency (cycles) of all of them, or of the first so many.
    """

    spatials: SpatialSpace
    quick: SpatialBounds

    @classmethod
    def of(
        cls,
        costs: CostModel,
        with_latency: bool,
        budget: Budget,
        space: Space = DIVISORS,
        first: int = 0,
    ) -> Listing:
        """List and bound them within the first two shares of the budget.

        ``first`` combinations of unrollings are left out, and all that break constraints.
        """
        listed = partial(budget.is_over, _LISTING_SHARE)
        bounded = partial(budget.is_over, 2 * _LISTING_SHARE)
        stops = Stops(listed, bounded, budget.is_over)
        return cls(*listed_and_bounded(costs, with_latency, space, stops, first))

    def with_energy_at_most(self, most_pj: float, costs: CostModel) -> Listing:
        """Return those that may have a mapping of so little energy, with bounds of the latency."""
        known = self.known
        may_have = self.quick.energy_pj * (1 - TOLERANCE) <= most_pj
        spatials = known.where(may_have)
        return Listing(spatials, bounded_in_time(costs, spatials, self.quick.energy_pj[may_have]))

    def prepared(self, goal: Goal) -> Listing:
        """Work out what a goal asks of all of them, before the time is shared out.

        Those that there is no time for have no bounds then, as if they were not listed.
        """
        if not goal.needs_energy or math.isfinite(goal.most_latency):
            return self
        count = self.quick.energies.in_time()
        if count == len(self.quick):
            return self
        first = (self.quick.energy_pj[:count], self.quick.latency[:count])
        return Listing(self.spatials, SpatialBounds.of(*(each.copy() for each in first)))

    @property
    def complete(self) -> bool:
        """Whether all spatial mappings are listed and have their quick bounds."""
        return self.spatials.complete and len(self.quick) == len(self.spatials)

    @property
    def rest_from(self) -> int:
        """Combinations of unrollings up to the first that is not listed and bounded."""
        bounded = len(self.quick)
        if bounded < len(self.spatials):
            return self.spatials.place(bounded)
        return self.spatials.looked_at

    @property
    def known(self) -> SpatialSpace:
        """The spatial mappings that have quick bounds."""
        return self.spatials[: len(self.quick)]

    @property
    def least_latency_cycles(self) -> float:
        """Lower bound of the latency of the spatial mappings that have quick bounds, in cycles."""
        return float(self.quick.latency.min(initial=math.inf))


def counts_of(
    parts: Sequence[SpatialSpace], complete: bool, costs: CostModel, space: Space, budget: Budget
) -> MapspaceCounts:
    """Count spatial mappings and mappings, unless some are not listed or there is no time."""
    looked_at = sum(map(len, parts))
    if not complete or (looked_at > BLOCK and budget.is_over()):
        return UNCOUNTED
    wanted, size = (costs.layer, costs.accelerator, costs.profile, space), 0
    for part in parts:
        counted = size_in_time(*wanted, part, never if looked_at <= BLOCK else budget.is_over)
        if counted is None:
            return UNCOUNTED
        size += counted
    return MapspaceCounts(sum(part.represented for part in parts), size)
