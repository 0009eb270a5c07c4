"""Quantities of layers added up: of one, or of all layers of a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zigzag_imc.sweep.quantities import ENERGIES
from zigzag_imc.sweep.record import PointRecord


def tops_of(operations: float, delay_ns: float) -> float:
    """Return 10^12 operations a second; operations a ns are 10^9 a second."""
    return operations / delay_ns / 1e3


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over layers that all have a mapping.

    Attributes
    ----------
    energy_pj
        Energy.
    compute_cycles, stall_cycles, loading_cycles
        Parts of the latency, in clock cycles.
    latency_cycles
        Their sum.
    energies_pj
        The energy by what it is spent on.
    utilization
        Useful share of the multipliers over the computing cycles of all.
    """

    energy_pj: float
    latency_cycles: float
    compute_cycles: float
    stall_cycles: float
    loading_cycles: float
    energies_pj: dict[str, float]
    utilization: float

    @classmethod
    def of(cls, counted: Iterable[tuple[int, PointRecord]]) -> Sums | None:
        """Add up records, each as often as its layer occurs.

        ``None`` where one has no mapping: sums over the others would look better than they are.
        """
        layers = list(counted)
        if not layers or any(record.energy_pj is None for _, record in layers):
            return None

        def total(name: str) -> float:
            return float(sum(count * getattr(record, name) for count, record in layers))

        compute = total("compute_cycles")
        useful = sum(
            count * (record.utilization or 0.0) * (record.compute_cycles or 0.0)
            for count, record in layers
        )
        return cls(
            energy_pj=total("energy_pj"),
            latency_cycles=total("latency_cycles"),
            compute_cycles=compute,
            stall_cycles=total("stall_cycles"),
            loading_cycles=total("loading_cycles"),
            energies_pj={
                name: float(sum(count * record.energies_pj[name] for count, record in layers))
                for name in ENERGIES
            },
            utilization=useful / compute if compute else 0.0,
        )
