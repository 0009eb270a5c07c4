"""Combinations of unrollings on all array dimensions, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.mapspace.interchangeable import Places

BLOCK = 1 << 17
"""Combinations looked at together."""


class Block(NamedTuple):
    """Some combinations on rows and columns, each with the same ones on the other dimensions.

    Attributes
    ----------
    lines, macros
        Which of those on rows and columns, and which on all other array dimensions.
    """

    lines: slice
    macros: slice


@dataclass(frozen=True, slots=True)
class Combinations:
    """Combinations of rows of all array axes, those of the first axes changing slowest.

    Attributes
    ----------
    lines
        Numbers of the combinations on rows and columns, ascending.
    macros
        Numbers of those on all other array dimensions, one of all that are alike, ascending.
    on_macros
        How many there are on these, alike or not.
    """

    lines: Places
    macros: Places
    on_macros: int

    def from_place(self, first: int) -> Iterator[Block]:
        """Yield all combinations from the number ``first`` on in blocks, ascending."""
        each = len(self.macros)
        line, macro = self._before(first)
        while each and line < len(self.lines):
            if macro or each > BLOCK:  # some of those of one line
                block = Block(slice(line, line + 1), slice(macro, min(macro + BLOCK, each)))
            else:
                last = min(line + BLOCK // each, len(self.lines))
                block = Block(slice(line, last), slice(0, each))
            yield block
            macro = block.macros.stop % each
            line = block.lines.start if macro else block.lines.stop

    def place(self, block: Block) -> int:
        """Number of the first combination of a block."""
        before = int(self.lines[block.lines.start]) * self.on_macros
        return before + int(self.macros[block.macros.start])

    def places(self, block: Block, kept: npt.NDArray[np.bool_]) -> Places:
        """Numbers of those combinations of a block that are kept, ascending."""
        before = self.lines[block.lines, np.newaxis] * self.on_macros
        found: Places = (before + self.macros[np.newaxis, block.macros])[kept]
        return found

    def _before(self, first: int) -> tuple[int, int]:
        """How many whole lines come before the number ``first``, and how many more on the next."""
        on_lines, on_macros = divmod(first, max(1, self.on_macros))
        lines = int(np.searchsorted(self.lines, on_lines))
        is_begun = lines < len(self.lines) and int(self.lines[lines]) == on_lines
        macros = int(np.searchsorted(self.macros, on_macros)) if is_begun else 0
        return (lines + 1, 0) if macros == len(self.macros) else (lines, macros)
