"""Checks of the energy-latency front of a network whose tensors may stay on chip."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.results.locality import CornerRecord, LocalityRecord
from zigzag_imc.results.result import NetworkResult

_WHERE = "locality.front"


def front_problems(
    timeline: Timeline, locality: LocalityRecord, result: NetworkResult
) -> Iterator[str]:
    """Yield what does not hold of the corners of a front, if there is one."""
    front = locality.front
    if front is None:
        return
    for number, corner in enumerate(front.corners):
        if not _has_room(timeline, corner):
            yield f"{_WHERE}.corners[{number}]: what is kept has no place or no room"
    if not _is_convex(front.corners):
        yield f"{_WHERE}: its corners are no convex curve of rising latency and falling energy"
    if front.proved and not _has_the_least(front.corners, result, locality):
        yield f"{_WHERE}: the best {result.objective} of its corners is not that of the network"


def _has_room(timeline: Timeline, corner: CornerRecord) -> bool:
    """Whether tensors may lie where a corner says, and memories hold them at rest.

    In the order of the graph or in the one that was chosen: a corner may have another one, in which
    other tensors live together, so that only each by itself has to fit there.
    """
    if not timeline.is_legal(corner.kept):
        return False
    sizes = {memory.name: memory.size_bits for memory in timeline.memories}
    return all(timeline.tensors[name].bits <= sizes[home] for name, home in corner.kept.items())


def _is_convex(corners: tuple[CornerRecord, ...]) -> bool:
    """Whether latency rises and energy falls along the corners, less steeply from one to another.

    To the resolution of totals.
    """
    slopes = []
    for fast, slow in itertools.pairwise(corners):
        if slow.latency_cycles <= fast.latency_cycles or slow.energy_pj >= fast.energy_pj:
            return False
        fall, rise = fast.energy_pj - slow.energy_pj, slow.latency_cycles - fast.latency_cycles
        slopes.append(fall / rise)
    return all(one >= other * (1 - COARSEST) for one, other in itertools.pairwise(slopes))


def _has_the_least(
    corners: tuple[CornerRecord, ...], result: NetworkResult, locality: LocalityRecord
) -> bool:
    """Whether the objective is that of a corner: of the first, the last, or the least product."""
    if locality.objective_value is None or locality.status != "OPTIMAL":
        return True
    values = {
        "latency": [corner.latency_cycles for corner in corners],
        "energy": [corner.energy_pj for corner in corners],
        "edp": [corner.latency_cycles * corner.energy_pj for corner in corners],
    }[result.objective]
    allowed = max(COARSEST, result.limits.gap) * locality.objective_value
    return abs(min(values) - locality.objective_value) <= allowed
