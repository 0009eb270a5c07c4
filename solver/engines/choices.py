"""Which spatial mappings and which loops the engines choose from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from zigzag_imc.core.mapping import Loop, SpatialMapping
from zigzag_imc.models.mapspace.enumeration import prime_loops
from zigzag_imc.solver.engines.allocation import Allocator
from zigzag_imc.solver.engines.spatial_choice import by_fewest_steps, listed
from zigzag_imc.solver.scoring.scoreboard import Scoreboard


def highest_utilization(board: Scoreboard, most: int) -> Iterator[Allocator]:
    """Yield the spatial mappings with the fewest steps in time, as far as they can fit.

    Equal ones in fixed order.
    """
    layer = board.layer
    if not Allocator(layer, board.accelerator, SpatialMapping(())).fits_at_all():
        return  # no spatial mapping needs less room

    ordered = by_fewest_steps(board, listed(board))
    allocators = (
        Allocator(layer, board.accelerator, spatial, board.constraints) for spatial in ordered
    )
    yield from itertools.islice(filter(Allocator.fits_at_all, allocators), most)


def merged_loops(temporal: dict[str, int], most: int) -> tuple[Loop, ...]:
    """Prime factors of all ``T_d``, merged until at most ``most`` loops remain.

    The smallest two of a dimension are merged first. More remain where there are more dimensions
    than that.
    """
    loops = list(prime_loops(temporal))
    fewest = max(most, len(dict(loops)))
    while len(loops) > fewest:
        one, other = _smallest_pair(loops)
        loops.remove(one)
        loops.remove(other)
        loops.append(_merged(one, other))
    return tuple(loops)


def _smallest_pair(loops: Iterable[Loop]) -> tuple[Loop, Loop]:
    """Two loops over one dimension with the least product; of equals, by the dimension's name."""
    pairs = itertools.combinations(sorted(loops), 2)
    alike = [(one, other) for one, other in pairs if one[0] == other[0]]
    return min(alike, key=lambda pair: _merged(*pair)[::-1])


def _merged(one: Loop, other: Loop) -> Loop:
    """One loop in the place of two over the same dimension."""
    return one[0], one[1] * other[1]
