"""Bounds of mappings whose tiles may have any sizes are not above what these cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pytest

from tests.solver.small_cases import Case, diagonal_case, resting_case, stalling_case
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.tile_sizes import kept_tile
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.spatial.refined import Refinement
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder, AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers
from zigzag_imc.solver.tables.cut import Cut
from zigzag_imc.solver.tables.short_ends import first_lengths

ANY = Space("any-outermost", diagonals=True)
MOST = 1200


class Known(NamedTuple):
    """A case with the costs of all its mappings, by spatial mapping."""

    drawn: Case
    costs: CostModel
    by_spatial: dict[SpatialMapping, list[tuple[LayerMapping, Cost]]]


@lru_cache
def known_cases() -> tuple[Known, ...]:
    return tuple(_known())


def _known() -> Iterator[Known]:
    for draw, number in ((resting_case, 6), (stalling_case, 4), (diagonal_case, 2)):
        for seed in range(number):
            drawn = replace(draw(seed, 300), profile=IMC, space=ANY)
            if mapspace_size(drawn.layer, drawn.seen, IMC, ANY) > MOST:
                continue
            costs = CostModel(drawn.layer, drawn.accelerator, IMC)
            found: dict[SpatialMapping, list[tuple[LayerMapping, Cost]]] = {}
            for mapping in enumerate_mappings(drawn.layer, drawn.accelerator, IMC, ANY):
                found.setdefault(mapping.spatial, []).append((mapping, costs.evaluate(mapping)))
            yield Known(drawn, costs, found)


def test_there_are_cases_enough() -> None:
    cases = known_cases()
    assert len(cases) >= 4
    assert sum(len(found) for one in cases for found in one.by_spatial.values()) >= 200


def index_of(cut: AnyCut, known: Known, mapping: LayerMapping) -> tuple[Numbers, ...]:
    """Place of the tile of a mapping at a cut, axis by axis."""
    operand, level = OPERANDS[cut.operand], cut.boundaries[-1] - 1
    tile = kept_tile(known.drawn.layer, mapping.temporal, operand, level) if level >= 0 else {}
    if level < 0:  # what rests at the array: the irrelevant loops directly above it
        for dim, factor in mapping.temporal.loops:
            if dim in known.drawn.layer.relevant(operand):
                break
            tile[dim] = tile.get(dim, 1) * factor
    index = []
    for dim, size in cut.lattice.sizes.items():
        length = min(size, tile.get(dim, 1))
        index.append(np.array([np.searchsorted(cut.lengths[dim], length, side="right") - 1]))
    return tuple(index or [np.zeros(1, dtype=np.int64)])


def cut_of(cut: AnyCut, known: Known, mapping: LayerMapping) -> Cut:
    """What is known of the tile of a mapping at a cut."""
    return cut.cut_at(index_of(cut, known, mapping))


def tiles_of_mappings(known: Known) -> Iterator[tuple[AnyColumns, list[tuple[list[Cut], Cost]]]]:
    """Yield, per spatial mapping, what is known of the tiles of every mapping and its cost."""
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        all_cuts = [cut for own in fine.cuts for cut in own]
        yield (
            fine,
            [([cut_of(cut, known, mapping) for cut in all_cuts], cost) for mapping, cost in found],
        )


def latency_over_mappings(known: Known) -> bool:
    """Whether some bound of the latency is above that of a mapping."""
    for fine, found in tiles_of_mappings(known):
        for one in LatencySums(fine.classes):
            for cuts, cost in found:
                cycles = one.offset + sum(float(np.ravel(one.of_cut(cut))[0]) for cut in cuts)
                if cycles > cost.latency_cycles * (1 + TOLERANCE):
                    return True
    return False


def test_every_mapping_needs_the_energy_of_its_tiles() -> None:
    for known in known_cases():
        for fine, found in tiles_of_mappings(known):
            for cuts, cost in found:
                of_cuts_pj = sum(float(cut.energy_pj[0]) for cut in cuts)
                energy_pj = fine.classes.fixed_energy_pj + of_cuts_pj
                assert math.isclose(energy_pj, cost.energy_pj, rel_tol=TOLERANCE)


def test_no_mapping_is_faster_than_its_tiles_allow() -> None:
    assert not any(map(latency_over_mappings, known_cases()))


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_scenarios_bound_every_spatial_mapping(objective: Objective) -> None:
    for known in known_cases():
        goal = Goal(objective)
        refinement = Refinement(known.costs, goal, first_lengths)
        if not refinement.applies:
            continue
        layer, accelerator = known.costs.layer, known.costs.accelerator
        spatials = SpatialSpace.of(layer, accelerator, IMC, ANY)
        numbers, least = refinement.within(spatials, math.inf)
        for number, value in zip(numbers.tolist(), least.value.tolist(), strict=True):
            found = known.by_spatial.get(spatials[number], [])
            values = [goal.value(cost.energy_pj, cost.latency_cycles) for _, cost in found]
            assert value <= min(values, default=math.inf) * (1 + TOLERANCE)
