"""The spatial mappings that an engine chooses from, as many as its time allows to list."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.mapping import SpatialMapping, temporal_sizes
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.scoring.scoreboard import Scoreboard

LISTING_SHARE = 0.4
"""Share of a time limit for listing spatial mappings."""

_ORDERING_SHARE = 0.6
"""Share of a time limit by which they are ordered."""


def listed(board: Scoreboard) -> SpatialSpace:
    """List the spatial mappings of a board's layer, or as many as there is time for."""
    layer, accelerator, profile = board.layer, board.accelerator, board.profile
    return SpatialSpace.of(
        layer, accelerator, profile, board.space, lambda: board.is_over(LISTING_SHARE)
    )


def by_fewest_steps(board: Scoreboard, space: SpatialSpace) -> Iterator[SpatialMapping]:
    """Yield spatial mappings by rising steps in time; equal ones in the order of the space.

    Where time runs out before all are ordered, only those that are.
    """
    steps = _steps(board, space, lambda: board.is_over(_ORDERING_SHARE))
    for place in np.argsort(steps, kind="stable"):
        board.check()
        yield space[int(place)]


def _steps(
    board: Scoreboard, space: SpatialSpace, should_stop: Callable[[], bool]
) -> npt.NDArray[np.generic]:
    """Return the steps in time of the first spatial mappings, of all where there is time."""
    dims = board.layer.loop_dims
    fits = math.prod(size for _, size in dims) <= np.iinfo(np.int64).max
    steps: list[npt.NDArray[np.generic]] = []
    for start in range(0, len(space), BLOCK):
        if start and should_stop():
            break
        part = space[start : start + BLOCK]
        factors = {dim: math.prod(part.factors_of(dim)) for dim, _ in dims}
        left = temporal_sizes(dims, factors).values()
        number = np.int64 if fits else object
        ones = np.ones(len(part), dtype=number)
        steps.append(math.prod((np.asarray(size, dtype=number) for size in left), start=ones))
    return np.concatenate(steps) if steps else np.empty(0, dtype=np.int64)
