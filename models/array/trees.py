"""Balanced trees of ripple-carry adders: how many one-bit adders, how deep, how many switch.

At every level neighbours are added; an odd word at the end passes up as it is. An adder has as many
one-bit adders as its wider input has bits, and its sum is one bit wider than that. For powers of
two this gives the closed formulas of complete trees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Level(NamedTuple):
    """One level of adders.

    Attributes
    ----------
    words
        Words that enter it.
    bits
        Bits of the widest of them: all but perhaps one at the end are so wide, and that one has
        either no partner or a wider one.
    """

    words: int
    bits: int

    @property
    def adders(self) -> int:
        """Adders of the level."""
        return self.words // 2


class Switching(NamedTuple):
    """One-bit adders that switch.

    Attributes
    ----------
    full
        Those both of whose inputs switch.
    idle
        Those of adders one input of which stays at zero.
    """

    full: int
    idle: int


def tree_depth(words: int) -> int:
    """Levels of a tree: ``ceil(log2 words)``."""
    return (words - 1).bit_length()


def levels(words: int, bits: int) -> Iterator[Level]:
    """Levels of a tree over ``words`` words of ``bits`` bits, the first one first."""
    while words > 1:
        yield Level(words, bits)
        words, bits = -(-words // 2), bits + 1


def tree_adders(words: int, bits: int) -> int:
    """One-bit adders of a tree over ``words`` words of ``bits`` bits.

    ``words (bits + 1) - (bits + log2 words + 1)`` where ``words`` is a power of two.
    """
    return sum(level.adders * level.bits for level in levels(words, bits))


def switching_adders(words: int, bits: int, active: int) -> Switching:
    """One-bit adders that switch when the first ``active`` words do.

    A sum switches as soon as any of its words does.
    """
    full = idle = 0
    active = min(active, words)
    for level in levels(words, bits):
        full += active // 2 * level.bits
        if active % 2 and active < level.words:
            idle += level.bits
        active = -(-active // 2)
    return Switching(full, idle)


def place_value_adders(words: int, bits: float) -> float:
    """One-bit adders that join ``words`` words of ``bits`` bits, each worth twice the one before.

    ``m`` joined words take ``bits + m`` bits, a single one ``bits``. An adder joins two groups, the
    upper shifted by the size of the lower. ``bits (words - 1) + words (log2 words - 1/2)`` where
    ``words`` is a power of two.
    """
    total = 0.0
    groups = [1] * words
    while len(groups) > 1:
        pairs = list(zip(groups[::2], groups[1::2], strict=False))
        total += sum(
            max(_joined_bits(low, bits), low + _joined_bits(high, bits)) for low, high in pairs
        )
        groups = [low + high for low, high in pairs] + groups[2 * len(pairs) :]
    return total


def _joined_bits(words: int, bits: float) -> float:
    return bits if words == 1 else bits + words
