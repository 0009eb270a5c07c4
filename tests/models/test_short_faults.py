"""Faults planted into the costs of short tiles on purpose: the walk through all steps sees each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.models.odd_cases import odd_case
from tests.models.stepwise import Walk
from tests.models.stepwise_time import TimedWalk
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement import flows, short_tiles
from zigzag_imc.models.movement.energy import Route
from zigzag_imc.models.movement.short_flows import ShortFlows
from zigzag_imc.models.movement.short_tiles import LoopNest
from zigzag_imc.models.profile import IMC
from zigzag_imc.models.timing import latency, uneven


@dataclass(frozen=True)
class Walked:
    """A mapping with short tiles, and what the walk through its steps says of it."""

    model: CostModel
    mapping: LayerMapping
    words: list[float]
    stalls: dict[tuple[str, str], int]

    @staticmethod
    def of(model: CostModel, mapping: LayerMapping) -> Walked:
        """Walk through a mapping."""
        walk = Walk(model, mapping)
        return Walked(model, mapping, walk.words(), TimedWalk(walk).stalls())


@pytest.fixture(scope="module")
def walked() -> list[Walked]:
    """Walk through some mappings of small cases, once for all faults."""
    cases = (odd_case(seed, IMC, count=3, most_steps=300) for seed in range(16))
    return [Walked.of(case.model, mapping) for case in cases for mapping in case.mappings]


def a_short_tile_is_counted_in_full(patch: pytest.MonkeyPatch) -> None:
    """The last tile of a dimension is as long as the others."""
    patch.setattr(short_tiles, "tiles_along", lambda size, tile: ((tile, -(-size // tile)),))


def the_short_tile_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is left over behind the last full tile is not computed."""
    patch.setattr(short_tiles, "tiles_along", lambda size, tile: ((tile, max(1, size // tile)),))


def tiles_are_padded(patch: pytest.MonkeyPatch) -> None:
    """A place above all loops of a dimension has as much as the loops multiply to."""

    def tiles(nest: LoopNest) -> list[dict[str, int]]:
        products = dict.fromkeys(nest.sizes, 1)
        found = [dict(products)]
        for dim, steps in nest.loops:
            products[dim] *= steps
            found.append(dict(products))
        return found

    patch.setattr(LoopNest, "tiles", property(tiles))


def words_are_shared_between_tiles(patch: pytest.MonkeyPatch) -> None:
    """The bits of all tiles together are rounded up to whole words, not those of each."""

    def counted(route: Route, short: ShortFlows, whole: bool) -> float:
        flow, fan, low, share, instances, _ = route
        bits = sum(part.average_bits * fan * part.carried for part in short.parts[flow])
        return float(math.ceil(bits / low) * share * instances)

    patch.setattr("zigzag_imc.models.movement.energy._words_in_parts", counted)


def partial_sums_come_back_at_once(patch: pytest.MonkeyPatch) -> None:
    """Also on the first visit."""
    patch.setattr(flows, "readbacks", lambda transfers, distinct, profile: transfers)


def the_last_round_is_full(patch: pytest.MonkeyPatch) -> None:
    """The last iteration, in which the next tile may come, is never shorter."""
    patch.setattr(short_tiles, "last_tile", min)


def windows_never_overlap(patch: pytest.MonkeyPatch) -> None:
    """The cycles of all windows of a port are added up."""
    union = uneven.uneven_windows_union
    patch.setattr(
        uneven, "uneven_windows_union", lambda some, timing: sum(union({f}, timing) for f in some)
    )


def the_first_unloading_is_left_out(patch: pytest.MonkeyPatch) -> None:
    """The last unloading competes with computing, the first does not."""
    spells = uneven.spells_of
    patch.setattr(
        latency,
        "spells_of",
        lambda parts, busy, rate, single, outside: spells(
            parts, busy, rate, single, None if outside is None else 0
        ),
    )


def slack_makes_up_for_stalls(patch: pytest.MonkeyPatch) -> None:
    """A short period waits for no transfer, as long as the others have cycles to spare."""

    def stall(uses: list[tuple[int, int]], timing: uneven.UnevenTiming) -> int:
        spells = [spell for place, _ in uses for spell in timing.spells[place]]
        return sum(times * (busy - window) for times, busy, window in spells)

    patch.setattr(latency, "uneven_port_stall", stall)


FAULTS = (
    a_short_tile_is_counted_in_full,
    the_short_tile_is_forgotten,
    tiles_are_padded,
    words_are_shared_between_tiles,
    partial_sums_come_back_at_once,
    the_last_round_is_full,
    windows_never_overlap,
    the_first_unloading_is_left_out,
    slack_makes_up_for_stalls,
)


def _differences(walked: list[Walked]) -> Iterator[str]:
    for one in walked:
        cost = one.model.evaluate(one.mapping)
        if [term.words for term in cost.memory_terms] != pytest.approx(one.words):
            yield f"words of {one.mapping}"
        if {(stall.memory, stall.port): stall.cycles for stall in cost.port_stalls} != one.stalls:
            yield f"stalls of {one.mapping}"


def test_nothing_differs_without_a_fault(walked: list[Walked]) -> None:
    assert list(_differences(walked)) == []


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    walked: list[Walked],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    assert any(True for _ in _differences(walked)), plant.__doc__
