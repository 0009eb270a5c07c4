"""Chains of classes are bounded by windows: no mapping of theirs is faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.solver.any_sizes.crowded_cases import crowded_cases, deep_cases
from tests.solver.any_sizes.test_bounds import Known, index_of, known_cases
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import FlowOrder
from zigzag_imc.models.timing.uneven import uneven_windows_union
from zigzag_imc.solver.presolve.chain_windows import ChainWindows
from zigzag_imc.solver.presolve.latency_sums import latency_sum
from zigzag_imc.solver.presolve.stalls import Busy
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder, AnyColumns
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.chains import Index, Placement
from zigzag_imc.solver.tables.cut import ROW_PORT, PortKey, ports_of


def bounds_and_latencies(known: Known) -> Iterator[tuple[float, float, float]]:
    """Yield the bound of the chain of every mapping, its latency, and what sums say of the chain.

    For every port and input that is waited for.
    """
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        for port in memory_ports(fine):
            windows = ChainWindows(fine, known.costs.accelerator, port)
            sums = [latency_sum((waited, Busy(port)), fine.timed) for waited in (0, 1)]
            for mapping, cost in found:
                tiles = tiles_of(windows, known, mapping)
                for bound in sums:
                    told = bound.offset + sum(
                        float(bound.values[o][r][at]) for (o, r), at in tiles.items()
                    )
                    yield windows.latency(tiles, bound.waited), cost.latency_cycles, told


def memory_ports(fine: AnyColumns) -> list[PortKey]:
    """Ports of memories, not of rows of the array."""
    return [port for port in ports_of(fine.timed) if port[1] != ROW_PORT]


def shares_told(known: Known) -> Iterator[tuple[float, float]]:
    """Yield what share of computing the windows of a flow take at most, and what they take."""
    builder = AnyColumnBuilder(known.costs, with_latency=True)
    for spatial, found in known.by_spatial.items():
        fine = builder.fine(spatial)
        for port in memory_ports(fine):
            windows = ChainWindows(fine, known.costs.accelerator, port)
            for mapping, _ in found:
                exact = exact_shares(known.costs, mapping)
                for (operand, rank), share in windows.shares(
                    tiles_of(windows, known, mapping)
                ).items():
                    boundary = fine.cuts[operand][rank].boundaries[-1]
                    yield share, exact[OPERANDS[operand], boundary]


@cache  # no fault is planted in these
def exact_shares(costs: CostModel, mapping: LayerMapping) -> dict[tuple[str, int], float]:
    """Share of computing that the windows over every boundary take together."""
    flows = costs._flows.flows(costs._layout(mapping.spatial).plan, mapping.temporal)
    order = FlowOrder.of(costs.accelerator)
    places = {
        (operand, boundary): order.place(operand, boundary)
        for operand in OPERANDS
        for boundary in range(len(costs.accelerator.levels[operand]))
    }
    if flows.short is not None:
        uneven = costs._latency._uneven_timing(flows.short, flows, [])
        all_of = math.prod(flows.short.nest.sizes.values()) * uneven.rate
        return {own: uneven_windows_union([flow], uneven) / all_of for own, flow in places.items()}
    timing = costs._latency._timing(flows, [])
    return {own: timing.windows[flow] / timing.periods[flow] for own, flow in places.items()}


def tiles_of(windows: ChainWindows, known: Known, mapping: LayerMapping) -> dict[Placement, Index]:
    """Classes of the tiles of a mapping at the cuts that use a port."""
    tiles = {}
    for operand, rank in windows.places:
        cut = windows.columns.cuts[operand][rank]
        at = cut.class_at(index_of(cut, known, mapping))
        tiles[operand, rank] = tuple(int(own[0]) for own in at)
    return tiles


def all_cases() -> tuple[Known, ...]:
    return (*known_cases(), *crowded_cases()[:3], *deep_cases())


def all_shares() -> list[tuple[float, float]]:
    return [told for known in all_cases() for told in shares_told(known)]


@cache
def all_of_them() -> list[tuple[float, float, float]]:
    return [told for known in all_cases() for told in bounds_and_latencies(known)]


def is_above(told: tuple[float, float, float]) -> bool:
    bound, latency, _ = told
    return bound > latency * (1 + TOLERANCE)


def test_no_mapping_is_faster_than_windows_allow() -> None:
    told = all_of_them()
    assert len(told) > 1000
    assert not any(map(is_above, told))


def test_windows_are_no_longer_than_their_shares() -> None:
    told = all_shares()
    assert all(exact <= share * (1 + TOLERANCE) for share, exact in told)
    assert sum(share < 1 for share, _ in told) > 100
    assert any(share < 1 and exact >= share * (1 - TOLERANCE) for share, exact in told)


def test_windows_say_more_than_sums() -> None:
    told = all_of_them()
    assert all(bound >= of_sums * (1 - TOLERANCE) for bound, _, of_sums in told)
    assert sum(bound > of_sums * 1.01 for bound, _, of_sums in told) > 100


def no_second_tiles(patch: pytest.MonkeyPatch) -> None:
    """No memory has room for a second tile."""
    patch.setattr(ChainWindows, "_is_single", lambda *_: True)


def half_windows(patch: pytest.MonkeyPatch) -> None:
    """Windows are half as long."""
    share = ChainWindows._share
    patch.setattr(ChainWindows, "_share", lambda *own: share(*own) / 2)


def twice_the_need(patch: pytest.MonkeyPatch) -> None:
    """A second tile takes twice its room."""
    least_of_class = AnyCut.least_of_class
    patch.setattr(AnyCut, "least_of_class", lambda *own: 2 * least_of_class(*own))


def no_boundary_between(patch: pytest.MonkeyPatch) -> None:
    """A run of irrelevant loops does not end at the operand's own next boundary."""
    patch.setattr(ChainWindows, "_ends_below", lambda *_: True)


def all_pure(patch: pytest.MonkeyPatch) -> None:
    """Relevant loops below a tile are taken for irrelevant ones."""
    patch.setattr(ChainWindows, "_is_pure", lambda _, place, index, inner: index != inner)


FAULTS = (no_second_tiles, half_windows, twice_the_need, all_pure, no_boundary_between)


@pytest.mark.parametrize("plant", FAULTS)
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert any(exact > share * (1 + TOLERANCE) for share, exact in all_shares())
