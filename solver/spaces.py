"""Which mapspaces a search knows; no other is ever answered by one that it does not cover."""

from __future__ import annotations

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.space import Space
from zigzag_imc.models.profile import CostProfile


def refuse_short_tiles(space: Space, search: str) -> None:
    """Raise `OptionError` where tiles need not divide, of a search over divisors alone.

    What it proved would hold of a part of the space only.
    """
    if space.tile_sizes != "divisors":
        raise OptionError(
            f"tile_sizes: {search} knows only tiles that divide; found {space.tile_sizes}, "
            "expected divisors"
        )


def has_any_sizes(space: Space, profile: CostProfile) -> bool:
    """Whether tiles of a space need not divide; under some cost models all do."""
    return space.tile_sizes == "any-outermost" and not profile.dividing_tiles
