"""Layers and mappings as entries of ZigZag's workload and mapping files.

ZigZag reads unrollings and the order of the temporal loops from a mapping file, and then lets each
operand's memories hold as many of the innermost loops as fit. Which memory holds what is therefore
only kept in a ``complete.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zigzag_imc.core.layer import LAYER_DIMS, Layer, Window
from zigzag_imc.core.mapping import Loop, SpatialMapping

OPERAND_LINKS = {"O": "O", "W": "I2", "I": "I1"}
"""Operand of the memories per operand of the layer."""


def workload_entry(layer: Layer, number: int) -> dict[str, Any]:
    """Return the entry of a layer in a workload file; ``number`` is its id.

    Both inputs are said to be constants: every layer stands for itself.
    """
    dims = list(layer.ordered_dims)
    entry: dict[str, Any] = {
        "id": number,
        "name": layer.name,
        "operator_type": "Gemm" if layer.is_matrix_product else "Conv",
        "equation": equation(layer),
        "dimension_relations": relations(layer),
        "loop_dims": dims,
        "loop_sizes": [layer.sizes.get(dim, 1) for dim in dims],
        "operand_precision": {
            name: getattr(layer.precision, name) for name in ("W", "I", "O", "O_final")
        },
        "operand_source": {"I": number, "W": number},
    }
    if layer.windows:
        entry |= {
            "pr_loop_dims": [_input_index(window).upper() for window in layer.windows],
            "pr_loop_sizes": [window.size for window in layer.windows],
            "padding": [[0, 0] for _ in layer.windows],
        }
    return entry


def mapping_entry(name: str, spatial: SpatialMapping, loops: Sequence[Loop]) -> dict[str, Any]:
    """Return the entry of a layer in a mapping file.

    Unrollings, and temporal loops from the innermost out.
    """
    return {
        "name": name,
        "memory_operand_links": dict(OPERAND_LINKS),
        "spatial_mapping": {
            array_dim: [f"{dim}, {factor}" for dim, factor in dims]
            for array_dim, dims in spatial.unrollings
            if dims
        },
        "temporal_ordering": [[dim, factor] for dim, factor in loops],
    }


def default_entry() -> dict[str, Any]:
    """Return the entry that every mapping file must have."""
    return {"name": "default", "memory_operand_links": dict(OPERAND_LINKS)}


def equation(layer: Layer, sign: str = "+=") -> str:
    """Return the layer as a product such as ``O[...]+=W[...]*I[...]``.

    A window is one index of the input.
    """
    of_inputs = {dim: dim.lower() for dim in layer.ordered_dims}
    for window in layer.windows:
        of_inputs |= dict.fromkeys((window.output_dim, window.filter_dim), _input_index(window))

    def indices(operand: str) -> str:
        dims = [dim for dim in layer.ordered_dims if dim in layer.relevant(operand)]
        names = [of_inputs[dim] if operand == "I" else dim.lower() for dim in dims]
        return "".join(f"[{index}]" for index in dict.fromkeys(names))

    # ZigZag tells weights from activations by their place, which differs between the two types of
    # layer.
    first, second = ("I", "W") if layer.is_matrix_product else ("W", "I")
    return f"O{indices('O')}{sign}{first}{indices(first)}*{second}{indices(second)}"


def _input_index(window: Window) -> str:
    """Return the index of the input that the window slides over: ``ix`` for ``OX``."""
    dim = window.output_dim
    return f"i{dim[1:] if dim in LAYER_DIMS else dim}".lower()


def relations(layer: Layer) -> list[str]:
    """Return how output and filter positions make an input position, such as ``ix=2*ox+1*fx``."""
    return [
        f"{_input_index(window)}={window.stride}*{window.output_dim.lower()}"
        f"+{window.dilation}*{window.filter_dim.lower()}"
        for window in layer.windows
    ]
