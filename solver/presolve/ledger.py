"""A ledger of a search: what presolve left to CP-SAT, and what CP-SAT did with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Place = tuple[int, int]
"""Number of a spatial mapping, and the part of the listing that it is in."""


@dataclass
class Ledger:
    """What has been done so far, under all goals of one workbench together.

    Attributes
    ----------
    left
        Spatial mappings that presolve has left to CP-SAT.
    by_tiles
        Those of them that came into a model of their tiles.
    models
        CP-SAT models that were solved.
    """

    left: set[Place] = field(default_factory=set)
    by_tiles: set[Place] = field(default_factory=set)
    models: int = 0

    def leave(self, places: Iterable[Place]) -> None:
        """Note what presolve leaves."""
        self.left.update(places)

    def model_tiles(self, places: Iterable[Place]) -> None:
        """Note a model of the tiles of some spatial mappings."""
        self.by_tiles.update(places)
        self.models += 1

    def left_of(self, part: int) -> npt.NDArray[np.intp]:
        """Numbers of those left in a part of the listing, ascending."""
        return np.array(sorted(number for number, own in self.left if own == part), dtype=np.intp)
