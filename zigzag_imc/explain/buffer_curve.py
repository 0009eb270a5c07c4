"""What is known of the least energy of a layer at every size of one memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

from zigzag_imc.core.objective import Status, Stopped
from zigzag_imc.core.tolerances import COARSEST


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sizes of a memory between which the least energy is the same.

    Attributes
    ----------
    fits_bits, size_bits
        Bits that the best mapping takes, and the size for which it was searched.
    energy_pj, bound_pj
        Its energy, and what no mapping there is below.
    status
        How far that is proved.
    """

    fits_bits: int
    size_bits: int
    energy_pj: float
    bound_pj: float
    status: Status


@dataclass(frozen=True)
class BufferCurve:
    """The least energy of a layer against the size of one memory.

    Attributes
    ----------
    memory
        Which memory; its sizes are those of one instance, as far as they are free for the layer.
    own_bits, own_energy_pj
        Size as it is, and the energy of the layer's mapping.
    stretches
        What is known, from the smallest size to the largest.
    too_small_bits
        The largest size that was found too small for any mapping; ``None`` where none was.
    searches
        How many were made.
    stopped
        What ended them early, if anything did.
    """

    memory: str
    own_bits: int
    own_energy_pj: float
    stretches: tuple[Stretch, ...]
    too_small_bits: int | None
    searches: int
    stopped: Stopped | None = None

    @cached_property
    def gaps(self) -> tuple[tuple[Stretch, Stretch], ...]:
        """Neighbours between which the least energy lies somewhere between theirs."""
        return tuple(pair for pair in itertools.pairwise(self.stretches) if is_open(*pair))


def is_open(small: Stretch, large: Stretch) -> bool:
    """Whether there are sizes between two stretches for which neither says the least energy."""
    is_lower = large.energy_pj < small.energy_pj * (1 - COARSEST)
    return is_lower and large.fits_bits > small.size_bits + 1
