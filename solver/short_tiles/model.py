"""The CP-SAT model of one spatial mapping whose tiles may have any size.

Variables: the tile of every dimension at every cut, with all its lengths as the domain, and for two
cuts of different operands, which is the inner one. Constraints: tiles in a chain, of which all of a
dimension is always the last link; every memory holds its full tiles. Objective: the exact energy,
each term rounded down.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.short_tiles.cut_table import CutTable, CutTables
from zigzag_imc.solver.short_tiles.held import add_capacities
from zigzag_imc.solver.short_tiles.refuting import Refuting
from zigzag_imc.solver.tables.short_ends import first_lengths

_FINENESS = 1e-8
"""Share of the energy of interest by which all rounding down together may lower the objective."""

_MOST_ROWS = 150_000
"""Rows that a table tells apart; of more, those that make equally many steps count as the least."""

Tile = Mapping[str, cp_model.IntVar]
"""Length of the full tile along every dimension with several steps."""


@dataclass(frozen=True, eq=False)
class ShortTilesModel:
    """The model of one spatial mapping.

    Attributes
    ----------
    model
        The CP-SAT model, which minimises the energy.
    spatial
        The spatial mapping.
    sizes
        ``T_d`` of every dimension with several steps.
    cuts
        What the cuts cost and take.
    tiles
        Per cut, its tile; two cuts that always lie at the same place share one.
    energy
        The energy over all cuts, in units.
    unit_pj
        Energy of a unit of the objective.
    fixed_pj
        Energy that comes on top of the objective.
    """

    model: cp_model.CpModel
    spatial: SpatialMapping
    sizes: Mapping[str, int]
    cuts: Sequence[CutTable]
    tiles: Sequence[Tile]
    energy: cp_model.LinearExprT
    unit_pj: float
    fixed_pj: float

    @classmethod
    def of(
        cls, costs: CostModel, spatial: SpatialMapping, most_pj: float
    ) -> ShortTilesModel | None:
        """Build the model of all mappings of at most some energy.

        ``None`` where bounds show that there is none: what each cut costs at least is too much
        together.
        """
        tables = CutTables(costs, spatial)
        if Refuting(costs, tables, tables.all(quick=True), most_pj).succeeds():
            return None
        cuts, fixed_pj = tables.all(), tables.fixed_pj
        spare_pj = most_pj - fixed_pj - sum(cut.least_pj for cut in cuts)
        if spare_pj < -1e-9 * most_pj or Refuting(costs, tables, cuts, most_pj).succeeds():
            return None
        # A cut costs its least and what all cuts together may cost beyond theirs.
        spare_pj += 1e-6 * most_pj
        left_pj = [cut.least_pj + spare_pj for cut in cuts]
        cuts = [cut.within(left) for cut, left in zip(cuts, left_pj, strict=True)]
        model = cp_model.CpModel()
        tiles = list(_tiles(model, cuts))
        _add_chain(model, tables.sizes, cuts, tiles)
        add_capacities(model, costs, tables, cuts, tiles)
        unit_pj = _unit_pj(cuts, left_pj, most_pj)
        terms = [
            _Energy(model, tables.sizes, cut, tile, unit_pj, left).amount()
            for cut, tile, left in zip(cuts, tiles, left_pj, strict=True)
        ]
        energy = cp_model.LinearExpr.sum(terms)
        found = cls(model, spatial, tables.sizes, cuts, tiles, energy, unit_pj, fixed_pj)
        model.minimize(energy)
        found.ask_below(most_pj)
        return found

    def ask_below(self, most_pj: float) -> None:
        """Leave out what costs more than some energy."""
        most = math.floor((most_pj - self.fixed_pj) / self.unit_pj)
        self.model.add(self.energy <= most)

    def choice(self, solver: cp_model.CpSolver) -> TileChoice:
        """Read the tiles off a solution."""
        found = []
        for cut, tile in zip(self.cuts, self.tiles, strict=True):
            lengths = {dim: solver.value(length) for dim, length in tile.items()}
            own = {dim: length for dim, length in lengths.items() if length > 1}
            found.append(((cut.operand, cut.boundary), own))
        return TileChoice.of(self.spatial, self.sizes, found)

    def exclude(self, solver: cp_model.CpSolver) -> None:
        """Forbid the tiles of a solution."""
        lengths = [length for tile in self.tiles for length in tile.values()]
        if lengths:
            row = [solver.value(length) for length in lengths]
            self.model.add_forbidden_assignments(lengths, [row])
        else:
            self.model.add_bool_or([])


# ------------------------------------------------------------------ tiles in a chain
def _tiles(model: cp_model.CpModel, cuts: Sequence[CutTable]) -> Iterator[Tile]:
    """Create the tiles of all cuts.

    Where the lowest memory holds one element, that rests at the array for as long: one tile.
    """
    ahead: Tile | None = None
    for place, cut in enumerate(cuts):
        if ahead is not None:
            yield ahead
            ahead = None
            continue
        tile = {
            dim: model.new_int_var_from_domain(
                cp_model.Domain.from_values(list(own)), f"{cut.operand}.{cut.boundary} {dim}"
            )
            for dim, own in cut.lengths.items()
        }
        if cut.boundary == 0 and _holds_one(cuts[place + 1 :], cut.operand):
            ahead = tile
        yield tile


def _holds_one(above: Sequence[CutTable], operand: int) -> bool:
    """Whether the next cut is of the same operand, and one element lies below it."""
    if not above or above[0].operand != operand:
        return False
    return all(len(above[0].lengths[dim]) == 1 for dim in above[0].relevant)


def _add_chain(
    model: cp_model.CpModel,
    sizes: Mapping[str, int],
    cuts: Sequence[CutTable],
    tiles: Sequence[Tile],
) -> None:
    """Order the cuts: the tile of the inner one divides that of the outer one, or that is all."""
    for (one, first), (other, second) in itertools.combinations(zip(cuts, tiles, strict=True), 2):
        if first is second:
            continue
        swapped = model.new_bool_var("") if one.operand != other.operand else None
        for dim, size in sizes.items():
            inner, outer = _grid(one.lengths[dim], other.lengths[dim])
            if swapped is None:
                rows = np.column_stack(_pairs(divides(inner, outer, size), inner, outer))
                model.add_allowed_assignments([first[dim], second[dim]], rows.tolist())
                continue
            straight = _pairs(divides(inner, outer, size), inner, outer)
            crossed = _pairs(divides(outer, inner, size), inner, outer)
            rows = np.concatenate(
                [
                    np.column_stack([np.full(len(pair[0]), swap), *pair])
                    for swap, pair in enumerate((straight, crossed))
                ]
            )
            model.add_allowed_assignments([swapped, first[dim], second[dim]], rows.tolist())


Numbers = npt.NDArray[np.int64]


def divides(inner: Numbers, outer: Numbers, size: int) -> npt.NDArray[np.bool_]:
    """Whether a tile fits an outer one: it divides it, or that is all of the dimension."""
    fits: npt.NDArray[np.bool_] = (outer % inner == 0) | (outer == size)
    return fits


def _grid(inner: Sequence[int], outer: Sequence[int]) -> tuple[Numbers, Numbers]:
    """All lengths of two tiles, along two axes."""
    return np.array(inner, dtype=np.int64)[:, None], np.array(outer, dtype=np.int64)[None, :]


def _pairs(
    allowed: npt.NDArray[np.bool_], inner: Numbers, outer: Numbers
) -> tuple[Numbers, Numbers]:
    """Lengths of the allowed pairs."""
    rows, columns = np.nonzero(allowed)
    return inner[rows, 0], outer[0, columns]


# ------------------------------------------------------------------ energy
def _unit_pj(cuts: Sequence[CutTable], left_pj: Sequence[float], most_pj: float) -> float:
    """Choose a unit so small that rounding down is next to nothing.

    A term is rounded once where all rows are alike, else as often as it is weighted.
    """
    roundings = 1.0
    for cut, left in zip(cuts, left_pj, strict=True):
        weights = [v.weights for v in cut.visits if cut.least_of(v) <= left]
        roundings += 2.0 if cut.is_even else 2.0 + max((sum(w) for w in weights), default=0.0)
    return max(most_pj, 1e-30) * _FINENESS / roundings


@dataclass(frozen=True, eq=False)
class _Energy:
    """The energy over one cut."""

    model: cp_model.CpModel
    sizes: Mapping[str, int]
    cut: CutTable
    tile: Tile
    unit_pj: float
    left_pj: float

    def amount(self) -> cp_model.LinearExprT:
        """The energy in units, rounded down; a tile that costs more than is left is forbidden."""
        least = [self.cut.least_of(visit) for visit in self.cut.visits]
        kept = [place for place, pj in enumerate(least) if pj <= self.left_pj]
        if self.cut.is_even:
            return self._of_columns({place: least[place] for place in kept})
        energies = self._rows()
        most = math.floor(self.left_pj / self.unit_pj) + 1
        amount = self.model.new_int_var(0, most, "")
        by_weights: dict[tuple[tuple[float, ...], int], list[int]] = defaultdict(list)
        for place in kept:
            visit = self.cut.visits[place]
            by_weights[visit.weights, self._units(visit.once_pj)].append(place)
        groups = {place: n for n, group in enumerate(by_weights.values()) for place in group}
        literals = self._columns(groups, len(by_weights))
        for (weights, once), literal in zip(by_weights, literals, strict=True):
            whole = [int(weight) for weight in weights]
            needed = cp_model.LinearExpr.weighted_sum(energies, whole) + once
            self.model.add(amount >= needed).only_enforce_if(literal)
        return amount

    def _units(self, energy_pj: float) -> int:
        return math.floor(energy_pj / self.unit_pj)

    def _of_columns(self, least_pj: Mapping[int, float]) -> cp_model.LinearExprT:
        """The energy where it depends on the number of visits alone."""
        units = {place: self._units(pj) for place, pj in least_pj.items()}
        if not self.cut.idle:
            return cp_model.LinearExpr.sum([units[0]]) if units else self._forbidden()
        amount = self.model.new_int_var(0, max(units.values(), default=0), "")
        self._tie(units, amount)
        return amount

    def _columns(self, groups: Mapping[int, int], count: int) -> list[cp_model.IntVar]:
        """A literal for every group of columns: whether the tile is in it."""
        if count <= 1:
            if self.cut.idle:
                self._tie(groups, self.model.new_constant(0))
            elif not groups:
                self._forbidden()
            return [self.model.new_constant(1)] * count
        literals = [self.model.new_bool_var("") for _ in range(count)]
        chosen = self.model.new_int_var(0, count - 1, "")
        self.model.add_exactly_one(literals)
        for group, literal in enumerate(literals):
            self.model.add(chosen == group).only_enforce_if(literal)
        self._tie(groups, chosen)
        return literals

    def _forbidden(self) -> cp_model.LinearExprT:
        """Allow nothing."""
        self.model.add_bool_or([])
        return cp_model.LinearExpr.sum([0])

    def _tie(self, values: Mapping[int, int], variable: cp_model.IntVar) -> None:
        """Tie a variable to the column that the lengths along the idle dimensions make."""
        kinds = [self._kind(dim, place) for place, dim in enumerate(self.cut.idle)]
        rows = [[*self.cut.visits[place].lengths, value] for place, value in values.items()]
        if rows:
            self.model.add_allowed_assignments([*kinds, variable], rows)
        else:
            self._forbidden()

    def _kind(self, dim: str, place: int) -> cp_model.IntVar:
        """Shortest length that makes as many steps along an idle dimension."""
        known = {visit.lengths[place] for visit in self.cut.visits}
        return self._shortest(dim, known)

    def _shortest(self, dim: str, known: set[int]) -> cp_model.IntVar:
        """The last of some lengths up to that of the tile."""
        own = list(self.cut.lengths[dim])
        if len(known) == len(own):
            return self.tile[dim]
        starts = np.array(sorted(known), dtype=np.int64)
        lengths = np.array(own, dtype=np.int64)
        shortest = starts[np.searchsorted(starts, lengths, side="right") - 1]
        variable = self.model.new_int_var(int(starts[0]), int(starts[-1]), "")
        rows = np.column_stack([lengths, shortest])
        self.model.add_allowed_assignments([self.tile[dim], variable], rows.tolist())
        return variable

    def _rows(self) -> list[cp_model.IntVar]:
        """Energies of one visit, tied to the lengths along the relevant dimensions."""
        cut = self.cut
        energies, starts = list(cut.energies_pj), [list(cut.lengths[dim]) for dim in cut.relevant]
        least = cut.energy_pj
        if least.size > _MOST_ROWS:
            for axis, dim in enumerate(cut.relevant):
                own = [low for low in first_lengths(self.sizes[dim]) if low <= cut.lengths[dim][-1]]
                places = [low - 1 for low in own]
                energies = [np.minimum.reduceat(e, places, axis=axis) for e in energies]
                least = np.minimum.reduceat(least, places, axis=axis)
                starts[axis] = own
        kept = np.nonzero(least <= self.left_pj)
        columns = [np.array(own)[place] for own, place in zip(starts, kept, strict=True)]
        units = [np.floor(e[kept] / self.unit_pj).astype(np.int64) for e in energies]
        if not len(kept[0]):
            self._forbidden()
            return [self.model.new_constant(0)] * len(energies)
        # What costs far more than is left when visited once need not be told how far.
        most = math.floor(self.left_pj / self.unit_pj) + 1
        units = [np.minimum(one, most) for one in units]
        variables = [self.model.new_int_var(int(u.min()), int(u.max()), "") for u in units]
        kinds = [
            self._shortest(dim, set(own)) for dim, own in zip(cut.relevant, starts, strict=True)
        ]
        self.model.add_allowed_assignments(
            [*kinds, *variables], np.column_stack([*columns, *units]).tolist()
        )
        return variables
