"""Faults to plant into the joint model; each replaces one function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint import capacity, chain, energy, model, unrollings
from zigzag_imc.solver.joint.array_dimensions import add_array_dimensions
from zigzag_imc.solver.joint.crossing import Crossings, Cut
from zigzag_imc.solver.joint.cuts import _Cuts
from zigzag_imc.solver.joint.domain import Domain, all_or_nothing
from zigzag_imc.solver.joint.floor import Floor
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.units import EnergyUnits
from zigzag_imc.solver.joint.use import add_use
from zigzag_imc.solver.joint.window_extents import WindowExtents


def _nothing(*_: Any, **__: Any) -> None:
    """Stand where something was done."""


def a_dropped_array_dimension(patch: pytest.MonkeyPatch) -> None:
    """Nothing limits the lanes along the last array dimension."""

    def without_last(costs: Any) -> CostModel:
        array = costs.accelerator.array
        wide = (*array.dimensions[:-1], (array.dimensions[-1][0], 1 << 20))
        accelerator = costs.accelerator.replace(array=replace(array, dimensions=wide))
        return CostModel(costs.layer, accelerator)

    def lanes(sheet: Sheet, costs: Any, found: Any) -> dict[str, Selection]:
        return add_array_dimensions(sheet, without_last(costs), found)

    def used(sheet: Sheet, costs: Any, *others: Any) -> Selection:
        return add_use(sheet, without_last(costs), *others)

    patch.setattr(model, "add_array_dimensions", lanes)
    patch.setattr(model, "add_use", used)


def no_feeding(patch: pytest.MonkeyPatch) -> None:
    """The lowest memories feed whatever is unrolled."""
    patch.setattr(model, "add_feeding", _nothing)


def unrollings_that_are_not_smallest(patch: pytest.MonkeyPatch) -> None:
    """Of several array dimensions, unrollings need not be the smallest."""
    patch.setattr(unrollings, "is_smallest", lambda _, columns, __: np.ones(len(columns[0]), bool))


def a_capacity_without_outputs(patch: pytest.MonkeyPatch) -> None:
    """Outputs take no room in any memory."""
    below = capacity.memory_below

    def without_outputs(costs: CostModel, cut: Cut) -> int | None:
        return None if cut.operand == OUTPUTS else below(costs, cut)

    patch.setattr(capacity, "memory_below", without_outputs)


def no_capacities(patch: pytest.MonkeyPatch) -> None:
    """Tiles fit alone, and are not added up."""
    patch.setattr(model, "add_capacities", _nothing)


def a_chain_without_divisibility(patch: pytest.MonkeyPatch) -> None:
    """Tiles need not divide each other."""
    patch.setattr(chain, "_add_divides", _nothing)


def a_chain_of_one_operand_alone(patch: pytest.MonkeyPatch) -> None:
    """Only the cuts of one operand are in order."""

    def each_alone(sheet: Sheet, found: Sequence[Cut]) -> None:
        for operand in range(3):
            chain.add_chain(sheet, [cut for cut in found if cut.operand == operand])

    patch.setattr(model, "add_chain", each_alone)


def a_fixed_order_of_operands(patch: pytest.MonkeyPatch) -> None:
    """Cuts of weights are always inside those of inputs, and these inside those of outputs."""
    add = chain._add_divides

    def never_swapped(sheet: Sheet, swapped: Selection, *tiles: Any) -> None:
        sheet.keep(swapped, np.arange(len(swapped)) == 0)
        add(sheet, swapped, *tiles)

    patch.setattr(chain, "_add_divides", never_swapped)


def tiles_of_all_or_nothing(patch: pytest.MonkeyPatch) -> None:
    """Tiles hold all of a dimension or none of it."""
    build = _Cuts.__init__

    def coarse(
        self: _Cuts, sheet: Sheet, costs: CostModel, found: Any, domain: Domain, floor: Any
    ) -> None:
        build(self, sheet, costs, found, domain, floor)
        self._any = all_or_nothing

    patch.setattr(_Cuts, "__init__", coarse)


def windows_without_overlap(patch: pytest.MonkeyPatch) -> None:
    """Every output of a window reads inputs of its own."""

    def apart(self: WindowExtents, kind: str, *_: Any, **__: Any) -> Any:
        outputs, taps = self._pair(kind)
        inside = 1 if self.at_array else self._column("reach") * self._column("taps")
        return outputs * taps * inside

    patch.setattr(WindowExtents, "_positions", apart)


def outputs_that_never_come_back(patch: pytest.MonkeyPatch) -> None:
    """No partial sum is read again."""

    def none(self: Passing) -> Any:
        return np.zeros(self.shape) if self.is_outputs else self.count

    patch.setattr(Passing, "back", property(none))


def outputs_that_are_always_finished(patch: pytest.MonkeyPatch) -> None:
    """Outputs cross as if no reduction was above."""
    patch.setattr(Passing, "partial", property(lambda self: np.zeros(self.shape, bool)))


def steps_without_idle_dimensions(patch: pytest.MonkeyPatch) -> None:
    """Idle dimensions let nothing come again."""
    patch.setattr(
        Passing, "count", property(lambda self: self.relevant("steps") + 0 * self.idle("steps"))
    )


def an_array_that_costs_nothing(patch: pytest.MonkeyPatch) -> None:
    """Only transfers cost energy."""
    patch.setattr(energy, "array_pj", lambda _, used: np.zeros(len(used)))


def energies_rounded_up(patch: pytest.MonkeyPatch) -> None:
    """Every energy in the model is a ten-thousandth too high."""
    of_energy = EnergyUnits.of_energy
    patch.setattr(EnergyUnits, "of_energy", lambda self, pj: of_energy(self, pj * 1.0001))


def an_interest_too_narrow(patch: pytest.MonkeyPatch) -> None:
    """What is left for a cut is a fifth less than it is."""
    leaves = Floor.leaves

    def less(self: Floor, costs: CostModel, domain: Domain, cut: Cut) -> Any:
        return leaves(self, costs, replace(domain, most_pj=0.8 * domain.most_pj), cut)

    patch.setattr(Floor, "leaves", less)


def tiles_that_may_overflow(patch: pytest.MonkeyPatch) -> None:
    """Neither alone nor together do tiles overflow."""
    cut = Crossings.cut

    def roomy(self: Crossings, place: Any, tiles: Any, size_bits: float, *rest: Any) -> Cut:
        return cut(self, place, tiles, 1e18 if size_bits > 64 else size_bits, *rest)

    patch.setattr(Crossings, "cut", roomy)
    patch.setattr(model, "add_capacities", _nothing)
