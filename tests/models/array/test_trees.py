"""Adder trees: by hand, by closed formulas, by what they must have in common."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accelerators import variant
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.array.trees import (
    levels,
    place_value_adders,
    switching_adders,
    tree_adders,
    tree_depth,
)
from zigzag_imc.models.profile import PROFILES
from zigzag_imc.solver.search import solve


@pytest.mark.parametrize(
    ("words", "bits", "adders"),
    [
        (1, 8, 0),
        (2, 8, 8),
        (3, 8, 8 + 9),  # two are added, the third joins their sum
        (5, 4, 2 * 4 + 5 + 6),  # the fifth passes two levels
        (6, 4, 3 * 4 + 5 + 6),
        (7, 1, 3 * 1 + 2 * 2 + 3),
    ],
)
def test_small_trees(words: int, bits: int, adders: int) -> None:
    assert tree_adders(words, bits) == adders


@given(st.integers(0, 12), st.integers(1, 64))
def test_powers_of_two_have_a_closed_formula(depth: int, bits: int) -> None:
    words = 2**depth
    assert tree_adders(words, bits) == words * (bits + 1) - (bits + depth + 1)
    assert tree_depth(words) == depth


@given(st.integers(1, 5000), st.integers(1, 64))
def test_a_tree_has_an_adder_less_than_words(words: int, bits: int) -> None:
    found = list(levels(words, bits))
    assert sum(level.adders for level in found) == words - 1
    assert len(found) == tree_depth(words) == math.ceil(math.log2(words))


@given(st.integers(1, 500), st.integers(1, 16))
def test_more_words_take_more_adders(words: int, bits: int) -> None:
    assert tree_adders(words + 1, bits) >= tree_adders(words, bits) + bits


@given(st.integers(1, 300), st.integers(1, 16), st.data())
def test_no_more_adders_switch_than_there_are(words: int, bits: int, data: st.DataObject) -> None:
    active = data.draw(st.integers(0, words))
    found = switching_adders(words, bits, active)
    assert found.full + found.idle <= tree_adders(words, bits)
    assert switching_adders(words, bits, words) == (tree_adders(words, bits), 0)
    assert switching_adders(words, bits, 0) == (0, 0)


@pytest.mark.parametrize(
    ("words", "bits", "adders"),
    [
        (1, 5, 0),
        (2, 5, 6),
        (3, 5, 6 + 7),  # a sum of 7 bits, and a word shifted by two places to 7 bits
        (4, 5, 2 * 6 + 9),  # two sums of 7 bits, one of them shifted by two places
        (5, 5, 2 * 6 + 9 + 9),
        (6, 5, 3 * 6 + 9 + (4 + 7)),
    ],
)
def test_small_place_value_trees(words: int, bits: int, adders: float) -> None:
    assert place_value_adders(words, bits) == adders


@given(st.integers(1, 8), st.integers(1, 64))
def test_place_values_of_powers_of_two_have_a_closed_formula(depth: int, bits: int) -> None:
    words = 2**depth
    assert place_value_adders(words, bits) == bits * (words - 1) + words * (depth - 0.5)


def _odd(name: str) -> Accelerator:
    """96 rows, weights of 6 bits, activations of 5 bits applied 2 at a time: 2, 2 and 1."""
    accelerator = variant(name)
    array = replace(
        accelerator.array,
        activation_bits=5,
        weight_bits=6,
        bits_per_cycle=2.0,
        dimensions=(("D1", 16), ("D2", 96)),
    )
    cells, *others = accelerator.memories
    return accelerator.replace(array=array, memories=(replace(cells, size_bits=6), *others))


@pytest.mark.parametrize("name", ["aimc", "dimc"])
def test_an_array_without_any_power_of_two(name: str) -> None:
    accelerator = _odd(name)
    assert accelerator.array.cycles_per_activation == 3
    odd = MacroModel.of(accelerator)
    wider = MacroModel.of(
        accelerator.replace(
            array=replace(accelerator.array, dimensions=(("D1", 16), ("D2", 128)), weight_bits=8)
        )
    )
    assert min(*odd.area_breakdown_mm2.values(), *odd.tclk_breakdown_ns.values()) >= 0
    assert odd.area_mm2 < wider.area_mm2
    assert odd.tclk_ns < wider.tclk_ns
    assert sum(odd.activation_energy_pj(96, 16).values()) < sum(
        wider.activation_energy_pj(128, 16).values()
    )


def test_the_clock_of_an_odd_digital_array() -> None:
    """7 levels over 96 rows of 6 bits give 13, two place values 15, the accumulator 18 bits."""
    macro = MacroModel.of(_odd("dimc"))
    tech, path = macro.tech, macro.tclk_breakdown_ns
    assert path["adders_regular"] == pytest.approx(
        6 * tech.adder_sum_ns + tech.adder_carry_ns + 11 * tech.carry_ripple_ns
    )
    assert path["adders_pv"] == pytest.approx(tech.adder_carry_ns + tech.carry_ripple_ns)
    assert path["accumulators"] == pytest.approx(tech.adder_carry_ns + 2 * tech.carry_ripple_ns)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", ["aimc", "dimc"])
def test_a_layer_on_an_odd_array_is_solved(name: str, profile: str) -> None:
    layer = matmul_layer("product", rows=3, out_channels=32, in_channels=90)
    layer = layer.replace(precision=Precision(6, 5, 16, 8))
    assert solve(layer, _odd(name), PROFILES[profile], "energy").status == "OPTIMAL"
