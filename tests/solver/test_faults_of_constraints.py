"""Faults planted into the search within constraints: plain enumeration sees each of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest

from tests.solver.plain_constraints import random_constraint
from tests.solver.small_cases import Case, case
from tests.solver.within_constraints import MOST, disagreements
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, FixedUnrolling
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.mapspace.array_axis import AxisRoom
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.models.mapspace.unrollings import smallest_unrollings, unrollable_dims
from zigzag_imc.solver.formulation import even
from zigzag_imc.solver.scoring import ruled_orders, scores
from zigzag_imc.solver.scoring.ruled_orders import _RuledOrders
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.tables.allowed import AllowedTiles
from zigzag_imc.solver.tables.cut import Cut

Fault = Callable[[pytest.MonkeyPatch], None]


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


FAULTS: list[tuple[Fault, str, int]] = [
    (broken_mappings_count, "even", 0),
    (order_is_no_matter, "order", 26),
    (no_milestones, "inner", 48),
    (no_milestones, "outer", 22),
    (too_many_tiles_barred, "order", 6),
    (too_many_tiles_barred, "inner", 0),
    (smallest_unrollings_alone, "wasteful", 0),
    (utilization_of_one_step_more, "utilization", 1),
    (evenness_of_all_dimensions, "even", 14),
]
"""Faults, with the kind of constraint and the small case that show them."""


def wasteful_unrollings(drawn: Case) -> Iterator[FixedUnrolling]:
    """Yield unrollings that need as many steps as smaller ones."""
    dims = unrollable_dims(drawn.layer, drawn.seen, drawn.profile)
    for array_dim, lanes in drawn.seen.array.dimensions:
        for dim in dims[array_dim]:
            size = drawn.layer.sizes[dim]
            for factor in range(1, min(lanes, size) + 1):
                if factor not in smallest_unrollings(size, lanes):
                    yield FixedUnrolling(dim, array_dim, "=", factor)


def constraints_of(drawn: Case, kind: str) -> Constraints:
    """Return a constraint of a kind on a case."""
    if kind == "wasteful":
        return tuple(wasteful_unrollings(drawn))[:1]
    return (random_constraint(drawn, random.Random(drawn.seed), kind),)


@pytest.mark.parametrize(
    ("fault", "kind", "seed"),
    FAULTS,
    ids=[f"{fault.__name__}-{kind}" for fault, kind, _ in FAULTS],
)
def test_planted_faults_are_seen(
    fault: Fault, kind: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = case(seed, MOST)
    constraints = constraints_of(drawn, kind)
    assert not list(disagreements(drawn, constraints)), "seen without the fault, too"
    fault(monkeypatch)
    assert list(disagreements(drawn, constraints))
