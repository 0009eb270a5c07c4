"""Array macros.

Adder trees against a walk through every adder, energy laws, area and clock as sums of parts.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accelerators import VARIANTS, variant
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.array.technology import NODE_28NM

COMPONENTS = {
    "local_bl_precharging",
    "dacs",
    "adcs",
    "mults",
    "analog_bl_addition",
    "adders_regular",
    "adders_pv",
    "accumulators",
}
"""Energy terms of the array."""


def walked_tree_pj(rows: int, width: int, active: int) -> float:
    """Energy of a tree of ripple-carry adders, walked adder by adder.

    The first ``active`` inputs switch.
    """
    if rows == 1 or active == 0:
        return 0.0
    half = rows // 2
    left, right = min(active, half), max(0, active - half)
    bits = width + int(math.log2(half))
    joining = NODE_28NM.adder_pj if right else NODE_28NM.idle_carry_adder_pj
    return walked_tree_pj(half, width, left) + walked_tree_pj(half, width, right) + bits * joining


@given(st.integers(1, 8), st.sampled_from([2, 4, 8, 64, 256]), st.data())
def test_adder_tree_equals_a_walk(width: int, rows: int, data: st.DataObject) -> None:
    """Adders with two switching inputs, with one, and with none."""
    active = data.draw(st.integers(0, rows))
    digital = variant("dimc")
    array = replace(digital.array, weight_bits=width, dimensions=(("D1", 4), ("D2", rows)))
    found = MacroModel(array, 0.0, 1.0).adder_tree_pj(active)
    assert found == pytest.approx(walked_tree_pj(rows, width, active), rel=1e-12)


def test_a_fraction_of_a_row_costs_the_average_of_its_neighbours() -> None:
    """Some activations drive one row more than others."""
    macro = MacroModel.of(variant("dimc"))
    low, high = macro.adder_tree_pj(37), macro.adder_tree_pj(38)
    assert macro.adder_tree_pj(37.25) == pytest.approx(0.75 * low + 0.25 * high)


@pytest.mark.parametrize("name", VARIANTS)
def test_area_and_clock_are_the_sums_of_their_parts(name: str) -> None:
    """And none of the parts is negative."""
    macro = MacroModel.of(variant(name))
    assert macro.area_mm2 == pytest.approx(sum(macro.area_breakdown_mm2.values()))
    assert macro.tclk_ns == pytest.approx(sum(macro.tclk_breakdown_ns.values()))
    assert min(*macro.area_breakdown_mm2.values(), *macro.tclk_breakdown_ns.values()) >= 0


@pytest.mark.parametrize("name", VARIANTS)
@given(data=st.data())
def test_more_rows_and_columns_never_cost_less(name: str, data: st.DataObject) -> None:
    """Of any component."""
    macro = MacroModel.of(variant(name))
    rows = data.draw(st.integers(1, macro.array.rows - 1))
    columns = data.draw(st.integers(1, macro.array.columns - 1))
    less, more = (
        macro.activation_energy_pj(rows, columns),
        macro.activation_energy_pj(rows + 1, columns + 1),
    )
    assert set(less) | {"local_bl_precharging"} == COMPONENTS
    assert all(more[part] >= less[part] - 1e-15 for part in less)


@pytest.mark.parametrize("name", ["aimc", "dimc"])
def test_the_multipliers_of_mapped_rows_switch_in_all_columns(name: str) -> None:
    """Twice the rows, twice the energy; the columns that are mapped make no difference."""
    macro = MacroModel.of(variant(name))
    energy_pj = {
        (rows, columns): macro.activation_energy_pj(rows, columns)["mults"]
        for rows in (5, 10)
        for columns in (1, 7)
    }
    assert energy_pj[5, 1] == energy_pj[5, 7] > 0
    assert energy_pj[10, 1] == pytest.approx(2 * energy_pj[5, 1])


def test_analog_and_digital_parts_exclude_each_other() -> None:
    """Converters and bitlines here, adder trees there."""
    analog = MacroModel.of(variant("aimc")).activation_energy_pj(10, 10)
    digital = MacroModel.of(variant("dimc")).activation_energy_pj(10, 10)
    assert analog["adders_regular"] == 0 < digital["adders_regular"]
    assert digital["adcs"] == digital["dacs"] == digital["analog_bl_addition"] == 0
    assert min(analog["adcs"], analog["dacs"], analog["analog_bl_addition"]) > 0


def test_only_cell_groups_are_precharged() -> None:
    """One weight a cell needs no selection."""
    assert MacroModel.of(variant("aimc")).precharge_pj == 0
    line_pj = NODE_28NM.swing_pj(NODE_28NM.line_pf)
    assert MacroModel.of(variant("separate")).precharge_pj == pytest.approx(8 * line_pj * (1 + 4))
