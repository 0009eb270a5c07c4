"""Every bound of the solver against the exact cost of every mapping that it is a bound of."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping

import numpy as np
from ortools.sat.python import cp_model

from tests.mappings import sunk_cuts
from tests.solver.small_cases import Case
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.session import Session
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import energy_bound as bounds
from zigzag_imc.solver.presolve.affordable import affordable
from zigzag_imc.solver.presolve.candidates import candidates_of
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.spatial.refined import Refinement
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.scoring.tile_choice import CutPlace, TileChoice
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.tables.cut import SpatialColumns
from zigzag_imc.solver.tables.lattice import TileLattice

EVERY_OBJECTIVE: tuple[Objective, ...] = ("energy", "latency", "edp")

Index = tuple[int, ...]
Choice = Mapping[CutPlace, Index]
"""Tile at every cut of a mapping."""


def bounds_above_costs(
    drawn: Case, objectives: tuple[Objective, ...], fixings: int = 4
) -> Iterator[str]:
    """Bounds that some mapping is below.

    Those of every spatial mapping, and of the CP-SAT model of all of them.

    ``fixings`` is how many choices of tiles are put into the CP-SAT model, per objective.
    """
    costs = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    bench = Workbench(costs, SearchOptions(space=drawn.space))
    refined = refined_bounds(bench)
    options: list[SpatialOption] = []
    scored: list[tuple[int, Choice, Cost]] = []
    for number, spatial in enumerate(bench.listing.spatials):
        columns = bench.columns(number)
        option = SpatialOption(
            bound=0.0,
            columns=columns,
            energy=bounds.energy_bound(columns, bench.accelerator, math.inf),
            latency=LatencySums(columns),
        )
        scores = [
            (choice_of(drawn.layer, columns, mapping), bench.costs.evaluate(mapping))
            for mapping in mappings_of(drawn.layer, drawn.seen, spatial)
        ]
        if not scores:
            continue
        if not columns.fits:
            yield f"{spatial}: said to fit nowhere, but {len(scores)} mappings fit"
            continue
        least = {
            objective: min(cost.value(objective) for _, cost in scores)
            for objective in EVERY_OBJECTIVE
        }
        quick = (
            bench.listing.quick.energy_pj[number],
            bench.listing.quick.latency[number],
        )
        precise = (option.energy.value_pj, option.latency.largest()[0])
        by_scenario = tuple(refined[objective][number] for objective in EVERY_OBJECTIVE)
        for told, bound in (("quick", quick), ("precise", precise), ("refined", by_scenario)):
            for objective, value in zip(EVERY_OBJECTIVE, bound, strict=False):
                if value > least[objective] * (1 + TOLERANCE):
                    yield (
                        f"{spatial}: {told} bound {value!r} of the {objective}, "
                        f"but there is {least[objective]!r}"
                    )
        yield from _energies_off(columns, scores)
        yield from _unaffordable(option, drawn, scores)
        scored += [(len(options), choice, cost) for choice, cost in scores]
        options.append(option)
    for objective in objectives:
        yield from _model_above(drawn, bench, Goal(objective), options, scored, fixings)


def refined_bounds(bench: Workbench) -> dict[Objective, list[float]]:
    """Bounds by scenario of every spatial mapping, per objective; zero where there are none."""
    spatials = bench.listing.spatials
    found: dict[Objective, list[float]] = {}
    for objective in EVERY_OBJECTIVE:
        refinement = Refinement(bench.costs, Goal(objective))
        if refinement.applies:
            numbers, least = refinement.within(spatials, math.inf)
            assert len(numbers) == len(spatials)
            assert np.all(refinement.roughly(spatials).value <= least.value * (1 + TOLERANCE))
            found[objective] = least.value.tolist()
        else:
            found[objective] = [0.0] * len(spatials)
    return found


def choice_of(layer: Layer, columns: SpatialColumns, mapping: LayerMapping) -> Choice:
    """Tiles of a mapping at the cuts of its spatial mapping's columns."""
    found: dict[CutPlace, Index] = {}
    for operand, cuts in enumerate(columns.cuts):
        relevant = layer.relevant(OPERANDS[operand])
        loops = mapping.temporal.loops
        resting = next((n for n, (dim, _) in enumerate(loops) if dim in relevant), len(loops))
        places = (resting, *sunk_cuts(mapping.temporal, OPERANDS[operand], relevant))
        for cut in cuts:
            boundary = cut.boundaries[-1]
            tile: dict[str, int] = {}
            for dim, factor in loops[: places[boundary]]:
                tile[dim] = tile.get(dim, 1) * factor
            found[operand, boundary] = index_of(columns.lattice, tile)
    return found


def index_of(lattice: TileLattice, tile: Mapping[str, int]) -> Index:
    """Place of a tile in the lattice."""
    powers = []
    for dim, prime in lattice.axes:
        rest, power = tile.get(dim, 1), 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        powers.append(power)
    return tuple(powers) or (0,)


def _energies_off(columns: SpatialColumns, costs: list[tuple[Choice, Cost]]) -> Iterator[str]:
    """Sums of the columns that exceed the exact energy.

    Energy is no mere bound, its columns are exact.
    """
    for choice, cost in costs:
        total = columns.fixed_energy_pj + sum(
            float(cut.energy_pj[choice[cut.operand, cut.boundaries[-1]]])
            for cut in columns.all_cuts
        )
        if total > cost.energy_pj * (1 + TOLERANCE):
            yield (
                f"{columns.spatial}: the columns of {choice} add up to {total!r} pJ, "
                f"not to {cost.energy_pj!r} pJ"
            )
            return


def _unaffordable(
    option: SpatialOption, drawn: Case, costs: list[tuple[Choice, Cost]]
) -> Iterator[str]:
    """Tiles that are left out within a limit of the energy, though a mapping within it has them."""
    energies_pj = sorted(cost.energy_pj for _, cost in costs)
    for most_pj in (energies_pj[0], energies_pj[len(energies_pj) // 2]):
        goal = Goal("latency", most_energy_pj=most_pj)
        within = affordable(option.columns, drawn.seen, option.energy, goal)
        for choice, cost in costs:
            tiles = ((cut, choice[cut.operand, cut.boundaries[-1]]) for cut in within.all_cuts)
            gone = [index for cut, index in tiles if not np.isfinite(cut.energy_pj[index])]
            if gone and cost.energy_pj <= most_pj:
                yield f"{gone} left out within {most_pj!r} pJ, but there is {cost.energy_pj!r}"
                return


def _model_above(
    drawn: Case,
    bench: Workbench,
    goal: Goal,
    options: list[SpatialOption],
    scored: list[tuple[int, Choice, Cost]],
    fixings: int,
) -> Iterator[str]:
    """Choices of tiles that the CP-SAT model forbids, or prices too high.

    The model of all that is no worse than a limit.
    """
    least: dict[tuple[int, tuple[tuple[CutPlace, Index], ...]], float] = {}
    for number, choice, cost in scored:
        key = (number, tuple(sorted(choice.items())))
        least[key] = min(cost.value(goal.objective), least.get(key, math.inf))
    if not least:
        return
    values = sorted(least.values())
    limit = values[len(values) // 2]
    candidates: list[Candidate] = []
    for number, option in enumerate(options):
        candidates += candidates_of(number, option, bench.accelerator, goal, limit) or []
    kept = {candidate.key: n for n, candidate in enumerate(candidates)}
    allowed = [(key, value) for key, value in sorted(least.items()) if value <= limit]
    for (number, tiles), value in allowed:
        gone = [tile for tile in tiles if (number, *tile) not in kept]
        if gone:
            yield (
                f"{goal.objective}: tiles {gone} discarded, "
                f"but there is {value!r} through them within {limit!r}"
            )
            return
    spatials = [option.columns for option in options]
    session = Session(Problem.of(bench.costs, goal, spatials, candidates, limit))
    for (number, tiles), value in random.Random(drawn.seed).sample(
        allowed, min(fixings, len(allowed))
    ):
        tile_choice = _tile_choice(options[number].columns, tiles)
        found = bench.best_arrangement(tile_choice, goal, 0.0).best
        if found is None or found.value > value * (1 + TOLERANCE):
            yield (
                f"{goal.objective}: the loop orders of {tiles} take {found and found.value!r}, "
                f"but there is {value!r}"
            )
            return
        bound = _price(session, [kept[number, *tile] for tile in tiles])
        if bound > value * (1 + TOLERANCE):
            yield f"{goal.objective}: the model prices {tiles} at {bound!r}, they cost {value!r}"
            return


def _tile_choice(columns: SpatialColumns, tiles: tuple[tuple[CutPlace, Index], ...]) -> TileChoice:
    """Return the choice of tiles whose loop orders are scored."""
    placed = [
        (
            (cut.operand, boundary),
            columns.lattice.tile_at(dict(tiles)[cut.operand, cut.boundaries[-1]]),
        )
        for cut in columns.all_cuts
        for boundary in cut.boundaries
    ]
    return TileChoice.of(columns.spatial, columns.laid.temporal, placed)


def _price(session: Session, numbers: list[int]) -> float:
    """Least objective of the model with the given tiles, infinite where it has no solution."""
    model = session.model.clone()
    for number in numbers:
        model.add(session.variables.tiles[number] == 1)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        return math.inf
    return solver.objective_value * session.unit
