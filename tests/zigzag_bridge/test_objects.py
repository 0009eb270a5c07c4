"""A mapped layer as ZigZag's objects: its cost model takes them, and finds our costs."""

from __future__ import annotations

import random

import pytest

from tests.accelerators import variant
from tests.layers import LAYERS
from tests.mappings import random_mappings
from zigzag_imc import zigzag_objects
from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.zigzag_bridge import installed
from zigzag_imc.zigzag_bridge.comparable import comparable

CASES = [("aimc", "conv3x3"), ("macros", "gemm"), ("separate", "conv1x1s2")]


@pytest.mark.parametrize(("accelerator_name", "layer_name"), CASES)
def test_objects_cost_what_the_mapping_costs(accelerator_name: str, layer_name: str) -> None:
    from zigzag.cost_model.cost_model_imc import CostModelEvaluationForIMC

    accelerator, layer = variant(accelerator_name), LAYERS[layer_name]
    drawn = random_mappings(random.Random(5), layer, accelerator)
    mapping = next(one for one in drawn if comparable(layer, accelerator, one))
    objects = zigzag_objects(layer, accelerator, mapping)
    theirs = CostModelEvaluationForIMC(
        **objects._asdict(), access_same_data_considered_as_no_access=True
    )
    ours = CostModel(layer, accelerator, ZIGZAG).evaluate(mapping)
    assert theirs.energy_total == pytest.approx(ours.energy_pj, rel=1e-9)
    assert theirs.latency_total2 == pytest.approx(ours.latency_cycles, rel=1e-9)


def test_without_zigzag_they_cannot_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, accelerator = LAYERS["gemm"], variant("aimc")
    mapping = next(random_mappings(random.Random(5), layer, accelerator))
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    with pytest.raises(OptionError, match="zigzag-dse is not installed"):
        zigzag_objects(layer, accelerator, mapping)
