"""Mapspaces for tests that compare with all mappings, or have to be quick."""

from __future__ import annotations

from dataclasses import replace

from zigzag_imc.core.space import Space
from zigzag_imc.models.profile import IMC, CostProfile, default_space


def dividing(profile: CostProfile) -> Space:
    """All that a profile knows but for tiles that do not divide: few enough to go through."""
    return replace(default_space(profile), tile_sizes="divisors")


DIVIDING = dividing(IMC)
"""Tiles that divide, with diagonals."""
