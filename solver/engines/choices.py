"""Which spatial mappings and which loops the engines choose from."""

from __future__ import annotations

from collections.abc import Iterator

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

    found = 0
    for spatial in by_fewest_steps(board, listed(board)):
        allocator = Allocator(layer, board.accelerator, spatial)
        if allocator.fits_at_all():
            yield allocator
            found += 1
        if found == most:
            return


def merged_loops(temporal: dict[str, int], most: int) -> tuple[Loop, ...]:
    """Prime factors of all ``T_d``, merged until at most ``most`` loops remain.

    The smallest two of a dimension are merged first. More remain where there are more dimensions
    than that.
    """
    loops = list(prime_loops(temporal))
    while len(loops) > most:
        pairs = []
        for dim in dict.fromkeys(dim for dim, _ in loops):
            factors = sorted(factor for other, factor in loops if other == dim)
            if len(factors) > 1:
                pairs.append((factors[0] * factors[1], dim, factors[:2]))
        if not pairs:
            break
        product, dim, smallest = min(pairs)
        for factor in smallest:
            loops.remove((dim, factor))
        loops.append((dim, product))
    return tuple(loops)
