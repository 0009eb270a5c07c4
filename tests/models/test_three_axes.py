"""A third axis, and loops with names of their own, cost what ``zigzag-dse`` 3.9.1 says."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from tests.accelerators import variant, variant_text
from tests.mappings import random_mappings
from tests.oracle import oracle_evaluate
from tests.terms import differences, our_terms, their_terms
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.zigzag_bridge.comparable import comparable

MAPPINGS = 12

DEEP = Layer(
    "frames",
    "Conv",
    (("K", 6), ("C", 4), ("OZ", 4), ("OY", 5), ("OX", 6), ("FZ", 3), ("FY", 2), ("FX", 3)),
    frozenset(("K", "C", "FZ", "FY", "FX")),
    frozenset(("C", "OZ", "OY", "OX", "FZ", "FY", "FX")),
    frozenset(("K", "OZ", "OY", "OX")),
    (
        Window("OZ", "FZ", 2, 1, 8),
        Window("OY", "FY", 1, 1, 6),
        Window("OX", "FX", 1, 2, 10),
    ),
)
OWN = Layer(
    "own",
    "Gemm",
    (("D0", 6), ("D1", 4), ("D2", 10), ("D3", 3)),
    frozenset(("D1", "D2")),
    frozenset(("D0", "D2", "D3")),
    frozenset(("D0", "D1", "D3")),
)


@pytest.mark.parametrize("accelerator_name", ["aimc", "dimc"])
@pytest.mark.parametrize("layer", [DEEP, OWN], ids=lambda layer: layer.name)
def test_random_mappings_cost_the_same(layer: Layer, accelerator_name: str) -> None:
    accelerator = variant(accelerator_name)
    model = CostModel(layer, accelerator, ZIGZAG)
    rng = random.Random(f"{accelerator_name} {layer.name}")
    drawn = (
        m for m in random_mappings(rng, layer, accelerator) if comparable(layer, accelerator, m)
    )
    compared = 0
    for mapping in islice(drawn, MAPPINGS):
        found = differences(
            our_terms(model.evaluate(mapping)),
            their_terms(oracle_evaluate(layer, variant_text(accelerator_name), mapping)),
        )
        assert not found, f"{mapping}: " + "; ".join(found)
        compared += 1
    assert compared == MAPPINGS
