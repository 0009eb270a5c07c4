"""Which mapspaces a search knows; no other is ever answered by one that it does not cover."""

from __future__ import annotations

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space


def refuse_short_tiles(space: Space, search: str) -> None:
    """Raise `OptionError` where tiles need not divide, of a search over divisors alone.

    What it proved would hold of a part of the space only.
    """
    if space.tile_sizes != "divisors":
        raise OptionError(
            f"tile_sizes: {search} knows only tiles that divide; found {space.tile_sizes}, "
            "expected divisors"
        )


def refuse_beyond_energy(space: Space, objective: Objective) -> None:
    """Raise `OptionError` where tiles of any size are asked for with what is not proved of them."""
    if space.tile_sizes == "divisors":
        return
    if objective != "energy":
        raise OptionError(
            "tile_sizes: any-outermost is proved for the objective energy alone so far; "
            f"found {objective}, expected energy, or divisors"
        )
    if space.diagonals or space.constraints:
        raise OptionError(
            "tile_sizes: any-outermost knows no diagonals and no constraints so far; expected a "
            "space without them (--no-diagonals), or divisors"
        )
