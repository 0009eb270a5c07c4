"""Mirrored mappings: rows and columns of the images exchanged, at the same cost."""

from __future__ import annotations

import pytest

from tests.models.mapspace.test_interchangeable import macros
from zigzag_imc.core.constraints import AllowedDims
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace import spatial_space
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.mirror import mirrored_dims
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, PROFILES, ZIGZAG, CostProfile

EXCHANGED = {"OX": "OY", "OY": "OX", "FX": "FY", "FY": "FX"}


def square(channels: int = 2, steps: int = 3, stride: int = 1, dilation: int = 1) -> Layer:
    """Return a convolution of square images."""
    return conv_layer(
        "square",
        out_channels=2,
        in_channels=channels,
        output_size=(steps, steps),
        filter_size=(2, 2),
        stride=(stride, stride),
        dilation=(dilation, dilation),
    )


def mirrored(spatial: SpatialMapping) -> SpatialMapping:
    """Return the mirrored spatial mapping."""
    return SpatialMapping.of(
        {
            name: {EXCHANGED.get(dim, dim): factor for dim, factor in unrolled}
            for name, unrolled in spatial.unrollings
        }
    )


def mirrored_mapping(mapping: LayerMapping) -> LayerMapping:
    """Return the mirrored mapping."""
    temporal = mapping.temporal
    loops = tuple((EXCHANGED.get(dim, dim), steps) for dim, steps in temporal.loops)
    return LayerMapping(mirrored(mapping.spatial), TemporalMapping(loops, temporal.cuts))


@pytest.mark.parametrize("diagonals", [False, True])
def test_one_of_two_that_mirror_each_other_is_listed(diagonals: bool) -> None:
    """Without interchangeable dimensions, each stands for itself and its mirrored one."""
    layer, accelerator, space = square(), macros(2), Space(diagonals=diagonals)
    everything = list(SpatialSpace.of(layer, accelerator, IMC, space))
    found = SpatialSpace.one_of_each(layer, accelerator, IMC, space)
    covered = [{spatial, mirrored(spatial)} for spatial in found]
    assert [len(pair) for pair in covered] == found.times.tolist()
    assert set().union(*covered) == set(everything)
    assert found.represented == sum(map(len, covered)) == len(everything)
    size = mapspace_size(layer, accelerator, IMC, space)
    assert mapspace_size(layer, accelerator, IMC, space, found) == size


def test_mirrors_beside_interchangeable_dimensions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted block by block, too."""
    layer, accelerator = square(channels=1), macros(3, 3)
    found = SpatialSpace.one_of_each(layer, accelerator, IMC)
    everything = len(SpatialSpace.of(layer, accelerator, IMC))
    assert found.represented == everything
    assert len(found) < found.represented / 2
    monkeypatch.setattr(spatial_space, "BLOCK", 7)
    assert found.represented == everything


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("layer", [square(), square(1, 4, 2), square(1, 4, 1, 2)])
def test_mirrored_mappings_cost_the_same(layer: Layer, profile: CostProfile) -> None:
    accelerator = macros(2)
    model = CostModel(layer, accelerator, profile)
    space = Space(diagonals=profile is not ZIGZAG)
    compared = 0
    for spatial in list(SpatialSpace.of(layer, accelerator, profile, space))[::7]:
        if mirrored(spatial) == spatial:
            continue
        for number, mapping in enumerate(mappings_of(layer, accelerator, spatial, space)):
            if number % 53:
                continue
            if number > 300:
                break
            cost, other = model.evaluate(mapping), model.evaluate(mirrored_mapping(mapping))
            assert other.energy_pj == pytest.approx(cost.energy_pj, rel=1e-12)
            assert other.latency_cycles == pytest.approx(cost.latency_cycles, rel=1e-12)
            compared += 1
    assert compared > 20


@pytest.mark.parametrize(
    "layer",
    [
        conv_layer("wide", out_channels=2, in_channels=2, output_size=(2, 3), filter_size=(2, 2)),
        conv_layer("taps", out_channels=2, in_channels=2, output_size=(3, 3), filter_size=(1, 2)),
        conv_layer(
            "strided",
            out_channels=2,
            in_channels=2,
            output_size=(3, 3),
            filter_size=(2, 2),
            stride=(1, 2),
        ),
        matmul_layer("product", rows=3, out_channels=3, in_channels=3),
    ],
    ids=lambda layer: layer.name,
)
def test_what_is_not_square_has_no_mirror(layer: Layer) -> None:
    assert not mirrored_dims(layer)
    found = SpatialSpace.one_of_each(layer, macros(2), IMC)
    assert list(found) == list(SpatialSpace.of(layer, macros(2), IMC))


def test_constraints_may_tell_the_axes_apart() -> None:
    space = Space(constraints=(AllowedDims(("OX", "K"), "D3"),))
    found = SpatialSpace.one_of_each(square(), macros(2), IMC, space)
    assert list(found) == list(SpatialSpace.of(square(), macros(2), IMC, space))
