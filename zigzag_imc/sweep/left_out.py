"""What of a study is no point, and why: too large, or impossible to build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from zigzag_imc.results.units import counted
from zigzag_imc.sweep.plan import Array


@dataclass
class LeftOut:
    """Accelerators of a study that are met one after the other, and those that are no points.

    Attributes
    ----------
    arrays
        All that were met.
    over_area
        Those over the area of the study.
    smallest, smallest_mm2
        Name and area of the smallest of these; ``None`` where there is none.
    reasons
        Why others cannot be built, and how many share each reason, the first one met first.
    """

    arrays: int = 0
    over_area: int = 0
    smallest: str | None = None
    smallest_mm2: float | None = None
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, array: Array) -> None:
        """Take the next accelerator."""
        self.arrays += 1
        if array.is_over_budget:
            self._add_large(array)
        elif array.candidate.accelerator is None:
            self.refuse(array.candidate.reason or "")

    def refuse(self, reason: str) -> None:
        """Note that the accelerator met last is none, or none for a network of the study."""
        self.reasons[reason] += 1

    def _add_large(self, array: Array) -> None:
        assert array.area_mm2 is not None
        self.over_area += 1
        if self.smallest_mm2 is None or array.area_mm2 < self.smallest_mm2:
            self.smallest, self.smallest_mm2 = array.candidate.name, array.area_mm2

    @property
    def refused(self) -> int:
        """How many cannot be built."""
        return self.reasons.total()

    @property
    def refused_reason(self) -> str | None:
        """Why the first of them cannot."""
        return next(iter(self.reasons), None)

    @property
    def refused_alike(self) -> int:
        """How many cannot be built for this same reason."""
        return next(iter(self.reasons.values()), 0)

    def sentences(self, most_mm2: float | None) -> Iterator[str]:
        """Yield what whoever asked the study has to know.

        Parameters
        ----------
        most_mm2
            The area that an accelerator may have, in mm2.
        """
        if not self.arrays:
            yield "found no accelerator: no values of the ranges keep the conditions (where)"
        if self.smallest_mm2 is not None and self.over_area + self.refused == self.arrays:
            assert most_mm2 is not None
            yield (
                f"found none within {most_mm2:.4g} mm2; the smallest, {self.smallest}, has "
                f"{self.smallest_mm2:.4g} mm2"
            )
        if self.refused_reason is not None:
            alike, others = self.refused_alike, len(self.reasons) - 1
            sharing = f"{alike} of them share" if others else "all share"
            shared = "" if self.refused == 1 else f" ({sharing} this reason)"
            further = f"; {counted(others, 'other reason')}" if others else ""
            yield f"{self.refused} cannot be built: {self.refused_reason}{shared}{further}"
