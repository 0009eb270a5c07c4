"""The mapspace that is asked for: which mappings a search may return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from zigzag_imc.core.arguments import flag, shown
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import OptionError

TileSizes = Literal["any-outermost", "divisors"]
"""Sizes of a dimension's tiles: any at its outermost loop, or those that divide it."""


@dataclass(frozen=True)
class Space:
    """What is left out of, or added to, the mappings that a search looks at.

    Made without a word, it is the smallest one: tiles that divide, nothing diagonal. Where nobody
    asks for a space, searches choose from all that their cost model knows.

    Attributes
    ----------
    tile_sizes
        ``any-outermost``: the outermost loop of a dimension may end with a shorter tile.
        ``divisors``: every tile divides what lies above it.
    diagonals
        Whether windows and groups may lie diagonally on the array.
    constraints
        What a mapping has to keep beside the limits of the hardware.
    """

    tile_sizes: TileSizes = "divisors"
    diagonals: bool = False
    constraints: Constraints = ()

    def __post_init__(self) -> None:
        known = get_args(TileSizes)
        if not (isinstance(self.tile_sizes, str) and self.tile_sizes in known):
            raise OptionError(
                f"tile_sizes: found {shown(self.tile_sizes)}, expected one of {', '.join(known)}"
            )
        object.__setattr__(self, "diagonals", flag("diagonals", self.diagonals))


DIVISORS = Space()
"""Tiles that divide, nothing diagonal."""

ANY_OUTERMOST = Space("any-outermost")
"""The last tile of every dimension may be shorter, nothing diagonal."""
