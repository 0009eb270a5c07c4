"""Tiles: what a memory level holds of each operand, from a loop order and its cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import TemporalMapping
from zigzag_imc.models.spread import OperandSpread

_RELEVANT = -1
_IRRELEVANT = -2
_OUTPUTS = OPERANDS.index("O")


@dataclass(slots=True)  # not frozen: that would make building one four times as slow
class OperandTiles:
    """One operand's cuts after irrelevant loops have sunk below them; all are indexed by boundary.

    Attributes
    ----------
    cycles
        Activations per period: product of the loops below the boundary. At boundary 0, the activations for which an
        input stays at the array; always one for outputs.
    tile, spans
        Product of the relevant temporal loops outside windows below the boundary, and the products of the loops of
        every window: output, filter, output, filter.
    idle
        Product of the irrelevant loops below the boundary.
    top_relevant, top_irrelevant
        Product of the uppermost loops of the level below the boundary, as far as they are all relevant, or all
        irrelevant.
    """

    cycles: Sequence[int]
    tile: Sequence[int]
    spans: Sequence[tuple[int, ...]]
    idle: Sequence[int]
    top_relevant: Sequence[int]
    top_irrelevant: Sequence[int]

    @property
    def windows(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """(output, filter) products per window."""
        return tuple([tuple(zip(spans[::2], spans[1::2], strict=True)) for spans in self.spans])

    @property
    def reduced_above(self) -> tuple[bool, ...]:
        """Whether a reduction (irrelevant) loop is still above the boundary."""
        whole = self.idle[-1]
        return tuple([inside != whole for inside in self.idle])

    @property
    def distinct(self) -> tuple[int, ...]:
        """Relevant loops above the boundary: the number of different tiles."""
        whole = self.tile[-1]
        return tuple([whole // inside for inside in self.tile])


@dataclass(frozen=True, slots=True)
class LoopRoles:
    """What each loop dimension of a layer does to one operand, ready for walking many loop orders."""

    operand: int
    role: Mapping[str, int]
    """Relevant, irrelevant, or the place of the dimension in the spans."""
    no_spans: tuple[int, ...]

    @classmethod
    def of(cls, layer: Layer, operand: str) -> LoopRoles:
        """Look the roles up once per layer and operand."""
        relevant = layer.relevant(operand)
        windows = layer.windows if operand == "I" else ()
        role = {dim: _RELEVANT if dim in relevant else _IRRELEVANT for dim, _ in layer.loop_dims}
        for index, window in enumerate(windows):
            role[window.output_dim] = 2 * index
            role[window.filter_dim] = 2 * index + 1
        return cls(OPERANDS.index(operand), role, (1,) * (2 * len(windows)))

    def tiles(self, temporal: TemporalMapping) -> OperandTiles:
        """Walk the loops once, from the innermost, and note the products at every boundary."""
        loops, roles = temporal.loops, self.role
        last = len(loops)
        resting = 1
        if self.operand != _OUTPUTS:
            for dim, factor in loops:
                if roles[dim] != _IRRELEVANT:
                    break
                resting *= factor
        spans = list(self.no_spans)
        spanned: list[tuple[int, ...]] = [self.no_spans]
        cycles, tile, idle, top_relevant, top_irrelevant = [resting], [1], [1], [1], [1]
        elapsed = held = idling = 1
        place = 0
        for cut in (*temporal.cuts[self.operand], last):
            relevant_run = irrelevant_run = 1
            while place < last:
                dim, factor = loops[place]
                role = roles[dim]
                if role == _IRRELEVANT:  # also above the cut: the data just stays there
                    idling *= factor
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
            cycles.append(elapsed)
            tile.append(held)
            spanned.append(tuple(spans))
            idle.append(idling)
            top_relevant.append(relevant_run)
            top_irrelevant.append(irrelevant_run)
        return OperandTiles(cycles, tile, spanned, idle, top_relevant, top_irrelevant)


def operand_tiles(layer: Layer, temporal: TemporalMapping, operand: str) -> OperandTiles:
    """Return the tiles of one operand; build `LoopRoles` yourself to walk many mappings of a layer."""
    return LoopRoles.of(layer, operand).tiles(temporal)


def sunk_cuts(temporal: TemporalMapping, operand: str, relevant: frozenset[str]) -> tuple[int, ...]:
    """Cuts of ``operand`` raised past the irrelevant loops directly above them: the data just stays there."""
    loops = temporal.loops
    raised = []
    for cut in temporal.of_operand(operand):
        place = cut
        while place < len(loops) and loops[place][0] not in relevant:
            place += 1
        raised.append(place)
    return tuple(raised)


def tile_elements(
    layer: Layer,
    scale: float,
    scale_windows: tuple[tuple[float, float], ...],
    tile: int,
    spans: tuple[int, ...],
    phantom: bool,
    cut_down: bool,
) -> float:
    """Elements of a tile: relevant dimensions times the input positions its windows touch.

    ``scale`` and ``scale_windows`` are the unrollings inside one instance. ``cut_down`` drops fractions of a step
    along a window first.
    """
    elements = scale * tile
    if spans:
        place = 0
        for window in layer.windows:
            u_out, u_filt = scale_windows[place >> 1]
            reach, taps = spans[place] * u_out, spans[place + 1] * u_filt
            if cut_down:
                reach, taps = int(reach + 1e-9), int(taps + 1e-9)
            elements *= window.extent(reach, taps, phantom)
            place += 2
    return elements


def elements_average(
    layer: Layer, of: OperandSpread, tiles: OperandTiles, boundary: int, rounded: bool, phantom: bool
) -> float:
    """Elements per transfer over a boundary, on average over the instances (what energy counts)."""
    if boundary == 0:
        return 1
    elements = tile_elements(
        layer, of.average[boundary], of.window_average[boundary], tiles.tile[boundary], tiles.spans[boundary],
        phantom, rounded,
    )  # fmt: skip
    return round(elements) if rounded else elements


def elements_whole(layer: Layer, of: OperandSpread, tiles: OperandTiles, boundary: int, phantom: bool) -> int:
    """Elements per transfer over a boundary with whole unrollings (what latency counts)."""
    if boundary == 0:
        return 1
    return int(
        tile_elements(
            layer, of.whole[boundary], of.window_whole[boundary], tiles.tile[boundary], tiles.spans[boundary],
            phantom, False,
        )
    )  # fmt: skip
