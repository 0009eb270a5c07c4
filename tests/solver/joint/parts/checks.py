"""What scoring every mapping refutes of the floors of spatial mappings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from tests.solver.differential import every_mapping
from tests.solver.small_cases import Case, case, diagonal_case, resting_case, stalling_case
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.profile import IMC, ZIGZAG_IMC
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.parts.floors import Floors, floors_of
from zigzag_imc.solver.joint.tiles import every_length

DRAWS = {
    "any": case,
    "stalling": stalling_case,
    "resting": resting_case,
    "diagonal": diagonal_case,
}
MOST_MAPPINGS = 3000
"""Mappings of a case at most."""

Costs = tuple[SpatialMapping, float, float]
"""A spatial mapping, with energy and latency of one of its mappings."""


@cache
def drawn(kind: str, seed: int) -> Case | None:
    """Draw a case among tiles of any size; ``None`` where it is too large, or its bits misfit."""
    own = DRAWS[kind](seed, 600)
    profile = IMC if seed % 3 else ZIGZAG_IMC
    own = replace(own, profile=profile, space=Space("any-outermost", diagonals=kind == "diagonal"))
    if misfit(own.accelerator, own.layer.precision, own.profile) is not None:
        return None
    size = mapspace_size(own.layer, own.seen, own.profile, own.space)
    return own if size <= MOST_MAPPINGS else None


@cache
def scored(kind: str, seed: int) -> tuple[Costs, ...]:
    """Score every mapping of a case."""
    own = drawn(kind, seed)
    assert own is not None, "only cases that are small enough are looked at"
    costs = CostModel(own.layer, own.accelerator, own.profile)
    found = ((mapping.spatial, costs.evaluate(mapping)) for mapping in every_mapping(own))
    return tuple((spatial, cost.energy_pj, cost.latency_cycles) for spatial, cost in found)


def floors(kind: str, seed: int) -> Floors:
    """Floors of a case."""
    own = drawn(kind, seed)
    assert own is not None, "only cases that are small enough are looked at"
    costs = CostModel(own.layer, own.accelerator, own.profile)
    return floors_of(costs, Domain(every_length, space=own.space))


def spatials(found: Floors) -> dict[SpatialMapping, int]:
    """Return the place of every spatial mapping."""
    together = found.together
    return {together.spatial(number): number for number in range(len(together))}


def refuted(kind: str, seed: int) -> Iterator[str]:
    """What is wrong with the floors of a case.

    Every mapping has a lowest tile around the others: it costs no less than one of the floors.
    """
    found = floors(kind, seed)
    place = spatials(found)
    for spatial, energy_pj, cycles in scored(kind, seed):
        if spatial not in place:
            yield f"{kind} {seed}: {spatial} is not listed"
            continue
        least = found.energy_pj[:, place[spatial]], found.cycles[:, place[spatial]]
        up = 1 + TOLERANCE
        if not np.any((least[0] <= energy_pj * up) & (least[1] <= cycles * up)):
            yield f"{kind} {seed}: {spatial} costs {energy_pj} pJ, {cycles} cycles: below {least}"
