"""What scoring every mapping refutes of the joint model: its least energy is the optimum."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from tests.solver.any_sizes.models_alone import any_sizes, odd
from tests.solver.differential import Enumerated, enumerated
from tests.solver.plain_constraints import plain_mappings
from tests.solver.small_cases import Case, case, diagonal_case, resting_case, stalling_case
from zigzag_imc import matmul_layer
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.domain import Domain, Least, domain_of
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.joint.session import JointAnswer, minimise
from zigzag_imc.solver.solution import SearchOptions, Solution

MOST_SCORES = 60
"""Mappings that a search within constraints scores at most, on small cases."""


def short_case(seed: int, _most: int) -> Case:
    """One of the cases in which tiles need not divide, by its place."""
    return short_cases()[seed]


@cache
def short_cases() -> tuple[Case, ...]:
    """Cases with few divisors and little room, and random ones whose tiles need not divide."""
    draws = ("case", "stalling", "diagonal")
    drawn = (any_sizes(draws[seed % len(draws)], seed) for seed in range(14))
    few_divisors = [own for own, _ in odd()]
    narrow = few_divisors[0]
    deep = [_deep(narrow, (7, 1, 5), 32, 64), _deep(narrow, (1, 7, 5), 24, 48)]
    return (*few_divisors, *deep, *(own for own in drawn if own is not None))


def _deep(own: Case, sizes: tuple[int, int, int], cell_bits: int, sram_bits: int) -> Case:
    """Return a case whose multiplier has several weights, so that tiles differ at more cuts."""
    rows, out_channels, in_channels = sizes
    bits = {own.accelerator.cells.name: cell_bits, "sram_256KB": sram_bits}
    memories = tuple(
        replace(memory, size_bits=bits.get(memory.name, memory.size_bits))
        for memory in own.accelerator.memories
    )
    layer = matmul_layer("x", rows=rows, out_channels=out_channels, in_channels=in_channels)
    return replace(own, layer=layer, accelerator=own.accelerator.replace(memories=memories))


_DRAW: dict[str, Callable[[int, int], Case]] = {
    "any": case,
    "stalling": stalling_case,
    "resting": resting_case,
    "diagonal": diagonal_case,
    "short": short_case,
}

KINDS = tuple(_DRAW)
"""Kinds of cases."""


@cache
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
    model = JointModel.of(costs, domain_of(Goal(objective), value, _factors(everything), own.space))
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


def refuted_within(own: Case, constraints: Constraints) -> list[str]:
    """What is wrong with the search within constraints, and with the bound of its model.

    Every mapping that keeps them is scored; what they mean is told loop by loop.
    """
    costs = CostModel(own.layer, own.accelerator, own.profile)
    every = (costs.evaluate(mapping).energy_pj for mapping in plain_mappings(own, constraints))
    value = min(every, default=math.inf)
    space = replace(own.space, constraints=constraints)
    options = SearchOptions(space=space, cutoff=value * (1 + RESOLUTION))
    found = solve_jointly(own.layer, own.accelerator, own.profile, "energy", options)
    return list(_of_search(own, found, value, constraints))


def loose_within(own: Case, constraints: Constraints) -> list[str]:
    """Whether the model of a case allows anything cheaper than all that keeps constraints."""
    costs = CostModel(own.layer, own.accelerator, own.profile)
    every = (costs.evaluate(mapping).energy_pj for mapping in plain_mappings(own, constraints))
    value = min(every, default=math.inf)
    space = replace(own.space, constraints=constraints)
    answer = minimise(JointModel.of(costs, Domain(space=space)), SearchOptions(), Budget.of())
    if answer.bound < value * (1 - RESOLUTION):
        return [f"{texts_of(constraints)}: {answer.bound} is allowed, the optimum is {value}"]
    return []


def _of_search(own: Case, found: Solution, value: float, constraints: Constraints) -> Iterator[str]:
    """What is wrong with an answer within constraints."""
    said = f"case {own.seed}, {texts_of(constraints)}: {found.status} {found.objective_value}"
    if found.mapping is None or found.objective_value is None:
        if found.status != "INFEASIBLE" or math.isfinite(value):
            yield f"{said}, but {value} is possible"
        return
    if found.status != "OPTIMAL" or not value <= found.objective_value * (1 + TOLERANCE):
        yield f"{said}, but the optimum is {value}"
    if found.bound is None or found.bound > value * (1 + TOLERANCE):
        yield f"{said}, with a bound of {found.bound} above {value}"
    if not keeps(own.layer, own.seen, found.mapping, constraints):
        yield f"{said}: a constraint is broken"
    if found.exact_scores > MOST_SCORES:
        yield f"{said}: {found.exact_scores} mappings scored, the model allows what is not allowed"
