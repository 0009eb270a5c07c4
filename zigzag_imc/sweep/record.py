"""What is kept of a solved problem: how far it is proved, the mapping, and what it costs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.results.parts import SpatialRecord, TemporalRecord
from zigzag_imc.results.records import mapping_fields
from zigzag_imc.runs.job import Outcome
from zigzag_imc.sweep.quantities import Reuse, energies_of

FAILED = "FAILED"
"""Status of a point whose search ended by a fault, or whose process was lost again and again."""

REFUSED = "REFUSED"
"""Status of a point whose accelerator cannot be built, or whose network does not go with it."""

_PROVED = ("OPTIMAL", "INFEASIBLE")


@dataclass(frozen=True, slots=True)
class PointRecord:
    """A solved problem.

    Attributes
    ----------
    status, reason
        How far it is proved, and why no further; besides those of a search, `FAILED`.
    objective_value, bound
        Exact objective of the mapping and its certified bound; ``None`` without a mapping.
    energy_pj, latency_cycles
        Cost of one such layer.
    compute_cycles, stall_cycles, loading_cycles
        Parts of the latency; the last is before the first and after the last computation.
    utilization
        Useful share of all multipliers over the computing cycles.
    energies_pj
        The energy by what it is spent on; see `zigzag_imc.sweep.quantities.ENERGIES`.
    input_reuse, output_reuse
        Multipliers that share an input, and products summed into one output, at once.
    spatial, temporal
        The mapping.
    swapped
        Whether it stores the other operand of a product of two activations.
    solve_seconds
        Time of the search.
    limit_s
        Its time limit.
    """

    status: str
    reason: str | None = None
    objective_value: float | None = None
    bound: float | None = None
    energy_pj: float | None = None
    latency_cycles: float | None = None
    compute_cycles: float | None = None
    stall_cycles: float | None = None
    loading_cycles: float | None = None
    utilization: float | None = None
    energies_pj: dict[str, float] = field(default_factory=dict)
    input_reuse: float | None = None
    output_reuse: float | None = None
    spatial: SpatialRecord | None = None
    temporal: TemporalRecord | None = None
    swapped: bool = False
    solve_seconds: float = 0.0
    limit_s: float | None = None

    @property
    def is_proved(self) -> bool:
        """Whether more time cannot change it."""
        return self.answers(None)

    def answers(self, limit_s: float | None) -> bool:
        """Whether a search of such a limit would find nothing better."""
        return is_answer(self.status, self.limit_s, limit_s)

    def text(self) -> str:
        """Return it as JSON, without what is not known."""
        contents = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(contents, separators=(",", ":"), allow_nan=False)

    @classmethod
    def of_text(cls, text: str) -> PointRecord:
        """Read what `text` wrote."""
        contents: dict[str, Any] = json.loads(text)
        return cls(**contents)

    @classmethod
    def of(
        cls, layer: Layer, accelerator: Accelerator, outcome: Outcome, limit_s: float | None
    ) -> PointRecord:
        """Return what is kept of a search."""
        solution = outcome.solution
        assert solution is not None
        fields: dict[str, Any] = {
            "status": solution.status,
            "reason": solution.reason,
            "objective_value": _number(solution.objective_value),
            "bound": _number(solution.bound),
            "swapped": solution.swapped,
            "solve_seconds": round(outcome.seconds, 6),
            "limit_s": limit_s,
        }
        mapping, cost = solution.mapping, solution.cost
        if mapping is None or cost is None:
            return cls(**fields)
        mapped = layer.swapped() if solution.swapped else layer
        reuse = Reuse.of(mapped, accelerator, mapping.spatial)
        return cls(
            **fields,
            **mapping_fields(mapping),
            energy_pj=float(cost.energy_pj),
            latency_cycles=float(cost.latency_cycles),
            compute_cycles=float(cost.compute_cycles),
            stall_cycles=float(cost.stall_cycles),
            loading_cycles=float(cost.onloading_cycles + cost.offloading_cycles),
            utilization=float(cost.utilization),
            energies_pj=energies_of(cost, accelerator),
            input_reuse=reuse.inputs,
            output_reuse=reuse.outputs,
        )


def is_answer(status: str, had_s: float | None, limit_s: float | None) -> bool:
    """Whether a search of a limit would find nothing better than one that had another limit.

    What is proved holds for good; what a limit ended, for those that are no longer.
    """
    if status in _PROVED:
        return True
    if status == FAILED or had_s is None:
        return False
    return limit_s is not None and limit_s <= had_s


def failed(reason: str) -> PointRecord:
    """Return the record of a problem that met a fault."""
    return PointRecord(FAILED, reason=reason)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
