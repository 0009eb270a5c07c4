"""Tiles: what a memory level holds of each operand, from a loop order and its cuts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.mapping import Loop, TemporalMapping
from zigzag_imc.models.movement.short_tiles import Level, LoopNest
from zigzag_imc.models.movement.words import ROUNDING_SLACK, Amount, floored

_RELEVANT = -1
_IRRELEVANT = -2

Spans = tuple[int, ...]
"""Products of the loops of every window of an input: output, filter, output, filter."""

Unrollings = Sequence[tuple[float, float]]
"""Per window, the (output, filter) unrollings inside one instance."""


class Tiles(NamedTuple):
    """Cuts after irrelevant loops have sunk below them, one column per quantity, all by boundary.

    Boundaries of several operands stand one after the other.

    Attributes
    ----------
    cycles
        Activations per period: product of the loops below the boundary. At boundary 0, the
        activations for which an input stays at the array; always one for outputs.
    tile, spans
        Product of the relevant temporal loops outside windows below the boundary, and those of the
        windows.
    top_relevant, top_irrelevant
        Product of the uppermost loops of the level below the boundary, as far as they are all
        relevant, or all irrelevant.
    """

    cycles: tuple[int, ...]
    tile: tuple[int, ...]
    spans: tuple[Spans, ...]
    top_relevant: tuple[int | Fraction, ...]
    top_irrelevant: tuple[int | Fraction, ...]

    @property
    def windows(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """(output, filter) products per window."""
        return tuple([tuple(zip(spans[::2], spans[1::2], strict=True)) for spans in self.spans])

    @property
    def reduced_above(self) -> tuple[bool, ...]:
        """Whether a reduction (irrelevant) loop is still above each boundary of one operand.

        The top one is included.

        Then its tiles cross the boundary more often than there are different ones.
        """
        held = [tile * math.prod(spans) for tile, spans in zip(self.tile, self.spans, strict=True)]
        return tuple(
            [
                self.cycles[-1] * kept != held[-1] * inside
                for inside, kept in zip(self.cycles, held, strict=True)
            ]
        )


TileRow = tuple[int, int, Spans, int | Fraction, int | Fraction]
"""One boundary of `Tiles`."""


@dataclass(frozen=True, slots=True)
class LoopRoles:
    """What each loop dimension of a layer does to one operand.

    Looked up once, for walking many loop orders.

    Attributes
    ----------
    no_spans
        Spans of a tile without any loop: ones.
    """

    rests: bool
    """Whether the operand stays at the array under irrelevant innermost loops: inputs do."""
    role: Mapping[str, int]
    """Relevant, irrelevant, or the place of the dimension in the spans."""
    no_spans: Spans

    @classmethod
    def of(cls, layer: Layer, operand: str) -> LoopRoles:
        """Look the roles up once per layer and operand."""
        relevant = layer.relevant(operand)
        windows = layer.windows if operand == "I" else ()
        role = {dim: _RELEVANT if dim in relevant else _IRRELEVANT for dim, _ in layer.loop_dims}
        for index, window in enumerate(windows):
            role[window.output_dim] = 2 * index
            role[window.filter_dim] = 2 * index + 1
        return cls(operand != "O", role, (1,) * (2 * len(windows)))

    def rows(self, loops: Sequence[Loop], cuts: Sequence[int]) -> list[TileRow]:
        """Walk the loops once and note the products at boundary 0 and at every cut.

        From the innermost loop on.
        """
        roles, last = self.role, len(loops)
        resting = 1
        if self.rests:
            for dim, factor in loops:
                if roles[dim] != _IRRELEVANT:
                    break
                resting *= factor
        rows: list[TileRow] = [(resting, 1, self.no_spans, 1, 1)]
        spans = list(self.no_spans)
        elapsed = held = 1
        place = 0
        for cut in cuts:
            relevant_run = irrelevant_run = 1
            while place < last:
                dim, factor = loops[place]
                role = roles[dim]
                if role == _IRRELEVANT:  # also above the cut: the data just stays there
                    irrelevant_run *= factor
                    relevant_run = 1
                elif place >= cut:
                    break
                elif role == _RELEVANT:
                    held *= factor
                    relevant_run *= factor
                    irrelevant_run = 1
                else:
                    spans[role] *= factor
                    relevant_run = irrelevant_run = 1
                elapsed *= factor
                place += 1
            rows.append((elapsed, held, tuple(spans), relevant_run, irrelevant_run))
        return rows

    def levels(self, loops: Sequence[Loop], cuts: Sequence[int]) -> list[Level]:
        """Find the places of boundary 0 and of every cut, irrelevant loops above it sunk below."""
        # Of loops of two steps each, a product tells how many of them there are.
        rows = self.rows([(dim, 2) for dim, _ in loops], cuts)
        counted = [
            [int(product).bit_length() - 1 for product in (cycles, relevant, irrelevant)]
            for cycles, _, _, relevant, irrelevant in rows
        ]
        return [
            Level(place, place - relevant, place - irrelevant)
            for place, relevant, irrelevant in counted
        ]

    def full_rows(self, nest: LoopNest, cuts: Sequence[int]) -> list[TileRow]:
        """Return what `rows` does, of full tiles in a nest that may end short.

        What frees its room piece by piece does so in full steps: the products of the uppermost
        loops are lengths over lengths, fractions where they do not divide.
        """
        rows: list[TileRow] = []
        for place, *starts in self.levels(nest.loops, cuts):
            lengths = nest.tiles[place]
            cycles = math.prod(lengths.values())
            relevant, irrelevant = (
                Fraction(cycles, math.prod(nest.tiles[start].values())) for start in starts
            )
            rows.append((cycles, *self.held(lengths), relevant, irrelevant))
        return rows

    def held(self, lengths: Mapping[str, int]) -> tuple[int, Spans]:
        """Return the product of the relevant lengths outside windows, and those of windows."""
        tile, spans = 1, list(self.no_spans)
        for dim, length in lengths.items():
            role = self.role[dim]
            if role == _RELEVANT:
                tile *= length
            elif role != _IRRELEVANT:
                spans[role] = length
        return tile, tuple(spans)


def operand_tiles(
    layer: Layer, temporal: TemporalMapping, operand: str, sizes: Mapping[str, int] | None = None
) -> Tiles:
    """Return the full tiles of one operand up to its top memory.

    ``sizes`` are all ``T_d``; left out, the loops are known to multiply to them.
    """
    roles, loops = LoopRoles.of(layer, operand), temporal.loops
    cuts = (*temporal.of_operand(operand), len(loops))
    nest = LoopNest(loops, sizes) if sizes else None
    if nest is None or not nest.ends_short:
        return Tiles(*zip(*roles.rows(loops, cuts), strict=True))
    return Tiles(*zip(*roles.full_rows(nest, cuts), strict=True))


def window_positions(
    windows: Sequence[Window],
    unrollings: Unrollings,
    spans: Sequence[Amount],
    phantom: bool = False,
    cut_down: bool = False,
) -> Amount:
    """Input positions that the windows of a tile touch; for one tile, or elementwise for many.

    ``unrollings`` inside one instance times the ``spans`` of the loops. ``cut_down`` drops
    fractions of a step along a window first. Elements of a tile are these times its relevant
    dimensions outside windows.
    """
    positions: Amount = 1
    place = 0
    for window, (u_out, u_filt) in zip(windows, unrollings, strict=True):
        reach, taps = spans[place] * u_out, spans[place + 1] * u_filt
        if cut_down:
            reach, taps = floored(reach + ROUNDING_SLACK), floored(taps + ROUNDING_SLACK)
        positions = positions * window.extent(reach, taps, phantom)
        place += 2
    return positions
