"""A wordline carries one input, a bitline one sum, whatever the ports of the registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lines import lines_are_kept
from tests.solver.corner_cases import corner_case
from tests.solver.small_cases import Case, case
from zigzag_imc import load_accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.mapspace.legality import check_spatial
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC

DIMC = load_accelerator("dimc")
NARROW_OUTPUTS = conv_layer(
    "conv",
    out_channels=4,
    in_channels=2,
    output_size=(8, 8),
    filter_size=(3, 3),
    precision=Precision(W=8, I=4, O=8, O_final=8),
)
"""Two of its outputs, and two of its inputs, pass the register ports of the preset at once."""

BITS = st.builds(Precision, *[st.integers(1, 16)] * 4)


@pytest.mark.parametrize(
    ("unrollings", "line"),
    [
        ({"D1": {"FX": 2}}, "a wordline carries one input, and FX tells inputs apart"),
        ({"D1": {"C": 2}}, "a wordline carries one input, and C tells inputs apart"),
        ({"D2": {"OY": 2}}, "a bitline forms one sum, and OY tells outputs apart"),
        ({"D2": {"K": 2}}, "a bitline forms one sum, and K tells outputs apart"),
    ],
)
def test_lines_are_kept_in_hardware_and_ports_count_for_the_reference(
    unrollings: dict[str, dict[str, int]], line: str
) -> None:
    """Two outputs of 8 bits pass a port of 16, and two inputs of 4 bits one of 8.

    The reference profile takes that for enough; no adder tree forms two sums.
    """
    spatial = SpatialMapping.of(unrollings)
    check_spatial(NARROW_OUTPUTS, DIMC, spatial, ZIGZAG)
    for profile in (IMC, ZIGZAG_IMC):
        with pytest.raises(MappingError, match=line):
            check_spatial(NARROW_OUTPUTS, DIMC, spatial, profile)


def test_what_may_lie_there_is_named() -> None:
    """Of a convolution: output channels along the wordlines, the reduction along the bitlines."""
    with pytest.raises(MappingError, match=r"along D1 expected K$"):
        check_spatial(NARROW_OUTPUTS, DIMC, SpatialMapping.of({"D1": {"C": 2}}), IMC)
    with pytest.raises(MappingError, match=r"along D2 expected C or FY or FX$"):
        check_spatial(NARROW_OUTPUTS, DIMC, SpatialMapping.of({"D2": {"K": 2}}), IMC)


@pytest.mark.parametrize("draw", [case, corner_case])
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), bits=BITS)
def test_no_spatial_mapping_breaks_a_line_at_any_precision(
    draw: Callable[[int], Case], seed: int, bits: Precision
) -> None:
    """Multiplier by multiplier: every row sees one input, every column sums for one output."""
    drawn = draw(seed)
    layer = drawn.layer.replace(precision=bits)
    for profile in (IMC, ZIGZAG_IMC):
        for spatial in SpatialSpace.of(layer, drawn.accelerator, profile):
            assert lines_are_kept(layer, drawn.accelerator, spatial), f"{seed}: {spatial}"


@pytest.mark.parametrize("lanes", [(1, 8), (8, 1)])
def test_an_array_of_one_line_has_no_blocks(lanes: tuple[int, int]) -> None:
    """They lie along both lines; along one alone they would mix inputs or sums."""
    columns, rows = lanes
    array = replace(DIMC.array, dimensions=(("D1", columns), ("D2", rows)))
    thin, layer = (
        DIMC.replace(array=array),
        matmul_layer("few", rows=6, out_channels=3, in_channels=2),
    )
    for diagonals in (False, True):
        spatials = SpatialSpace.of(layer, thin, IMC, Space(diagonals=diagonals))
        assert len(spatials) > 1
        for spatial in spatials:
            check_spatial(layer, thin, spatial, IMC)
