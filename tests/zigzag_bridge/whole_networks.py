"""ZigZag's own run of a whole network, with its data locality between layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from onnx import helper, numpy_helper

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.exchange.zigzag_yaml import default_entry
from zigzag_imc.zigzag_bridge.objects import accelerator_text, zigzag_accelerator

Node = tuple[str, str, tuple[str, ...], int]
"""Name, operator, tensors read, and output channels (of an addition, those of what it reads)."""

HEIGHT, WIDTH = 4, 3


def graph(nodes: Sequence[Node], channels: int) -> onnx.ModelProto:
    """Build a model of convolutions over 4 x 3 positions and of plain operators.

    ``Conv`` is of one tap, ``Depthwise`` of three by three, padded.
    """
    known = {"x": channels}
    made, weights = [], []
    for name, operator, read, width in nodes:
        known[name] = width
        if operator not in ("Conv", "Depthwise"):
            made.append(helper.make_node(operator, list(read), [name], name=name))
            continue
        deep = operator == "Depthwise"
        side = 3 if deep else 1
        shape = (width, 1 if deep else known[read[0]], side, side)
        weights.append(numpy_helper.from_array(np.zeros(shape, np.float32), f"{name}.w"))
        made.append(
            helper.make_node(
                "Conv",
                [read[0], f"{name}.w"],
                [name],
                name=name,
                kernel_shape=[side, side],
                pads=[side // 2] * 4,
                group=width if deep else 1,
            )
        )
    last = nodes[-1][0]
    ends = (("x", channels), (last, known[last]))
    first, result = (
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, width, HEIGHT, WIDTH])
        for name, width in ends
    )
    drawn = helper.make_graph(made, "small", [first], [result], weights)
    model = helper.make_model(drawn, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return onnx.shape_inference.infer_shapes(model)


def stays(model: onnx.ModelProto, accelerator: Accelerator, folder: Path) -> dict[str, Any]:
    """Name of the top memory of each activation of each layer, as ZigZag's rule leaves them."""
    from zigzag.stages.stage import Stage

    seen: dict[str, Any] = {}

    class Looking(Stage):
        """Stands where ZigZag would map a layer, and looks at the memories that are left."""

        def __init__(self, rest: Any, *, layer: Any, accelerator: Any, **others: Any) -> None:
            super().__init__(rest, **others)
            tops: dict[str, str] = {}
            for level in accelerator.memory_hierarchy.topological_sort():
                tops |= {str(operand): level.memory_instance.name for operand in level.operands}
            seen[layer.name] = {"I": tops["I1"], "O": tops["O"]}

        def is_leaf(self) -> bool:
            return True

        def run(self) -> Any:
            yield None, None

    _run(model, accelerator, folder, [Looking])
    return seen


def evaluations(model: onnx.ModelProto, accelerator: Accelerator, folder: Path) -> dict[str, Any]:
    """ZigZag's evaluation of the mapping that it finds for each layer, by name."""
    from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage
    from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
    from zigzag.stages.mapping.temporal_mapping_generator_stage import (
        TemporalMappingGeneratorStage,
    )
    from zigzag.stages.results.reduce_stages import MinimalEnergyStage

    stages: list[Any] = [
        MinimalEnergyStage,
        SpatialMappingGeneratorStage,
        MinimalEnergyStage,
        TemporalMappingGeneratorStage,
        CostModelStage,
    ]
    found = _run(model, accelerator, folder, stages)
    return {evaluation.layer.name: evaluation for evaluation, _ in found}


def _run(
    model: onnx.ModelProto, accelerator: Accelerator, folder: Path, stages: Sequence[Any]
) -> list[Any]:
    """Run ZigZag over all layers, with what its rule leaves of the memories for each."""
    machine = zigzag_accelerator(accelerator_text(accelerator))  # imports ZigZag first
    from zigzag.mapping.temporal_mapping import TemporalMappingType
    from zigzag.stages.exploit_data_locality_stages import (
        ExploitInterLayerDataLocalityStage,
        SearchInterLayerDataLocalityStage,
    )
    from zigzag.stages.main import MainStage
    from zigzag.stages.parser.onnx_model_parser import ONNXModelParserStage
    from zigzag.stages.workload_iterator import WorkloadStage

    entry = default_entry() | {"spatial_mapping_hint": {"D1": ["K"], "D2": ["C", "FX", "FY"]}}
    mapping = folder / "mapping.yaml"
    mapping.write_text(yaml.safe_dump([entry]))
    every: list[Any] = [
        ONNXModelParserStage,
        SearchInterLayerDataLocalityStage,
        WorkloadStage,
        ExploitInterLayerDataLocalityStage,
        *stages,
    ]
    whole: Any = MainStage(
        every,
        accelerator=machine,
        workload=model,
        mapping=str(mapping),
        loma_lpf_limit=3,
        loma_show_progress_bar=False,
        nb_mappings_generated=1,
        enable_mix_spatial_mapping_generation=True,
        access_same_data_considered_as_no_access=True,
        temporal_mapping_type=TemporalMappingType.UNEVEN,
    )
    return list(whole.run())
