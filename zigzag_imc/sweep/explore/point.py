"""An accelerator of a study and what is known of its cost, more and more of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.presolve.floor import Floor
from zigzag_imc.sweep.explore.goal import Figures, HardwareGoal
from zigzag_imc.sweep.facts import HardwareFacts
from zigzag_imc.sweep.plan import Case
from zigzag_imc.sweep.record import PointRecord

PEAK, PRESOLVE, SOLVED = range(3)
"""What the bound of a point stands on: peak and compulsory traffic, presolve bounds, layers of it
solved."""

NAMES = ("peak and compulsory traffic", "presolve bounds", "layers solved")
"""What these are called."""


@dataclass(eq=False)
class Point:
    """An accelerator, and bounds of the cost of its layers; exact where they are solved.

    Attributes
    ----------
    number
        Its place in the study.
    accelerator
        What it is.
    cases
        Every network on it.
    facts
        Its clock and area.
    counts, keys
        Of every distinct layer of every network, how often it occurs, and the key of its problem.
    least
        Of every such layer, the least energy (pJ) and latency (cycles) of one.
    level
        What the bounds stand on.
    records
        The layers that are solved, by their place.
    unfit
        Why a layer has no mapping, so that the accelerator does not count.
    """

    number: int
    accelerator: Accelerator
    cases: tuple[Case, ...]
    facts: HardwareFacts
    least: list[Floor]
    level: int = PEAK
    records: dict[int, PointRecord] = field(default_factory=dict)
    unfit: str | None = None

    def __post_init__(self) -> None:
        self.counts = [group.count for case in self.cases for group in case.groups]
        self.keys = [key for case in self.cases for key in case.keys]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.cases[0].accelerator

    @property
    def is_solved(self) -> bool:
        """Whether all its layers are."""
        return len(self.records) == len(self.keys)

    def figures(self) -> Figures:
        """Return what it takes at least; exactly that, once it is solved."""
        cycles = sum(
            count * one.latency_cycles for count, one in zip(self.counts, self.least, strict=True)
        )
        energy = sum(
            count * one.energy_pj for count, one in zip(self.counts, self.least, strict=True)
        )
        return Figures(energy, cycles * self.facts.tclk_ns, self.facts.area_mm2)

    def bound(self, goal: HardwareGoal) -> float:
        """Return a lower bound of its value; the value itself, once it is solved."""
        return math.inf if self.unfit is not None else goal.value(self.figures())

    def raise_to(self, bounds: list[Floor], level: int) -> None:
        """Take further bounds: of two, the higher one holds."""
        self.least = [
            known
            if place in self.records
            else Floor(
                max(known.energy_pj, new.energy_pj), max(known.latency_cycles, new.latency_cycles)
            )
            for place, (known, new) in enumerate(zip(self.least, bounds, strict=True))
        ]
        self.level = level

    def solve(self, place: int, record: PointRecord) -> None:
        """Take the solution of a layer."""
        self.level = SOLVED
        self.records[place] = record
        if record.energy_pj is None or record.latency_cycles is None:
            self.unfit = record.reason or record.status
            return
        self.least[place] = Floor(record.energy_pj, record.latency_cycles)

    def unsolved(self) -> list[int]:
        """Return the places of layers that are not solved, those that weigh most first."""
        figures = self.figures()
        cycles = figures.delay_ns / self.facts.tclk_ns or 1.0

        def weight(place: int) -> float:
            one = self.least[place]
            share = one.energy_pj / (figures.energy_pj or 1.0) + one.latency_cycles / cycles
            return self.counts[place] * share

        left = (place for place in range(len(self.keys)) if place not in self.records)
        return sorted(left, key=lambda place: (-weight(place), place))
