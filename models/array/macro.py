"""Area, clock period and energy of the array.

Converters, multipliers, adders and accumulators of its macros.

A macro has one column per weight; a column of ``weight_bits`` bitlines sums its rows, on the
bitline and in an ADC per bitline (analog) or in an adder tree per input bit (digital). A
place-value adder joins the bit positions, an accumulator the bit-serial cycles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.technology import NODE_28NM, Technology
from zigzag_imc.models.array.converters import ADC_MODELS, Converter, dac
from zigzag_imc.models.array.critical_path import critical_path_ns
from zigzag_imc.models.array.slicing import Slicing
from zigzag_imc.models.array.structure import Structure
from zigzag_imc.models.array.trees import switching_adders
from zigzag_imc.models.movement.words import Amount


@dataclass(frozen=True)
class MacroModel:
    """Cost of the array of an accelerator, without its memories.

    Attributes
    ----------
    array
        The array whose macros are modelled.
    cell_area_mm2
        Area of the cells of one multiplier.
    group_depth
        Weights that each multiplier holds.
    all_rows_multiply
        Whether the multipliers of unmapped rows of a digital macro switch, too.
    slicing
        How a layer's bits lie in it; ``None`` for a layer of the array's own bits.
    tech
        Constants of the technology.
    """

    array: ImcArray
    cell_area_mm2: float
    group_depth: float
    all_rows_multiply: bool = False
    slicing: Slicing | None = None
    tech: Technology = NODE_28NM

    @classmethod
    def of(
        cls,
        accelerator: Accelerator,
        all_rows_multiply: bool = False,
        slicing: Slicing | None = None,
    ) -> MacroModel:
        """Build the model of an accelerator's array."""
        return cls(
            accelerator.array,
            accelerator.cells.area_mm2,
            accelerator.cells.size_bits / accelerator.array.weight_bits,
            all_rows_multiply,
            slicing,
            accelerator.technology,
        )

    # ---------------------------------------------------------------- structure
    @cached_property
    def structure(self) -> Structure:
        """How many of each part there are, and how wide."""
        return Structure(self.array)

    @cached_property
    def _adc(self) -> Converter:
        return (
            ADC_MODELS[self.array.adc_model](self.array.adc_bits, self.array.rows, self.tech)
            if self.array.analog
            else Converter(0.0, 0.0, 0.0)
        )

    @cached_property
    def _dac(self) -> Converter:
        return (
            dac(self.array.bits_per_cycle, self.tech)
            if self.array.analog
            else Converter(0.0, 0.0, 0.0)
        )

    @property
    def _cycles(self) -> float:
        """Clock cycles of one activation."""
        return self.array.cycles_per_activation if self.slicing is None else self.slicing.cycles

    @property
    def columns_per_weight(self) -> int:
        """Neighbouring columns that one weight takes."""
        return 1 if self.slicing is None else self.slicing.columns

    @property
    def _all_rows_multiply(self) -> bool:
        """Whether unmapped rows multiply; in an analog macro they never do."""
        return self.all_rows_multiply and not self.array.analog

    # ---------------------------------------------------------------- area and clock
    @cached_property
    def area_breakdown_mm2(self) -> Mapping[str, float]:
        """Area of every component, all macros together."""
        array, tech, parts = self.array, self.tech, self.structure
        columns = array.columns * array.macros
        accumulator_mm2 = (tech.adder_mm2 + tech.register_mm2) * parts.accumulator_bits
        area_mm2 = {
            "cells": array.units * self.cell_area_mm2,
            "dacs": self._dac.area_mm2 * array.rows * array.macros,
            "adcs": self._adc.area_mm2 * parts.adcs * columns,
            "mults": tech.nand2_mm2 * parts.multipliers * array.rows * columns,
            "adders_regular": tech.adder_mm2 * parts.tree_adders * columns,
            "adders_pv": tech.adder_mm2 * parts.place_value_adders * columns,
            "accumulators": accumulator_mm2 * parts.accumulators * columns,
        }
        if parts.pipeline_bits:
            area_mm2["pipeline"] = tech.register_mm2 * parts.pipeline_bits * columns
        return area_mm2

    @cached_property
    def area_mm2(self) -> float:
        """Area of the array."""
        return sum(self.area_breakdown_mm2.values())

    @cached_property
    def tclk_breakdown_ns(self) -> Mapping[str, float]:
        """Delay of every component on the critical path.

        Converter, multiplier, adders, accumulator.
        """
        return critical_path_ns(self.structure, self._dac.delay_ns, self._adc.delay_ns, self.tech)

    @cached_property
    def tclk_ns(self) -> float:
        """Delay of the critical path: the shortest clock period."""
        return sum(self.tclk_breakdown_ns.values())

    # ---------------------------------------------------------------- energy
    def adder_tree_pj(self, active_rows: Amount) -> Amount:
        """Energy of one adder tree when the first ``active_rows`` of its inputs switch.

        A fraction of a row is the average of its neighbours: some activations drive one row more
        than others.
        """
        if not isinstance(active_rows, np.ndarray):
            return self._tree_of_pj(active_rows)
        distinct, which = np.unique(active_rows, return_inverse=True)
        return np.array([self._tree_of_pj(rows) for rows in distinct.tolist()])[which]

    def _tree_of_pj(self, active_rows: float) -> float:
        whole = math.floor(active_rows)
        low = _tree_pj(self, whole)
        if whole == active_rows:
            return low
        return low + (active_rows - whole) * (_tree_pj(self, whole + 1) - low)

    def activation_energy_pj(
        self, rows: Amount, columns: Amount, taps: Amount | None = None
    ) -> dict[str, Amount]:
        """Energy of one activation of one macro, all its clock cycles, in pJ; or of many at once.

        ``rows`` of it and columns of ``columns`` weights are mapped; a column adds up ``taps``
        rows, all of them if not said otherwise.

        The multipliers of a mapped row see its input in all columns. Unmapped rows, whose inputs
        stay at zero, and what follows the multipliers of unmapped columns do not switch.
        """
        array, tech, parts = self.array, self.tech, self.structure
        cycles, outputs = self._cycles, columns
        columns = columns * self.columns_per_weight
        summing_rows = rows if taps is None else taps
        accumulate_pj = (tech.adder_pj + tech.register_pj) * parts.accumulator_bits
        bitlines_pj = trees_pj = 0.0
        if array.analog:
            bitlines_pj = tech.swing_pj(tech.bitline_pf) * array.weight_bits * columns * array.rows
        else:
            trees_pj = self.adder_tree_pj(summing_rows) * parts.trees * columns
        sums_once = array.circuit.accumulators_first
        multiplying_rows = array.rows if self._all_rows_multiply else rows
        energy_pj = {
            "dacs": self._dac.energy_pj * rows * cycles,
            "adcs": self._adc.energy_pj * parts.adcs * columns * cycles,
            "mults": tech.multiplier_pj
            * parts.multipliers
            * array.columns
            * multiplying_rows
            * cycles,
            "analog_bl_addition": bitlines_pj * cycles,
            "adders_regular": trees_pj * (1 if sums_once else cycles),
            "adders_pv": tech.adder_pj * parts.place_value_adders * columns * cycles,
            "accumulators": accumulate_pj * (summing_rows if sums_once else 1) * columns * cycles,
        }
        if array.circuit.enable_lines:  # along the row, as its wordline
            line_pj = tech.swing_pj(tech.wordline_pf) * array.columns
            energy_pj["enable_lines"] = line_pj * rows * cycles
        if parts.pipeline_bits:
            energy_pj["pipeline"] = tech.register_pj * parts.pipeline_bits * columns * cycles
        if self.slicing is not None and self.slicing.additions:
            sum_bits = self.slicing.additions * self.slicing.partial_sum_bits
            energy_pj["slice_adders"] = tech.adder_pj * sum_bits * outputs
        return energy_pj

    @cached_property
    def precharge_pj(self) -> float:
        """Local precharge of the cell groups of a weight when another one is selected.

        0 when they hold only one.
        """
        if self.group_depth <= 1:
            return 0.0
        wordline_pj = self.tech.swing_pj(self.tech.wordline_pf)
        bitline_pj = self.tech.swing_pj(self.tech.bitline_pf)
        line_bits = self.array.weight_bits * self.columns_per_weight
        return (wordline_pj + bitline_pj * self.group_depth) * line_bits


@lru_cache(maxsize=4096)
def _tree_pj(model: MacroModel, active: int) -> float:
    """Energy of a ripple-carry adder tree over all rows, ``active`` of which switch.

    The active inputs fill the tree from one side: at each level all adders up to some place have
    two inputs that switch, and at most one after them has a constant one.
    """
    array, tech = model.array, model.tech
    switching = switching_adders(array.rows, model.structure.tree_bits, active)
    return switching.full * tech.adder_pj + switching.idle * tech.idle_carry_adder_pj


def clock_period_ns(accelerator: Accelerator) -> float:
    """Clock period of an accelerator: that of its system, or the delay of its critical path."""
    return max(MacroModel.of(accelerator).tclk_ns, accelerator.clock_ns or 0.0)
