"""The records of a result: round trips, what they refuse, the published schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.layers import LAYERS
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.results.mapping_file import MappingFile
from zigzag_imc.results.parts import LatencyRecord, mapping_from
from zigzag_imc.results.records import hardware_fields, layer_fields, mapping_fields
from zigzag_imc.results.result import LayerResult, NetworkResult

MAPPING = LayerMapping(
    SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 3, "FX": 7}}),
    TemporalMapping((("OX", 112), ("OY", 112), ("FY", 7), ("K", 4)), ((1,), (0, 2), (0, 3))),
)


def _unmapped(layer: Layer) -> LayerResult:
    return LayerResult(
        **layer_fields(layer, (layer.name,)),
        **hardware_fields(load_accelerator("aimc")),
        objective="edp",
        cost_model="imc",
        status="UNKNOWN",
        reason="not searched",
    )


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_rebuilt_exactly(name: str) -> None:
    record = _unmapped(LAYERS[name])
    again = LayerResult.model_validate_json(record.model_dump_json(), strict=True)
    assert again == record
    assert again.layer() == LAYERS[name]
    assert again.mapping() is None


def test_mappings_are_rebuilt_exactly() -> None:
    fields = mapping_fields(MAPPING)
    assert fields["spatial"] == {"D1": {"K": 16}, "D2": {"C": 3, "FX": 7}}
    assert fields["temporal"]["I"] == ((), (("OX", 112), ("OY", 112)), (("FY", 7), ("K", 4)))
    assert mapping_from(fields["spatial"], fields["temporal"]) == MAPPING


def test_operands_share_one_loop_order() -> None:
    with pytest.raises(MappingError, match=r"temporal\.O: its loops are"):
        mapping_from(
            {},
            {
                "W": ((("K", 2), ("C", 3)),),
                "I": ((("K", 2), ("C", 3)),),
                "O": ((("C", 3), ("K", 2)),),
            },
        )


def test_numbers_are_finite() -> None:
    with pytest.raises(ValidationError, match="finite"):
        LatencyRecord(
            compute_cycles=float("nan"), stall_cycles=0, onloading_cycles=0, offloading_cycles=0
        )


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        LayerResult.model_validate(_unmapped(LAYERS["gemm"]).model_dump() | {"energy": 1.0})


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        _unmapped(LAYERS["gemm"]).status = "OPTIMAL"


def test_mapping_files_ignore_the_rest() -> None:
    entry = {"name": "a", "spatial": {}, "temporal": {}, "colour": "red"}
    assert MappingFile.model_validate({"layers": [entry], "author": "me"}).layers[0].names == ()


def test_published_schema_is_current() -> None:
    """``python docs/write_result_schema.py`` writes it again."""
    path = Path(__file__).parents[2] / "docs" / "result.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == NetworkResult.model_json_schema()


def test_schema_names_itself() -> None:
    schema = NetworkResult.model_json_schema()
    assert schema["properties"]["schema"]["const"] == schema["$id"] == "zigzag-imc/result/1"
    assert {"schema", "layers", "totals", "accelerator"} <= set(schema["required"])
