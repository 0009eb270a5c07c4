"""Loop orders with short last steps, against plain nests of Python."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.solver.small_cases import case
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import (
    best_by_enumeration,
    enumerate_mappings,
    loop_orders_of,
    prime_loops,
)
from zigzag_imc.models.mapspace.legality import check_mapping, check_temporal
from zigzag_imc.models.mapspace.short_orders import short_orders
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, ZIGZAG

SIZES = ({"D": 1}, {"D": 5}, {"D": 8}, {"D": 7, "K": 4}, {"D": 3, "K": 5, "C": 2})


def chains(size: int) -> Iterator[tuple[int, ...]]:
    """All tile sizes of one dimension below ``size``, each dividing the next, smallest first."""
    for count in range(size.bit_length() + 1):
        for chain in itertools.product(range(2, size), repeat=count):
            if all(outer > inner and outer % inner == 0 for inner, outer in pairwise(chain)):
                yield chain


def tiles_of(loops: tuple[Loop, ...], dim: str, size: int) -> tuple[int, ...]:
    """Tile sizes of one dimension below all of it, smallest first."""
    steps = [n for name, n in loops if name == dim]
    products = [math.prod(steps[:place]) for place in range(1, len(steps))]
    return tuple(product for product in products if product < size)


@pytest.mark.parametrize("size", range(2, 13))
def test_every_chain_of_tiles_is_there(size: int) -> None:
    """Some of its tiles, to cut at, are those of one order at least; and no order has others."""
    found = {tiles_of(loops, "D", size) for loops in short_orders({"D": size})}
    every = set(chains(size))
    assert found <= every
    for chain in every:
        assert any(set(chain) <= set(tiles) for tiles in found), chain


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_orders_come_once_and_hold_those_that_divide(sizes: dict[str, int]) -> None:
    orders = list(short_orders(sizes))
    assert len(set(orders)) == len(orders)
    assert set(loop_orders_of(prime_loops(sizes))) <= set(orders)


def test_orders_are_legal() -> None:
    """And no longer so with one step more or less."""
    drawn = next(c for c in map(case, range(0, 300, 3)) if c.layer.is_matrix_product)
    sizes = dict(drawn.layer.loop_dims)
    cuts = [(0,) * (len(levels) - 1) for levels in drawn.seen.levels.values()]
    for loops in short_orders(sizes):
        for place, change in ((-1, 0), (-1, 1), (-1, -1)):
            dim, steps = loops[place]
            changed = (*loops[:-1], (dim, steps + change))
            mapping = LayerMapping(
                SpatialMapping(()), TemporalMapping(changed, (cuts[0], cuts[1], cuts[2]))
            )
            if change:
                with pytest.raises(MappingError, match=f"the factors of {dim} multiply"):
                    check_temporal(drawn.layer, drawn.seen, mapping, IMC)
            else:
                check_temporal(drawn.layer, drawn.seen, mapping, IMC)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_mappings_are_counted(seed: int) -> None:
    """Whether or not they fit: orders times the ways to cut them."""
    drawn = case(seed)
    counted = 0
    for spatial in SpatialSpace.of(drawn.layer, drawn.seen, IMC):
        for loops in short_orders(spatial.temporal_sizes(drawn.layer.loop_dims)):
            counted += math.prod(
                math.comb(len(loops) + len(levels) - 1, len(levels) - 1)
                for levels in drawn.seen.levels.values()
            )
    assert counted == mapspace_size(drawn.layer, drawn.seen, IMC, ANY_OUTERMOST)


@pytest.mark.parametrize("seed", range(8))
def test_the_wide_space_holds_the_narrow_one(seed: int) -> None:
    """All its mappings are legal, and its optima are never worse."""
    drawn = case(seed, most_mappings=300)
    layer, accelerator = drawn.layer, drawn.accelerator
    for mapping in enumerate_mappings(layer, accelerator, IMC, ANY_OUTERMOST):
        check_mapping(layer, accelerator, mapping, IMC)
    for objective in ("energy", "latency", "edp"):
        wide = best_by_enumeration(layer, accelerator, IMC, objective, ANY_OUTERMOST)
        narrow = best_by_enumeration(layer, accelerator, IMC, objective, DIVISORS)
        if narrow is None or wide is None:
            assert narrow is None
            assert wide is None
        else:
            assert wide[0] <= narrow[0]


def test_a_profile_in_which_tiles_divide_keeps_them() -> None:
    drawn = case(7, most_mappings=300)
    args = (drawn.layer, drawn.accelerator, ZIGZAG)
    assert list(enumerate_mappings(*args, ANY_OUTERMOST)) == list(enumerate_mappings(*args))
    size = mapspace_size(*args)
    assert mapspace_size(*args, ANY_OUTERMOST) == size
