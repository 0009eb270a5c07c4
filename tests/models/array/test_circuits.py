"""Circuits of macros that are not the usual one: area, clock and energy by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.accelerators import base
from tests.spaces import DIVIDING
from zigzag_imc import Template, map_layer, search_layer
from zigzag_imc.core.circuit import USUAL, Circuit
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.technology import NODE_28NM as TECH
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.array.structure import Structure
from zigzag_imc.models.array.trees import place_value_adders, tree_adders
from zigzag_imc.models.hardware.files import (
    accelerator_from_dict,
    accelerator_to_dict,
    zigzag_contents,
)
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve


def _macro(kind: str = "dimc", **parameters: Any) -> MacroModel:
    """32 rows of 4 weights of 8 bits."""
    given = {"kind": kind, "rows": 32, "columns": 32, **parameters}
    return MacroModel.of(Template(**given).accelerator())


def test_booth_halves_the_products() -> None:
    """Two bits a cycle are one digit: one tree of 9-bit words instead of two of 8-bit words."""
    usual, booth = _macro(bits_per_cycle=2), _macro(bits_per_cycle=2, booth=True)
    area = booth.area_breakdown_mm2
    assert area["mults"] == pytest.approx(usual.area_breakdown_mm2["mults"] / 2)
    assert area["adders_regular"] == pytest.approx(TECH.adder_mm2 * tree_adders(32, 9) * 4)
    assert area["adders_pv"] == 0
    full = booth.activation_energy_pj(32, 4)
    assert full["adders_regular"] == pytest.approx(TECH.adder_pj * tree_adders(32, 9) * 4 * 4)
    assert full["mults"] == pytest.approx(usual.activation_energy_pj(32, 4)["mults"] / 2)


def test_accumulators_as_wide_as_asked() -> None:
    macro = _macro(accumulator_bits=32)
    assert macro.area_breakdown_mm2["accumulators"] == pytest.approx(
        (TECH.adder_mm2 + TECH.register_mm2) * 32 * 4
    )
    sum_bits = 8 + 5  # of a tree over 32 words of 8 bits
    assert macro.tclk_breakdown_ns["accumulators"] == pytest.approx(
        TECH.adder_carry_ns + (32 - sum_bits - 1) * TECH.carry_ripple_ns
    )


def test_accumulators_behind_every_multiplier() -> None:
    """32 of 16 bits in each of 4 columns; the tree over them works once in eight cycles."""
    macro = _macro(accumulators_first=True)
    one_bit_pj = TECH.adder_pj + TECH.register_pj
    full = macro.activation_energy_pj(32, 4)
    assert full["accumulators"] == pytest.approx(one_bit_pj * 16 * 32 * 4 * 8)
    assert full["adders_regular"] == pytest.approx(TECH.adder_pj * tree_adders(32, 16) * 4)
    half = macro.activation_energy_pj(16, 4)
    assert half["accumulators"] == pytest.approx(full["accumulators"] / 2)
    assert macro.area_breakdown_mm2["accumulators"] == pytest.approx(
        (TECH.adder_mm2 + TECH.register_mm2) * 16 * 32 * 4
    )


def test_a_pipeline_is_as_slow_as_its_slowest_stage() -> None:
    plain = _macro(accumulators_first=True)
    cut = _macro(accumulators_first=True, pipeline_after=["accumulators"])
    path = plain.tclk_breakdown_ns
    before, behind = path["mults"] + path["accumulators"], path["adders_regular"]
    assert plain.tclk_ns == pytest.approx(before + behind)
    assert cut.tclk_ns == pytest.approx(max(before, behind))
    assert cut.tclk_breakdown_ns["mults"] == 0  # not on the slowest stage
    assert cut.area_mm2 == plain.area_mm2  # an accumulator ends a stage by itself


def test_a_tree_in_stages() -> None:
    """Five levels in three stages: two, two and one, with registers of 8 x 10 and 2 x 12 bits."""
    plain, staged = _macro(), _macro(tree_stages=3)
    stages = Structure(staged.array).tree_stages
    assert [tuple(stage) for stage in stages] == [(2, 32, 8), (2, 8, 10), (1, 2, 12)]
    bits = (8 * 10 + 2 * 12) * 4
    assert staged.area_breakdown_mm2["pipeline"] == pytest.approx(TECH.register_mm2 * bits)
    assert staged.area_mm2 - plain.area_mm2 == pytest.approx(TECH.register_mm2 * bits)
    assert staged.activation_energy_pj(32, 4)["pipeline"] == pytest.approx(
        TECH.register_pj * bits * 8
    )
    second_ns = TECH.adder_sum_ns + TECH.adder_carry_ns + (12 - 2) * TECH.carry_ripple_ns
    last_ns = (
        TECH.adder_carry_ns
        + (13 - 2) * TECH.carry_ripple_ns
        + plain.tclk_breakdown_ns["accumulators"]
    )
    assert staged.tclk_ns == pytest.approx(max(second_ns, last_ns))


def test_a_single_bit_has_a_clock() -> None:
    """One row of one bit: no tree, nothing to join or accumulate; a product alone."""
    smallest = _macro(rows=1, columns=1, weight_bits=1, activation_bits=1)
    assert smallest.tclk_ns == pytest.approx(TECH.nand2_ns)


def test_one_stage_is_no_pipeline() -> None:
    assert _macro(tree_stages=1).tclk_ns == _macro().tclk_ns
    assert "pipeline" not in _macro().area_breakdown_mm2


def test_fewer_converters() -> None:
    """One ADC a column: nothing to join, and the accumulator takes the bits of its answer."""
    usual = _macro("aimc", adc_bits=4)
    shared = _macro("aimc", adc_bits=4, adcs_per_output=1)
    area = shared.area_breakdown_mm2
    assert area["adcs"] == pytest.approx(usual.area_breakdown_mm2["adcs"] / 8)
    assert area["adders_pv"] == 0
    assert area["accumulators"] == pytest.approx((TECH.adder_mm2 + TECH.register_mm2) * (8 + 4) * 4)
    found = shared.activation_energy_pj(32, 4)["adcs"]
    assert found == pytest.approx(usual.activation_energy_pj(32, 4)["adcs"] / 8)


def test_a_tree_for_each_bit_of_the_weights() -> None:
    """Eight trees over words of the two bits of a cycle, and eight words to join, not two."""
    usual, own = _macro(bits_per_cycle=2), _macro(bits_per_cycle=2, trees_per_weight_bit=True)
    adders = tree_adders(32, 2) * 8
    area = own.area_breakdown_mm2
    assert area["adders_regular"] == pytest.approx(TECH.adder_mm2 * adders * 4)
    joined = place_value_adders(8, 2 + 5)
    assert area["adders_pv"] == pytest.approx(TECH.adder_mm2 * joined * 4)
    assert area["mults"] == usual.area_breakdown_mm2["mults"]
    full = own.activation_energy_pj(32, 4)
    assert full["adders_regular"] == pytest.approx(TECH.adder_pj * adders * 4 * 4)
    tree_ns = 4 * TECH.adder_sum_ns + TECH.adder_carry_ns + (7 - 2) * TECH.carry_ripple_ns
    join_ns = 2 * TECH.adder_sum_ns + TECH.adder_carry_ns + 7 * TECH.carry_ripple_ns
    assert own.tclk_breakdown_ns["adders_regular"] == pytest.approx(tree_ns)
    assert own.tclk_breakdown_ns["adders_pv"] == pytest.approx(join_ns)


def test_trees_of_bits_by_bits_are_the_same() -> None:
    """As many bits a cycle as a weight has: either way, eight trees over words of eight bits."""
    given: dict[str, Any] = {"bits_per_cycle": 8, "weight_bits": 8}
    usual, own = _macro(**given), _macro(**given, trees_per_weight_bit=True)
    assert own.area_breakdown_mm2 == usual.area_breakdown_mm2
    assert own.tclk_breakdown_ns == usual.tclk_breakdown_ns
    assert own.activation_energy_pj(20, 3) == usual.activation_energy_pj(20, 3)


def test_a_line_that_enables_the_weights_of_a_row() -> None:
    """It swings along all four weights of every mapped row, four times an activation."""
    usual, own = _macro("aimc"), _macro("aimc", enable_lines=True)
    found = dict(own.activation_energy_pj(20, 3))
    line_pj = TECH.wordline_pf * TECH.supply_v**2
    assert found.pop("enable_lines") == pytest.approx(line_pj * 4 * 20 * 4)
    assert found == usual.activation_energy_pj(20, 3)
    assert own.area_breakdown_mm2 == usual.area_breakdown_mm2


def test_as_many_converters_as_bitlines_are_the_usual_ones() -> None:
    usual, said = _macro("aimc"), _macro("aimc", adcs_per_output=8)
    assert said.area_breakdown_mm2 == usual.area_breakdown_mm2
    assert said.tclk_breakdown_ns == usual.tclk_breakdown_ns
    assert said.activation_energy_pj(20, 3) == usual.activation_energy_pj(20, 3)


def test_phases_follow_each_other() -> None:
    path, twice = (_macro("aimc", conversion_phases=n).tclk_breakdown_ns for n in (1, 2))
    assert twice["adcs"] == pytest.approx(2 * path["adcs"])
    assert twice["mults"] == pytest.approx(2 * path["mults"])
    assert twice["adders_pv"] == path["adders_pv"]


def test_a_register_behind_the_converters() -> None:
    cut = _macro("aimc", adc_bits=4, pipeline_after=["adcs"])
    assert cut.area_breakdown_mm2["pipeline"] == pytest.approx(TECH.register_mm2 * 4 * 8 * 4)
    whole = _macro("aimc", adc_bits=4).tclk_breakdown_ns
    first, second = whole["adcs"] + whole["mults"], whole["adders_pv"] + whole["accumulators"]
    assert cut.tclk_ns == pytest.approx(max(first, second))


@pytest.mark.parametrize(
    ("name", "circuit", "said"),
    [
        (
            "dimc",
            {"adcs_per_output": 1},
            "circuit.adcs_per_output: found, expected none in a digital",
        ),
        ("aimc", {"booth": True}, "circuit.booth: found, expected none in an analog array"),
        ("dimc", {"booth": True}, "circuit.booth: found true with 1 activation bits per cycle"),
        ("dimc", {"tree_stages": 9}, "circuit.tree_stages: found 9, expected at most the"),
        ("dimc", {"tree_stages": 0}, "circuit.tree_stages: found 0, expected a whole number"),
        ("dimc", {"pipeline_after": ["adcs"]}, "circuit.pipeline_after[0]: found adcs, expected"),
        ("dimc", {"pipeline_after": ["mults"] * 2}, "pipeline_after[1]: mults is named twice"),
        ("dimc", {"pipeline_after": ["mult"]}, "(did you mean 'mults'?)"),
        ("dimc", {"enable_lines": True}, "enable_lines: found, expected none in a digital array"),
        (
            "dimc",
            {"trees_per_weight_bit": True, "accumulators_first": True},
            "circuit.trees_per_weight_bit: found true with accumulators_first",
        ),
        ("dimc", {"accumulator_bits": 8}, "circuit.accumulator_bits: found 8, expected more than"),
        ("dimc", {"boot": True}, "circuit.boot: unknown key; expected adcs_per_output"),
        ("dimc", 3, "operational_array.circuit: found 3, expected a mapping with"),
    ],
)
def test_what_is_wrong_with_a_circuit(name: str, circuit: Any, said: str) -> None:
    contents = base(name)
    contents["operational_array"]["circuit"] = circuit
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "mine")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


CIRCUITS = [
    {"kind": "aimc", "adcs_per_output": 2, "conversion_phases": 2, "pipeline_after": ["adcs"]},
    {"kind": "dimc", "bits_per_cycle": 2, "booth": True, "accumulator_bits": 32},
    {"kind": "dimc", "accumulators_first": True, "pipeline_after": ["accumulators"]},
    {"kind": "dimc", "tree_stages": 2, "pipeline_after": ["mults", "adders_regular"]},
    {"kind": "aimc", "enable_lines": True},
    {"kind": "dimc", "bits_per_cycle": 2, "trees_per_weight_bit": True, "tree_stages": 2},
]


@pytest.mark.parametrize("parameters", CIRCUITS)
def test_circuits_are_written_and_mapped(parameters: dict[str, Any]) -> None:
    accelerator = Template(**parameters).accelerator()
    assert accelerator.array.circuit != USUAL
    again = accelerator_from_dict(accelerator_to_dict(accelerator), "again")
    assert again == accelerator
    layer = matmul_layer("product", rows=4, out_channels=20, in_channels=100)
    assert solve(layer, accelerator, IMC, "energy").status == "OPTIMAL"
    with pytest.raises(AcceleratorError, match=r"operational_array.circuit: ZigZag has only"):
        zigzag_contents(accelerator.replace(notices=()))


@pytest.mark.parametrize("parameters", CIRCUITS)
def test_optima_are_those_of_enumeration(parameters: dict[str, Any]) -> None:
    layer = matmul_layer("product", rows=2, out_channels=3, in_channels=10)
    accelerator = Template(**parameters, rows=8, columns=16, sram_kb=1).accelerator()
    asked: dict[str, Any] = {"objective": "energy", "space": DIVIDING}
    proved = map_layer(layer, accelerator, **asked)
    found = search_layer(layer, accelerator, engine="exhaustive", **asked)
    assert proved.status == "OPTIMAL"
    assert proved.energy_pj == pytest.approx(found.energy_pj)


def test_the_usual_circuit_leaves_no_trace() -> None:
    accelerator = Template(kind="dimc").accelerator()
    same = accelerator.replace(array=replace(accelerator.array, circuit=Circuit()))
    assert accelerator_to_dict(same) == accelerator_to_dict(accelerator)
    assert "circuit" not in accelerator_to_dict(accelerator)["operational_array"]
