"""From a result and the name of a layer to its explanation."""

from __future__ import annotations

import os
from dataclasses import replace

from zigzag_imc.core.arguments import flag
from zigzag_imc.core.objective import Objective
from zigzag_imc.explain.constraint_costs import without_each
from zigzag_imc.explain.layer_facts import layer_facts
from zigzag_imc.explain.records import Explanation
from zigzag_imc.explain.what_if import what_ifs
from zigzag_imc.library.query import Query
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.runs.run import ProgressCallback


def explain_layer(  # noqa: PLR0913  (users name each of their choices)
    result: str | os.PathLike[str] | NetworkResult,
    layer: str,
    *,
    what_if: bool = True,
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    progress: ProgressCallback | None = None,
) -> Explanation:
    """Explain why a layer of a result is mapped as it is.

    Parameters
    ----------
    result
        A result, or the path of its file.
    layer
        Name of the layer.
    what_if
        Also map the layer on accelerators that have a little more of each resource, with proof.
    jobs
        How many of these searches run side by side.
    time_limit
        Seconds for each of these searches.
    total_time_limit
        Seconds for all of them together.
    progress
        Called with a `Progress`, in which the changed accelerator stands for the layer, whenever
        one of these searches starts or ends.

    Returns
    -------
    Explanation
        Costs are worked out again from the mapping.

    Raises
    ------
    ZigzagImcError
        When the file is not a result, has no such layer, or no mapping of it.
    """
    flag("what_if", what_if)
    query = Query(
        jobs=jobs,
        time_limit=time_limit,
        total_time_limit=total_time_limit,
        progress=progress,
    )
    found = result if isinstance(result, NetworkResult) else read_result(result)
    record = found.record_of(layer)
    whole = accelerator_from_dict(found.accelerator.description, "accelerator.description")
    accelerator = record.found_by(whole)
    explanation = layer_facts(found, record, layer, accelerator)
    if not what_if:
        return explanation
    objective: Objective = "edp" if record.objective == "network_edp" else record.objective
    own = record.status == "OPTIMAL" and record.objective == objective
    asked = replace(
        query,
        objective=objective,
        seed=found.seed,
        cost_model=found.cost_model,
        space=record.searched_space(),
    )
    given = what_ifs(
        record.layer(),
        accelerator,
        replace(asked, constraints=record.asked()),
        base=record.objective_value if own else None,
        built=whole,
    )
    costs, stopped = explanation.constraints, given.stopped
    if record.constraints and given.base is not None and stopped is None:
        costs, stopped = without_each(
            record.layer(), accelerator, asked, record.asked(), given.base
        )
    return explanation.model_copy(
        update={
            "what_ifs": given.records,
            "what_if_objective": objective,
            "what_if_base": given.base,
            "constraints": costs,
            "stopped": stopped,
        }
    )
