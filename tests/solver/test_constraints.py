"""User constraints: each kind binds, relaxes to the same optimum where loose, and is minimal.

What a constraint means is compared with `plain_constraints`, which says it loop by loop.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from typing import Any, get_args

import numpy as np
import pytest

from tests.solver.plain_constraints import KINDS, plain_mappings, random_constraint
from tests.solver.small_cases import Case, case, diagonal_case, stalling_case
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.constraints import Constraints, FixedUnrolling, texts_of
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.array_axis import AxisRoom
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.mapspace.unrollings import smallest_unrollings, unrollable_dims
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.formulation import even
from zigzag_imc.solver.pareto import pareto_front
from zigzag_imc.solver.scoring import ruled_orders, scores
from zigzag_imc.solver.scoring.ruled_orders import _RuledOrders
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution
from zigzag_imc.solver.tables.allowed import AllowedTiles
from zigzag_imc.solver.tables.cut import Cut

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
SAME = 1e-9
RESOLUTION = 2e-7
UTILIZATION_CASE = 147
"""A case whose mapping of least energy uses less of the array than another one could."""
MOST = 1500
"""Mappings of a small case at most, without constraints."""


def asked(*texts: str) -> Constraints:
    return tuple(map(parse_constraint, texts))


def answer(drawn: Case, objective: Objective, constraints: Constraints = ()) -> Solution:
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


# ---------------------------------------------------------------- one layer, kind by kind
LAYER = matmul_layer("example", rows=12, out_channels=24, in_channels=96)
AIMC = load_accelerator("aimc")
BASE = solve(LAYER, AIMC, IMC, "edp")

BINDING = (
    "unroll K on D1 = 8",
    "unroll K on D1 <= 8",
    "unroll C on D2 = 20",
    "allow nothing on D1",
    "inner D 2, K *",
    "outer D 3",
    "order D > K",
    "tile K of I in sram_256KB <= 12",
    "tile K of O in sram_256KB >= 24",
    "tile D of W in cells = 3",
    "even",
    "even in cells, input_register, output_register",
    "stationary I in input_register",
)
LOOSE = (
    "unroll K on D1 >= 1",
    "unroll K on D1 <= 16",
    "unroll K on D1 = 12",
    "allow K, C, D on D1",
    "inner D *",
    "inner B *",
    "outer K 2",
    "order K > D",
    "tile K of I in sram_256KB <= 24",
    "tile K of I in sram_256KB >= 1",
    "tile D of W in cells = 12",
    "tile K of W in dram = 24",
    "even in dram",
    "stationary W in cells",
    "stationary I in dram",
    "utilization >= 50%",
    "utilization >= 0",
)


def on_example(*texts: str) -> Solution:
    return solve(LAYER, AIMC, IMC, "edp", SearchOptions(space=Space(constraints=asked(*texts))))


@pytest.mark.parametrize("text", BINDING)
def test_every_kind_binds(text: str) -> None:
    found = on_example(text)
    assert BASE.objective_value is not None
    assert BASE.mapping is not None
    assert found.mapping is not None
    assert found.status == "OPTIMAL"
    assert found.objective_value is not None
    assert found.objective_value > BASE.objective_value * 1.0001
    accelerator = seen_by(AIMC, LAYER.precision, IMC)
    assert keeps(LAYER, accelerator, found.mapping, asked(text))
    assert not keeps(LAYER, accelerator, BASE.mapping, asked(text))


@pytest.mark.parametrize("text", LOOSE)
def test_every_kind_relaxes_to_the_same_optimum(text: str) -> None:
    found = on_example(text)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(BASE.objective_value, rel=RESOLUTION)


def test_least_utilization_binds() -> None:
    drawn = case(UTILIZATION_CASE, MOST)
    free = answer(drawn, "energy")
    assert free.cost is not None
    assert free.objective_value is not None
    tight = asked(f"utilization >= {1.1 * free.cost.utilization}")
    found = answer(drawn, "energy", tight)
    assert found.cost is not None
    assert found.objective_value is not None
    assert found.cost.utilization >= 1.1 * free.cost.utilization
    assert found.objective_value > free.objective_value * 1.0001
    assert not list(disagreements(drawn, tight))


def test_a_fixed_unrolling_need_not_be_the_smallest() -> None:
    """Nine of 17 channels need as many steps as 16; whoever asks for 16 gets 16."""
    layer = matmul_layer("seventeen", rows=4, out_channels=17, in_channels=16)
    free, fixed, least = (
        solve(layer, AIMC, IMC, "energy", SearchOptions(space=Space(constraints=asked(*texts))))
        for texts in ((), ("unroll K on D1 = 16",), ("unroll K on D1 >= 11",))
    )
    assert free.mapping is not None
    assert fixed.mapping is not None
    assert least.mapping is not None
    assert free.mapping.spatial.on("D1") == {"K": 9}
    assert fixed.mapping.spatial.on("D1") == {"K": 16}
    assert least.mapping.spatial.on("D1") == {"K": 11}


def test_no_more_is_asked_for_than_there_is() -> None:
    layer = matmul_layer("few", rows=4, out_channels=3, in_channels=16)
    texts = ("unroll K on D1 = 16", "tile K of W in cells >= 16", "unroll FX on D2 = 3")
    found = solve(layer, AIMC, IMC, "edp", SearchOptions(space=Space(constraints=asked(*texts))))
    assert found.mapping is not None
    assert found.mapping.spatial.on("D1") == {"K": 3}


# ---------------------------------------------------------------- conflicts
CONFLICTS = (
    (("unroll K on D1 <= 8", "utilization >= 0.4"), ("even", "order K > D")),
    (("allow nothing on D1", "unroll K on D1 >= 2"), ("outer K *",)),
    (("stationary W in cells", "tile D of W in cells <= 6"), ("unroll C on D2 = 96",)),
    (("order K > D", "order D > C", "inner K *"), ("allow K on D1", "unroll K on D1 = 12")),
)


@pytest.mark.parametrize(("conflict", "beside"), CONFLICTS)
def test_a_conflict_is_minimal(conflict: tuple[str, ...], beside: tuple[str, ...]) -> None:
    found = on_example(*beside, *conflict)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.reason is not None
    texts = texts_of(found.conflict)
    assert set(texts) <= {*beside, *conflict}
    for text in texts:
        assert text in found.reason
    assert on_example(*texts).status == "INFEASIBLE"
    for text in texts:
        assert on_example(*(other for other in texts if other != text)).mapping is not None


def test_a_constraint_that_nothing_keeps_is_a_conflict_alone() -> None:
    found = on_example("even", "tile K of W in cells = 7")
    assert texts_of(found.conflict) == ("tile K of W in cells = 7",)
    assert found.reason is not None
    assert found.reason.startswith("no mapping that fits keeps the constraint:")


def test_what_does_not_fit_anyway_is_no_conflict() -> None:
    sizes = [replace(memory, size_bits=min(memory.size_bits, 64)) for memory in AIMC.memories]
    tiny = AIMC.replace(memories=tuple(sizes))
    found = solve(LAYER, tiny, IMC, "edp", SearchOptions(space=Space(constraints=asked("even"))))
    assert found.status == "INFEASIBLE"
    assert found.conflict == ()
    assert found.reason is not None
    assert "overflows" in found.reason


# ---------------------------------------------------------------- random cases
PAIRS = tuple(itertools.combinations_with_replacement(KINDS, 2))


def random_constraints(drawn: Case, seed: int) -> Constraints:
    rng = random.Random(seed)
    return tuple(
        dict.fromkeys(random_constraint(drawn, rng, kind) for kind in PAIRS[seed % len(PAIRS)])
    )


@pytest.mark.parametrize("seed", range(len(PAIRS)))
def test_pairs_of_kinds_against_plain_enumeration(seed: int) -> None:
    drawn = (case if seed % 4 else stalling_case)(seed, MOST)
    constraints = random_constraints(drawn, seed)
    assert not list(disagreements(drawn, constraints))


@pytest.mark.parametrize("seed", range(400, 440))
def test_diagonals_within_constraints_against_plain_enumeration(seed: int) -> None:
    drawn = diagonal_case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    assert not list(disagreements(drawn, constraints))


DEPTHWISE = conv_layer(
    "dw", groups=4, out_channels=1, in_channels=1, output_size=(1, 3), filter_size=(1, 2)
)


@pytest.mark.parametrize("line", ["D1", "D2"])
def test_groups_that_one_line_may_not_have_lie_on_neither(line: str) -> None:
    spaces = (
        Space(diagonals=True, constraints=asked(*texts))
        for texts in ((), (f"allow K, C, FX, FY on {line}",))
    )
    free, kept = (
        solve(DEPTHWISE, AIMC, IMC, "edp", SearchOptions(space=space)) for space in spaces
    )
    assert free.mapping is not None
    assert kept.mapping is not None
    assert {"G", "OX"} & set(free.mapping.spatial.on("D1"))
    assert "G" not in kept.mapping.spatial.factors


@pytest.mark.parametrize("seed", range(100, 112))
def test_enumeration_lists_what_is_plainly_allowed(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    every = enumerate_mappings(
        drawn.layer, drawn.accelerator, drawn.profile, Space(constraints=constraints)
    )
    assert set(every) == set(plain_mappings(drawn, constraints))


@pytest.mark.parametrize("seed", range(200, 208))
def test_fronts_keep_constraints(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    costs = [model.evaluate(mapping) for mapping in plain_mappings(drawn, constraints)]
    front: list[tuple[float, float]] = []
    for latency, energy in sorted({(cost.latency_cycles, cost.energy_pj) for cost in costs}):
        if not front or energy < front[-1][1] * (1 - SAME):
            front.append((latency, energy))
    options = SearchOptions(space=Space(constraints=constraints))
    found = pareto_front(drawn.layer, drawn.accelerator, drawn.profile, options)
    points = [(point.cost.latency_cycles, point.cost.energy_pj) for point in found.points]
    assert found.proved
    assert np.allclose(points, front, rtol=SAME) if front else not points


@pytest.mark.parametrize("seed", range(300, 316))
def test_engines_keep_constraints(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    values = [model.evaluate(mapping).edp for mapping in plain_mappings(drawn, constraints)]
    options = SearchOptions(space=Space(constraints=constraints))
    for engine in (Exhaustive(), Loma(factors=4), Salsa(iterations=25), RandomDraws(samples=50)):
        found = engine.search(drawn.layer, drawn.accelerator, drawn.profile, "edp", options)
        if engine.name == "exhaustive":
            assert found.status == ("OPTIMAL" if values else "INFEASIBLE")
            assert found.objective_value == pytest.approx(min(values)) if values else True
        if found.mapping is not None:
            assert keeps(drawn.layer, drawn.seen, found.mapping, constraints)
            assert found.objective_value is not None
            assert found.objective_value >= min(values) * (1 - SAME)


def test_engines_find_what_is_asked_for() -> None:
    constraints = asked("unroll K on D1 = 8", "order K > D", "tile D of W in cells = 12")
    options = SearchOptions(space=Space(constraints=constraints))
    least = solve(LAYER, AIMC, IMC, "edp", options).objective_value
    assert least is not None
    for engine in (Loma(), Salsa(iterations=60), RandomDraws(samples=60)):
        found = engine.search(LAYER, AIMC, IMC, "edp", options)
        assert found.mapping is not None, engine.name
        assert found.mapping.spatial.on("D1") == {"K": 8}
        assert found.objective_value is not None
        assert found.objective_value >= least * (1 - SAME)


# ---------------------------------------------------------------- planted faults
def broken_mappings_count(patch: pytest.MonkeyPatch) -> None:
    """A mapping is scored though it breaks a constraint."""
    patch.setattr(KeptScores, "_is_allowed", lambda *_: True)


def order_is_no_matter(patch: pytest.MonkeyPatch) -> None:
    """Loops are put in any order; those that break a constraint are dropped afterwards."""
    patch.setattr(_RuledOrders, "_may_be_outside", lambda *_: True)
    patch.setattr(_RuledOrders, "_may_be_inside", lambda *_: True)


def no_milestones(patch: pytest.MonkeyPatch) -> None:
    """Loops at either end are not fixed."""
    arrangements = ruled_orders.ruled_arrangements

    def without(choice: TileChoice, layer: Layer, rules: LoopRules) -> Iterator[LayerMapping]:
        return arrangements(choice, layer, replace(rules, milestones=()))

    patch.setattr(scores, "ruled_arrangements", without)


def too_many_tiles_barred(patch: pytest.MonkeyPatch) -> None:
    """A tile is barred where any irrelevant loop may lie directly above it."""

    def strict(self: AllowedTiles, cut: Cut) -> Any:
        relevant = self.model.layer.relevant(OPERANDS[cut.operand])
        may = [
            np.logical_not(self.rules.may_follow(self._tiles, dim))
            for dim in self._tiles
            if dim not in relevant
        ]
        return reduce(np.logical_and, may, np.ones(self.layout.lattice.shape, dtype=bool))

    patch.setattr(AllowedTiles, "_is_written_out", strict)


def smallest_unrollings_alone(patch: pytest.MonkeyPatch) -> None:
    """An unrolling that is asked for is only found where it is the smallest of its steps."""

    def factors(self: AxisRoom, loops: int, dim: str) -> tuple[int, ...]:
        found = factors_of(self, loops, dim)
        return tuple(one for one in found if one in smallest_unrollings(loops, self.size))

    factors_of = AxisRoom.factors
    patch.setattr(AxisRoom, "factors", factors)


def utilization_of_one_step_more(patch: pytest.MonkeyPatch) -> None:
    """The least utilization is compared with one that is a little lower."""
    use_enough = UnrollingLimits.use_enough

    def strict(self: UnrollingLimits, layer: Layer, accelerator: Accelerator, steps: Any) -> Any:
        return use_enough(self, layer, accelerator, steps + 1)

    patch.setattr(UnrollingLimits, "use_enough", strict)


def evenness_of_all_dimensions(patch: pytest.MonkeyPatch) -> None:
    """Cuts at one place have to have the very same tile, irrelevant loops included."""
    patch.setattr(even, "_matters", lambda *_: True)


FAULTS: dict[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]] = {
    broken_mappings_count: ("even", "stationary", "order"),
    order_is_no_matter: ("order",),
    no_milestones: ("inner", "outer"),
    too_many_tiles_barred: ("order", "inner"),
    smallest_unrollings_alone: ("wasteful",),
    utilization_of_one_step_more: ("utilization",),
    evenness_of_all_dimensions: ("even",),
}
"""Faults, and the kinds of constraints under which they have to be seen."""


def wasteful_unrollings(drawn: Case) -> Iterator[FixedUnrolling]:
    """Yield unrollings that need as many steps as smaller ones."""
    dims = unrollable_dims(drawn.layer, drawn.seen, drawn.profile)
    for array_dim, lanes in drawn.seen.array.dimensions:
        for dim in dims[array_dim]:
            size = drawn.layer.sizes[dim]
            for factor in range(1, min(lanes, size) + 1):
                if factor not in smallest_unrollings(size, lanes):
                    yield FixedUnrolling(dim, array_dim, "=", factor)


MOST_CASES = 60
"""Cases that may be looked at for one fault."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_planted_faults_are_seen(
    fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(MOST_CASES):
        drawn = case(seed, MOST)
        rng = random.Random(seed)
        kind = FAULTS[fault][seed % len(FAULTS[fault])]
        constraints = (
            tuple(wasteful_unrollings(drawn))[:1]
            if kind == "wasteful"
            else (random_constraint(drawn, rng, kind),)
        )
        with monkeypatch.context() as patch:
            fault(patch)
            said = list(disagreements(drawn, constraints))
        if said:
            assert not list(disagreements(drawn, constraints)), "seen without the fault, too"
            return
    pytest.fail(f"{fault.__name__} is not seen in {MOST_CASES} cases")
