"""The bits of a layer in an array that has its own, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zigzag_imc import load_accelerator
from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.array.slicing import Slicing, seen_by
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC, ZIGZAG

ARRAY = ImcArray(
    analog=False,
    activation_bits=8,
    weight_bits=4,
    bits_per_cycle=2,
    adc_bits=0,
    dimensions=(("D1", 10), ("D2", 16)),
)


@pytest.mark.parametrize(
    ("precision", "columns", "passes", "cycles"),
    [
        (Precision(W=4, I=8), 1, 1, 4),
        (Precision(W=2, I=8), 1, 1, 4),
        (Precision(W=5, I=8), 2, 1, 4),
        (Precision(W=12, I=8), 3, 1, 4),
        (Precision(W=4, I=3), 1, 1, 2),
        (Precision(W=4, I=16), 1, 2, 8),
        (Precision(W=4, I=11), 1, 2, 4 + 2),
    ],
)
def test_slices_passes_and_cycles(
    precision: Precision, columns: int, passes: int, cycles: int
) -> None:
    """Weights of 4 bits and inputs of 8 bits, two bits a cycle.

    Eleven bits go in as a pass of 8 (four cycles) and one of 3 (two cycles).
    """
    slicing = Slicing.of(ARRAY, precision, IMC)
    assert (slicing.columns, slicing.passes, slicing.cycles) == (columns, passes, cycles)
    assert slicing.additions == columns * passes - 1


def test_the_reference_computes_the_bits_of_the_array() -> None:
    """Whatever the layer has."""
    slicing = Slicing.of(ARRAY, Precision(W=12, I=16), ZIGZAG)
    assert (slicing.columns, slicing.passes, slicing.cycles) == (1, 1, 4)


def _dimc() -> Accelerator:
    return load_accelerator("dimc")


def test_a_layer_of_the_arrays_own_bits_sees_it_as_it_is() -> None:
    """The preset computes 8-bit weights with 8-bit inputs."""
    dimc = _dimc()
    assert seen_by(dimc, Precision(), IMC) is dimc
    reference = seen_by(dimc, Precision(W=3, I=2), ZIGZAG)
    assert reference.memories == dimc.memories
    assert reference.array == replace(dimc.array, wide_lines=True, unit_diagonals=True)


def test_a_narrow_weight_takes_a_whole_cell() -> None:
    """One cell of 8 bits holds one weight of 3 bits, and moves one as fast as one of 8 bits."""
    seen = seen_by(_dimc(), Precision(W=3), IMC)
    (port, *_) = seen.cells.ports
    (own, *_) = _dimc().cells.ports
    assert seen.cells.size_bits == 3
    assert port.bandwidth_max * 8 == own.bandwidth_max * 3
    assert seen.cells.write_energy_pj == _dimc().cells.write_energy_pj
    assert seen.array.columns == _dimc().array.columns


def test_a_wide_weight_takes_several_columns() -> None:
    """20 bits are three slices of 8: 16 columns hold five weights, each written three times."""
    seen = seen_by(_dimc(), Precision(W=20), IMC)
    assert _dimc().array.columns == 16
    assert seen.array.columns == 5
    assert seen.cells.size_bits == 20
    assert seen.cells.write_energy_pj == pytest.approx(3 * _dimc().cells.write_energy_pj)
    assert seen_by(seen, Precision(W=20), IMC) is seen


def test_an_array_too_narrow_for_one_weight_is_refused() -> None:
    """17 slices, 16 columns."""
    with pytest.raises(MappingError, match="weights of 136 bits take 17 columns of 8 bits"):
        seen_by(_dimc(), Precision(W=136), IMC)


def test_slices_and_passes_switch_their_columns_and_are_added_up_outside() -> None:
    """Two slices and two passes: twice the columns for twice the cycles, and three additions.

    Of 24 bits each, per output, by full adders.
    """
    array = _dimc().array
    precision = Precision(W=16, I=16, O=24)
    plain = MacroModel.of(_dimc())
    sliced = MacroModel.of(_dimc(), slicing=Slicing.of(array, precision, IMC))
    one, both = plain.activation_energy_pj(10, 6), sliced.activation_energy_pj(10, 3)
    assert both["adders_regular"] == pytest.approx(2 * one["adders_regular"])
    assert both["accumulators"] == pytest.approx(2 * one["accumulators"])
    assert "slice_adders" not in one
    assert both["slice_adders"] == pytest.approx(3 * 24 * 3 * plain.tech.adder_pj)


def test_fewer_bits_take_fewer_cycles_and_move_fewer_bits() -> None:
    """Inputs of 4 bits: half the bit-serial steps of the preset, half the bits from above."""
    loops = TemporalMapping((("D", 4), ("C", 2)), ((1,), (0, 2), (0, 2)))
    mapping = LayerMapping(SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 128}}), loops)
    layer = matmul_layer("m", rows=4, out_channels=16, in_channels=256)
    whole = CostModel(layer, _dimc()).evaluate(mapping)
    narrow = CostModel(layer.replace(precision=Precision(I=4)), _dimc()).evaluate(mapping)
    assert narrow.compute_cycles == whole.compute_cycles / 2
    assert narrow.array_energy_pj["mults"] == pytest.approx(whole.array_energy_pj["mults"] / 2)
    assert narrow.area_mm2 == whole.area_mm2
