"""What scoring every mapping refutes of the joint model: its least energy is the optimum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from tests.solver.differential import Enumerated, enumerated
from tests.solver.small_cases import Case, case, resting_case, stalling_case
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.minimising import Least, domain_of
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import JointAnswer, minimise
from zigzag_imc.solver.solution import SearchOptions

_DRAW = {"any": case, "stalling": stalling_case, "resting": resting_case}


@lru_cache
def drawn(seed: int, kind: str = "any") -> tuple[Case, Enumerated]:
    """Return a small case, and what all its mappings cost."""
    found = _DRAW[kind](seed, 1000)
    return found, enumerated(found)


def refuted(seed: int, objective: Objective = "energy", kind: str = "any") -> list[str]:
    """What is wrong with the model of a case, in which nothing above the optimum is of interest."""
    own, everything = drawn(seed, kind)
    optimum = everything.optima.get(objective)
    value = math.inf if optimum is None else optimum[0]
    costs = CostModel(own.layer, own.accelerator, own.profile)
    model = JointModel.of(costs, domain_of(Goal(objective), value, _factors(everything)))
    answer = minimise(model, SearchOptions(), Budget.of())
    return list(_against(own, answer, value, model.resolution))


def _factors(everything: Enumerated) -> Least:
    """Least energy and least latency of all mappings."""
    optima = everything.optima
    return Least(optima["energy"][0], optima["latency"][0]) if optima else Least()


def _against(own: Case, answer: JointAnswer, value: float, resolution: float) -> Iterator[str]:
    """What is wrong with an answer, of which the right one is known."""
    if answer.bound > value * (1 + TOLERANCE):
        yield f"a bound of {answer.bound}, above the optimum {value}"
    if answer.bound < value * (1 - resolution):
        yield f"a bound of {answer.bound}, below the optimum {value}"
    for found in answer.found[-1:]:
        try:
            check_mapping(own.layer, own.accelerator, found.choice.mapping(), own.profile)
        except MappingError as error:
            yield f"no mapping: {error}"
