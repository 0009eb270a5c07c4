"""What the CP-SAT model of tiles of any lengths says of single mappings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from ortools.sat.python import cp_model

from tests.solver.any_sizes.test_bounds import Known
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.mapspace.constraints.tile_sizes import kept_tile
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.length_session import LengthSession
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.any_candidates import AnyCandidates
from zigzag_imc.solver.presolve.bundles import Pieces
from zigzag_imc.solver.presolve.energy_bound import energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder, AnyColumns

OfTile = tuple[tuple[str, int], ...]
"""Length of a tile along every dimension."""

Lengths = tuple[tuple[CutPlace, OfTile], ...]
"""Length of the tile at every cut along every dimension."""

GOAL = Goal("latency")


def latencies_in_the_model(
    known: Known, most: int, pieces: Callable[[], Pieces | None] = lambda: None
) -> Iterator[tuple[float, float]]:
    """Yield the latency of some tiles in the model, and that of the best mapping that has them.

    ``most`` choices of tiles of every spatial mapping; infinite where the model has none. With
    ``pieces``, the model has bundles of tiles.
    """
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        slowest = max(cost.latency_cycles for _, cost in found)
        session = _session(known, fine, slowest, pieces())
        best = _best_of_tiles(known, fine, found)
        for lengths in sorted(best)[:: max(1, len(best) // most)]:
            yield _least(session, lengths), best[lengths]


def values_of_few_bundles(
    known: Known, most: int, goal: Goal = GOAL
) -> Iterator[tuple[float, float]]:
    """The same, of any objective, of models that have only the bundles in which the tiles are."""
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        best = _best_of_tiles(known, fine, found, goal)
        for lengths in sorted(best)[:: max(1, len(best) // most)]:
            session = _session(known, fine, best[lengths], Pieces(), goal, dict(lengths))
            yield _least(session, lengths), best[lengths]


def is_above(in_model: float, exact: float) -> bool:
    """Whether the model takes tiles for slower than they are."""
    return in_model > exact * (1 + RESOLUTION)


def _session(
    known: Known,
    fine: AnyColumns,
    most: float,
    pieces: Pieces | None,
    goal: Goal = GOAL,
    only: Mapping[CutPlace, OfTile] | None = None,
) -> LengthSession:
    """Build the model of all tiles of one spatial mapping, or of those at some places."""
    energy = energy_bound(fine.classes, known.costs.accelerator, math.inf)
    option = SpatialOption(0.0, fine.classes, energy, LatencySums(fine.classes))
    tiles = AnyCandidates(known.costs, fine, option, goal, most)
    spatials, candidates = [fine.classes], tiles.up_to(most, pieces)
    if only is not None:
        candidates = [one for one in candidates if _holds(one, only[one.at.place])]
    problem = Problem.of(known.costs, goal, spatials, candidates, most)
    sizes = fine.cuts[0][0].lattice.sizes
    return LengthSession(problem.with_lengths(sizes, tiles.least_costs))


def _holds(bundle: Candidate, tile: OfTile) -> bool:
    """Whether a tile is in a bundle."""
    return all(length in bundle.at.lengths[dim] for dim, length in tile)


def _best_of_tiles(
    known: Known, fine: AnyColumns, found: list[tuple[LayerMapping, Cost]], goal: Goal = GOAL
) -> dict[Lengths, float]:
    """Least latency, or other objective, of the mappings that have the same tiles."""
    best: dict[Lengths, float] = {}
    for mapping, cost in found:
        lengths = lengths_of(known, fine, mapping)
        value = goal.value(cost.energy_pj, cost.latency_cycles)
        best[lengths] = min(best.get(lengths, math.inf), value)
    return best


def lengths_of(known: Known, fine: AnyColumns, mapping: LayerMapping) -> Lengths:
    """Lengths of the tiles of a mapping."""
    return tuple(
        (cut.place, _tile(known, mapping, cut.place, cut.lattice.sizes))
        for own in fine.cuts
        for cut in own
    )


def _tile(known: Known, mapping: LayerMapping, place: CutPlace, sizes: dict[str, int]) -> OfTile:
    """Lengths of the tile of a mapping at a cut."""
    operand, boundary = OPERANDS[place[0]], place[1]
    tile: dict[str, int] = {}
    if boundary:
        tile = kept_tile(known.drawn.layer, mapping.temporal, operand, boundary - 1)
    else:  # what rests at the array: the irrelevant loops directly above it
        for dim, factor in mapping.temporal.loops:
            if dim in known.drawn.layer.relevant(operand):
                break
            tile[dim] = tile.get(dim, 1) * factor
    return tuple((dim, min(size, tile.get(dim, 1))) for dim, size in sizes.items())


def _least(session: LengthSession, lengths: Lengths) -> float:
    """Objective in the model with tiles of some lengths; infinite where there are none."""
    if any(place not in session.variables.lengths for place, _ in lengths):
        return math.inf
    model = session.model.clone()
    for place, own in lengths:
        for dim, length in own:
            variable = session.variables.lengths[place][dim]
            model.add(model.get_int_var_from_proto_index(variable.index) == length)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(model) != cp_model.OPTIMAL:
        return math.inf
    return solver.objective_value * session.unit
