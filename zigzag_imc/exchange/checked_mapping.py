"""The mapping of a layer of a result, where it fits the layer, the accelerator and its terms."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError, ResultError
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.result import LayerResult


def checked_mapping(
    record: LayerResult, accelerator: Accelerator, profile: CostProfile
) -> LayerMapping | None:
    """Return the mapping of a layer; ``None`` where it has none.

    Other tools take what is written for them at its word, so nothing is written of a mapping that
    is none of this accelerator.

    Raises
    ------
    ResultError
        When the mapping is not legal, or comes without its cost.
    """
    try:
        mapping = record.mapping()
        if mapping is None:
            return None
        check_mapping(record.layer(), accelerator, mapping, profile)
    except MappingError as error:
        raise ResultError(f"layer {record.name!r}: not legal: {error}") from None
    if record.breakdown is None or record.energy_pj is None or record.latency_cycles is None:
        raise ResultError(f"layer {record.name!r}: found a mapping without its cost")
    for term in record.breakdown.memory_energy:
        levels = len(accelerator.levels[term.operand])
        if term.level >= levels:
            raise ResultError(
                f"layer {record.name!r}: breakdown.memory_energy: found level {term.level} of "
                f"{term.operand}, the accelerator has {levels} for it"
            )
    return mapping
