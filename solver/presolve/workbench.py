"""The workbench of one layer: all that several searches of it share."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.formulation.problem import NOTHING
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.floor import floor_of
from zigzag_imc.solver.presolve.ledger import Ledger
from zigzag_imc.solver.presolve.listing import Listing, MapspaceCounts, counts_of
from zigzag_imc.solver.scoring.scores import Arranged, KeptScores
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import LastWord, SearchOptions
from zigzag_imc.solver.spaces import has_any_sizes
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import SpatialColumns
from zigzag_imc.solver.tables.lattice import TileLattice
from zigzag_imc.solver.tables.short_ends import first_lengths

if TYPE_CHECKING:
    from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder, AnyColumns

MOST_TILES = 100_000
"""Tiles up to which the columns of spatial mappings are kept for another goal: about a kilobyte for
each tile."""

_SHARE_OF_DIVISORS = 1 / 3
"""Share of the time left in which mappings are looked for whose tiles divide, before others."""

_FINE = 8
"""Times as much that classes of tiles take: they keep what all their tiles are worked out from."""


class _Built(Protocol):
    """The columns of a spatial mapping."""

    @property
    def lattice(self) -> TileLattice:
        """Their tiles."""


_AnyBuilt = TypeVar("_AnyBuilt", bound=_Built)


class _Kept(Generic[_AnyBuilt]):
    """The columns of spatial mappings that were asked for last."""

    def __init__(self, times: int = 1) -> None:
        self._columns: OrderedDict[tuple[int, int], _AnyBuilt] = OrderedDict()
        self._tiles, self._most_tiles = 0, MOST_TILES // times

    def at(self, place: tuple[int, int], build: Callable[[], _AnyBuilt]) -> _AnyBuilt:
        """Return the columns at a place; build them where they are not here."""
        found = self._taken(place)
        if found is None:
            found = build()
        self._keep(place, found)
        return found

    def _taken(self, place: tuple[int, int]) -> _AnyBuilt | None:
        """Take the columns at a place out, if they are here."""
        found = self._columns.pop(place, None)
        if found is not None:
            self._tiles -= found.lattice.size
        return found

    def _keep(self, place: tuple[int, int], columns: _AnyBuilt) -> None:
        """Keep columns; drop those that were asked for longest ago where there are too many."""
        self._columns[place] = columns
        self._tiles += columns.lattice.size
        while self._tiles > self._most_tiles and len(self._columns) > 1:
            self._taken(next(iter(self._columns)))


class Workbench:
    """A layer on an accelerator under a profile.

    The latest columns of spatial mappings and all exact scores are kept, so that several goals for
    the same layer (its Pareto front) share them.

    Parameters
    ----------
    costs
        Exact cost model of the layer.
    options
        Gap, seed and cutoff.
    budget
        Time for all searches; no limit when left out.
    with_latency
        Whether bounds and columns of the latency are needed.

    Attributes
    ----------
    budget
        What is left of the budget, from the beginning of this work on.
    listings
        All spatial mappings with their quick bounds, or as many as there was time for; the later
        parts only where the first is not all.
    floor
        What every mapping costs at least.
    scores
        Every exact score made so far.
    ledger
        What presolve left to CP-SAT so far, and what that did with it.
    has_any_sizes
        Whether tiles may have any size, or divide.
    corner
        Energy and latency that all mappings of interest need, as far as that is proved.
    proved_value
        Objective that all mappings have at least, as far as that is proved.
    """

    def __init__(
        self,
        costs: CostModel,
        options: SearchOptions | None = None,
        budget: Budget | None = None,
        with_latency: bool = True,
    ) -> None:
        self.costs = costs
        self.layer, self.accelerator = costs.layer, costs.accelerator
        self.options = options or SearchOptions()
        self.has_any_sizes = has_any_sizes(self.options.space, costs.profile)
        self.budget = (budget or Budget.of()).rest()
        self.scores = KeptScores(costs, self.options.constraints, self.has_any_sizes)
        self.listings = [self._listed(with_latency, self.budget)]
        self.floor = floor_of(costs)
        self._with_latency = with_latency
        self._begin_anew()
        self.corner = NOTHING
        self.proved_value = 0.0

    @property
    def listing(self) -> Listing:
        """The first part of all spatial mappings; as a rule, all of them."""
        return self.listings[0]

    def all_listings(self) -> Iterator[tuple[int, Listing]]:
        """Yield part after part of all spatial mappings; list more as long as there is time."""
        yield from enumerate(self.listings)
        while not self.complete and not self.budget.is_over():
            first = self.listings[-1].rest_from
            more = self._listed(self._with_latency, self.budget.rest(), first)
            self.listings.append(more)
            yield len(self.listings) - 1, more

    def _listed(self, with_latency: bool, budget: Budget, first: int = 0) -> Listing:
        """List spatial mappings from the ``first`` combination of unrollings on."""
        return Listing.of(self.costs, with_latency, budget, self.options.space, first)

    @property
    def complete(self) -> bool:
        """Whether all spatial mappings are listed and have their quick bounds."""
        return self.listings[-1].complete

    @property
    def least_latency_cycles(self) -> float:
        """Lower bound of the latency of all mappings, in cycles."""
        if not self.complete:
            return self.floor.latency_cycles
        least = min(listing.least_latency_cycles for listing in self.listings)
        return least if math.isfinite(least) else 0.0

    @property
    def least_energy_pj(self) -> float:
        """Lower bound of the energy of all mappings, in pJ."""
        if not self.complete:
            return self.floor.energy_pj
        quick = (listing.quick.energy_pj.min(initial=math.inf) for listing in self.listings)
        least = float(min(quick))
        return least if math.isfinite(least) else 0.0

    def asking_for(self, cutoff: float, proved: float = 0.0) -> Workbench:
        """Return the same work with another question: only for objectives up to ``cutoff``.

        Where it is proved already that all mappings have ``proved`` at least.
        """
        other = copy(self)
        other.proved_value = proved
        other.options = replace(self.options, cutoff=cutoff)
        return other

    def for_factor(self, cutoff: float, with_latency: bool, gap: float = 0.0) -> Workbench:
        """Return the same work for a factor of a product, of interest up to ``cutoff``.

        It is proved up to a gap of its own, and what it leaves to CP-SAT is another question's.
        """
        other = self.asking_for(cutoff)
        other.options = replace(other.options, gap=gap)
        other._with_latency = with_latency
        other._begin_anew()
        return other

    def with_energy_at_most(self, most_pj: float) -> Workbench:
        """Return the same work for mappings of little energy, with bounds of their latency.

        ``quick bound <= energy`` of every mapping, so a spatial mapping whose quick bound is above
        the energy has none of them.
        """
        other = copy(self)
        other._with_latency = True
        other._begin_anew()  # other spatial mappings have other places
        other.listings = [
            listing.with_energy_at_most(most_pj, self.costs) for listing in self.listings
        ]
        return other

    def among_divisors(self) -> Workbench:
        """Return the same work among tiles that divide alone; scores count for both.

        In a share of the time left: it is to find a good mapping, and no bound counts for both.
        """
        other = copy(self)
        other.budget = self.budget.part(_SHARE_OF_DIVISORS)
        other.options = replace(
            self.options, space=replace(self.options.space, tile_sizes="divisors")
        )
        other.has_any_sizes = False
        other._begin_anew()  # what is left of fewer tiles is another question's
        return other

    @property
    def lengths(self) -> Callable[[int], Sequence[int]]:
        """What lengths of tiles are told apart along a dimension of a size."""
        return first_lengths if self.has_any_sizes else divisors

    def _new_builder(self) -> ColumnBuilder | AnyColumnBuilder:
        """Return what builds the columns of spatial mappings."""
        wanted = self.costs, self._with_latency, self.options.constraints
        if not self.has_any_sizes:
            return ColumnBuilder(*wanted)
        from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder

        return AnyColumnBuilder(*wanted)

    def _begin_anew(self) -> None:
        """Build columns anew, and an account of what is left to CP-SAT."""
        self._builder = self._new_builder()
        self._columns: _Kept[SpatialColumns] = _Kept()
        self._any_columns: _Kept[AnyColumns] = _Kept(_FINE)
        self.ledger = Ledger()

    def of_any_sizes(self, number: int, part: int = 0) -> AnyColumns:
        """Return all tiles of any lengths of a spatial mapping of a part; kept as `columns`."""
        builder, spatials = self._builder, self.listings[part].spatials
        assert not isinstance(builder, ColumnBuilder), "tiles divide here"
        return self._any_columns.at((part, number), lambda: builder.fine(spatials[number]))

    def columns(self, number: int, part: int = 0) -> SpatialColumns:
        """Columns of a spatial mapping of a part; those asked for last are kept (`MOST_TILES`)."""
        builder, spatials = self._builder, self.listings[part].spatials
        if not isinstance(builder, ColumnBuilder):
            return self.of_any_sizes(number, part).classes
        return self._columns.at((part, number), lambda: builder.build(spatials[number]))

    def best_arrangement(self, choice: TileChoice, goal: Goal, floor: float) -> Arranged:
        """Best exact score over the loop orders of a choice of tiles."""
        return self.scores.best_arrangement(choice, goal, floor, self.budget)

    def last_word(self) -> LastWord | None:
        """What presolve has left to CP-SAT so far, of all that was asked; ``None`` before that."""
        ledger = self.ledger
        if not ledger.models:
            return None
        mappings = sum(
            mapspace_size(
                self.layer,
                self.accelerator,
                self.costs.profile,
                self.options.space,
                listing.spatials.at(own),
            )
            for part, listing in enumerate(self.listings)
            if len(own := ledger.left_of(part))
        )
        return LastWord(len(ledger.left), mappings, len(ledger.by_tiles), ledger.models)

    def counts(self) -> MapspaceCounts:
        """How many spatial mappings and mappings there are.

        It is asked last: bounds of millions take as much room as counting, so they are given up.
        """
        parts, complete = [listing.known for listing in self.listings], self.complete
        self.listings = []
        return counts_of(parts, complete, self.costs, self.options.space, self.budget)
