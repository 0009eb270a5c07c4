"""Accelerators, layers and mappings as ZigZag's objects, and back."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import yaml

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.accelerator_file import accelerator_to_dict
from zigzag_imc.zigzag_bridge.installed import require

_CONVOLUTION = "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]"


def accelerator_text(accelerator: Accelerator) -> str:
    """Return an accelerator as a file that ZigZag reads."""
    return json.dumps(accelerator_to_dict(accelerator))


@lru_cache(maxsize=64)
def zigzag_accelerator(text: str) -> Any:
    """Build ZigZag's accelerator from the text of its file.

    Raises
    ------
    ValueError
        When ZigZag rejects the file.
    """
    require()
    from zigzag.parser.accelerator_factory import AcceleratorFactory
    from zigzag.parser.accelerator_validator import AcceleratorValidator

    validator = AcceleratorValidator(yaml.safe_load(text))
    if not validator.validate():
        raise ValueError("ZigZag rejects this accelerator")
    return AcceleratorFactory(validator.normalized_data).create()


def zigzag_layer(layer: Layer, spatial: SpatialMapping | None = None) -> Any:
    """Build ZigZag's layer node; its loop order is ours."""
    require()
    from zigzag.parser.workload_factory import LayerNodeFactory

    data: dict[str, Any] = {
        "id": 0,
        "name": "layer",
        "operator_type": "default",
        "loop_dims": [dim for dim, _ in layer.loop_dims],
        "loop_sizes": [size for _, size in layer.loop_dims],
        "operand_precision": {name: getattr(layer.precision, name) for name in ("W", "I", "O", "O_final")},
        "dimension_relations": [],
    }
    if layer.is_matrix_product:
        weight = "".join(f"[{d.lower()}]" for d in ("B", "H", "C", "K") if d in layer.weight_dims)
        data["equation"] = f"O[b][h][d][k]+=I[b][h][d][c]*W{weight}"
    else:
        data["equation"] = _CONVOLUTION
        data["dimension_relations"] = [
            f"i{axis}={w.stride}*o{axis}+{w.dilation}*f{axis}"
            for w, axis in ((window, window.output_dim[1].lower()) for window in layer.windows)
        ]
        data["pr_loop_dims"] = [f"I{window.output_dim[1]}" for window in layer.windows]
        data["pr_loop_sizes"] = [window.size for window in layer.windows]
        data["padding"] = [[0, 0], [0, 0]]
    data["operand_source"] = {"I": 0, "W": 0}
    unrollings = spatial.unrollings if spatial is not None else ()
    mapping = [
        {
            "name": "default",
            "memory_operand_links": {"O": "O", "W": "I2", "I": "I1"},
            "spatial_mapping": {
                array_dim: [f"{dim}, {factor}" for dim, factor in dims] for array_dim, dims in unrollings if dims
            },
            "spatial_mapping_hint": {},
            "temporal_ordering": [],
        }
    ]
    return LayerNodeFactory(data, mapping).create()


def zigzag_levels(layer: Layer, mapping: LayerMapping) -> dict[Any, Any]:
    """Write the loops of every operand and memory level in ZigZag's words."""
    from zigzag.datatypes import LayerDim, LayerOperand

    return {
        LayerOperand(operand): [[(LayerDim(d), f) for d, f in level] for level in mapping.temporal.levels(operand)]
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
        SpatialMapping.of(unrollings), TemporalMapping.from_levels({operand: levels[operand] for operand in OPERANDS})
    )
