"""Findings: what each method of a crosscheck found for a layer, and what it claims of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Status
from zigzag_imc.library.query import Query
from zigzag_imc.models.array.diagonal import diagonal_blocks
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.results.crosscheck import ZIGZAG
from zigzag_imc.runs.job import Outcome, Searcher
from zigzag_imc.solver.engines.engine import Engine


@dataclass(frozen=True, slots=True)
class Finding:
    """What a method found and claims.

    Its best mapping, what that costs, and the least that any mapping can cost.

    Attributes
    ----------
    method
        Name of what searched.
    status
        How its search ended.
    mapping
        Its best mapping; ``None`` where it found none.
    value
        Objective that it claims for the mapping (pJ, cycles or pJ x cycles); ZigZag claims none.
    bound
        Lower bound that it claims for all mappings.
    zigzag_value
        Objective of the mapping by ZigZag's cost model.
    seconds
        Time of its search.
    note
        What is worth knowing, such as why there is no mapping.
    swapped
        Whether its mapping is one of the layer with its other operand stored.
    """

    method: str
    status: Status
    mapping: LayerMapping | None = None
    value: float | None = None
    bound: float | None = None
    zigzag_value: float | None = None
    seconds: float = 0.0
    note: str | None = None
    swapped: bool = False

    def layer_of(self, layer: Layer) -> Layer:
        """Return the layer that the mapping is of."""
        return layer.swapped() if self.swapped else layer


def refusal(searcher: Searcher, layer: Layer, accelerator: Accelerator, query: Query) -> str | None:
    """Why an engine does not take a layer, if it does not."""
    if not isinstance(searcher, Engine):
        return None
    try:
        for one in layer.alternatives:
            searcher.check(one, accelerator, query.profile, query.mapspace)
    except OptionError:
        return "the layer is too large for it"
    return None


def finding_of(method: str, outcome: Outcome) -> Finding:
    """What came out of a search."""
    found = outcome.solution
    assert found is not None
    own = method == ZIGZAG  # what ZigZag claims is by its own cost model
    return Finding(
        method,
        found.status,
        found.mapping,
        value=None if own else found.objective_value,
        bound=found.bound,
        zigzag_value=found.objective_value if own else None,
        seconds=found.seconds,
        note=found.reason if found.mapping is None else None,
        swapped=found.swapped,
    )


def scored_by_zigzag(
    finding: Finding, layer: Layer, accelerator: Accelerator, query: Query
) -> Finding:
    """Add what ZigZag's cost model says of the mapping of a finding.

    To it, the two unrollings of a diagonal block are unrollings of more iterations.
    """
    from zigzag_imc.zigzag_bridge.objects import accelerator_text
    from zigzag_imc.zigzag_bridge.scoring import evaluate, told, value_of

    if finding.mapping is None:
        return finding
    array = seen_by(accelerator, layer.precision, query.profile).array
    if diagonal_blocks(layer, array, finding.mapping.spatial.by_array_dim):
        return replace(finding, note="ZigZag multiplies the unrollings of a diagonal block")
    try:
        evaluation = evaluate(
            finding.layer_of(layer), accelerator_text(accelerator), finding.mapping
        )
    except Exception as error:  # whatever makes ZigZag give up
        return replace(finding, note=f"ZigZag cannot score its mapping: {told(error)}")
    return replace(finding, zigzag_value=value_of(evaluation, query.objective))
