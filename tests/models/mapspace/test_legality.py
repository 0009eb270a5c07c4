"""Legality: what is wrong, where, and by how much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.accelerators import variant
from tests.layers import LAYERS
from tests.lines import rows_of_diagonals
from tests.solver.plain_constraints import legal_spatials
from tests.solver.small_cases import diagonal_case
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import held_bits, overflows
from zigzag_imc.models.mapspace.legality import check_mapping, check_spatial
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC, CostProfile

LAYER = LAYERS["conv3x3"]
AIMC = variant("aimc")
SPATIAL = {"D1": {"K": 64}, "D2": {"C": 64, "FX": 2}}
LOOPS = (("OX", 56), ("FX", 2), ("OY", 56), ("FY", 3))


def mapping(
    spatial: dict[str, dict[str, int]] = SPATIAL,
    loops: tuple[tuple[str, int], ...] = LOOPS,
    cuts: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] = ((0,), (0, 1), (0, 1)),
) -> LayerMapping:
    """Build a legal mapping, unless told otherwise."""
    return LayerMapping(SpatialMapping.of(spatial), TemporalMapping(loops, cuts))


def test_a_legal_mapping_passes() -> None:
    """And its tiles are counted per instance, at the precision they have there."""
    check_mapping(LAYER, AIMC, mapping(), IMC)
    cells, inputs, outputs, sram, dram = held_bits(LAYER, AIMC, mapping())
    assert (cells, inputs, outputs) == ({"W": 8}, {"I": 8}, {"O": 16})
    # I: 64 channels of one row that 56 outputs and 2 of 3 taps touch, clipped to the input; O:
    # partial sums of a row.
    assert sram == {"I": 64 * 56 * 8, "O": 64 * 56 * 16}
    assert dram["O"] == 64 * 56 * 56 * 8


def test_an_overflow_names_the_memory_the_excess_and_the_shares() -> None:
    """In one sentence, in bits."""
    too_much = mapping(cuts=((0,), (0, 4), (0, 4)))
    inputs, outputs = 64 * 56 * 56 * 8, 64 * 56 * 56 * 8
    (sentence,) = overflows(LAYER, AIMC, too_much)
    assert sentence == (
        f"memory sram_256KB overflows by {inputs + outputs - 262144} bits: it holds 262144, "
        f"the mapping needs {inputs + outputs} (I {inputs}, O {outputs})"
    )
    with pytest.raises(MappingError, match="memory sram_256KB overflows by"):
        check_mapping(LAYER, AIMC, too_much, IMC)


def test_partial_sums_need_more_room_than_finished_outputs() -> None:
    """A reduction outside the cut doubles their bits; one right above the cut sinks below it."""
    partial = held_bits(LAYER, AIMC, mapping())[3]["O"]
    sunk = (("OX", 56), ("FX", 2), ("FY", 3), ("OY", 56))
    done = held_bits(LAYER, AIMC, mapping(loops=sunk))[3]["O"]
    assert partial == 2 * done


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"spatial": {"D3": {"K": 2}}},
            r"spatial\.D3: the array has no such dimension.*it has D1, D2",
        ),
        ({"spatial": {"D1": {"KX": 2}}}, r"spatial\.D1\.KX: the layer has no such loop"),
        (
            {"spatial": {"D1": {"K": 64}, "D2": {"C": 64, "FX": 3}}},
            r"spatial\.D2: the unrollings multiply to 192",
        ),
        (
            {"spatial": {"D1": {"C": 4}}},
            r"spatial\.D1\.C: a wordline carries one input, and C tells inputs apart",
        ),
        (
            {"spatial": {"D2": {"K": 4}}},
            r"spatial\.D2\.K: a bitline forms one sum, and K tells outputs apart",
        ),
        (
            {"loops": (("OX", 28), *LOOPS[1:])},
            r"temporal: the factors of OX multiply to 28, expected 56",
        ),
        ({"loops": (("OZ", 2), *LOOPS)}, r"temporal: the layer has no loop 'OZ'"),
        (
            {"cuts": ((0,), (0,), (0, 1))},
            r"temporal\.I: found 2 memory levels, the accelerator has 3 for it",
        ),
    ],
)
def test_every_other_fault_is_named(changed: dict[str, object], message: str) -> None:
    """With its path."""
    with pytest.raises(MappingError, match=message):
        check_mapping(LAYER, AIMC, mapping(**changed), IMC)  # type: ignore[arg-type]


def test_what_ports_cannot_feed_is_named() -> None:
    """Under the reference's rule, by which the width of the lowest ports decides alone."""
    for unrolled, message in (
        ({"D1": {"OX": 4}}, "spatial: I needs 32 bits at once of memory rf_1B, whose port has 8"),
        ({"D2": {"K": 4}}, "spatial: O needs 64 bits at once of memory rf_2B, whose port has 16"),
    ):
        with pytest.raises(MappingError, match=message):
            check_mapping(LAYER, AIMC, mapping(spatial=unrolled), ZIGZAG)


def test_cuts_must_not_decrease() -> None:
    """A level holds at least what the one below it holds."""
    with pytest.raises(MappingError, match=r"temporal\.I"):
        check_mapping(LAYER, AIMC, mapping(cuts=((0,), (2, 1), (0, 1))), IMC)


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC], ids=lambda profile: str(profile.name))
def test_outputs_of_a_window_take_rows_even_where_nothing_lies_along_the_rows(
    profile: CostProfile,
) -> None:
    outputs = SpatialMapping.of({"D1": {"OX": 3}})
    layer = conv_layer("c", out_channels=1, in_channels=4, output_size=(1, 3), filter_size=(1, 1))
    enough, too_few = (
        AIMC.replace(array=replace(AIMC.array, dimensions=(("D1", 3), ("D2", rows))))
        for rows in (3, 2)
    )
    check_spatial(layer, enough, outputs, profile)
    with pytest.raises(MappingError, match="D2: the unrollings take 3 rows, the array has 2 there"):
        check_spatial(layer, too_few, outputs, profile)


def test_no_legal_diagonal_takes_more_rows_than_there_are() -> None:
    """Counted multiplier by multiplier."""
    for seed in range(1010, 1030):
        drawn = diagonal_case(seed, 1500)
        for spatial in legal_spatials(drawn):
            rows = rows_of_diagonals(drawn.layer, drawn.seen, spatial)
            assert rows is not None
            assert rows <= drawn.seen.array.rows, f"diagonal_case({seed}): {spatial}"
