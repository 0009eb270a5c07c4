"""Which share of a network its layers are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """Multiply-accumulates in layers and beside them.

    Attributes
    ----------
    mapped_macs
        Of all layers.
    left_out_macs
        Of the operators that are no layers, as far as they can be told.
    complete
        Whether those of all operators can be told.
    """

    mapped_macs: int
    left_out_macs: int = 0
    complete: bool = True

    @classmethod
    def of(cls, mapped_macs: int, left_out: Sequence[int | None]) -> Coverage:
        """Sum up what is left out; ``None`` stands for what cannot be told."""
        known = [macs for macs in left_out if macs is not None]
        return cls(mapped_macs, sum(known), len(known) == len(left_out))

    @property
    def share(self) -> float:
        """Layers' share of all that can be told, from 0 to 1; at most that where not all can."""
        total = self.mapped_macs + self.left_out_macs
        return self.mapped_macs / total if total else float(self.complete)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.complete and not self.left_out_macs

    def described(self) -> str:
        """Say the share as a phrase, such as ``at most 92.1 % of its multiply-accumulates``."""
        if not self.complete and not self.left_out_macs:
            return "an unknown share of its multiply-accumulates"
        percent = 100 * self.share
        share = f"{percent:.4g}" if percent < 99.95 or self.is_whole else f"{percent:.6f}"
        return f"{'' if self.complete else 'at most '}{share} % of its multiply-accumulates"
