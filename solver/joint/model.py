"""The joint model: spatial mapping, tiles and costs of one layer in one CP-SAT model.

One family of constraints has one file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.array_dimensions import add_array_dimensions
from zigzag_imc.solver.joint.capacity import add_capacities
from zigzag_imc.solver.joint.chain import add_chain
from zigzag_imc.solver.joint.constraints import add_constraints
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.cuts import EVERY_ACTIVATION, add_cuts, least_even_pj
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.energy import add_energy
from zigzag_imc.solver.joint.feeding import add_feeding
from zigzag_imc.solver.joint.floor import Cheapest, Floor, Left
from zigzag_imc.solver.joint.latency import add_latency
from zigzag_imc.solver.joint.objective import Target, add_objective
from zigzag_imc.solver.joint.row_writes import RowWrites
from zigzag_imc.solver.joint.selection import Scratch, Selection, Sheet, UnfinishedModelError
from zigzag_imc.solver.joint.times import Times, times_left
from zigzag_imc.solver.joint.unrollings import Unrolling, add_unrollings, spatial_at
from zigzag_imc.solver.joint.use import add_use, array_pj
from zigzag_imc.solver.scoring.tile_choice import TileChoice

Value = Callable[[Literal], int]
"""Value of a literal in a solution."""

Rows = tuple[int, ...]
"""Row of every decided selection, in their order."""


@dataclass(frozen=True, eq=False)
class JointModel:
    """The model of a layer.

    Attributes
    ----------
    sheet
        The CP-SAT model.
    unrollings
        The unrollings of every layer dimension.
    cuts
        All cuts with their tiles.
    target
        What is minimised.
    has_latency
        Whether latency takes part.
    """

    sheet: Sheet
    unrollings: Mapping[str, Unrolling]
    cuts: Sequence[Cut]
    target: Target
    has_latency: bool

    @classmethod
    def of(cls, costs: CostModel, domain: Domain, budget: Budget | None = None) -> JointModel:
        """Build the model of a layer.

        Raises
        ------
        UnfinishedModelError
            When the time is over before it is built, or it would be too large.
        """
        floor = floor_of(costs, domain, budget)
        try:
            return cls._above(floor, costs, domain, budget)
        except UnfinishedModelError as unfinished:
            least = 0.0 if floor is None else floor.least(domain.objective)
            raise UnfinishedModelError(str(unfinished), least) from None

    @classmethod
    def _above(
        cls, floor: Floor | None, costs: CostModel, domain: Domain, budget: Budget | None
    ) -> JointModel:
        """Build the model, without what a floor leaves nothing for."""
        sheet = Sheet(budget)
        unrollings = add_unrollings(sheet, costs, domain.space, domain.widest, domain.only)
        lanes = add_array_dimensions(sheet, costs, unrollings)
        add_feeding(sheet, costs, unrollings)
        used = add_use(sheet, costs, unrollings, domain, floor)
        is_left = None if floor is None else Left(costs, domain, floor)
        cuts = add_cuts(sheet, costs, unrollings, domain, is_left)
        free = [cut for cut in cuts if cut.place != EVERY_ACTIVATION]
        pairs = add_chain(sheet, free)
        add_constraints(sheet, costs, unrollings, free, pairs, domain.space.constraints)
        add_capacities(sheet, costs, unrollings, cuts)
        energy, latency = None, None
        if domain.has_energy:
            energy = add_energy(sheet, costs, used, cuts, domain.most_pj)
        if domain.has_latency:
            writes = RowWrites.of(costs, cuts, lanes[costs.accelerator.array.bitline])
            latency = add_latency(sheet, costs, used, cuts, writes, domain.most_cycles)
        target = add_objective(sheet, domain, energy, latency)
        return cls(sheet, unrollings, cuts, target, domain.has_latency)

    @property
    def unit(self) -> float:
        """Value of one unit of the objective."""
        return self.target.unit

    @property
    def resolution(self) -> float:
        """Relative distance of bound and value at which a mapping counts as proved optimal."""
        return self.target.resolution

    @property
    def cp_model(self) -> cp_model.CpModel:
        """The model itself."""
        return self.sheet.model

    @property
    def decided(self) -> list[Selection]:
        """Selections from which a mapping follows, but for its loop orders."""
        of_tiles = (tile.chosen for cut in self._free_cuts() for tile in cut.tiles.values())
        every = [*(each.chosen for each in self.unrollings.values()), *of_tiles]
        return list({id(each): each for each in every}.values())

    def choice(self, value: Value) -> TileChoice:
        """Read the spatial mapping and the tiles off a solution."""
        rows = {dim: each.chosen.row(value) for dim, each in self.unrollings.items()}
        temporal = {dim: int(each.temporal[rows[dim]]) for dim, each in self.unrollings.items()}
        tiles = []
        for cut in self._free_cuts():
            sizes = {d: int(t.size[t.chosen.row(value)]) for d, t in cut.tiles.items()}
            tiles.append((cut.place, {dim: size for dim, size in sizes.items() if size > 1}))
        return TileChoice.of(spatial_at(self.unrollings, rows), temporal, tiles)

    def exclude(self, rows: Rows) -> None:
        """Forbid a choice, by the row of every decided selection: a no-good."""
        chosen = zip(self.decided, rows, strict=True)
        self.cp_model.add_bool_or([~each.literals[row] for each, row in chosen])

    def rows(self, value: Value) -> Rows:
        """Row of every decided selection in a solution."""
        return tuple(each.row(value) for each in self.decided)

    def _free_cuts(self) -> Iterator[Cut]:
        """Cuts that a mapping has a say in."""
        return (cut for cut in self.cuts if cut.place != EVERY_ACTIVATION)


def floor_of(costs: CostModel, domain: Domain, budget: Budget | None = None) -> Floor | None:
    """Return what every part of the costs takes at least; none where everything is of interest."""
    if math.isinf(domain.most_pj) and math.isinf(domain.most_cycles):
        return None
    scratch = Scratch(budget)
    unrollings = add_unrollings(scratch, costs, domain.space, domain.widest, domain.only)
    lanes = add_array_dimensions(scratch, costs, unrollings)
    used = add_use(scratch, costs, unrollings, domain)
    used_pj = array_pj(costs, used) if domain.has_energy else None
    # Of the many tiles that need not divide, only the least of every part are worked out, beside a
    # coarser floor.
    is_least: Cheapest | None = None
    times: Times = {}
    if domain.ends_short:
        even_pj = least_even_pj(scratch, costs, unrollings, domain) if domain.has_energy else {}
        least_pj = 0.0 if used_pj is None else float(used_pj.min())
        times = times_left(scratch, costs, unrollings, domain)
        is_least = Cheapest(costs, domain, Floor(least_pj, even_pj, times=times))
    cuts = add_cuts(scratch, costs, unrollings, domain, is_least)
    writes = RowWrites.of(costs, cuts, lanes[costs.accelerator.array.bitline])
    return replace(Floor.of(costs, domain, used_pj, cuts, writes), times=times)
