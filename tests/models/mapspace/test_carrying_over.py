"""Mappings of a larger layer on a smaller one: legal, and never of more energy."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from tests.accelerators import variant
from tests.carrying_over import carried_over
from tests.layers import LAYERS
from tests.mappings import random_mappings
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import IMC


def smaller(layer: Layer, rng: random.Random, spatial: SpatialMapping) -> Layer:
    """Take some steps away along dimensions that are not unrolled."""
    kept = spatial.factors
    return layer.replace(
        loop_dims=tuple(
            (dim, size if dim in kept else max(1, size - rng.choice((0, 1, 2, 5))))
            for dim, size in layer.loop_dims
        )
    )


@pytest.mark.parametrize("accelerator_name", ["aimc", "dimc", "shared_all"])
@pytest.mark.parametrize("layer_name", ["conv3x3", "conv7x7s2", "batch", "gemm", "gemm_batched"])
def test_a_smaller_layer_takes_the_mapping_and_less_energy(
    accelerator_name: str, layer_name: str
) -> None:
    rng, layer, accelerator = random.Random(3), LAYERS[layer_name], variant(accelerator_name)
    for mapping in islice(random_mappings(rng, layer, accelerator, IMC), 12):
        less = smaller(layer, rng, mapping.spatial)
        model = CostModel(less, accelerator, IMC)
        carried = carried_over(mapping, model.spread(mapping.spatial).temporal)
        check_mapping(less, accelerator, carried, IMC)
        before = CostModel(layer, accelerator, IMC).evaluate(mapping)
        after = model.evaluate(carried)
        assert after.energy_pj <= before.energy_pj * (1 + 1e-12)
        assert after.compute_cycles <= before.compute_cycles


def test_loops_around_a_whole_dimension_are_gone() -> None:
    """Seven rows of the eight that the inner two loops hold; the cuts stand where they stood."""
    loops = (("D", 2), ("K", 3), ("D", 4), ("C", 5), ("D", 3))
    mapping = LayerMapping(SpatialMapping(()), TemporalMapping(loops, ((1,), (3, 5), (2, 4))))
    carried = carried_over(mapping, {"D": 7, "K": 3, "C": 1})
    assert carried.temporal.loops == (("D", 2), ("K", 3), ("D", 4))
    assert carried.temporal.cuts == ((1,), (3, 3), (2, 3))
