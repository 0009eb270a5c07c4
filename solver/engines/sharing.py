"""How the operands in one memory share its room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.solver.engines.room import Room

BitsByOperand = Sequence[int]
"""Bits that every operand takes in one memory."""

Pick = Callable[[Sequence[int]], int]
"""Chooses one of the places, rising, at which a cut fits."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """One memory, and the operands whose tiles it holds.

    Attributes
    ----------
    memory
        Place of the memory in the accelerator.
    holders
        Operands that are cut there, by index; not those whose top memory it is.
    left_bits
        Bits for them: what the operands whose top memory it is leave.
    """

    memory: int
    holders: tuple[int, ...]
    left_bits: int

    @classmethod
    def of(cls, accelerator: Accelerator, memory: int, whole: BitsByOperand) -> Sharing:
        """Build for one memory from the bits that every operand as a whole takes there."""
        instance = accelerator.memories[memory]
        held = set(map(OPERANDS.index, instance.operands))
        tops = {o for o in held if accelerator.levels[OPERANDS[o]][-1] == memory}
        left_bits = instance.size_bits - _together(whole, tops)
        return cls(memory, tuple(sorted(held - tops)), left_bits)

    def has_room_for(self, tiles: BitsByOperand) -> bool:
        """Whether a tile of every operand fits."""
        return _together(tiles, self.holders) <= self.left_bits

    def shared_out(self, possible: Mapping[int, Room], pick: Pick) -> dict[int, int]:
        """Give the operands their room, one after the other.

        Parameters
        ----------
        possible
            Room for each operand, in the order of their turns.
        pick
            Chooses one of the places that fit beside the smallest tiles of those to come.

        Returns
        -------
        dict
            Place of the cut per operand.

        Raises
        ------
        DoesNotFit
            When not even the smallest tiles fit.
        """
        left_bits = self.left_bits - sum(room.least_bits for room in possible.values())
        if left_bits < 0:
            raise DoesNotFit
        chosen: dict[int, int] = {}
        for operand, room in possible.items():
            left_bits += room.least_bits
            chosen[operand] = pick(room.fitting(left_bits))
            left_bits -= room.bits_at(chosen[operand])
        return chosen


class DoesNotFit(Exception):  # noqa: N818  (not an error)
    """A memory cannot hold the smallest tiles that are possible."""


def _together(bits: BitsByOperand, operands: Iterable[int]) -> int:
    """Bits of some operands."""
    return sum(bits[operand] for operand in operands)
