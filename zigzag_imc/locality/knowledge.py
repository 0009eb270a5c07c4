"""What is known of cases so far: their outcomes, and what these say of other cases.

Energy and fit only gain from room: a mapping that is legal stays legal with more room in a memory,
and its energy does not depend on it. So a bound of the energy of a case holds for the same pattern
in less room, and a mapping that is optimal in a case is so in less room, as long as it is legal
there. Latency has no such law (a second tile of one operand can take the room of another's), so
its bounds hold for the very room of their case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.objective import Objective
from zigzag_imc.locality.cases import Case, Way, rooms_at_rest
from zigzag_imc.locality.weighing import Weights
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.runs.job import Outcome
from zigzag_imc.solver.network.keeping_problem import Fact
from zigzag_imc.solver.solution import STOPPED, Front, ParetoPoint, Solution, undominated

Rooms = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What one case is known to cost.

    Attributes
    ----------
    case
        The case.
    energy, latency
        Its optima, as far as they were asked for.
    front
        Its energy-latency front, if that was asked for.
    """

    case: Case
    energy: Solution | None = None
    latency: Solution | None = None
    front: Front | None = None

    def with_outcome(self, outcome: Outcome) -> Known:
        """Return the same with what another search found."""
        solution = outcome.solution
        energy, latency = self.energy, self.latency
        if solution is not None and solution.objective == "energy":
            energy = solution
        if solution is not None and solution.objective == "latency":
            latency = solution
        return Known(self.case, energy, latency, outcome.front or self.front)

    @property
    def is_infeasible(self) -> bool:
        """Whether nothing fits."""
        known = (one for one in (self.energy, self.latency) if one is not None)
        return any(one.status == "INFEASIBLE" for one in known)

    @property
    def least_energy_pj(self) -> float:
        """Certified bound of the energy."""
        bounds = [0.0]
        if self.energy is not None:
            bounds.append(self.energy.bound or 0.0)
        if self.front is not None:
            bounds.append(self.front.least_energy_pj)
        return max(bounds)

    @property
    def least_latency(self) -> float:
        """Certified bound of the latency, in cycles."""
        bounds = [0.0]
        if self.latency is not None:
            bounds.append(self.latency.bound or 0.0)
        if self.front is not None:
            bounds.append(self.front.least_latency_cycles)
        return max(bounds)

    def least(self, weights: Weights) -> float:
        """Certified bound of the weighted cost in the very case."""
        if self.is_infeasible:
            return math.inf
        if self.front is not None and self.front.proved and self.front.points:
            return min(weights.of_cost(point.cost) for point in self.front.points)
        return weights.of(self.least_energy_pj, self.least_latency)

    def best_known(self, weights: Weights) -> float:
        """Weighted cost of the best mapping that is known; infinite where there is none."""
        return min((weights.of_cost(point.cost) for point in self.points()), default=math.inf)

    @property
    def walked(self) -> Front:
        """The front, as far as it is known."""
        if self.front is not None:
            return self.front
        return Front(
            undominated(self.points()),
            proved=False,
            reason=STOPPED,
            least_energy_pj=self.least_energy_pj,
            least_latency_cycles=self.least_latency,
            spatial_mappings=None,
            mapspace_size=None,
        )

    def solution_for(self, objective: Objective) -> Solution | None:
        """Return the best mapping known for energy or latency, with the bound that is known.

        ``None`` where the case was not searched.
        """
        asked, other = self.energy, self.latency
        if objective == "latency":
            asked, other = other, asked
        is_answered = asked is not None and asked.status != "UNKNOWN"
        if is_answered or other is None or other.cost is None:
            return asked or other
        value = other.cost.value(objective)
        bound = self.least_latency if objective == "latency" else self.least_energy_pj
        return replace(
            other,
            status="FEASIBLE",
            objective=objective,
            objective_value=value,
            bound=min(bound, value),
            reason=STOPPED,
            tie=None,
        )

    def points(self) -> Iterator[ParetoPoint]:
        """Yield all mappings that are known."""
        for one in (self.energy, self.latency):
            if one is not None and one.mapping is not None and one.cost is not None:
                yield ParetoPoint(one.mapping, one.cost, one.swapped)
        if self.front is not None:
            yield from self.front.points


@dataclass
class Knowledge:
    """All cases that were searched.

    Attributes
    ----------
    accelerator, profile
        What layers are mapped onto, and the cost model.
    """

    accelerator: Accelerator
    profile: CostProfile
    _by_pattern: dict[tuple[object, ...], dict[tuple[object, ...], Known]] = field(
        default_factory=dict
    )

    @property
    def _sizes(self) -> dict[str, int]:
        """Bits of every memory by name."""
        return {memory.name: memory.size_bits for memory in self.accelerator.memories}

    def of(self, case: Case) -> Known:
        """Return what is known of a case itself."""
        found = self._by_pattern.get(case.pattern.key, {}).get(case.key)
        return Known(case) if found is None else found

    def learn(self, case: Case, outcome: Outcome) -> None:
        """Keep what a search of a case found."""
        known = self.of(case).with_outcome(outcome)
        self._by_pattern.setdefault(case.pattern.key, {})[case.key] = known

    def adopt(self, case: Case, weights: Weights) -> bool:
        """Take over an optimum of the same pattern in more room, where its mapping is legal here.

        Of energy alone: that neither falls with less room nor depends on it otherwise.
        """
        if not weights.is_energy or self.of(case).energy is not None:
            return False
        for other in self._by_pattern.get(case.pattern.key, {}).values():
            solution = other.energy
            if solution is None or not _has_less_room(case, other.case):
                continue
            if solution.status == "INFEASIBLE" or self._is_legal(case, solution):
                self.learn(case, Outcome(self._rescored(case, solution)))
                return True
        return False

    def _is_legal(self, case: Case, solution: Solution) -> bool:
        if solution.mapping is None:
            return False
        constraints = case.constraints(self.accelerator)
        try:
            check_mapping(
                case.pattern.layer,
                case.accelerator(self.accelerator),
                solution.mapping,
                self.profile,
                constraints,
            )
        except MappingError:
            return False
        return True

    def _rescored(self, case: Case, solution: Solution) -> Solution:
        """Return a solution of another case with the cost that its mapping has in this one."""
        if solution.mapping is None:
            return solution
        model = CostModel(case.pattern.layer, case.accelerator(self.accelerator), self.profile)
        return replace(solution, cost=model.evaluate(solution.mapping), tie=None)

    def facts(self, way: Way, weights: Weights, floor: float) -> Iterator[Fact]:
        """Yield what is known of the cost of a way.

        ``floor`` cycles are a bound of its latency in any room.
        """
        for known in self._by_pattern.get(way.pattern.key, {}).values():
            rest = rooms_at_rest(known.case, way)
            within = tuple((room.memory, 0.0, float(room.bits)) for room in rest)
            if known.is_infeasible:
                yield Fact(math.inf, within)
                continue
            yield Fact(weights.of(known.least_energy_pj, floor), within)
            if not weights.is_energy:
                very = _very_room(known.case, way, self._sizes)
                yield Fact(known.least(weights), very)


def _very_room(known: Case, way: Way, sizes: Mapping[str, int]) -> Rooms:
    """Return the ranges of room in which a case is the very one: in all memories with tiles."""
    rest = {room.memory: room.bits for room in rooms_at_rest(known, way)}
    rooms = ((memory, float(rest.get(memory, sizes[memory]))) for memory in way.memories)
    # A share of the cells holds nothing but weights that stay, which have no second tiles: what is
    # legal in a smaller one is so in this one, and takes as long.
    return tuple(
        (memory, 0.0 if memory == way.pattern.home else room, room) for memory, room in rooms
    )


def _has_less_room(case: Case, other: Case) -> bool:
    """Whether a case has no more room in any memory than another one."""
    rooms = {room.memory: room.bits for room in case.situation.rooms}
    return all(rooms.get(room.memory, math.inf) <= room.bits for room in other.situation.rooms)
