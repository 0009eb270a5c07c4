"""Accelerators, layers and mappings as ZigZag's objects, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import instance
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.exchange.zigzag_yaml import mapping_entry, workload_entry
from zigzag_imc.models.hardware.files import zigzag_contents
from zigzag_imc.zigzag_bridge.installed import require


def accelerator_text(accelerator: Accelerator) -> str:
    """Return an accelerator as a file that ZigZag reads."""
    return json.dumps(zigzag_contents(accelerator))


class ZigzagObjects(NamedTuple):
    """Arguments of ZigZag's ``CostModelEvaluationForIMC``, under its names.

    It also asks for ``access_same_data_considered_as_no_access``, which is true in all runs of
    ZigZag.

    Attributes
    ----------
    accelerator, layer
        ZigZag's accelerator and layer node.
    spatial_mapping, spatial_mapping_int
        Unrollings per operand and level: average ones and whole ones.
    temporal_mapping
        Loops per operand and level.
    """

    accelerator: Any
    layer: Any
    spatial_mapping: Any
    spatial_mapping_int: Any
    temporal_mapping: Any


def zigzag_objects(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> ZigzagObjects:
    """Return a mapped layer as ZigZag's own objects, ready for its cost model.

    Raises
    ------
    OptionError
        When ``zigzag-dse`` is not installed, or does not take the accelerator, or one of the three
        is something else.
    """
    instance("layer", layer, Layer, "a Layer")
    instance("accelerator", accelerator, Accelerator, "an Accelerator")
    instance("mapping", mapping, LayerMapping, "a LayerMapping")
    hardware = zigzag_accelerator(accelerator_text(accelerator))
    node = zigzag_layer(layer, mapping.spatial)
    average, whole = spatial_conversion(node, hardware)()
    return ZigzagObjects(
        hardware, node, average, whole, zigzag_temporal(zigzag_levels(layer, mapping), node)
    )


# ------------------------------------------------------------------ one by one
def zigzag_accelerator(text: str) -> Any:
    """Build ZigZag's accelerator from the text of its file.

    Raises
    ------
    OptionError
        When ZigZag is not installed or rejects the file.
    """
    require()
    from zigzag.parser.accelerator_factory import AcceleratorFactory
    from zigzag.parser.accelerator_validator import AcceleratorValidator

    data = yaml.safe_load(text)
    validator = AcceleratorValidator(data)
    if not validator.validate():
        raise OptionError(f"accelerator {data.get('name')!r}: ZigZag rejects it")
    return AcceleratorFactory(validator.normalized_data).create()


_NOTHING_UNROLLED = SpatialMapping(())


def zigzag_layer(layer: Layer, spatial: SpatialMapping = _NOTHING_UNROLLED) -> Any:
    """Build ZigZag's layer node, with unrollings where it is not to find its own."""
    require()
    from zigzag.parser.workload_factory import LayerNodeFactory

    entry = mapping_entry("default", spatial, ()) | {"spatial_mapping_hint": {}}
    return LayerNodeFactory(
        workload_entry(layer, 0) | {"operator_type": "default"}, [entry]
    ).create()


def spatial_conversion(node: Any, accelerator: Any) -> Callable[[], tuple[Any, Any]]:
    """Return what works out the average and the whole unrollings of ZigZag's layer node.

    Per operand and level.
    """
    from zigzag.stages.mapping.spatial_mapping_conversion import SpatialMappingConversionStage

    node.spatial_mapping.oa_dim_sizes = dict(accelerator.operational_array.dimension_sizes)
    stage = SpatialMappingConversionStage([_no_stage], accelerator=accelerator, layer=node)
    return lambda: stage.convert_user_spatial_mapping(node.spatial_mapping)


def zigzag_levels(layer: Layer, mapping: LayerMapping) -> dict[Any, Any]:
    """Write the loops of every operand and memory level in ZigZag's words.

    The order of the operands decides which of them gets the room that is left in a memory they
    share.
    """
    from zigzag.datatypes import LayerDim, LayerOperand

    return {
        LayerOperand(operand): [
            [(LayerDim(d), f) for d, f in level] for level in mapping.temporal.levels(operand)
        ]
        for operand in (("O", "I", "W") if layer.is_matrix_product else ("O", "W", "I"))
    }


def zigzag_temporal(levels: dict[Any, Any], node: Any) -> Any:
    """Build ZigZag's temporal mapping of a layer node from its `zigzag_levels`."""
    from zigzag.mapping.temporal_mapping import TemporalMapping as ZigzagTemporalMapping
    from zigzag.mapping.temporal_mapping import TemporalMappingType

    return ZigzagTemporalMapping(levels, node, TemporalMappingType.UNEVEN)


def mapping_of(evaluation: Any) -> LayerMapping:
    """Return the mapping of an evaluation by ZigZag as one of ours."""
    unrollings = {
        array_dim.name: {dim.name: int(factor) for dim, factor in dims.items()}
        for array_dim, dims in evaluation.layer.spatial_mapping.items()
    }
    levels = {
        operand.name: [[(dim.name, int(size)) for dim, size in level] for level in loops]
        for operand, loops in evaluation.temporal_mapping.mapping_dic_origin.items()
    }
    return LayerMapping(
        SpatialMapping.of(unrollings),
        TemporalMapping.from_levels({operand: levels[operand] for operand in OPERANDS}),
    )


def _no_stage(*_: Any, **__: Any) -> Any:
    """Stand where ZigZag expects the next stage of its pipeline."""
