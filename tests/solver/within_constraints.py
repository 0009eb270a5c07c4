"""What scoring all mappings that plainly keep constraints refutes of a search within them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from tests.solver.differential import OBJECTIVES
from tests.solver.plain_constraints import KINDS, plain_mappings, random_constraint
from tests.solver.small_cases import Case
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

SAME = 1e-9
RESOLUTION = 2e-7
MOST = 1500
"""Mappings of a small case at most, without constraints."""

PAIRS = tuple(itertools.combinations_with_replacement(KINDS, 2))
"""Kinds of constraints, two at a time."""


def asked(*texts: str) -> Constraints:
    """Return constraints as users write them."""
    return tuple(map(parse_constraint, texts))


def random_constraints(drawn: Case, seed: int) -> Constraints:
    """Draw a constraint of each of two kinds, which are told by the seed."""
    rng = random.Random(seed)
    return tuple(
        dict.fromkeys(random_constraint(drawn, rng, kind) for kind in PAIRS[seed % len(PAIRS)])
    )


def answer(drawn: Case, objective: Objective, constraints: Constraints = ()) -> Solution:
    """Search a case within constraints."""
    options = SearchOptions(space=replace(drawn.space, constraints=constraints))
    return solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)


def disagreements(drawn: Case, constraints: Constraints) -> Iterator[str]:
    """What the search says within constraints that scoring all plainly allowed mappings refutes."""
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    costs = [model.evaluate(mapping) for mapping in plain_mappings(drawn, constraints)]
    for objective in OBJECTIVES:
        found = answer(drawn, objective, constraints)
        said = f"case {drawn.seed}, {texts_of(constraints)}, {objective}: {found.status}"
        if not costs:
            if found.status != "INFEASIBLE":
                yield f"{said}, but no mapping is allowed"
            yield from _of_conflict(drawn, found, said)
            continue
        least = min(cost.value(objective) for cost in costs)
        if found.status != "OPTIMAL" or found.objective_value is None or found.mapping is None:
            yield f"{said}, but {least} is possible"
            continue
        if not least * (1 - SAME) <= found.objective_value <= least * (1 + RESOLUTION):
            yield f"{said} {found.objective_value}, but the optimum is {least}"
        if found.bound is None or found.bound > least * (1 + SAME):
            yield f"{said}, bound {found.bound} above {least}"
        if not keeps(drawn.layer, drawn.seen, found.mapping, constraints):
            yield f"{said}: a constraint is broken"


def _of_conflict(drawn: Case, found: Solution, said: str) -> Iterator[str]:
    """A conflict has no mapping, and without any one of its constraints there is one."""
    if not found.conflict:
        return
    if any(True for _ in plain_mappings(drawn, found.conflict)):
        yield f"{said}: {texts_of(found.conflict)} are no conflict"
    for one in found.conflict:
        rest = tuple(other for other in found.conflict if other != one)
        if not any(True for _ in plain_mappings(drawn, rest)):
            yield f"{said}: {texts_of(found.conflict)} are not minimal, {one} can go"
