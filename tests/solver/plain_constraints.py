"""Constraints written out plainly: what tests compare the project's own meaning with.

Everything here is told from the loops of a mapping one by one, with nothing of the code that it is
compared with but the list of legal unrollings and mappings.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

from tests.lines import is_block
from tests.solver.small_cases import Case
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraint,
    Constraints,
    EvenAllocation,
    FixedUnrolling,
    InnerLoops,
    LeastUtilization,
    LoopOrder,
    OuterLoops,
    Relation,
    Stationary,
    TileSize,
)
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.legality import check_spatial
from zigzag_imc.models.mapspace.unrollings import unrollable_dims

RELATIONS: tuple[Relation, ...] = ("=", "<=", ">=")


# ---------------------------------------------------------------- all mappings that are allowed
def plain_mappings(drawn: Case, constraints: Constraints) -> Iterator[LayerMapping]:
    """Yield every mapping of a case that fits and keeps all constraints."""
    for spatial in plain_spatials(drawn, constraints):
        for mapping in mappings_of(drawn.layer, drawn.seen, spatial, drawn.space):
            if all(holds(drawn, mapping, one) for one in constraints):
                yield mapping


def plain_spatials(drawn: Case, constraints: Constraints) -> list[SpatialMapping]:
    """List the unrollings that keep constraints and cannot be lowered by one for free."""
    allowed = {
        spatial
        for spatial in legal_spatials(drawn)
        if all(spatial_holds(drawn, spatial, one) for one in constraints)
    }
    return sorted(
        (
            spatial
            for spatial in allowed
            if not any(
                lower in allowed and steps(drawn, lower) == steps(drawn, spatial)
                for lower in lowered(drawn, spatial)
            )
        ),
        key=lambda spatial: spatial.unrollings,
    )


def legal_spatials(drawn: Case) -> Iterator[SpatialMapping]:
    """Yield all unrollings that the array takes."""
    sizes = dict(drawn.seen.array.dimensions)
    dims = unrollable_dims(drawn.layer, drawn.seen, drawn.profile, drawn.space)
    places = [(array_dim, dim) for array_dim in sizes for dim in dims[array_dim]]
    ranges = [range(1, min(sizes[a], drawn.layer.sizes[d]) + 1) for a, d in places]
    for factors in itertools.product(*ranges):
        nested: dict[str, dict[str, int]] = {array_dim: {} for array_dim in sizes}
        for (array_dim, dim), factor in zip(places, factors, strict=True):
            nested[array_dim][dim] = factor
        if any(math.prod(nested[array_dim].values()) > size for array_dim, size in sizes.items()):
            continue
        spatial = SpatialMapping.of(nested)
        try:
            check_spatial(drawn.layer, drawn.seen, spatial, drawn.profile)
        except MappingError:
            continue
        yield spatial


def lowered(drawn: Case, spatial: SpatialMapping) -> Iterator[SpatialMapping]:
    """Yield the same unrollings with one of them lowered by one.

    That of a diagonal block is lowered along both lines.
    """
    lines = {name for name, _ in drawn.seen.array.dimensions[:2]}
    for array_dim, dims in spatial.unrollings:
        for dim, factor in dims:
            along_both = array_dim in lines and is_block(drawn.layer, drawn.seen, spatial, dim)
            nested = {name: dict(own) for name, own in spatial.unrollings}
            for home in lines if along_both else {array_dim}:
                nested[home][dim] = factor - 1
            yield SpatialMapping.of(nested)


def steps(drawn: Case, spatial: SpatialMapping) -> dict[str, int]:
    """Iterations left for time."""
    return {dim: -(-size // unrolled(drawn, spatial, dim)) for dim, size in drawn.layer.loop_dims}


def unrolled(drawn: Case, spatial: SpatialMapping, dim: str) -> int:
    """Lanes over which a dimension is spread; a diagonal block counts along one line alone."""
    is_second = is_block(drawn.layer, drawn.seen, spatial, dim)
    names = [name for name, _ in drawn.seen.array.dimensions]
    counted = [name for place, name in enumerate(names) if not (is_second and place == 1)]
    return math.prod(spatial.on(name).get(dim, 1) for name in counted)


# ---------------------------------------------------------------- one mapping, one constraint
def spatial_holds(drawn: Case, spatial: SpatialMapping, one: Constraint) -> bool:
    """Whether unrollings keep a constraint of unrollings; true of the others."""
    if isinstance(one, FixedUnrolling):
        found = spatial.on(one.array_dim).get(one.dim, 1)
        return compared(found, one.relation, min(one.factor, drawn.layer.sizes.get(one.dim, 1)))
    if isinstance(one, AllowedDims):
        return set(spatial.on(one.array_dim)) <= set(one.dims)
    if isinstance(one, LeastUtilization):
        cost_model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
        return cost_model.spread(spatial).utilization >= one.share * (1 - 1e-12)
    return True


def holds(drawn: Case, mapping: LayerMapping, one: Constraint) -> bool:
    """Whether a mapping keeps a constraint."""
    loops, left = mapping.temporal.loops, steps(drawn, mapping.spatial)
    if isinstance(one, LoopOrder):
        return in_order(loops, one.dims)
    if isinstance(one, InnerLoops):
        return begins_with(list(loops), one.loops, left)
    if isinstance(one, OuterLoops):
        return ends_with(list(reversed(loops)), one.loops, left)
    if isinstance(one, TileSize):
        return tile_holds(drawn, mapping, one)
    if isinstance(one, Stationary):
        above = loops[kept_to(drawn, mapping, one.operand, level(drawn, one.operand, one.memory)) :]
        return all(dim in drawn.layer.relevant(one.operand) for dim, _ in above)
    if isinstance(one, EvenAllocation):
        return even_holds(drawn, mapping, one)
    return spatial_holds(drawn, mapping.spatial, one)


def compared(found: int, relation: Relation, wanted: int) -> bool:
    """Compare as the relation says."""
    if relation == "=":
        return found == wanted
    return found <= wanted if relation == "<=" else found >= wanted


def in_order(loops: tuple[Loop, ...], dims: tuple[str, ...]) -> bool:
    """Whether the loops over each dimension are outside those over all that follow."""
    for place, outer in enumerate(dims):
        for inner in dims[place + 1 :]:
            lowest_outer = min(
                (at for at, (dim, _) in enumerate(loops) if dim == outer), default=99
            )
            highest_inner = max(
                (at for at, (dim, _) in enumerate(loops) if dim == inner), default=-1
            )
            if highest_inner > lowest_outer:
                return False
    return True


def begins_with(
    loops: list[Loop], wanted: tuple[tuple[str, int | None], ...], left: dict[str, int]
) -> bool:
    """Whether loops, the innermost first, begin with those wanted, piece by piece.

    The last step of a dimension may be shorter, so all of it may take more than there is.
    """
    taken = dict.fromkeys((*left, *dict(wanted)), 1)
    for dim, size in wanted:
        whole = left.get(dim, 1)
        most = -(-whole // taken[dim])
        if size is not None and size > most:
            return False
        goal = min(whole, taken[dim] * (most if size is None else size))
        while taken[dim] < goal:
            if not loops or loops[0][0] != dim:
                return False
            taken[dim] = min(whole, taken[dim] * loops.pop(0)[1])
        if taken[dim] != goal:
            return False
    return True


def ends_with(
    loops: list[Loop], wanted: tuple[tuple[str, int | None], ...], left: dict[str, int]
) -> bool:
    """Whether loops, the outermost first, begin with those wanted, piece by piece.

    The first ones wanted of a dimension take as many steps as their tile needs.
    """
    below = {dim: left.get(dim, 1) for dim in (*left, *dict(wanted))}
    for dim, size in wanted:
        above = below[dim]
        while not _is_there(above, below[dim], size):
            if not loops or loops[0][0] != dim:
                return False
            loops.pop(0)
            below[dim] = math.prod(steps for other, steps in loops if other == dim)
        if size is not None and above < left.get(dim, 1) and above % below[dim]:
            return False
    return True


def _is_there(above: int, below: int, size: int | None) -> bool:
    """Whether so many steps lead from a tile to the one below."""
    return below == 1 if size is None else -(-above // below) == size


def level(drawn: Case, operand: str, memory: str) -> int:
    """Level of an operand that a memory is."""
    names = [drawn.seen.memories[place].name for place in drawn.seen.levels[operand]]
    return names.index(memory)


def kept_to(drawn: Case, mapping: LayerMapping, operand: str, at: int) -> int:
    """Place up to which a memory keeps the loops, irrelevant ones above its cut included."""
    loops, cuts = mapping.temporal.loops, mapping.temporal.of_operand(operand)
    place = cuts[at] if at < len(cuts) else len(loops)
    while place < len(loops) and loops[place][0] not in drawn.layer.relevant(operand):
        place += 1
    return place


def tile_holds(drawn: Case, mapping: LayerMapping, one: TileSize) -> bool:
    """Whether a tile spans as many positions as wanted."""
    at = level(drawn, one.operand, one.memory)
    spanned = 1
    for dim, factor in mapping.temporal.loops[: kept_to(drawn, mapping, one.operand, at)]:
        spanned *= factor if dim == one.dim else 1
    spanned *= unrolled(drawn, mapping.spatial, one.dim)
    whole = drawn.layer.sizes.get(one.dim, 1)
    return compared(min(whole, spanned), one.relation, min(whole, one.size))


def even_holds(drawn: Case, mapping: LayerMapping, one: EvenAllocation) -> bool:
    """Whether all operands can be cut at one place, set of memories by set."""
    names = [memory.name for memory in drawn.seen.memories]
    for memories in [one.memories] if one.memories else [(name,) for name in names]:
        common = set(range(len(mapping.temporal.loops) + 1))
        for operand in OPERANDS:
            for at, place in enumerate(drawn.seen.levels[operand][:-1]):
                if names[place] in memories:
                    common &= places_of(drawn, mapping, operand, at)
        if not common:
            return False
    return True


def places_of(drawn: Case, mapping: LayerMapping, operand: str, at: int) -> set[int]:
    """Places where a cut may lie so that its memory keeps the same."""
    highest = kept_to(drawn, mapping, operand, at)
    lowest = highest
    while lowest and mapping.temporal.loops[lowest - 1][0] not in drawn.layer.relevant(operand):
        lowest -= 1
    return set(range(lowest, highest + 1))


# ---------------------------------------------------------------- random constraints
KINDS = ("unroll", "allow", "inner", "outer", "order", "tile", "even", "stationary", "utilization")


def random_constraint(drawn: Case, rng: random.Random, kind: str) -> Constraint:
    """Draw a constraint of a kind: now tight, now loose, now impossible."""
    dims = [dim for dim, size in drawn.layer.loop_dims if size > 1]
    array_dim, size = rng.choice(drawn.seen.array.dimensions)
    operand = rng.choice(OPERANDS)
    memory = drawn.seen.memories[rng.choice(drawn.seen.levels[operand])].name
    dim = rng.choice(dims)
    relation = rng.choice(RELATIONS)
    if kind == "unroll":
        return FixedUnrolling(dim, array_dim, relation, rng.randint(1, size + 1))
    if kind == "allow":
        return AllowedDims(tuple(rng.sample(dims, rng.randint(0, len(dims)))), array_dim)
    if kind in ("inner", "outer"):
        some = rng.sample(dims, min(len(dims), rng.choice((1, 1, 2))))
        loops = tuple((one, rng.choice((None, None, 1, 2, 3))) for one in some)
        return InnerLoops(loops) if kind == "inner" else OuterLoops(loops)
    if kind == "order":
        dims = [*dims, "K"] if len(dims) < 2 and dims != ["K"] else [*dims, "C"]
        dims = list(dict.fromkeys(dims))
        return LoopOrder(tuple(rng.sample(dims, rng.randint(2, max(2, len(dims))))))
    if kind == "tile":
        most = drawn.layer.sizes[dim]
        return TileSize(dim, operand, memory, relation, rng.randint(1, most + 1))
    if kind == "even":
        names = [held.name for held in drawn.seen.memories]
        return EvenAllocation(
            tuple(rng.sample(names, min(len(names), rng.choice((0, 0, 2, 3, 9)))))
        )
    if kind == "stationary":
        return Stationary(operand, memory)
    return LeastUtilization(rng.choice((0.0, 0.1, 0.25, 0.5, 0.75, 1.0)))
