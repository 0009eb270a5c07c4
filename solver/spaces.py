"""Which mapspaces a search has to know."""

from __future__ import annotations

from zigzag_imc.core.space import Space
from zigzag_imc.models.profile import CostProfile


def has_any_sizes(space: Space, profile: CostProfile) -> bool:
    """Whether tiles of a space need not divide; under some cost models all do."""
    return space.tile_sizes == "any-outermost" and not profile.dividing_tiles
