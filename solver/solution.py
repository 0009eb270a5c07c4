"""What a search returns: a mapping, its exact cost, and how far it is proved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from zigzag_imc.core.constraints import Constraint, Constraints
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Method, Objective, Status
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.cost import Cost

STOPPED = "stopped by a limit or by the user"
"""Why a search ended before its proof."""

NOTHING_KEEPS = "no mapping that fits keeps all constraints"
"""Why there is no mapping, where it is not known for which of the constraints."""


def at_the_gap(gap: float) -> str:
    """Say why a search ended there."""
    return f"stopped at the gap asked for ({gap:g})"


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search.

    Attributes
    ----------
    time_limit_s
        Seconds after which the best mapping so far is returned with its gap; ``None`` for no limit.
    gap
        Stop at this certified relative gap; 0 proves the optimum.
    seed
        Seed of the solver.
    cutoff
        Ask only for mappings whose objective is at most this. Where there is none, to the usual
        resolution, the search ends as ``INFEASIBLE``, without a mapping and with a bound.
    parameters
        Names and values of further CP-SAT parameters.
    space
        Which mappings the search chooses from.
    method
        ``auto``: presolve, and CP-SAT for what it leaves; ``cp-sat``: the joint model alone.
    counted
        Whether the answer tells how many mappings there are, and how many presolve left to CP-SAT:
        a tenth of the time for small layers, which nobody needs who asks for thousands of them.
    """

    time_limit_s: float | None = None
    gap: float = 0.0
    seed: int = 0
    cutoff: float = math.inf
    parameters: tuple[tuple[str, int], ...] = ()
    space: Space = DIVISORS
    method: Method = "auto"
    counted: bool = True

    @property
    def constraints(self) -> Constraints:
        """What a mapping has to keep beside the limits of the hardware."""
        return self.space.constraints


@dataclass(frozen=True, slots=True)
class Tie:
    """What decided between mappings whose objective is equally good.

    Attributes
    ----------
    objective
        What is least among them: ``energy`` (pJ) or ``latency`` (cycles).
    value
        That of the mapping.
    bound
        Certified lower bound of that of all of them.
    """

    objective: Literal["energy", "latency"]
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Relative distance of the bound from the value."""
        return max(0.0, (self.value - self.bound) / self.value) if self.value > 0 else 0.0


@dataclass(frozen=True, slots=True)
class LastWord:
    """What presolve left to CP-SAT, which has the last word, and what CP-SAT did with it.

    Attributes
    ----------
    left_spatial_mappings, left_mappings
        Spatial mappings that presolve left, and all their mappings.
    by_tiles
        Spatial mappings whose tiles came into a model; the others were refuted by the model of what
        remains.
    models
        CP-SAT models that were solved.
    """

    left_spatial_mappings: int
    left_mappings: int
    by_tiles: int
    models: int

    def and_of(self, other: LastWord) -> LastWord:
        """Add up what was done for two layers, or for two alternatives of one."""
        return LastWord(
            self.left_spatial_mappings + other.left_spatial_mappings,
            self.left_mappings + other.left_mappings,
            self.by_tiles + other.by_tiles,
            self.models + other.models,
        )


@dataclass(frozen=True, slots=True)
class Solution:
    """Outcome of the search for one layer.

    Attributes
    ----------
    status
        How far it is proved.
    objective
        What was minimised.
    mapping, cost
        The best mapping found and its exact cost; ``None`` where there is none.
    objective_value
        Exact value of the objective of ``mapping``: pJ, cycles, or pJ x cycles.
    bound
        Certified lower bound of the objective over the whole mapspace; ``None`` when infeasible or
        unknown.
    tie
        What decided between mappings that are as good; ``None`` where that was not asked.
    conflict
        Constraints that no mapping keeps together, where it is for them that there is none: as few
        as can be.
    reason
        Why no mapping fits (which memory, which operand, how many bits over), or why the search
        stopped.
    exact_scores
        Mappings scored by the exact cost model.
    spatial_mappings, mapspace_size
        Spatial mappings of the mapspace, and all its mappings; none when stopped before all were
        listed or counted.
    seconds
        Time that the search took.
    swapped
        Whether the mapping is one of the layer with its other operand stored.
    last_word
        What presolve left to CP-SAT; none where it did not come that far, or was not there.
    """

    status: Status
    objective: Objective
    mapping: LayerMapping | None = None
    cost: Cost | None = None
    objective_value: float | None = None
    bound: float | None = None
    reason: str | None = None
    exact_scores: int = 0
    spatial_mappings: int | None = 0
    mapspace_size: int | None = 0
    seconds: float = 0.0
    tie: Tie | None = None
    conflict: tuple[Constraint, ...] = ()
    swapped: bool = False
    last_word: LastWord | None = None

    @classmethod
    def of_mapping(
        cls,
        objective: Objective,
        mapping: LayerMapping,
        cost: Cost,
        bound: float,
        reason: str | None,
    ) -> Solution:
        """Return a mapping with its certified bound: optimal, unless a reason says why not."""
        value = cost.value(objective)
        return cls(
            "OPTIMAL" if reason is None else "FEASIBLE",
            objective,
            mapping=mapping,
            cost=cost,
            objective_value=value,
            bound=min(value, bound),
            reason=reason,
        )

    @property
    def gap(self) -> float | None:
        """Relative distance of the bound from the value: ``(value - bound) / value``."""
        if self.objective_value is None or self.bound is None:
            return None
        if self.objective_value <= 0:
            return 0.0
        return max(0.0, (self.objective_value - self.bound) / self.objective_value)


@dataclass(frozen=True, slots=True)
class ParetoPoint:
    """A mapping that no other beats in both energy and latency.

    Attributes
    ----------
    mapping
        The mapping.
    cost
        Its exact cost.
    swapped
        Whether it is one of the layer with its other operand stored.
    """

    mapping: LayerMapping
    cost: Cost
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """Energy-latency Pareto front of one layer, by rising latency.

    Attributes
    ----------
    points
        Mappings of which none beats another.
    proved
        Whether no point is missing and none is beaten by any mapping.
    reason
        Why it is not proved.
    exact_scores, seconds
        As of a `Solution`.
    least_energy_pj, least_latency_cycles
        Certified bounds: no mapping has less.
    spatial_mappings, mapspace_size, last_word
        As of a `Solution`; of all searches along the front together.
    """

    points: tuple[ParetoPoint, ...]
    proved: bool
    reason: str | None = None
    exact_scores: int = 0
    seconds: float = 0.0
    least_energy_pj: float = 0.0
    least_latency_cycles: float = 0.0
    spatial_mappings: int | None = 0
    mapspace_size: int | None = 0
    last_word: LastWord | None = None

    def with_known(self, solution: Solution) -> Front:
        """Return the front with one more mapping, where that is not beaten."""
        if solution.mapping is None or solution.cost is None:
            return self
        known = ParetoPoint(solution.mapping, solution.cost, solution.swapped)
        return replace(self, points=undominated([*self.points, known]))


def undominated(points: Iterable[ParetoPoint]) -> tuple[ParetoPoint, ...]:
    """Those that no other one beats, by rising latency."""
    kept: list[ParetoPoint] = []
    by_latency = sorted(points, key=lambda point: (point.cost.latency_cycles, point.cost.energy_pj))
    for point in by_latency:
        if not kept or point.cost.energy_pj < kept[-1].cost.energy_pj * (1 - TOLERANCE):
            kept.append(point)
    return tuple(kept)
