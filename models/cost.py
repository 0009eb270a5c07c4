"""What a mapping costs, term by term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple


class MemoryTerm(NamedTuple):
    """Accesses and energy of one operand in one direction at one memory level.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    level
        Place of the memory among those of the operand, 0 the lowest.
    memory
        Name of the memory.
    direction
        Of the movement, as in an accelerator file: ``fh``, ``tl``, ``fl`` or ``th``.
    words
        Accesses of full width, in all instances together; a fraction where a word is not full.
    energy_pj
        Energy of these accesses in pJ.
    """

    operand: str
    level: int
    memory: str
    direction: str
    words: float
    energy_pj: float


class PortStall(NamedTuple):
    """Stall cycles that one physical port alone would cause.

    Attributes
    ----------
    memory, port
        Names of the memory and of its port; ``rows`` is the writing of the array's rows.
    cycles
        Clock cycles; negative is slack.
    """

    memory: str
    port: str
    cycles: float


class CostTerms(NamedTuple):
    """The terms that make up a cost.

    Attributes
    ----------
    array_energy_pj
        Energy in pJ per component of the array.
    memory_terms
        Accesses and energy per operand, memory level and direction.
    port_stalls
        What each port alone would stall.
    """

    array_energy_pj: Mapping[str, float]
    memory_terms: tuple[MemoryTerm, ...]
    port_stalls: tuple[PortStall, ...]


@dataclass(frozen=True)
class Cost:
    """Exact cost of one mapping of one layer under one profile.

    A search scores many mappings and looks at the totals only: the terms are worked out when they
    are first asked for.

    Attributes
    ----------
    energy_pj, latency_cycles
        Totals in pJ and in clock cycles; the sums of the terms below.
    compute_cycles, stall_cycles, onloading_cycles, offloading_cycles
        The parts of the latency in clock cycles. Under ``row_write`` the stall is the reloading of
        the array.
    tclk_ns, area_mm2
        Clock period in ns and total area of the accelerator in mm2.
    utilization
        Useful share of all multipliers over the computing cycles (without stalls), from 0 to 1.
    explain
        Works out the terms.
    """

    energy_pj: float
    latency_cycles: float
    compute_cycles: float
    stall_cycles: float
    onloading_cycles: float
    offloading_cycles: float
    tclk_ns: float
    area_mm2: float
    utilization: float
    explain: Callable[[], CostTerms] = field(repr=False, compare=False)

    def __getstate__(self) -> dict[str, object]:
        """Pickle the terms, not the model that works them out."""
        return {**self.__dict__, "explain": partial(_given, self.terms)}

    @cached_property
    def terms(self) -> CostTerms:
        """All terms of energy and stall."""
        return self.explain()

    @property
    def array_energy_pj(self) -> Mapping[str, float]:
        """Energy per array component."""
        return self.terms.array_energy_pj

    @property
    def memory_terms(self) -> tuple[MemoryTerm, ...]:
        """Accesses and energy per operand, level and direction."""
        return self.terms.memory_terms

    @property
    def port_stalls(self) -> tuple[PortStall, ...]:
        """What each port alone would stall; the largest is the stall."""
        return self.terms.port_stalls

    @property
    def edp(self) -> float:
        """Energy-delay product, pJ x cycles."""
        return self.energy_pj * self.latency_cycles

    @property
    def array_total_pj(self) -> float:
        """Energy of the array."""
        return sum(self.array_energy_pj.values())

    def value(self, objective: str) -> float:
        """Value of an objective.

        ``energy`` in pJ, ``latency`` in cycles, ``edp`` in pJ x cycles.
        """
        return {"energy": self.energy_pj, "latency": self.latency_cycles, "edp": self.edp}[
            objective
        ]


def _given(terms: CostTerms) -> CostTerms:
    return terms
