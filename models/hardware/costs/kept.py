"""Answers of a slow model of SRAMs, kept: each question is asked once."""

from __future__ import annotations

from dataclasses import dataclass, field

from zigzag_imc.models.hardware.costs.sram import SramCost, SramModel, SramShape


@dataclass(frozen=True, slots=True)
class Kept:
    """A model that remembers its answers.

    Attributes
    ----------
    model
        Who is asked.
    answers
        What was answered so far.
    """

    model: SramModel
    answers: dict[SramShape, SramCost | None] = field(default_factory=dict)

    def cost(self, shape: SramShape) -> SramCost | None:
        """Costs of a shape; ``None`` where there is no such SRAM."""
        if shape not in self.answers:
            self.answers[shape] = self.model.cost(shape)
        return self.answers[shape]
