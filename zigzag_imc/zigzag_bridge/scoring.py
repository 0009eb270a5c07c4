"""ZigZag's cost of a mapping."""

from __future__ import annotations

import time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.zigzag_bridge.objects import zigzag_accelerator, zigzag_layer, zigzag_levels, zigzag_temporal


class TimedEvaluation(NamedTuple):
    """ZigZag's evaluation of a mapping and the seconds it took.

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


def value_of(evaluation: Any, objective: str) -> float:
    """Value of an objective in an evaluation by ZigZag: ``energy`` (pJ), ``latency`` (cycles) or ``edp``."""
    energy, latency = float(evaluation.energy_total), float(evaluation.latency_total2)
    return {"energy": energy, "latency": latency, "edp": energy * latency}[objective]


def evaluate(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> Any:
    """Score a mapping with ZigZag's cost model; returns its evaluation object."""
    return timed_evaluation(layer, accelerator_text, mapping).evaluation


def timed_evaluation(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> TimedEvaluation:
    """Score a mapping and time ZigZag, without reading files or building layer and accelerator.

    ZigZag raises errors of many kinds where it cannot score a mapping, such as one with all loops spatial.
    """
    accelerator = zigzag_accelerator(accelerator_text)
    _mend_precharge()
    from zigzag.cost_model.cost_model_imc import CostModelEvaluationForIMC
    from zigzag.datatypes import OADimension
    from zigzag.stages.mapping.spatial_mapping_conversion import SpatialMappingConversionStage

    node = zigzag_layer(layer, mapping.spatial)
    sizes = accelerator.operational_array.dimension_sizes
    node.spatial_mapping.oa_dim_sizes = {
        name if isinstance(name, OADimension) else OADimension(name): size for name, size in sizes.items()
    }
    stage = SpatialMappingConversionStage([_no_stage], accelerator=accelerator, layer=node)
    start = time.perf_counter()
    average, whole = stage.convert_user_spatial_mapping(node.spatial_mapping)
    spatial_seconds = time.perf_counter() - start
    levels = zigzag_levels(layer, mapping)
    start = time.perf_counter()
    temporal = zigzag_temporal(levels, node)
    evaluation = CostModelEvaluationForIMC(
        accelerator=accelerator,
        layer=node,
        spatial_mapping=average,
        spatial_mapping_int=whole,
        temporal_mapping=temporal,
        access_same_data_considered_as_no_access=True,
    )
    return TimedEvaluation(evaluation, time.perf_counter() - start, spatial_seconds)


def _no_stage(*_: Any, **__: Any) -> Any:
    """Stand where ZigZag expects the next stage of its pipeline."""


@lru_cache(maxsize=1)
def _mend_precharge() -> None:
    """Give ZigZag's transfer patterns an attribute that its precharge energy reads under an old name.

    Without it, 3.9.1 raises on every accelerator whose cells hold more than one weight.
    """
    from zigzag.hardware.architecture.memory_port import DataDirection
    from zigzag.mapping.data_movement import DataMoveAttr, DataMovePattern

    def counts(pattern: Any) -> SimpleNamespace:
        moved = pattern.get_attribute(DataMoveAttr.DATA_ELEM_MOVE_COUNT)
        return SimpleNamespace(rd_out_to_low=moved.get(DataDirection.RD_OUT_TO_LOW))

    setattr(DataMovePattern, "data_elem_move_count", property(counts))  # noqa: B010
