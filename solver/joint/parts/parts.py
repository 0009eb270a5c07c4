"""Parts: the spatial mappings that floors leave, each for a model of its own.

With tiles of any size, the tables of one model of all spatial mappings are too long; those of one
are short. A part has all its mappings, so that what is proved of every part, and what the floors
say of all that is in none, is proved of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.joint.domain import NOTHING_KNOWN, Domain, Least
from zigzag_imc.solver.joint.parts.floors import Floors
from zigzag_imc.solver.joint.parts.paired_cuts import Mask

MOST_PARTS = 64
"""Models of single spatial mappings; beyond, one of all of them takes less time."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the spatial mappings.

    Attributes
    ----------
    only
        The spatial mapping; ``None`` for all of them.
    least
        What every mapping of the part needs at least.
    floor
        Objective that none of them is below.
    """

    only: SpatialMapping | None = None
    least: Least = NOTHING_KNOWN
    floor: float = 0.0

    def holds(self, spatial: SpatialMapping) -> bool:
        """Whether a spatial mapping is in the part."""
        return self.only in (None, spatial)

    def of(self, domain: Domain) -> Domain:
        """Leave what is in the part of a domain."""
        return replace(domain, only=self.only)


EVERYTHING = Part()
"""The part that is all there is."""


def parts_of(floors: Floors | None, domain: Domain) -> list[Part]:
    """Split what is of interest into parts, those of the least floor first."""
    if floors is None:
        return [EVERYTHING]
    kept = floors.within(domain)
    left = np.flatnonzero(kept.any(axis=0))
    if len(left) > MOST_PARTS:
        return [_part(floors, domain.objective, kept, None)]
    parts = []
    for number in left.tolist():
        own = np.zeros_like(kept)
        own[:, number] = kept[:, number]
        parts.append(_part(floors, domain.objective, own, floors.together.spatial(number)))
    return sorted(parts, key=lambda part: part.floor)


def _part(floors: Floors, objective: Objective, kept: Mask, only: SpatialMapping | None) -> Part:
    """The part of some floors: of one spatial mapping, or of all of them."""
    energy_pj, cycles = floors.energy_pj[kept], floors.cycles[kept]
    values = {"energy": energy_pj, "latency": cycles, "edp": energy_pj * cycles}
    least = Least(float(energy_pj.min()), float(cycles.min()))
    return Part(only, least, float(values[objective].min()))
