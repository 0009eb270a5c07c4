"""All spatial mappings as arrays against the generator that states what they are."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import yaml

from tests.models.mapspace.plain_spatial_mappings import every_spatial_mapping
from tests.solver.small_cases import Case, case, diagonal_case, has_diagonal, spatials_of
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict, load_accelerator
from zigzag_imc.models.hardware.presets import preset_text
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.legality import check_spatial
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC, CostProfile


def _with_macros(sizes: list[int]) -> Accelerator:
    data = yaml.safe_load(preset_text("aimc"))
    names = [f"D{number + 1}" for number in range(len(sizes))]
    data["operational_array"] |= {"dimensions": names, "sizes": sizes}
    for memory in data["memories"].values():
        if set(memory["served_dimensions"]) == {"D1", "D2"}:
            memory["served_dimensions"] = names
    return accelerator_from_dict(data, "macros")


def loop_orders(temporal: dict[str, int]) -> int:
    """Orders of the prime factors of all ``T_d``.

    Every ordered factorization is one of them, some several times.
    """
    counts = [exponent for size in temporal.values() for _, exponent in prime_factors(size)]
    orders = math.factorial(sum(counts))
    for count in counts:
        orders //= math.factorial(count)
    return orders


def _counted(layer: Layer, accelerator: Accelerator, profile: CostProfile) -> int:
    """Size of the mapspace, one spatial mapping after the other."""
    total = 0
    for spatial in every_spatial_mapping(layer, accelerator, profile):
        temporal = spatial.temporal_sizes(layer.loop_dims)
        loops = sum(exponent for size in temporal.values() for _, exponent in prime_factors(size))
        levels = [len(accelerator.levels[operand]) - 1 for operand in OPERANDS]
        total += loop_orders(temporal) * math.prod(math.comb(loops + cuts, cuts) for cuts in levels)
    return total


@pytest.mark.parametrize(
    ("layer", "sizes"),
    [
        (
            conv_layer(
                "conv", out_channels=6, in_channels=5, output_size=(4, 4), filter_size=(3, 3)
            ),
            [4, 6, 2, 2],
        ),
        (
            conv_layer(
                "depthwise",
                out_channels=1,
                in_channels=1,
                groups=8,
                output_size=(6, 6),
                filter_size=(3, 3),
            ),
            [4, 9],
        ),
        (matmul_layer("matmul", rows=7, out_channels=12, in_channels=10), [5, 8, 3]),
    ],
    ids=lambda value: value.name if isinstance(value, Layer) else None,
)
@pytest.mark.parametrize("profile", [IMC, ZIGZAG], ids=lambda profile: str(profile.name))
def test_the_same_mappings_in_the_same_order_with_macros(
    layer: Layer, sizes: list[int], profile: CostProfile
) -> None:
    accelerator = _with_macros(sizes)
    accelerator = seen_by(accelerator, layer.precision, profile)
    space = SpatialSpace.of(layer, accelerator, profile)
    assert space.complete
    assert list(space) == list(every_spatial_mapping(layer, accelerator, profile))
    assert mapspace_size(layer, accelerator, profile) == _counted(layer, accelerator, profile)


def test_the_same_mappings_for_random_accelerators() -> None:
    for seed in range(7000, 7030):
        drawn = case(seed)
        space = SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile)
        listed = list(every_spatial_mapping(drawn.layer, drawn.seen, drawn.profile))
        assert list(space) == listed, f"case({seed})"
        assert mapspace_size(drawn.layer, drawn.accelerator, drawn.profile) == _counted(
            drawn.layer, drawn.seen, drawn.profile
        ), f"case({seed})"


def test_the_same_mappings_with_diagonals() -> None:
    """Windows and blocks, multiplier by multiplier."""
    for seed in range(7000, 7030):
        drawn = diagonal_case(seed)
        assert any(has_diagonal(drawn, spatial) for spatial in spatials_of(drawn))
        listed = list(every_spatial_mapping(drawn.layer, drawn.seen, drawn.profile, drawn.space))
        assert list(spatials_of(drawn)) == listed, f"diagonal_case({seed})"


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC], ids=lambda profile: str(profile.name))
def test_the_same_diagonals_with_macros(profile: CostProfile) -> None:
    """Groups along both lines and macros, windows along columns, rows and macros."""
    layer = conv_layer(
        "conv",
        groups=3,
        out_channels=2,
        in_channels=2,
        output_size=(1, 5),
        filter_size=(1, 3),
        stride=(1, 2),
    )
    accelerator = _with_macros([4, 9, 2])
    space = Space(diagonals=True)
    found = SpatialSpace.of(layer, accelerator, profile, space)
    assert list(found) == list(every_spatial_mapping(layer, accelerator, profile, space))


def test_no_window_lies_diagonally_over_weights_that_a_memory_keeps_by_row() -> None:
    layer = conv_layer("c", out_channels=1, in_channels=1, output_size=(1, 3), filter_size=(1, 2))
    dimc, space = load_accelerator("dimc"), Space(diagonals=True)
    cells, *others = dimc.memories
    by_row = replace(
        others[-1], name="by_row", operands=("W",), served=frozenset({"D1"}), size_bits=64
    )
    changed = dimc.replace(memories=(cells, by_row, *others))
    assert any("OX" in spatial.on("D1") for spatial in SpatialSpace.of(layer, dimc, IMC, space))
    assert not any(
        "OX" in spatial.on("D1") for spatial in SpatialSpace.of(layer, changed, IMC, space)
    )


def test_all_listed_diagonals_are_legal() -> None:
    for seed in range(7000, 7040):
        drawn = diagonal_case(seed)
        for spatial in spatials_of(drawn):
            check_spatial(drawn.layer, drawn.accelerator, spatial, drawn.profile)


def test_a_smaller_unrolling_leaves_as_little_for_time_as_any_legal_one() -> None:
    """So the smallest unrollings are enough.

    Every legal spatial mapping has one in the list that is no wider anywhere, and no slower.
    """
    for seed in range(7000, 7020):
        drawn = diagonal_case(seed)
        array, listed = drawn.accelerator.array, list(spatials_of(drawn))
        known = [(s, spatial_temporal_sizes(drawn.layer, array, s)) for s in listed]
        for spatial in _larger(drawn, listed):
            left = spatial_temporal_sizes(drawn.layer, array, spatial)
            assert any(
                sizes == left and _is_inside(smaller, spatial) for smaller, sizes in known
            ), f"diagonal_case({seed}): {spatial}"


def _larger(drawn: Case, listed: Sequence[SpatialMapping]) -> Iterator[SpatialMapping]:
    """Legal spatial mappings with an unrolling one larger, that of a block along both lines."""
    array = drawn.accelerator.array
    lines = {array.wordline, array.bitline}
    for spatial in listed:
        for array_dim, dims in spatial.unrollings:
            for dim, factor in dims:
                on_both = all(dim in spatial.on(line) for line in lines) and array_dim in lines
                changed = {name: dict(found) for name, found in spatial.unrollings}
                for home in lines if on_both else {array_dim}:
                    changed[home][dim] = factor + 1
                larger = SpatialMapping.of(changed)
                try:
                    check_spatial(drawn.layer, drawn.accelerator, larger, drawn.profile)
                except MappingError:
                    continue
                yield larger


def _is_inside(smaller: SpatialMapping, larger: SpatialMapping) -> bool:
    """Whether no unrolling of the one is above that of the other."""
    return all(
        factor <= larger.on(array_dim).get(dim, 1)
        for array_dim, dims in smaller.unrollings
        for dim, factor in dims
    )


def test_membership_is_that_of_the_list() -> None:
    inside = outside = 0
    for seed in range(7000, 7040):
        drawn = (case, diagonal_case)[seed % 2](seed)
        space = spatials_of(drawn)
        listed = frozenset(space)
        assert all(spatial in space for spatial in listed)
        rng = random.Random(seed)
        for spatial in rng.sample(sorted(listed, key=repr), min(20, len(listed))):
            unrollings = {
                name: dict(spatial.on(name)) for name, _ in drawn.accelerator.array.dimensions
            }
            dim, size = rng.choice(drawn.layer.loop_dims)
            unrollings[rng.choice(list(unrollings))][dim] = rng.randint(1, size)
            changed = SpatialMapping.of(unrollings)
            assert (changed in space) == (changed in listed), f"case({seed}): {changed}"
            inside += changed in listed
            outside += changed not in listed
    assert inside > 20
    assert outside > 20


def test_what_is_no_spatial_mapping_is_not_in_it() -> None:
    space = SpatialSpace.of(
        matmul_layer("matmul", rows=7, out_channels=12, in_channels=10),
        _with_macros([5, 8, 3]),
        IMC,
    )
    assert SpatialMapping.of({"D9": {"K": 2}}) not in space
    assert SpatialMapping.of({"D1": {"FX": 2}}) not in space
    assert SpatialMapping.of({"D1": {"C": 5000}}) not in space
    assert SpatialMapping.of({}) in space


def test_slices_and_places() -> None:
    layer = matmul_layer("matmul", rows=7, out_channels=12, in_channels=10)
    space = SpatialSpace.of(layer, _with_macros([5, 8, 3]), IMC)
    everything = list(space)
    assert list(space[3:9]) == everything[3:9]
    assert space[len(space) - 1] == everything[-1]
    with pytest.raises(IndexError):
        space[len(space)]


def test_a_listing_that_is_stopped_says_so() -> None:
    layer = conv_layer(
        "conv", out_channels=64, in_channels=64, output_size=(16, 16), filter_size=(3, 3)
    )
    space = SpatialSpace.of(layer, _with_macros([16, 64, 8, 2]), IMC, should_stop=lambda: True)
    assert not space.complete
    assert 0 < len(space) < len(SpatialSpace.of(layer, _with_macros([16, 64, 8, 2]), IMC))
