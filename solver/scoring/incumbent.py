"""The incumbent: the best mapping that a search has scored so far."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A mapping with its exact cost, as a search ranks it.

    Attributes
    ----------
    value
        Objective: pJ, cycles, or pJ x cycles.
    energy_pj
        Energy of the layer in pJ.
    latency_cycles
        Latency of the layer in clock cycles.
    mapping
        The mapping itself.
    cost
        Its exact cost, with all terms.
    """

    value: float
    energy_pj: float
    latency_cycles: float
    mapping: LayerMapping
    cost: Cost

    @classmethod
    def of(cls, value: float, mapping: LayerMapping, cost: Cost) -> Incumbent:
        """Build from the value of the objective, the mapping and its cost."""
        return cls(
            value=value,
            energy_pj=cost.energy_pj,
            latency_cycles=cost.latency_cycles,
            mapping=mapping,
            cost=cost,
        )

    @property
    def rank(self) -> tuple[float, float, float]:
        """What mappings are ranked by, the least first: objective, then energy, then latency."""
        return self.value, self.energy_pj, self.latency_cycles


def better_of(new: Incumbent | None, old: Incumbent | None) -> Incumbent | None:
    """Return the one that ranks first; the older one of equals."""
    if new is None:
        return old
    if old is None:
        return new
    return new if new.rank < old.rank else old
