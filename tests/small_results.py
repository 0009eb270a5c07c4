"""Results of evaluated mappings, made without a search."""

from __future__ import annotations

from collections.abc import Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.library.assembly import Assembler
from zigzag_imc.library.mapping import evaluate
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.onnx_workload.network import LayerGroup, Network
from zigzag_imc.results.result import NetworkResult


def scored(
    mapped: Sequence[tuple[Layer, LayerMapping]], accelerator: Accelerator, profile: CostProfile
) -> NetworkResult:
    """Return the result of scoring mappings, as `evaluate` makes it."""
    assembler = Assembler(accelerator, profile.name, 0)
    layers = []
    for layer, mapping in mapped:
        cost = CostModel(layer, accelerator, profile).evaluate(mapping)
        layers.append(
            assembler.record(
                LayerGroup(layer, (layer.name,), 1),
                mapping,
                cost,
                objective="edp",
                status="FEASIBLE",
                objective_value=float(cost.edp),
            )
        )
    network = Network("drawn", tuple(layer for layer, _ in mapped))
    query = Query(cost_model=profile.name)
    subject = Subject.of(network, accelerator, query)
    return assembler.result(subject, layers, 0.0, searched=False)


def read_back(
    path: object, result: NetworkResult, layers: Sequence[Layer], accelerator: Accelerator
) -> NetworkResult:
    """Evaluate the mappings of a file for the layers and accelerator of a result."""
    return evaluate(
        Network("drawn", tuple(layers)), accelerator, str(path), cost_model=result.cost_model
    )


def same_mappings_and_costs(one: NetworkResult, other: NetworkResult) -> bool:
    """Whether two results map and cost every layer the same, to the last bit."""
    keys = ("names", "spatial", "temporal", "energy_pj", "latency_cycles", "edp", "breakdown")
    return len(one.layers) == len(other.layers) and all(
        getattr(a, key) == getattr(b, key)
        for a, b in zip(one.layers, other.layers, strict=True)
        for key in keys
    )
