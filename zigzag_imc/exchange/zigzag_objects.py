"""A mapped layer as objects of an installed ``zigzag-dse``, ready for its cost model."""

from __future__ import annotations

from typing import Any, NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.exchange.zigzag_yaml import mapping_entry, workload_entry
from zigzag_imc.models.accelerator_file import accelerator_to_dict


class ZigzagObjects(NamedTuple):
    """Arguments of the same names of ``zigzag.cost_model.cost_model_imc.CostModelEvaluationForIMC``.

    It also asks for ``access_same_data_considered_as_no_access``, which is true in all runs of ZigZag.
    """

    accelerator: Any
    layer: Any
    spatial_mapping: Any
    spatial_mapping_int: Any
    temporal_mapping: Any


def zigzag_objects(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> ZigzagObjects:
    """Return a mapped layer as ZigZag's own objects.

    Raises
    ------
    OptionError
        When ``zigzag-dse`` is not installed, or does not take the accelerator.
    """
    try:
        from zigzag.datatypes import LayerDim, LayerOperand
        from zigzag.mapping.temporal_mapping import TemporalMapping, TemporalMappingType
        from zigzag.parser.accelerator_factory import AcceleratorFactory
        from zigzag.parser.accelerator_validator import AcceleratorValidator
        from zigzag.parser.workload_factory import LayerNodeFactory
        from zigzag.stages.mapping.spatial_mapping_conversion import SpatialMappingConversionStage
    except ImportError as error:
        raise OptionError(f"ZigZag's objects need the packages zigzag-dse and six: {error}") from None
    validator = AcceleratorValidator(accelerator_to_dict(accelerator))
    if not validator.validate():
        raise OptionError(f"accelerator {accelerator.name!r}: ZigZag does not take it, see its log")
    hardware = AcceleratorFactory(validator.normalized_data).create()
    entry = mapping_entry("default", mapping) | {"spatial_mapping_hint": {}, "temporal_ordering": []}
    node = LayerNodeFactory(workload_entry(layer, 0) | {"operator_type": "default"}, [entry]).create()
    node.spatial_mapping.oa_dim_sizes = dict(hardware.operational_array.dimension_sizes)
    stage = SpatialMappingConversionStage([_no_stage], accelerator=hardware, layer=node)
    average, whole = stage.convert_user_spatial_mapping(node.spatial_mapping)
    # The order of the operands decides who is given the room that is left in a shared memory.
    operands = ("O", "I", "W") if layer.is_matrix_product else ("O", "W", "I")
    loops: dict[Any, Any] = {
        LayerOperand(operand): [[(LayerDim(dim), n) for dim, n in level] for level in mapping.temporal.levels(operand)]
        for operand in operands
    }
    return ZigzagObjects(hardware, node, average, whole, TemporalMapping(loops, node, TemporalMappingType.UNEVEN))


def _no_stage(*_: Any, **__: Any) -> Any:
    """Stand where ZigZag expects the next stage of its pipeline."""
