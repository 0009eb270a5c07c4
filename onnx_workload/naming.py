"""A unique, stable name for every node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import onnx


def name_nodes(nodes: Sequence[onnx.NodeProto]) -> list[str]:
    """Return one name per node: its own where it is the first to bear it.

    A node without a name is called after its operator type and how many of that type came before,
    ``Conv_3``; a name that is already taken gets ``#2``, ``#3``, and so on.
    """
    own = {node.name for node in nodes}
    taken: set[str] = set()
    ordinal: Counter[str] = Counter()
    names = []
    for node in nodes:
        given = bool(node.name.strip())
        wanted = node.name if given else f"{node.op_type}_{ordinal[node.op_type]}"
        ordinal[node.op_type] += 1
        name, repeat = wanted, 1
        # Names made up here also keep clear of names that come later in the graph.
        while name in taken or (name in own and not (given and repeat == 1)):
            repeat += 1
            name = f"{wanted}#{repeat}"
        taken.add(name)
        names.append(name)
    return names
