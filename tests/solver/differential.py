"""One small case seen from all sides.

The solver, every mapping, the engines and the checker must not contradict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from tests.solver.plain_constraints import plain_mappings
from tests.solver.small_cases import Case
from zigzag_imc.checking.findings import Finding
from zigzag_imc.checking.judge import Judge
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Method, Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.library.mapping import map_network
from zigzag_imc.library.query import Query
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.parts import TieRecord
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.solution import SearchOptions

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)

ENGINES: tuple[Engine, ...] = (
    Loma(factors=4, spatial_mappings=2),
    Salsa(iterations=25),
    RandomDraws(samples=50),
)
"""Heuristic engines, with few enough steps for thousands of cases."""


# ---------------------------------------------------------------- every mapping
@dataclass(frozen=True, slots=True)
class Enumerated:
    """What scoring every mapping of a case finds: nothing where none fits.

    Attributes
    ----------
    optima
        Least value and first mapping with it, per objective.
    front
        (latency, energy) that no other mapping beats, by rising latency; points that only rounding
        tells apart are one.
    mappings
        How many fit.
    points
        (latency, energy) of all of them.
    """

    optima: dict[Objective, tuple[float, LayerMapping]]
    front: tuple[tuple[float, float], ...]
    mappings: int
    points: frozenset[tuple[float, float]]

    def least_second(self, objective: Objective) -> float:
        """Least of what comes second, of all mappings that are surely as good as the optimum."""
        most = self.optima[objective][0] * (1 + RESOLUTION / 2)
        value = Goal(objective).value
        alike = [point for point in self.points if value(point[1], point[0]) <= most]
        return min(latency if objective == "energy" else energy for latency, energy in alike)


def enumerated(drawn: Case) -> Enumerated:
    """Score every mapping of a case once."""
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    optima: dict[Objective, tuple[float, LayerMapping]] = {}
    points: set[tuple[float, float]] = set()
    count = 0
    for mapping in every_mapping(drawn):
        cost = model.evaluate(mapping)
        count += 1
        points.add((cost.latency_cycles, cost.energy_pj))
        for objective in OBJECTIVES:
            value = cost.value(objective)
            if objective not in optima or value < optima[objective][0]:
                optima[objective] = (value, mapping)
    front: list[tuple[float, float]] = []
    for latency, energy in sorted(points):
        if not front or energy < front[-1][1] * (1 - TOLERANCE):
            front.append((latency, energy))
    return Enumerated(optima, tuple(front), count, frozenset(points))


def every_mapping(drawn: Case) -> Iterator[LayerMapping]:
    """Yield every mapping of a case; what constraints mean is told plainly, loop by loop."""
    constraints = drawn.space.constraints
    if not constraints:
        yield from enumerate_mappings(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)
        return
    free = replace(drawn, space=replace(drawn.space, constraints=()))
    yield from plain_mappings(free, constraints)


# ---------------------------------------------------------------- the solver, as people call it
def query_of(
    drawn: Case, objective: Objective, *, pareto: bool = False, method: Method = "auto"
) -> Query:
    """Return what is asked of a case.

    Raises
    ------
    OptionError
        Where the method does not know the case's space, the objective or fronts.
    """
    return Query(
        objective=objective,
        cost_model=drawn.profile.name,
        space=replace(drawn.space, constraints=()),
        constraints=drawn.space.constraints or None,
        pareto=pareto,
        method=method,
    )


def is_known(
    drawn: Case, objective: Objective, *, pareto: bool = False, method: Method = "auto"
) -> bool:
    """Whether a method knows a case's space and the objective, and fronts if they are asked for."""
    try:
        query_of(drawn, objective, pareto=pareto, method=method)
    except OptionError:
        return False
    return True


def solved(
    drawn: Case, objective: Objective, *, pareto: bool = False, method: Method = "auto"
) -> NetworkResult:
    """Result of a network that is the case's layer alone."""
    return map_network(
        Network("case", (drawn.layer,)),
        drawn.accelerator,
        objective=objective,
        cost_model=drawn.profile.name,
        pareto=pareto,
        jobs=1,
        space=replace(drawn.space, constraints=()),
        constraints=drawn.space.constraints or None,
        method=method,
    )


# ---------------------------------------------------------------- disagreements
def against_enumeration(
    found: LayerResult, objective: Objective, everything: Enumerated, *, ties: bool = True
) -> Iterator[str]:
    """What a result says that scoring every mapping refutes.

    ``ties``: whether what comes second has to be said.
    """
    said = f"{objective}: {found.status} {found.objective_value!r} (bound {found.bound!r})"
    if objective not in everything.optima:
        if found.status != "INFEASIBLE":
            yield f"{said}, but no mapping fits"
        return
    value, mapping = everything.optima[objective]
    if found.status != "OPTIMAL" or found.objective_value is None or found.bound is None:
        yield f"{said}, but enumeration finds {value!r} by {mapping}"
        return
    least, most = value * (1 - TOLERANCE), value * (1 + RESOLUTION) * (1 + TOLERANCE)
    if not least <= found.objective_value <= most:
        yield f"{said}, but enumeration finds {value!r} by {mapping}"
    if ties and (found.tie is None or not _is_least(found.tie, everything, objective)):
        yield f"{said}, {found.tie}, but one as good has {everything.least_second(objective)!r}"
    if found.bound > value * (1 + TOLERANCE):
        yield f"{said}, but {mapping} costs {value!r}, which is below the bound"
    if found.pareto is not None:
        yield from _front_disagreements(found, everything)


def _is_least(tie: TieRecord, everything: Enumerated, objective: Objective) -> bool:
    """Whether no mapping that is as good has less of what comes second."""
    return tie.value <= everything.least_second(objective) * (1 + COARSEST)


def _front_disagreements(found: LayerResult, everything: Enumerated) -> Iterator[str]:
    front = tuple((point.latency_cycles, point.energy_pj) for point in found.pareto or ())
    equal = len(front) == len(everything.front) and all(
        math.isclose(ours, theirs, rel_tol=TOLERANCE)
        for point, other in zip(front, everything.front, strict=True)
        for ours, theirs in zip(point, other, strict=True)
    )
    if not (equal and found.pareto_proved):
        proved = "proved" if found.pareto_proved else "not proved"
        yield f"front: {proved} {front}, but enumeration finds {everything.front}"


def findings_of_engines(
    drawn: Case, objective: Objective, engines: Sequence[Engine] = ENGINES
) -> list[Finding]:
    """What the engines find, those that know the case's mapspace."""
    findings = []
    options = SearchOptions(seed=drawn.seed, space=drawn.space)
    for engine in engines:
        try:
            found = engine.search(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
        except OptionError:
            continue
        findings.append(
            Finding(engine.name, found.status, found.mapping, found.objective_value, found.bound)
        )
    return findings


def against_engines(
    drawn: Case, found: LayerResult, objective: Objective, findings: Sequence[Finding]
) -> Iterator[str]:
    """What a result and the findings of engines say that cannot both be true.

    The judge of ``crosscheck``.
    """
    solver = Finding("solver", found.status, found.mapping(), found.objective_value, found.bound)
    query, constraints = query_of(drawn, objective), drawn.space.constraints
    judge = Judge(drawn.layer, drawn.accelerator, query, constraints)
    for said in judge.check((drawn.layer.name,), [solver, *findings]).contradictions:
        yield f"{objective}: {said}"


def against_checker(result: NetworkResult, *, exhaustive: bool = False) -> Iterator[str]:
    """What the independent checker says of a result."""
    yield from verify_result(result, exhaustive=exhaustive).problems
