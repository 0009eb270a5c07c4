"""The mapspace that is asked for: which mappings a search may return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TileSizes = Literal["any-outermost", "divisors"]
"""Sizes of a dimension's tiles: any at its outermost loop, or those that divide it."""


@dataclass(frozen=True)
class Space:
    """What is left out of, or added to, the mappings that a search looks at.

    Attributes
    ----------
    tile_sizes
        ``any-outermost``: the outermost loop of a dimension may end with a shorter tile.
        ``divisors``: every tile divides what lies above it.
    diagonals
        Whether windows and groups may lie diagonally on the array.
    """

    tile_sizes: TileSizes = "divisors"
    diagonals: bool = False


DIVISORS = Space()
"""Tiles that divide, nothing diagonal."""

ANY_OUTERMOST = Space("any-outermost")
"""The last tile of every dimension may be shorter, nothing diagonal."""
