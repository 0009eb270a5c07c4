"""Small random choices of what to keep, and the same choices gone through one by one."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from zigzag_imc.solver.network.keeping_problem import (
    Cells,
    Fact,
    FreeOrder,
    Keepable,
    KeepingProblem,
    Life,
    Option,
    Stage,
)

MEMORIES = ("near", "far")


def random_problem(draw: random.Random) -> KeepingProblem:
    """Draw a few tensors along a few steps, and layers that read and write some of them."""
    steps = draw.randint(3, 5)
    sizes = {name: draw.randint(4, 12) for name in MEMORIES}
    tensors = [_tensor(draw, number, steps) for number in range(draw.randint(2, 4))]
    stages = [
        Stage(step, tuple(_options(draw, step, tensors, sizes))) for step in range(0, steps, 2)
    ]
    if draw.random() < 0.2:
        tensors[0] = replace(tensors[0], is_settled=True)
    problem = KeepingProblem(steps, sizes, tuple(tensors), tuple(stages))
    return _with_cells(draw, problem) if draw.random() < 0.4 else problem


def random_order_problem(draw: random.Random) -> KeepingProblem:
    """Draw the same with steps whose order is free, as far as they do not depend on each other."""
    problem = random_problem(draw)
    earlier: list[frozenset[int]] = []
    for step in range(problem.steps):
        direct = [one for one in range(step) if draw.random() < 0.25]
        earlier.append(frozenset(direct).union(*(earlier[one] for one in direct)))
    lives = {}
    for one in problem.tensors:
        readers = sorted({draw.randrange(problem.steps) for _ in range(draw.randint(1, 2))})
        begins = draw.choice([None, *range(problem.steps)])
        lives[one.name] = Life(begins, tuple(readers) if draw.random() < 0.8 else ())
    lives.pop("w", None)
    return replace(problem, order=FreeOrder(tuple(earlier), lives))


def in_each_order(problem: KeepingProblem) -> Iterator[KeepingProblem]:
    """Yield the problem with its steps in each possible order, which is then no choice any more."""
    assert problem.order is not None
    steps = range(problem.steps)
    for order in itertools.permutations(steps):
        number = {step: place for place, step in enumerate(order)}
        if all(number[one] < number[step] for step in steps for one in problem.order.earlier[step]):
            tensors = tuple(_in_order(one, problem, number) for one in problem.tensors)
            stages = tuple(replace(one, step=number[one.step]) for one in problem.stages)
            yield replace(problem, tensors=tensors, stages=stages, order=None)


def _in_order(one: Keepable, problem: KeepingProblem, number: Mapping[int, int]) -> Keepable:
    """Return a tensor with its first and last step; of none where it is read before it is there."""
    assert problem.order is not None
    life = problem.order.lives.get(one.name, Life())
    first = 0 if life.begins is None else number[life.begins]
    last = max((number[end] for end in life.ends), default=problem.steps - 1)
    return replace(one, steps=(first, last))


def _with_cells(draw: random.Random, problem: KeepingProblem) -> KeepingProblem:
    """Let the weights of most layers stay in cells, too, of which each has a share."""
    slots = draw.randint(2, 4)
    weights = Keepable("w", 0, (0, problem.steps - 1), ("cells",))
    stages = tuple(
        _with_share(draw, stage, slots) if draw.random() < 0.8 else _beside(draw, stage, slots)
        for stage in problem.stages
    )
    return KeepingProblem(
        problem.steps,
        {**problem.sizes, "cells": 8 * slots},
        (*problem.tensors, weights),
        stages,
        Cells("w", "cells", slots, 8, int(any(one.least_slots is None for one in stages))),
    )


def _with_share(draw: random.Random, stage: Stage, slots: int) -> Stage:
    """Double all options: with weights that stay, which cost less with more of the cells."""
    options = []
    for option in stage.options:
        options.append(replace(option, keeps=(*option.keeps, ("w", None))))
        costs = sorted((float(draw.randint(5, 60)) for _ in range(slots)), reverse=True)
        facts = tuple(
            Fact(value, (("cells", 0.0, 8.0 * (place + 1)),)) for place, value in enumerate(costs)
        )
        keeps = (*option.keeps, ("w", "cells"))
        options.append(replace(option, keeps=keeps, facts=(Fact(12.0), *facts)))
    return Stage(stage.step, tuple(options), draw.randint(1, 2))


def _beside(draw: random.Random, stage: Stage, slots: int) -> Stage:
    """Let all options cost more where the shares of others leave less of the cells."""
    fact = Fact(float(draw.randint(20, 90)), (("cells", 0.0, 8.0 * draw.randint(1, slots - 1)),))
    options = (replace(one, facts=(*one.facts, fact)) for one in stage.options)
    return Stage(stage.step, tuple(options))


def _tensor(draw: random.Random, number: int, steps: int) -> Keepable:
    first = draw.randrange(steps - 1)
    needs = (f"t{draw.randrange(number)}",) if number and draw.random() < 0.4 else ()
    return Keepable(
        f"t{number}",
        draw.randint(1, 7),
        (first, draw.randrange(first, steps)),
        draw.choice([("near",), ("near", "far"), ("far",)]),
        needs,
    )


def _options(
    draw: random.Random, step: int, tensors: list[Keepable], sizes: Mapping[str, int]
) -> Iterator[Option]:
    """Yield every way to keep the tensors that live at a step, with facts drawn at random."""
    own = [one for one in tensors if one.steps[0] <= step <= one.steps[1]][:2]
    for places in itertools.product(*((None, *one.memories) for one in own)):
        keeps = tuple((one.name, place) for one, place in zip(own, places, strict=True))
        extra = {place: draw.randint(1, 4) for place in places[:1] if place is not None}
        yield Option(keeps, extra, tuple(_facts(draw, sizes)))


def _facts(draw: random.Random, sizes: Mapping[str, int]) -> Iterator[Fact]:
    yield Fact(float(draw.randint(20, 50)))
    for _ in range(draw.randint(0, 2)):
        memory = draw.choice(MEMORIES)
        low = draw.choice([0, draw.randint(0, sizes[memory])])
        high = draw.randint(low, sizes[memory])
        value = math.inf if draw.random() < 0.2 else float(draw.randint(1, 90))
        yield Fact(value, ((memory, float(low), float(high)),))


def least_by_enumeration(problem: KeepingProblem) -> float:
    """Least sum of known bounds over all choices; infinite where none is possible."""
    return min(
        (value for placement in _placements(problem) for value in _values(problem, placement)),
        default=math.inf,
    )


def _placements(problem: KeepingProblem) -> Iterator[dict[str, str]]:
    for places in itertools.product(*((None, *one.memories) for one in problem.tensors)):
        kept = {
            one.name: place for one, place in zip(problem.tensors, places, strict=True) if place
        }
        needs = ((one.name, need) for one in problem.tensors for need in one.needs)
        if any(one.is_settled and one.name not in kept for one in problem.tensors):
            continue
        if all(kept.get(need) == kept[name] for name, need in needs if name in kept):
            yield kept


def _values(problem: KeepingProblem, kept: Mapping[str, str]) -> Iterator[float]:
    for chosen in itertools.product(*(stage.options for stage in problem.stages)):
        if all(kept.get(t) == place for option in chosen for t, place in option.keeps):
            extras = {
                stage.step: option.extra_bits
                for stage, option in zip(problem.stages, chosen, strict=True)
            }
            if _fits(problem, kept, extras):
                for shares in _shares(problem, kept):
                    yield sum(
                        _cost(problem, stage, option, kept, shares)
                        for stage, option in zip(problem.stages, chosen, strict=True)
                    )


def _shares(problem: KeepingProblem, kept: Mapping[str, str]) -> Iterator[dict[int, int]]:
    """Yield all shares of the cells by step, in bits; none where weights come and go."""
    cells = problem.cells
    if cells is None or "w" not in kept:
        yield {}
        return
    own = [stage for stage in problem.stages if stage.least_slots is not None]
    for slots in itertools.product(
        *(range(stage.least_slots or 0, cells.slots + 1) for stage in own)
    ):
        if sum(slots) <= cells.slots - cells.reserved:
            yield {stage.step: n * cells.slot_bits for stage, n in zip(own, slots, strict=True)}


def _fits(
    problem: KeepingProblem,
    kept: Mapping[str, str],
    extras: Mapping[int, Mapping[str, int]],
) -> bool:
    return all(
        _held(problem, kept, memory, step) + extras.get(step, {}).get(memory, 0) <= size
        for memory, size in problem.sizes.items()
        for step in range(problem.steps)
    )


def _held(problem: KeepingProblem, kept: Mapping[str, str], memory: str, step: int) -> int:
    return sum(
        one.bits
        for one in problem.tensors
        if kept.get(one.name) == memory and one.steps[0] <= step <= one.steps[1]
    )


def _cost(
    problem: KeepingProblem,
    stage: Stage,
    option: Option,
    kept: Mapping[str, str],
    shares: Mapping[int, int],
) -> float:
    def left(memory: str) -> int:
        if memory == "cells" and stage.step in shares:
            return shares[stage.step]
        taken = sum(shares.values()) if memory == "cells" else 0
        return problem.sizes[memory] - taken - _held(problem, kept, memory, stage.step)

    return max(
        fact.value
        for fact in option.facts
        if all(low <= left(memory) <= high for memory, low, high in fact.rooms)
    )
