"""The reference cost model ``zigzag-dse`` behind one function, for comparing numbers."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import yaml

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping

logging.disable(logging.INFO)

_CONV = "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]"


@lru_cache(maxsize=64)
def oracle_accelerator(text: str) -> Any:
    """Build the reference tool's accelerator from the text of its YAML file."""
    from zigzag.parser.accelerator_factory import AcceleratorFactory
    from zigzag.parser.accelerator_validator import AcceleratorValidator

    validator = AcceleratorValidator(yaml.safe_load(text))
    assert validator.validate(), "the reference tool rejects this accelerator"
    return AcceleratorFactory(validator.normalized_data).create()


def oracle_layer(layer: Layer, spatial: dict[str, dict[str, int]] | None = None) -> Any:
    """Build the reference tool's layer node; its loop order is ours."""
    from zigzag.parser.workload_factory import LayerNodeFactory

    data: dict[str, Any] = {
        "id": 0,
        "name": "layer",
        "operator_type": "default",
        "loop_dims": [dim for dim, _ in layer.loop_dims],
        "loop_sizes": [size for _, size in layer.loop_dims],
        "operand_precision": {name: getattr(layer.precision, name) for name in ("W", "I", "O", "O_final")},
        "dimension_relations": [],
        "operand_source": {"W": 0, "I": 1},
    }
    if layer.is_matrix_product:
        weight = "".join(f"[{d.lower()}]" for d in ("B", "H", "C", "K") if d in layer.weight_dims)
        data["equation"] = f"O[b][h][d][k]+=I[b][h][d][c]*W{weight}"
    else:
        data["equation"] = _CONV
        data["dimension_relations"] = [
            f"i{axis}={w.stride}*o{axis}+{w.dilation}*f{axis}"
            for w, axis in ((window, window.output_dim[1].lower()) for window in layer.windows)
        ]
        data["pr_loop_dims"] = [f"I{window.output_dim[1]}" for window in layer.windows]
        data["pr_loop_sizes"] = [window.size for window in layer.windows]
        data["padding"] = [[0, 0], [0, 0]]
    data["operand_source"] = {"I": 0, "W": 0}
    mapping = [
        {
            "name": "default",
            "memory_operand_links": {"O": "O", "W": "I2", "I": "I1"},
            "spatial_mapping": {
                dim: [f"{layer_dim}, {factor}" for layer_dim, factor in dims.items()]
                for dim, dims in (spatial or {}).items()
                if dims
            },
            "spatial_mapping_hint": {},
            "temporal_ordering": [],
        }
    ]
    return LayerNodeFactory(data, mapping).create()


def oracle_evaluate(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> Any:
    """Score a mapping with the reference cost model; returns its evaluation object."""
    return timed_oracle(layer, accelerator_text, mapping).evaluation


def _no_stage(*_: Any, **__: Any) -> Any:
    """Stand where the reference tool expects the next stage of its pipeline."""


@lru_cache(maxsize=1)
def _mend_precharge() -> None:
    """Give the reference's transfer patterns an attribute that its precharge energy reads under an old name.

    Without it, 3.9.1 raises on every accelerator whose cells hold more than one weight.
    """
    from zigzag.datatypes import Constants  # noqa: F401  (imports the package in an order it can take)
    from zigzag.hardware.architecture.memory_port import DataDirection
    from zigzag.mapping.data_movement import DataMoveAttr, DataMovePattern

    def counts(pattern: Any) -> SimpleNamespace:
        moved = pattern.get_attribute(DataMoveAttr.DATA_ELEM_MOVE_COUNT)
        return SimpleNamespace(rd_out_to_low=moved.get(DataDirection.RD_OUT_TO_LOW))

    setattr(DataMovePattern, "data_elem_move_count", property(counts))  # noqa: B010


class TimedEvaluation(NamedTuple):
    """The reference's evaluation and the seconds it took.

    Attributes
    ----------
    seconds
        From the loops of every operand and level to all terms of the cost.
    spatial_seconds
        What had to be worked out from the spatial mapping before that.
    """

    evaluation: Any
    seconds: float
    spatial_seconds: float


def timed_oracle(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> TimedEvaluation:
    """Score a mapping and time the reference, without reading files or building layer and accelerator."""
    from zigzag.cost_model.cost_model_imc import CostModelEvaluationForIMC
    from zigzag.datatypes import LayerDim, LayerOperand, OADimension
    from zigzag.mapping.temporal_mapping import TemporalMapping, TemporalMappingType
    from zigzag.stages.mapping.spatial_mapping_conversion import SpatialMappingConversionStage

    _mend_precharge()
    accelerator = oracle_accelerator(accelerator_text)
    spatial = {array_dim: dict(dims) for array_dim, dims in mapping.spatial.unrollings}
    node = oracle_layer(layer, spatial)
    node.spatial_mapping.oa_dim_sizes = (
        {OADimension(name): size for name, size in accelerator.operational_array.dimension_sizes.items()}
        if not isinstance(next(iter(accelerator.operational_array.dimension_sizes)), OADimension)
        else dict(accelerator.operational_array.dimension_sizes)
    )
    stage = SpatialMappingConversionStage([_no_stage], accelerator=accelerator, layer=node)
    start = time.perf_counter()
    average, whole = stage.convert_user_spatial_mapping(node.spatial_mapping)
    spatial_seconds = time.perf_counter() - start
    levels: dict[Any, Any] = {
        LayerOperand(op): [[(LayerDim(d), f) for d, f in level] for level in mapping.temporal.levels(op)]
        for op in (("O", "I", "W") if layer.is_matrix_product else ("O", "W", "I"))
    }
    start = time.perf_counter()
    temporal = TemporalMapping(levels, node, TemporalMappingType.UNEVEN)
    evaluation = CostModelEvaluationForIMC(
        accelerator=accelerator,
        layer=node,
        spatial_mapping=average,
        spatial_mapping_int=whole,
        temporal_mapping=temporal,
        access_same_data_considered_as_no_access=True,
    )
    return TimedEvaluation(evaluation, time.perf_counter() - start, spatial_seconds)


def reference_hardware(name: str) -> Path:
    """Path of an accelerator file inside the reference tool's wheel."""
    from importlib.util import find_spec

    spec = find_spec("zigzag")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "inputs" / "hardware" / f"{name}.yaml"
