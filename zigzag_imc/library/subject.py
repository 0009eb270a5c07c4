"""What a query is about: a network on an accelerator, read and checked once."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.library.bits import at_array_bits, with_bit_notices
from zigzag_imc.library.inputs import accelerator_of, groups_of, network_of, path_of
from zigzag_imc.library.query import Query

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import LayerGroup, Network

    Model = str | os.PathLike[str] | ModelProto | Network


@dataclass(frozen=True, slots=True)
class Subject:
    """A network on an accelerator, and the layers of it that a query asks about.

    Attributes
    ----------
    query
        What is asked.
    accelerator, network
        What is mapped onto what.
    path
        Where the network came from; ``None`` where it came from memory.
    groups
        Distinct layers that are asked about, in the order of the graph.
    """

    query: Query
    accelerator: Accelerator
    network: Network
    path: str | None
    groups: tuple[LayerGroup, ...]

    @classmethod
    def of(
        cls, model: Model, accelerator: str | os.PathLike[str] | Accelerator, query: Query
    ) -> Subject:
        """Read what is a file or a name; what is wrong with it is told before any search.

        Raises
        ------
        ZigzagImcError
            When the model, the accelerator, the cost model or the name of a layer is wrong.
        """
        from zigzag_imc.library.constraining import check_rules, constrained, rules_for
        from zigzag_imc.onnx_workload.network import Network

        profile = query.profile
        hardware = accelerator_of(accelerator)
        network = network_of(model, query)
        if not isinstance(model, Network):  # networks that were read before keep their bits
            network = at_array_bits(network, hardware.array)
        layers = tuple(layer.storing(query.stored) for layer in network.layers)
        network = replace(network, layers=layers)
        network = with_bit_notices(network, hardware.array, profile)
        rules = rules_for(query.constraint_rules, hardware)
        check_rules(rules, network, hardware)
        groups = constrained(groups_of(network, query.layers), rules, network.layers)
        return cls(query, hardware, network, path_of(model), groups)
