"""Counts what crosses the boundaries of the operands under one spatial mapping."""

from __future__ import annotations

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.layout import Layout
from zigzag_imc.solver.tables.transfers import Transfers


class Crossings:
    """The transfers of one layer's operands, under any of its spatial mappings."""

    def __init__(self, model: CostModel, amounts: Amounts) -> None:
        self._model, self._amounts = model, amounts
        self._layer = model.layer

    def over(self, layout: Layout, index: int, a: int) -> Transfers:
        """What crosses boundary ``a`` of one operand, for every tile below it."""
        lattice, laid = layout.lattice, layout.laid
        boundary = self._model.boundaries[OPERANDS[index]][a]
        count = laid.steps // lattice.steps
        if index != OUTPUTS:
            bits = self._layer.precision.bits(OPERANDS[index])
            return Transfers(index, boundary, bits, partial=False, count=count, back=count)
        partial = self._amounts.reduced_above(lattice, laid.operands[index].reduced_above[a])
        relevant = lattice.product(self._amounts.relevant[index])
        distinct = int(relevant.flat[-1]) // relevant
        back = np.where(partial, self._model.readbacks(count, distinct), 0)
        bits_of_tile = self._amounts.output_bits(partial)
        return Transfers(index, boundary, bits_of_tile, partial=partial, count=count, back=back)

    def of_every_activation(self, layout: Layout) -> Transfers:
        """Outputs between the array and their lowest memory: at every activation, without a cut."""
        steps = layout.laid.steps
        distinct = int(layout.lattice.product(self._amounts.relevant[OUTPUTS]).flat[-1])
        partial = steps > distinct or layout.laid.operands[OUTPUTS].reduced_above[0]
        return Transfers(
            operand=OUTPUTS,
            boundary=self._model.boundaries[OPERANDS[OUTPUTS]][0],
            element_bits=output_bits(self._layer, partial),
            partial=partial,
            count=steps,
            back=self._model.readbacks(steps, distinct) if partial else 0,
        )
