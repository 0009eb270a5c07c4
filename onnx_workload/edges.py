"""How the layers of a network connect, looking through everything between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import onnx

from zigzag_imc.onnx_workload.constants import SHAPE_ONLY, read_tensors
from zigzag_imc.onnx_workload.nodes import output_names


def connect_layers(
    nodes: Sequence[onnx.NodeProto], layer_names: Mapping[int, Sequence[str]]
) -> tuple[tuple[str, str], ...]:
    """Return ``(producer, consumer)`` pairs.

    Consumers are in graph order, and so are the producers of each. Several layers of one node
    follow each other.

    Parameters
    ----------
    nodes
        In topological order.
    layer_names
        Names of the layers per position in ``nodes``; all other nodes are looked through.
    """
    # Positions of the layers whose results reach a tensor without passing another layer.
    origins: dict[str, frozenset[int]] = {}
    edges: list[tuple[str, str]] = []
    for position, node in enumerate(nodes):
        if node.op_type in SHAPE_ONLY:
            continue  # passes on no data
        reaching = frozenset[int]().union(*(origins.get(name, ()) for name in read_tensors(node)))
        members = layer_names.get(position, ())
        if members:
            edges.extend((layer_names[producer][-1], members[0]) for producer in sorted(reaching))
            edges.extend(pairwise(members))
            reaching = frozenset((position,))
        if reaching:
            origins.update(dict.fromkeys(output_names(node), reaching))
    return tuple(edges)
