"""Array dimensions that the same memories serve: what may change places, and costs the same."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import AllowedDims, Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.interchangeable import interchangeable
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, PROFILES, CostProfile

CONV = conv_layer("conv", out_channels=5, in_channels=4, output_size=(3, 1), filter_size=(2, 1))
PRODUCT = matmul_layer("product", rows=4, out_channels=5, in_channels=7)


def macros(*sizes: int, apart: bool = False) -> Accelerator:
    """Return 2 columns and 3 rows, and macros along D3 and so on; ``apart``: D4 is of its own."""
    dimc = load_accelerator("dimc")
    names = {f"D{number}": size for number, size in enumerate(sizes, 3)}
    served = {memory.name: memory.served for memory in dimc.memories}
    for name in ("sram_256KB", "dram"):
        served[name] |= set(names)
    if apart:
        served["output_register"] |= {"D4"}
    dimensions = (("D1", 2), ("D2", 3), *names.items())
    return dimc.replace(
        array=replace(dimc.array, dimensions=dimensions),
        memories=tuple(replace(one, served=served[one.name]) for one in dimc.memories),
    )


def without_places(spatial: SpatialMapping, names: tuple[str, ...]) -> tuple[object, ...]:
    """Return a spatial mapping, with the unrollings over some array dimensions in no order."""
    here = [spatial.on(name) for name in names]
    dims = sorted(set().union(*here))
    others = [(name, on) for name, on in spatial.unrollings if name not in names]
    return (tuple(others), *((dim, *sorted(on.get(dim, 1) for on in here)) for dim in dims))


@pytest.mark.parametrize("layer", [CONV, PRODUCT], ids=["conv", "product"])
@pytest.mark.parametrize("sizes", [(4, 4), (2, 6), (2, 2, 2)], ids=str)
def test_one_of_each_is_listed_and_stands_for_all(layer: Layer, sizes: tuple[int, ...]) -> None:
    accelerator = macros(*sizes)
    names = tuple(name for name, _ in accelerator.array.dimensions[2:])
    everything = SpatialSpace.of(layer, accelerator, IMC)
    alike = Counter(without_places(spatial, names) for spatial in everything)
    found = SpatialSpace.one_of_each(layer, accelerator, IMC)
    listed = {
        without_places(spatial, names): times
        for spatial, times in zip(found, found.times.tolist(), strict=True)
    }
    assert len(found) == len(listed) < len(everything)
    assert listed == dict(alike)
    assert found.represented == len(everything)
    size = mapspace_size(layer, accelerator, IMC)
    assert mapspace_size(layer, accelerator, IMC, spatials=found) == size
    assert all(spatial in everything for spatial in found)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("layer", [CONV, PRODUCT], ids=["conv", "product"])
def test_what_is_alike_costs_the_same(layer: Layer, profile: CostProfile) -> None:
    """Partly used unrollings, windows and sums over macros among them."""
    accelerator = macros(4, 4)
    model = CostModel(layer, accelerator, profile)
    alike: dict[tuple[object, ...], list[SpatialMapping]] = {}
    for spatial in SpatialSpace.of(layer, accelerator, profile):
        alike.setdefault(without_places(spatial, ("D3", "D4")), []).append(spatial)
    groups = [group for group in alike.values() if len(group) > 1]
    for group in groups[:: max(1, len(groups) // 6)]:
        everything = [list(mappings_of(layer, accelerator, spatial)) for spatial in group]
        for same in list(zip(*everything, strict=True))[::97]:
            first, *others = (model.evaluate(mapping) for mapping in same)
            for other in others:
                assert other.energy_pj == pytest.approx(first.energy_pj, rel=1e-12)
                assert other.latency_cycles == first.latency_cycles


def test_only_those_that_the_same_memories_serve_are_alike() -> None:
    assert interchangeable(macros(2, 2), ()) == [["D3", "D4"]]
    assert interchangeable(macros(2, 2, apart=True), ()) == [["D3"], ["D4"]]
    assert interchangeable(macros(2, 2, 2), {"D4"}) == [["D3", "D5"], ["D4"]]
    apart = SpatialSpace.one_of_each(PRODUCT, macros(2, 2, apart=True), IMC)
    assert list(apart) == list(SpatialSpace.of(PRODUCT, macros(2, 2, apart=True), IMC))


def test_what_a_constraint_names_is_not_interchangeable() -> None:
    asked: Constraints = (AllowedDims(("K",), "D4"),)
    space = Space(constraints=asked)
    found = SpatialSpace.one_of_each(PRODUCT, macros(2, 2), IMC, space)
    assert list(found) == list(SpatialSpace.of(PRODUCT, macros(2, 2), IMC, space))


def test_without_macros_every_spatial_mapping_stands_for_itself() -> None:
    dimc = load_accelerator("dimc")
    found = SpatialSpace.one_of_each(PRODUCT, dimc, IMC)
    assert list(found) == list(SpatialSpace.of(PRODUCT, dimc, IMC))
    assert set(found.times.tolist()) == {1}


def test_parts_of_one_of_each_follow_each_other() -> None:
    """From any combination on, what is listed is the rest of all."""
    accelerator = macros(4, 4)
    whole = list(SpatialSpace.one_of_each(PRODUCT, accelerator, IMC))
    space = SpatialSpace.one_of_each(PRODUCT, accelerator, IMC)
    for number in range(0, len(space), 7):
        rest = SpatialSpace.one_of_each(PRODUCT, accelerator, IMC, first=space.place(number))
        assert list(itertools.islice(rest, 3)) == whole[number : number + 3]
        assert len(rest) == len(whole) - number
