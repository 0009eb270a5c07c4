"""The places at which one operand can be cut, and the bits that this takes in one memory."""

from __future__ import annotations

import bisect
from typing import NamedTuple


class Room(NamedTuple):
    """Bits of an operand in one memory by the place of its cut.

    Attributes
    ----------
    places
        Places of the cut in a loop order, rising.
    bits
        Bits of the tile below each of them.
    """

    places: tuple[int, ...]
    bits: tuple[int, ...]

    @property
    def least_bits(self) -> int:
        """Bits of the smallest tile."""
        return min(self.bits)

    def bits_at(self, place: int) -> int:
        """Bits of the tile below a place."""
        return self.bits[self.places.index(place)]

    def beginning_at(self, lowest: int) -> Room:
        """Return the room for cuts that are not below a place."""
        first = bisect.bisect_left(self.places, lowest)
        return Room(self.places[first:], self.bits[first:])

    def fitting(self, most_bits: int) -> list[int]:
        """Places of the cuts whose tile has at most so many bits, rising."""
        return [
            place for place, bits in zip(self.places, self.bits, strict=True) if bits <= most_bits
        ]
