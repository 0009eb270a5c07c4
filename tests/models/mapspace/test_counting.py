"""How many mappings there are, against the count of every spatial mapping by itself."""

from __future__ import annotations

import math
from itertools import chain

import pytest

from tests.models.mapspace.test_interchangeable import macros
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping, temporal_sizes
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.models.mapspace import counting, short_counting
from zigzag_imc.models.mapspace.counting import mapspace_size, size_in_time
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC

SPACE = Space(diagonals=False)

LAYERS = (
    matmul_layer("product", rows=360, out_channels=48, in_channels=17),
    matmul_layer("nothing", rows=1, out_channels=1, in_channels=1),
    conv_layer(
        "image", out_channels=4, in_channels=6, output_size=(16, 16), filter_size=(3, 3), batch=2
    ),
)


def mappings_of_one(layer: Layer, spatial: SpatialMapping) -> int:
    """Orders of the prime factors that it leaves, times the ways to cut each."""
    unrolled = {dim: 1 for dim, _ in layer.loop_dims}
    for dim, factor in chain.from_iterable(loops for _, loops in spatial.unrollings):
        unrolled[dim] *= factor
    left = temporal_sizes(layer.loop_dims, unrolled).values()
    exponents = [exponent for size in left for _, exponent in prime_factors(size)]
    primes = sum(exponents)
    orders = math.factorial(primes) // math.prod(map(math.factorial, exponents))
    cuts = [len(levels) - 1 for levels in macros(2).levels.values()]
    return orders * math.prod(math.comb(primes + cut, cut) for cut in cuts)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
@pytest.mark.parametrize("table", [16, 0])
def test_every_spatial_mapping_counts_with_its_orders(
    layer: Layer, table: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the numbers that stand for them are told apart by a table or by sorting."""
    monkeypatch.setattr(counting, "_TABLE", table)
    spatials = SpatialSpace.of(layer, macros(2), IMC, SPACE)
    expected = sum(mappings_of_one(layer, spatial) for spatial in spatials)
    assert mapspace_size(layer, macros(2), IMC, SPACE) == expected
    one_of_each = SpatialSpace.one_of_each(layer, macros(2), IMC, SPACE)
    assert mapspace_size(layer, macros(2), IMC, SPACE, one_of_each) == expected


def test_numbers_beyond_64_bits_are_whole() -> None:
    """Ninety loops of 2^12 have up to 90 primes at each of 12 steps: 91^12 is about 2^78."""
    numbers = counting._LadderNumbers.of([[1, 2**12]] * 90)
    assert numbers.bases == (91,) * 12
    assert numbers.dtype is object
    assert numbers.ladder(sum(numbers.of_sizes([2**12] * 90).tolist())) == [90] * 12


@pytest.mark.parametrize("tile_sizes", ["divisors", "any-outermost"])
def test_counting_asks_whether_to_stop(
    tile_sizes: TileSizes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every block; and counts the same block by block."""
    layer, accelerator, space = LAYERS[2], macros(2), Space(tile_sizes, diagonals=False)
    spatials = SpatialSpace.of(layer, accelerator, IMC, space)
    size = mapspace_size(layer, accelerator, IMC, space, spatials)
    for module in (counting, short_counting):
        monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(short_counting, "_MANY", 20)
    asked: list[bool] = []

    def last(most: int) -> bool:
        asked.append(len(asked) >= most)
        return asked[-1]

    wanted = layer, accelerator, IMC, space, spatials
    assert size_in_time(*wanted, lambda: last(10**9)) == size
    most, asked = len(asked), []
    assert most > len(spatials) // 8
    for stop in (0, most // 2, most - 1):
        asked.clear()
        assert size_in_time(*wanted, lambda: last(stop)) is None  # noqa: B023
        assert len(asked) == stop + 1
