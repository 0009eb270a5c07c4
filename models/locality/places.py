"""Where all is that stays on chip: tensors between layers, weights between inferences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.models.locality.residence import Residence

Placement = Mapping[str, str]
"""Name of the memory that keeps each kept tensor."""


@dataclass(frozen=True)
class Places:
    """Where tensors are kept, and where the weights of all layers stay.

    Attributes
    ----------
    placement
        Memory of each kept tensor.
    residence
        Where weights stay; ``None`` where they come and go.
    """

    placement: Placement
    residence: Residence | None = None


NOWHERE = Places({})
"""Nothing is kept."""
