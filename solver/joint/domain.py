"""Domains: what the joint model chooses from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.joint.tiles import Sizes

_WIDEST = 3
"""Unrollings of a loop in the coarse part of a domain, beside none at all."""


def all_or_nothing(temporal: int) -> tuple[int, ...]:
    """Sizes of a tile that holds all of a dimension or none of it: the coarsest choice."""
    return (1, temporal) if temporal > 1 else (1,)


@dataclass(frozen=True, slots=True)
class Domain:
    """What the model chooses from, and what is of interest.

    Attributes
    ----------
    sizes
        Tile sizes of what is left for time.
    most_pj
        Energy above which nothing is of interest.
    widest
        How many of the largest unrollings of a loop there are beside none at all; all by default.
    """

    sizes: Sizes = divisors
    most_pj: float = math.inf
    widest: int | None = None

    @property
    def coarse(self) -> Domain:
        """A part of it that is searched in no time."""
        return replace(self, sizes=all_or_nothing, widest=_WIDEST)
