"""What ``zigzag-imc validate`` says about published chips, as records that machines read."""

from __future__ import annotations

from collections.abc import Iterable

from zigzag_imc.models.hardware.chips import FIGURES, Chip
from zigzag_imc.results.parts import Record

UNLIKE = ("not comparable", "cannot be said")
"""How the meaning of a comparison begins that means little."""


class FigureRecord(Record):
    """One figure of a chip.

    Attributes
    ----------
    modelled, reported
        What the model says, and what was measured.
    ratio
        Modelled over reported.
    means
        What the comparison means.
    """

    modelled: float
    reported: float
    ratio: float
    means: str


class ChipRecord(Record):
    """One chip.

    Attributes
    ----------
    name, published
        What it is called here, and where it was published.
    figures
        By name: ``area_mm2``, ``tclk_ns``, ``tops``, ``tops_per_w``, as far as reported.
    """

    name: str
    published: str
    figures: dict[str, FigureRecord]


class ValidationRecord(Record):
    """All chips.

    Attributes
    ----------
    chips
        The chips by name.
    """

    chips: tuple[ChipRecord, ...]


def validation_record(chips: Iterable[Chip]) -> ValidationRecord:
    """Return modelled beside reported figures of some chips."""
    return ValidationRecord(chips=tuple(map(_chip, chips)))


def _chip(chip: Chip) -> ChipRecord:
    figures = {
        figure: FigureRecord(
            modelled=chip.modelled(figure),
            reported=chip.reported[figure],
            ratio=chip.modelled(figure) / chip.reported[figure],
            means=chip.means[figure],
        )
        for figure in FIGURES
        if figure in chip.reported
    }
    return ChipRecord(name=chip.name, published=chip.published, figures=figures)
