"""ZigZag's cost of a mapping."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, NamedTuple

from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.zigzag_bridge.objects import (
    spatial_conversion,
    zigzag_accelerator,
    zigzag_layer,
    zigzag_levels,
    zigzag_temporal,
)

known_accelerator = lru_cache(maxsize=64)(zigzag_accelerator)
"""Builds ZigZag's accelerator from the text of its file, each once."""


class TimedEvaluation(NamedTuple):
    """ZigZag's evaluation of a mapping and the seconds it took.

    Attributes
    ----------
    evaluation
        ZigZag's own object with all terms of the cost.
    seconds
        From the loops of every operand and level to all terms of the cost.
    spatial_seconds
        What had to be worked out from the spatial mapping before that.
    """

    evaluation: Any
    seconds: float
    spatial_seconds: float


def value_of(evaluation: Any, objective: str) -> float:
    """Value of an objective in an evaluation by ZigZag.

    ``energy`` (pJ), ``latency`` (cycles) or ``edp``.
    """
    energy, latency = float(evaluation.energy_total), float(evaluation.latency_total2)
    return {"energy": energy, "latency": latency, "edp": energy * latency}[objective]


def told(error: Exception) -> str:
    """Return in one line what ZigZag raised; of our own errors, what they say."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ZigzagImcError) else f"{type(error).__name__}: {text}"


def evaluate(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> Any:
    """Score a mapping with ZigZag's cost model; returns its evaluation object."""
    return timed_evaluation(layer, accelerator_text, mapping).evaluation


def timed_evaluation(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> TimedEvaluation:
    """Score a mapping and time ZigZag, without reading files or building layer and accelerator.

    ZigZag raises errors of many kinds where it cannot score a mapping, such as one with all loops
    spatial.
    """
    accelerator = known_accelerator(accelerator_text)
    from zigzag.cost_model.cost_model_imc import CostModelEvaluationForIMC

    node = zigzag_layer(layer, mapping.spatial)
    convert = spatial_conversion(node, accelerator)
    start = time.perf_counter()
    average, whole = convert()
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
