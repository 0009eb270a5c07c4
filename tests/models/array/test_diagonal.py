"""Diagonals against a layout of every weight, and what follows from it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accelerators import variant
from zigzag_imc import load_accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.array.diagonal import mapped_rows, taps_of_column
from zigzag_imc.models.array.use import Rows
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping, check_spatial
from zigzag_imc.models.movement.unrolled import averages_of
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC, CostProfile

SMALL = st.integers(1, 6)
ARRAY = variant("aimc").array
UNIT = replace(ARRAY, unit_diagonals=True)
WIDE = replace(ARRAY, wide_lines=True, unit_diagonals=True)


def _conv(stride: int, dilation: int) -> Layer:
    return conv_layer(
        "c",
        out_channels=8,
        in_channels=8,
        output_size=(8, 8),
        filter_size=(8, 8),
        stride=(stride, stride),
        dilation=(dilation, dilation),
    )


@given(outputs=SMALL, taps=SMALL, stride=SMALL, dilation=SMALL, channels=SMALL)
def test_every_distinct_input_of_a_diagonal_has_a_row(
    outputs: int, taps: int, stride: int, dilation: int, channels: int
) -> None:
    """Per channel; rows that no column taps do not exist. A column adds up its own taps."""
    layer = _conv(stride, dilation)
    unrollings = {"D1": {"OX": outputs, "K": 4}, "D2": {"C": channels, "FX": taps}}
    inputs = {stride * o + dilation * f for o in range(outputs) for f in range(taps)}
    assert mapped_rows(layer, ARRAY, unrollings) == channels * len(inputs)
    assert mapped_rows(layer, UNIT, unrollings) == channels * (outputs + taps - 1)
    assert taps_of_column(layer, ARRAY, unrollings) == channels * taps


@given(widths=st.tuples(SMALL, SMALL, SMALL, SMALL), stride=SMALL, dilation=SMALL)
def test_both_windows_multiply(
    widths: tuple[int, int, int, int], stride: int, dilation: int
) -> None:
    """Rows and columns of the image."""
    layer, (a, b, c, d) = _conv(stride, dilation), widths
    unrollings = {"D1": {"OX": a, "OY": c}, "D2": {"FX": b, "FY": d}}
    inputs = {
        (stride * o + dilation * f, stride * p + dilation * g)
        for o, f, p, g in itertools.product(range(a), range(b), range(c), range(d))
    }
    assert mapped_rows(layer, ARRAY, unrollings) == len(inputs)


def test_outputs_alone_take_a_row_each_but_for_the_reference() -> None:
    """Four columns with the same filter, each on an input of its own."""
    layer = _conv(1, 1)
    assert mapped_rows(layer, ARRAY, {"D1": {"OX": 4}, "D2": {"FY": 3}}) == 12
    assert mapped_rows(layer, WIDE, {"D1": {"OX": 4}, "D2": {"FY": 3}}) == 3
    assert mapped_rows(layer, ARRAY, {"D1": {"K": 4}, "D2": {"C": 8, "FX": 3, "FY": 3}}) == 72
    assert mapped_rows(layer, ARRAY, {}) == 1


# ---------------------------------------------------------------- legality
def _dimc_conv() -> Layer:
    return conv_layer(
        "conv", out_channels=4, in_channels=8, output_size=(8, 8), filter_size=(3, 3), groups=2
    )


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC])
@pytest.mark.parametrize(
    "unrollings",
    [
        {"D1": {"OX": 4}},
        {"D1": {"OX": 4, "K": 4}, "D2": {"FX": 3, "C": 8}},
        {"D1": {"OX": 2, "OY": 2}, "D2": {"FX": 3, "FY": 3}},
        {"D1": {"G": 2, "K": 4}, "D2": {"G": 2, "C": 8}},
        {"D1": {"G": 2, "OX": 4}, "D2": {"G": 2, "FX": 3}},
    ],
)
def test_diagonals_are_legal(profile: CostProfile, unrollings: dict[str, dict[str, int]]) -> None:
    """Windows, blocks, and both together."""
    spatial = SpatialMapping.of(unrollings)
    check_spatial(_dimc_conv(), load_accelerator("dimc"), spatial, profile)


@pytest.mark.parametrize(
    ("unrollings", "message"),
    [
        ({"D1": {"G": 2}}, "a wordline carries one input, and G tells inputs apart.*or G as far"),
        ({"D2": {"G": 2}}, "a bitline forms one sum, and G tells outputs apart.*or G as far"),
        ({"D1": {"OX": 2}, "D2": {"OX": 2}}, "a wordline carries one input, and OX"),
        ({"D2": {"OX": 2}}, "a bitline forms one sum, and OX tells outputs apart"),
        (
            {"D1": {"OX": 8}, "D2": {"FX": 3, "FY": 3, "C": 8}},
            "the unrollings take 240 rows, the array has 128 there",
        ),
    ],
)
def test_half_a_diagonal_and_one_too_long_are_not(
    unrollings: dict[str, dict[str, int]], message: str
) -> None:
    """8 outputs and 3 taps see 10 inputs, times 3 times 8: 240 rows."""
    with pytest.raises(MappingError, match=message):
        check_spatial(_dimc_conv(), load_accelerator("dimc"), SpatialMapping.of(unrollings), IMC)


def test_the_reference_takes_a_band_longer_than_the_array() -> None:
    """Two outputs and three taps: three unrolled rows fit three; the four of the band do not."""
    layer = conv_layer("c", out_channels=1, in_channels=1, output_size=(1, 2), filter_size=(1, 3))
    dimc = load_accelerator("dimc")
    (columns, rows), registers = dimc.array.dimensions, dimc.memory("I", 0)
    lines = replace(dimc.array, dimensions=(columns, (rows[0], 3)))
    wide = replace(
        registers, ports=tuple(replace(port, bandwidth_max=16) for port in registers.ports)
    )
    memories = tuple(wide if memory is registers else memory for memory in dimc.memories)
    small = dimc.replace(array=lines, memories=memories)
    spatial = SpatialMapping.of({"D1": {"OX": 2}, "D2": {"FX": 3}})
    check_spatial(layer, small, spatial, ZIGZAG)
    with pytest.raises(MappingError, match="the unrollings take 4 rows, the array has 3"):
        check_spatial(layer, small, spatial, IMC)


def test_a_diagonal_window_needs_weights_that_no_memory_keeps_by_row() -> None:
    """Three outputs and two taps: the middle rows hold both taps, the outer ones one each."""
    layer = conv_layer("c", out_channels=1, in_channels=1, output_size=(1, 3), filter_size=(1, 2))
    spatial = SpatialMapping.of({"D1": {"OX": 3}, "D2": {"FX": 2}})
    dimc = load_accelerator("dimc")
    check_spatial(layer, dimc, spatial, IMC)
    cells, *others = dimc.memories
    dram = others[-1]
    by_row = replace(dram, name="by_row", operands=("W",), served=frozenset({"D1"}), size_bits=64)
    with pytest.raises(
        MappingError, match=r"spatial\.D1\.OX: memory by_row has an instance per row"
    ):
        check_spatial(layer, dimc.replace(memories=(cells, by_row, *others)), spatial, IMC)


# ---------------------------------------------------------------- averages
@given(
    sizes=st.tuples(st.integers(1, 9), st.integers(1, 7)),
    unrolled=st.tuples(SMALL, SMALL, st.integers(1, 3)),
    stride=SMALL,
    dilation=SMALL,
)
def test_a_short_last_round_takes_its_own_rows(
    sizes: tuple[int, int], unrolled: tuple[int, int, int], stride: int, dilation: int
) -> None:
    """Against every round of every window, input by input.

    The multipliers that switch, the taps of a column, and the input registers in use.
    """
    (outputs, taps), (a, b, channels) = sizes, unrolled
    a, b = min(a, outputs), min(b, taps)
    layer = conv_layer(
        "c",
        out_channels=1,
        in_channels=channels,
        output_size=(1, outputs),
        filter_size=(1, taps),
        stride=(1, stride),
        dilation=(1, dilation),
    )
    spatial = SpatialMapping.of({"D1": {"OX": a}, "D2": {"FX": b, "C": channels}})
    rounds = [
        (range(first, min(first + a, outputs)), range(start, min(start + b, taps)))
        for first in range(0, outputs, a)
        for start in range(0, taps, b)
    ]
    rows = [
        channels * len({stride * o + dilation * f for o in os for f in fs}) for os, fs in rounds
    ]
    of_column = [channels * len(fs) for _, fs in rounds]
    averages = averages_of(layer, ARRAY, spatial.by_array_dim)
    found = Rows.on_average(layer, ARRAY, spatial.by_array_dim, averages)
    assert found.mapped == pytest.approx(sum(rows) / len(rounds))
    assert found.taps == pytest.approx(sum(of_column) / len(rounds))
    laid = CostModel(layer, load_accelerator("dimc")).spread(spatial)
    assert laid.operands[1].instances[1] == pytest.approx(sum(rows) / len(rounds))


def test_the_rows_of_an_average_round_may_be_more() -> None:
    """Five outputs, four at once, and three taps that leave a position out in between.

    Four outputs see eight inputs and one sees three: 5.5 rows on average; 2.5 outputs would see
    6.5.
    """
    layer = conv_layer(
        "c",
        out_channels=1,
        in_channels=1,
        output_size=(1, 5),
        filter_size=(1, 3),
        dilation=(1, 2),
    )
    spatial = SpatialMapping.of({"D1": {"OX": 4}, "D2": {"FX": 3}})
    laid = CostModel(layer, load_accelerator("dimc")).spread(spatial)
    assert laid.operands[1].instances[1] == pytest.approx(5.5)
    assert layer.windows[1].positions(2.5, 3) == 6.5


# ---------------------------------------------------------------- costs
def test_a_diagonal_window_feeds_a_register_per_row() -> None:
    """Four outputs and three taps see six inputs.

    Twelve multipliers are in use, and six input registers, each with one input.
    """
    layer = conv_layer("c", out_channels=1, in_channels=1, output_size=(1, 8), filter_size=(1, 3))
    spatial = SpatialMapping.of({"D1": {"OX": 4}, "D2": {"FX": 3}})
    laid = CostModel(layer, load_accelerator("dimc")).spread(spatial)
    weights, inputs, outputs = laid.operands
    assert laid.steps == 2
    assert laid.mapped_rows == 6
    assert inputs.instances[1] == pytest.approx(6)
    assert inputs.fan_whole[1] == 6
    assert inputs.window_whole[1] == ((1, 1), (1, 1))
    assert weights.instances[0] == 12
    assert outputs.instances[1] == 4


def test_diagonal_blocks_count_once() -> None:
    """Two of four groups at once, each with three inputs and five outputs of its own.

    6 rows and 10 columns, 30 cells, and half of the groups left for time.
    """
    layer = conv_layer(
        "c", groups=4, out_channels=5, in_channels=3, output_size=(1, 1), filter_size=(1, 1)
    )
    dimc = load_accelerator("dimc")
    spatial = SpatialMapping.of({"D1": {"G": 2, "K": 5}, "D2": {"G": 2, "C": 3}})
    mapping = LayerMapping(spatial, TemporalMapping((("G", 2),), ((0,), (0, 0), (0, 0))))
    check_mapping(layer, dimc, mapping, IMC)
    model = CostModel(layer, dimc)
    laid = model.spread(spatial)
    weights, inputs, outputs = laid.operands
    assert laid.temporal["G"] == 2
    assert laid.mapped_rows == 6
    assert (weights.instances[0], inputs.instances[1], outputs.instances[1]) == (30, 6, 10)
    unit_pj = model.macro.activation_energy_pj(rows=6, columns=10, taps=3)
    assert laid.array_energy_pj["adders_regular"] == pytest.approx(2 * unit_pj["adders_regular"])
    assert laid.array_energy_pj["mults"] == pytest.approx(2 * unit_pj["mults"])
    assert model.evaluate(mapping).utilization == layer.macs / (2 * dimc.array.units)


def test_a_block_is_named_with_its_unrolling_not_the_square_of_it() -> None:
    """Four groups, two at once, leave two for time."""
    layer = conv_layer(
        "c", groups=4, out_channels=1, in_channels=1, output_size=(1, 1), filter_size=(1, 1)
    )
    spatial = SpatialMapping.of({"D1": {"G": 2}, "D2": {"G": 2}})
    mapping = LayerMapping(spatial, TemporalMapping((("G", 4),), ((0,), (0, 0), (0, 0))))
    with pytest.raises(MappingError, match=r"expected 2 .*\(4 iterations, 2 unrolled\)"):
        check_mapping(layer, load_accelerator("dimc"), mapping, IMC)


def test_blocks_count_once_where_activations_need_not_be_whole() -> None:
    """4 x 5 x 3 multiplications, 2 x 5 x 3 at once: two activations."""
    layer = conv_layer(
        "c", groups=4, out_channels=5, in_channels=3, output_size=(1, 1), filter_size=(1, 1)
    )
    spatial = SpatialMapping.of({"D1": {"G": 2, "K": 5}, "D2": {"G": 2, "C": 3}})
    whole, counted = (
        CostModel(layer, load_accelerator("dimc"), replace(IMC, whole_activations=whole))
        .spread(spatial)
        .array_energy_pj
        for whole in (True, False)
    )
    assert counted == pytest.approx(whole)


def test_blocks_of_rows_hold_copies_of_the_weights() -> None:
    """Two rows of a product at once: the same weights twice, fed by one transfer."""
    layer = matmul_layer("m", rows=2, out_channels=4, in_channels=3)
    spatial = SpatialMapping.of({"D1": {"D": 2, "K": 4}, "D2": {"D": 2, "C": 3}})
    laid = CostModel(layer, load_accelerator("dimc")).spread(spatial)
    assert laid.steps == 1
    assert laid.operands[0].fan_whole[1] == 12
    assert laid.operands[0].instances[0] == 24
