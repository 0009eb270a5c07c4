"""The workbench of one layer: its mapspace, its bounds and every exact score made so far."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Iterator

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import overflows
from zigzag_imc.models.mapspace.spatial_space import BLOCK, SpatialSpace, mapspace_size
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import TOLERANCE
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds, spatial_bounds
from zigzag_imc.solver.scoring.loop_orders import CutPlace, TileChoice
from zigzag_imc.solver.solution import ParetoPoint, SearchOptions, ShouldStop
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.chains import Chain
from zigzag_imc.solver.tables.cut import SpatialColumns

Incumbent = tuple[float, float, float, LayerMapping, Cost]
"""Objective, energy (pJ), latency (cycles), mapping and cost of a scored mapping; the first three
rank it."""

_LISTING_SHARE = 1 / 3
"""Share of a time limit for listing all spatial mappings, and again for their quick bounds."""

MOST_COLUMNS = 1000
"""Spatial mappings whose columns are kept for another goal; some hundred kilobytes each, by the
number of tiles."""

MOST_ORDERS = 2000
"""Loop orders scored for one choice of tiles."""


def better(new: Incumbent | None, old: Incumbent | None) -> Incumbent | None:
    """Return the better of two scored mappings.

    By objective, then energy, then latency, then the older one.
    """
    if new is None:
        return old
    return new if old is None or new[:3] < old[:3] else old


class Workbench:
    """A layer on an accelerator under a profile.

    The latest columns of spatial mappings and all exact scores are kept, so that several goals for
    the same layer (its Pareto front) share them.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        options: SearchOptions | None = None,
        should_stop: ShouldStop | None = None,
        with_latency: bool = True,
    ) -> None:
        self.layer, self.accelerator = layer, accelerator
        self.options = options or SearchOptions()
        self.model = CostModel(layer, accelerator, profile)
        self.exact_scores = 0
        self.started = time.monotonic()
        self._should_stop = should_stop
        self.spatials = SpatialSpace.of(layer, accelerator, lambda: self.stopping(_LISTING_SHARE))
        self.quick: SpatialBounds = spatial_bounds(
            self.model, self.spatials, with_latency, lambda: self.stopping(2 * _LISTING_SHARE)
        )
        self.builder = ColumnBuilder(self.model, with_latency)
        self._columns: OrderedDict[int, SpatialColumns] = OrderedDict()
        self._scored: dict[LayerMapping, Cost] = {}

    # ------------------------------------------------------------------ helpers
    @property
    def complete(self) -> bool:
        """Whether all spatial mappings are listed and have their quick bounds."""
        return self.spatials.complete and len(self.quick.energy_pj) == len(self.spatials)

    @property
    def sizes(self) -> tuple[int | None, int | None]:
        """How many spatial mappings and mappings there are.

        Unknown when there was no time to list or count them.
        """
        if not self.spatials.complete or (len(self.spatials) > BLOCK and self.stopping()):
            return None, None
        return len(self.spatials), mapspace_size(self.layer, self.accelerator, self.spatials)

    def stopping(self, share: float = 1.0) -> bool:
        """Whether a limit, or a share of it, or the user asks to stop."""
        limit = self.options.time_limit_s
        if limit is not None and time.monotonic() - self.started >= share * limit:
            return True
        return self._should_stop is not None and self._should_stop()

    def seconds_left(self) -> float | None:
        """Seconds until the time limit."""
        limit = self.options.time_limit_s
        return None if limit is None else max(0.0, limit - (time.monotonic() - self.started))

    def columns(self, number: int) -> SpatialColumns:
        """Columns of a spatial mapping; the `MOST_COLUMNS` asked for last are kept."""
        found = self._columns.pop(number, None) or self.builder.build(self.spatials[number])
        self._columns[number] = found  # the last one again
        if len(self._columns) > MOST_COLUMNS:
            self._columns.popitem(last=False)
        return found

    def score(self, mapping: LayerMapping) -> Cost:
        """Exact cost of a mapping; kept."""
        known = self._scored.get(mapping)
        if known is None:
            known = self._scored[mapping] = self.model.evaluate(mapping)
            self.exact_scores += 1
        return known

    def choice(self, columns: SpatialColumns, chain: Chain) -> TileChoice:
        """Tiles of a chain as a choice that loop orders can realise."""
        tiles: list[tuple[CutPlace, dict[str, int]]] = []
        for (operand, rank), index in chain.tiles:
            tile = columns.lattice.tile_at(index)
            tiles.extend(((operand, a), tile) for a in columns.cuts[operand][rank].boundaries)
        return TileChoice.of(columns.spatial, columns.laid.temporal, tiles)

    def best_arrangement(
        self, choice: TileChoice, goal: Goal, floor: float
    ) -> tuple[Incumbent | None, float]:
        """Best exact score over the loop orders of a choice.

        Returns the best mapping within the goal's limits and a proved lower bound of all orders'
        objective (``floor`` where not all of them were told apart).
        """
        best: Incumbent | None = None
        wider = self.layer.precision.O_final > self.layer.precision.O
        for count, mapping in enumerate(choice.arrangements(self.layer), start=1):
            # Loops that sink below the outputs' cut finish them, which takes more room where they
            # widen.
            if not (wider and overflows(self.layer, self.accelerator, mapping)):
                cost = self.score(mapping)
                if goal.allows(cost.energy_pj, cost.latency_cycles):
                    key = (
                        goal.value(cost.energy_pj, cost.latency_cycles),
                        cost.energy_pj,
                        cost.latency_cycles,
                    )
                    best = better((*key, mapping, cost), best)
            if best is not None and best[0] <= floor * (1 + TOLERANCE):
                break
            if count >= MOST_ORDERS or (count % 100 == 0 and self.stopping()):
                return best, floor
        return best, math.inf if best is None else best[0]

    def scored_points(self) -> Iterator[ParetoPoint]:
        """All mappings scored so far."""
        return (ParetoPoint(mapping, cost) for mapping, cost in self._scored.items())

    @property
    def least_latency(self) -> float:
        """Lower bound of the latency of all mappings, in cycles."""
        return (
            float(self.quick.latency.min(initial=math.inf))
            if self.complete and len(self.spatials)
            else 0.0
        )

    def scored_so_far(self, goal: Goal) -> Incumbent | None:
        """Best of all mappings scored so far, for a goal."""
        best: Incumbent | None = None
        for mapping, cost in self._scored.items():
            if goal.allows(cost.energy_pj, cost.latency_cycles):
                value = goal.value(cost.energy_pj, cost.latency_cycles)
                best = better((value, cost.energy_pj, cost.latency_cycles, mapping, cost), best)
        return best
