"""What is to say of a layer's mapping without any search."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.exchange.loopnest import nest_lines
from zigzag_imc.explain.facts import bindings_of, capacities_of, occupancy_of
from zigzag_imc.explain.records import ConstraintCostRecord, Explanation
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import profile_named
from zigzag_imc.results.records import cost_fields
from zigzag_imc.results.result import LayerResult, NetworkResult


def layer_facts(
    found: NetworkResult, record: LayerResult, name: str, accelerator: Accelerator
) -> Explanation:
    """Explain a layer of a result by its mapping and its cost.

    Parameters
    ----------
    found, record
        The result, and the layer's record in it.
    name
        What to call the layer.
    accelerator
        As the layer finds it in its situation.

    Returns
    -------
    Explanation
        Without what-ifs; costs are worked out again from the mapping.

    Raises
    ------
    OptionError
        When the layer has no mapping.
    ResultError
        When the mapping is not legal.
    """
    layer, profile = record.layer(), profile_named(found.cost_model)
    mapping = record.mapping()
    if mapping is None or record.spatial is None or record.temporal is None:
        raise OptionError(
            f"layer {name!r}: has no mapping to explain, it is {record.status}: {record.reason}"
        )
    check_mapping(layer, accelerator, mapping, profile, record.asked())
    model = CostModel(layer, accelerator, profile)
    cost = cost_fields(model.evaluate(mapping))
    binding, *rest = bindings_of(cost["breakdown"], accelerator)
    return Explanation(
        schema="zigzag-imc/explanation/1",
        network=found.network.name,
        accelerator=accelerator.name,
        layer=name,
        names=record.names,
        operator=record.operator,
        loop_dims=record.loop_dims,
        stored_operand=record.stored_operand,
        cost_model=found.cost_model,
        objective=record.objective,
        status=record.status,
        objective_value=record.objective_value,
        bound=record.bound,
        gap=record.gap,
        tclk_ns=record.tclk_ns,
        area_mm2=record.area_mm2,
        spatial=record.spatial,
        temporal=record.temporal,
        constraints=tuple(ConstraintCostRecord(constraint=one) for one in record.constraints),
        binding=binding,
        other_bindings=tuple(rest),
        capacities=capacities_of(layer, model.accelerator, mapping),
        occupancy=occupancy_of(layer, model.accelerator, mapping.spatial, profile),
        loop_nest=tuple(nest_lines(layer, model.accelerator, mapping)),
        **cost,
    )
