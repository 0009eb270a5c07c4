"""How an operand sees the unrollings of one dimension: every diagonal along one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.array.diagonal import Diagonal
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.unrolled import fan_boundaries
from zigzag_imc.solver.joint.selection import Column


class Seen:
    """Unrollings as one operand sees them.

    Parameters
    ----------
    costs
        Cost model of the layer.
    operand
        Index of the operand.
    """

    def __init__(self, costs: CostModel, operand: int) -> None:
        self._costs, self._name = costs, OPERANDS[operand]
        self._fans_at = fan_boundaries(costs.accelerator, self._name)

    def factors(self, dim: str, values: Mapping[str, Column]) -> Iterator[tuple[int, Column]]:
        """Yield the boundary at which each unrolling of a dimension fans out, with the unrolling.

        ``values`` are those along every array dimension.
        """
        layer, array = self._costs.layer, self._costs.accelerator.array
        along = {array_dim: {dim: each} for array_dim, each in values.items()}
        diagonal = Diagonal.of(layer, array, self._name, self._fans_at, along, along)
        for array_dim, dims in diagonal.seen(along).items():
            for each in dims.values():
                yield self._fans_at[array_dim], each

    def is_one_per_row(self, boundary: int) -> bool:
        """Whether the memory below a boundary has one instance per row, of distinct inputs.

        Only inputs are seen along the rows.
        """
        array = self._costs.accelerator.array
        first, last = self._fans_at[array.wordline], self._fans_at[array.bitline]
        return self._name == "I" and first < boundary <= last
