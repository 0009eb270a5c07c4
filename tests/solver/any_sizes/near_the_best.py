"""Mappings of products of real sizes that are much like the best one: other tiles, alike otherwise.

A bundle holds hundreds of tiles there, and few bundles can reach what a mapping costs. Small cases,
all of whose mappings are known, have neither.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from tests.solver.any_sizes.model_checks import Lengths, lengths_of
from tests.solver.any_sizes.test_bounds import ANY, Known
from tests.solver.small_cases import Case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder, AnyColumns

DRAWS = 40
"""Choices of tiles drawn around the best mapping."""


def near_the_best(preset: str, rows: int, objective: Objective) -> Known:
    """Draw mappings, with their costs, around the best one of a matrix product."""
    layer = matmul_layer("x", rows=rows, out_channels=512, in_channels=256)
    accelerator, options = _small(load_accelerator(preset)), SearchOptions(space=ANY)
    best = solve(layer, accelerator, IMC, objective, options).mapping
    assert best is not None
    costs, goal = CostModel(layer, accelerator, IMC), Goal(objective)
    known = Known(Case(0, layer, {}, accelerator, IMC, space=ANY), costs, {best.spatial: []})
    fine = AnyColumnBuilder(costs, with_latency=True).fine(best.spatial)
    bench = Workbench(costs, options, Budget.of(None), with_latency=True)
    rng, sizes = random.Random(f"{preset} {rows} {objective}"), fine.cuts[0][0].lattice.sizes
    around = lengths_of(known, fine, best)
    for lengths in (around, *(_other(rng, around, sizes) for _ in range(DRAWS))):
        found = bench.best_arrangement(_choice(fine, lengths), goal, 0.0).best
        if found is not None and _is_whole(found.mapping, sizes):
            known.by_spatial[best.spatial].append((found.mapping, found.cost))
    return known


def _small(accelerator: Accelerator) -> Accelerator:
    """Return an accelerator whose memories on chip have room for few tiles."""
    memories = tuple(
        replace(one, size_bits=one.size_bits // 8) if one.name.startswith("sram") else one
        for one in accelerator.memories
    )
    return accelerator.replace(memories=memories)


def _other(rng: random.Random, lengths: Lengths, sizes: dict[str, int]) -> Lengths:
    """Return tiles of which one length, wherever it is, is another multiple of the next lower."""
    dim = rng.choice(list(sizes))
    own = sorted({1, *(dict(tile)[dim] for _, tile in lengths)})
    length = rng.choice(own)
    lower = max((one for one in own if one < length), default=1)
    other = min(sizes[dim], lower * rng.randint(1, -(-sizes[dim] // lower)))

    def changed(of_dim: str, was: int) -> int:
        return other if (of_dim, was) == (dim, length) and was > 1 else was

    return tuple(
        (place, tuple((of_dim, changed(of_dim, was)) for of_dim, was in tile))
        for place, tile in lengths
    )


def _choice(fine: AnyColumns, lengths: Lengths) -> TileChoice:
    """Return the choice of tiles of some lengths."""
    of_place = dict(lengths)
    cuts = [cut for own in fine.cuts for cut in own]
    tiles = [{dim: length for dim, length in of_place[cut.place] if length > 1} for cut in cuts]
    return TileChoice.of_cuts(fine.classes, cuts, tiles)


def _is_whole(mapping: LayerMapping, sizes: dict[str, int]) -> bool:
    """Whether only outermost loops are short, and none of them runs idle."""
    return all(_is_needed(list(_factors(mapping, dim)), size) for dim, size in sizes.items())


def _factors(mapping: LayerMapping, dim: str) -> Iterator[int]:
    """Yield the factors of the loops along a dimension, innermost first."""
    return (factor for of_dim, factor in mapping.temporal.loops if of_dim == dim and factor > 1)


def _is_needed(factors: list[int], size: int) -> bool:
    """Whether loops make up a size, and no fewer iterations of the outermost one would."""
    if not factors:
        return size == 1
    inner = math.prod(factors[:-1])
    return inner * (factors[-1] - 1) < size <= inner * factors[-1]
