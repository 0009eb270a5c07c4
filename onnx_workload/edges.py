"""How the layers of a network connect, looking through everything between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx

from zigzag_imc.onnx_workload.constants import SHAPE_ONLY, read_tensors
from zigzag_imc.onnx_workload.nodes import output_names


def connect_layers(
    nodes: Sequence[onnx.NodeProto], layer_names: Mapping[int, str]
) -> tuple[tuple[str, str], ...]:
    """Return ``(producer, consumer)`` pairs.

    Consumers are in graph order, and so are the producers of each.

    Parameters
    ----------
    nodes
        In topological order.
    layer_names
        Name of the layer per position in ``nodes``; all other nodes are looked through.
    """
    # Positions of the layers whose results reach a tensor without passing another layer.
    origins: dict[str, frozenset[int]] = {}
    edges: list[tuple[str, str]] = []
    for position, node in enumerate(nodes):
        if node.op_type in SHAPE_ONLY:
            continue  # passes on no data
        reaching = frozenset[int]().union(*(origins.get(name, ()) for name in read_tensors(node)))
        if position in layer_names:
            consumer = layer_names[position]
            edges.extend((layer_names[producer], consumer) for producer in sorted(reaching))
            reaching = frozenset((position,))
        if reaching:
            origins.update(dict.fromkeys(output_names(node), reaching))
    return tuple(edges)
