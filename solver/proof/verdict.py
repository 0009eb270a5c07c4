"""What is proved of some spatial mappings, or of all."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.solver.scoring.incumbent import Incumbent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proved of a batch of spatial mappings, or of all of them.

    None of their mappings costs less than ``bound`` or than ``best``.

    Attributes
    ----------
    best
        Best mapping known, of these spatial mappings or others.
    bound
        Lower bound of the objective.
    reason
        Why the bound is less than the best mapping's value; ``None`` where it is not.
    stopped
        Whether a limit or the user ended the search. Otherwise the gap asked for is reached, or
        some tiles have too many loop orders; then other spatial mappings may follow.
    """

    best: Incumbent | None
    bound: float
    reason: str | None = None
    stopped: bool = False

    @property
    def proved(self) -> bool:
        """Whether the best mapping is optimal, or where there is none, none keeps the limits."""
        return self.reason is None


UNTOLD = "some tiles allow more loop orders than are told apart"
"""Why a verdict may leave a gap though CP-SAT has none."""

UNBOUNDED = "stopped before all spatial mappings were bounded"
"""Why a search that ended in the survey has a gap."""
