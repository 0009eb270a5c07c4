"""What scoring every mapping refutes of the joint model: its least energy is the optimum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from tests.solver.differential import Enumerated, enumerated
from tests.solver.small_cases import Case, case
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import JointAnswer, minimise
from zigzag_imc.solver.solution import SearchOptions


@lru_cache
def drawn(seed: int) -> tuple[Case, Enumerated]:
    """Return a small case, and what all its mappings cost."""
    found = case(seed, 1000)
    return found, enumerated(found)


def refuted(seed: int) -> list[str]:
    """What is wrong with the model of a case, in which nothing above the optimum is of interest."""
    own, everything = drawn(seed)
    optimum = everything.optima.get("energy")
    value = math.inf if optimum is None else optimum[0]
    costs = CostModel(own.layer, own.accelerator, own.profile)
    model = JointModel.of(costs, Domain(most_pj=value))
    return list(_against(own, minimise(model, SearchOptions(), Budget.of()), value))


def _against(own: Case, answer: JointAnswer, value: float) -> Iterator[str]:
    """What is wrong with an answer, of which the right one is known."""
    if answer.bound > value * (1 + TOLERANCE):
        yield f"a bound of {answer.bound}, above the optimum {value}"
    if answer.bound < value * (1 - RESOLUTION):
        yield f"a bound of {answer.bound}, below the optimum {value}"
    for found in answer.found[-1:]:
        try:
            check_mapping(own.layer, own.accelerator, found.choice.mapping(), own.profile)
        except MappingError as error:
            yield f"no mapping: {error}"
