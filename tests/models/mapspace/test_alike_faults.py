"""Faults in what counts as alike: each leaves out spatial mappings that cost otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.models.mapspace.test_interchangeable import PRODUCT, macros
from tests.models.mapspace.test_mirror import square
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace import mirror, spatial_space
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC

STRIDED = conv_layer(
    "strided",
    out_channels=2,
    in_channels=2,
    output_size=(3, 3),
    filter_size=(2, 2),
    stride=(2, 1),
)


def _kinds(layer: Layer, accelerator: Accelerator, spatials: SpatialSpace) -> set[object]:
    """How spatial mappings spread a layer, as far as names do not matter."""
    model = CostModel(layer, accelerator, IMC)
    kinds: set[object] = set()
    for spatial in spatials:
        laid = model.spread(spatial)
        fans = tuple((of.fan_whole, of.fan_average, of.instances) for of in laid.operands)
        kinds.add((tuple(sorted(laid.temporal.values())), fans, laid.array_total_pj))
    return kinds


def missing(layer: Layer, accelerator: Accelerator) -> set[object]:
    """Kinds of spatial mappings that nothing in the list stands for."""
    everything = SpatialSpace.of(layer, accelerator, IMC)
    listed = SpatialSpace.one_of_each(layer, accelerator, IMC)
    return _kinds(layer, accelerator, everything) - _kinds(layer, accelerator, listed)


def memories_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    """All array dimensions beyond rows and columns are interchangeable, whatever serves them."""
    patch.setattr(spatial_space, "interchangeable", lambda *_: [["D3", "D4"]])


def strides_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    """An image has a mirrored one though its axes differ in stride."""
    dims = mirror.mirrored_dims(square())
    patch.setattr(mirror, "mirrored_dims", lambda _: dims)


FAULTS = [
    (memories_do_not_matter, PRODUCT, macros(2, 2, apart=True)),
    (strides_do_not_matter, STRIDED, macros(2)),
]


@pytest.mark.parametrize(
    ("plant", "layer", "accelerator"), FAULTS, ids=[plant.__name__ for plant, *_ in FAULTS]
)
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    layer: Layer,
    accelerator: Accelerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not missing(layer, accelerator)
    plant(monkeypatch)
    assert missing(layer, accelerator)
