"""Room: every memory holds the full tiles of all operands that it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.solver.short_tiles.cut_table import CutTable, CutTables

Tile = Mapping[str, cp_model.IntVar]


def add_capacities(
    model: cp_model.CpModel,
    costs: CostModel,
    tables: CutTables,
    cuts: Sequence[CutTable],
    tiles: Sequence[Tile],
) -> None:
    """Limit what every memory holds by its size."""
    levels = costs.accelerator.levels
    left = [memory.size_bits for memory in costs.accelerator.memories]
    for index, operand in enumerate(OPERANDS):
        left[levels[operand][-1]] -= tables.whole_bits(index)
    held: dict[int, list[cp_model.IntVar]] = {}
    for cut, tile in zip(cuts, tiles, strict=True):
        if cut.room is not None:
            memory = levels[OPERANDS[cut.operand]][cut.boundary - 1]
            room = _Room(model, costs, tables, cut, tile, max(0, left[memory]))
            held.setdefault(memory, []).append(room.bits())
    for memory, bits in held.items():
        model.add(cp_model.LinearExpr.sum(bits) <= left[memory])
    if any(size < 0 for size in left):
        model.add_bool_or([])


@dataclass(frozen=True, eq=False)
class _Room:
    """The room for the tile below one cut, in bits; up to ``most`` of them."""

    model: cp_model.CpModel
    costs: CostModel
    tables: CutTables
    cut: CutTable
    tile: Tile
    most: int

    def bits(self) -> cp_model.IntVar:
        """Bits that the tile takes at least."""
        room = self.cut.room
        assert room is not None, "the array itself holds nothing"
        elements, held = self._elements(), self.model.new_int_var(0, self.most, "")
        for partial, of_partial in self._finished(room.reduced_outside):
            for copies, of_copies in self._copies(room.doubled):
                bits = self._element_bits(partial) * copies
                added = self.model.add(held >= bits * elements)
                conditions = [*of_partial, *of_copies]
                if conditions:
                    added.only_enforce_if(conditions)
        return held

    def _element_bits(self, partial: bool) -> int:
        """Bits of one element."""
        layer = self.costs.layer
        if self.cut.operand == OUTPUTS:
            return int(output_bits(layer, partial))
        return layer.precision.bits(OPERANDS[self.cut.operand])

    def _finished(self, reduced: bool) -> list[tuple[bool, list[cp_model.LiteralT]]]:
        """Whether outputs are partial sums, each with the literals under which they are."""
        if self.cut.operand != OUTPUTS:
            return [(False, [])]
        if reduced:
            return [(True, [])]
        if not self.cut.idle:
            return [(False, [])]
        finished = self._is_all(self.cut.idle)
        return [(False, [finished]), (True, [finished.negated()])]

    def _copies(self, doubled: bool) -> list[tuple[int, list[cp_model.LiteralT]]]:
        """How many tiles are held at once, each with the literals under which that holds."""
        if not doubled:
            return [(1, [])]
        dims = [*self.cut.relevant, *self.cut.idle]
        if not dims:
            return [(1, [])]
        last = self._is_all(dims)
        return [(1, [last]), (2, [last.negated()])]

    def _is_all(self, dims: Sequence[str]) -> cp_model.IntVar:
        """Literal: whether all of some dimensions lies below the cut."""
        literal, each = self.model.new_bool_var(""), []
        for dim in dims:
            whole = self.model.new_bool_var("")
            size = self.tables.sizes[dim]
            self.model.add(self.tile[dim] == size).only_enforce_if(whole)
            self.model.add(self.tile[dim] <= size - 1).only_enforce_if(whole.negated())
            each.append(whole)
            self.model.add_implication(literal, whole)
        self.model.add_bool_or([literal, *(whole.negated() for whole in each)])
        return literal

    # ------------------------------------------------------------------ elements
    def _elements(self) -> cp_model.LinearExprT:
        """Elements of the full tile, whole unrollings counted: up to as many as fit."""
        layer, room = self.costs.layer, self.cut.room
        assert room is not None, "the array itself holds nothing"
        operand = OPERANDS[self.cut.operand]
        factors = [
            self.tile[dim]
            for dim in self.cut.relevant
            if dim in layer.plain_dims(operand) and len(self.cut.lengths[dim]) > 1
        ]
        lanes = int(room.inside.plain)
        for window, pair in zip(layer.windows_of(operand), room.inside.pairs, strict=True):
            factors.append(self._positions(window, (int(pair[0]), int(pair[1]))))
        if not factors:
            return cp_model.LinearExpr.sum([lanes])
        most = self.most // lanes
        product = factors[0]
        for factor in factors[1:]:
            both = self.model.new_int_var(0, most, "")
            self.model.add_multiplication_equality(both, [product, factor])
            product = both
        return lanes * product

    def _positions(self, window: Window, pair: tuple[int, int]) -> cp_model.IntVar:
        """Input positions that a tile touches along one window."""
        dims = [dim for dim in (window.output_dim, window.filter_dim) if dim in self.tile]
        lengths = {dim: np.array(self.cut.lengths[dim], dtype=np.int64) for dim in dims}
        one = np.ones(1, dtype=np.int64)
        reach = lengths.get(window.output_dim, one)[:, None] * pair[0]
        taps = lengths.get(window.filter_dim, one)[None, :] * pair[1]
        table = np.asarray(window.extent(reach, taps), dtype=np.int64)
        if table.size == 1:
            return self.model.new_constant(int(table[0, 0]))
        variable = self.model.new_int_var(int(table.min()), int(table.max()), "")
        rows = [
            [*(int(lengths[dim][place[axis]]) for axis, dim in self._axes(window)), int(value)]
            for place, value in np.ndenumerate(table)
        ]
        self.model.add_allowed_assignments([*(self.tile[dim] for dim in dims), variable], rows)
        return variable

    def _axes(self, window: Window) -> list[tuple[int, str]]:
        """Axes of a table of positions that are dimensions of the tile."""
        both = enumerate((window.output_dim, window.filter_dim))
        return [(axis, dim) for axis, dim in both if dim in self.tile]
