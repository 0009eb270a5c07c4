"""Small mapspaces whose optimum a bound, a pruning or an early verdict could cut off.

All that is rare, one by one.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.accelerators import SHARED_PORT, base, cells, memory, moves, port, rebuilt
from tests.solver.bound_checks import bounds_above_costs
from tests.solver.differential import (
    OBJECTIVES,
    against_checker,
    against_enumeration,
    enumerated,
    solved,
)
from tests.solver.small_cases import PROFILES, Case
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.profile import CostProfile

BITS = Precision(8, 8, 16, 16)


def _held(
    operands: str, size: int, cost: float, width: int = 8, served: str = "D1 D2"
) -> dict[str, Any]:
    """Memory with one port for all, in words of a byte."""
    return memory(
        size, operands, [port("read_write", 8, width, *moves(operands, *SHARED_PORT))], served, cost
    )


def _accelerator(
    sizes: tuple[int, ...], above: dict[str, Any], outputs: int = 16, depth: int = 1
) -> dict[str, Any]:
    """Cells, a register of one input, one of ``outputs`` bits, and the memories above."""
    memories = {
        "cells": cells(depth),
        "rf_i": _held("I1", 8, 0.1, served="D1"),
        "rf_o": _held("O", outputs, 0.1, 16, "D2"),
        **above,
    }
    dimensions = [f"D{number}" for number in range(1, len(sizes) + 1)]
    return rebuilt(base("dimc"), "corner", memories, dimensions=dimensions, sizes=list(sizes))


def _input_of_one_position() -> tuple[Layer, dict[str, Any]]:
    """Any number of taps and outputs see the same element.

    Loops over them do not make the tile larger.
    """
    layer = conv_layer(
        "conv",
        out_channels=1,
        in_channels=3,
        output_size=(1, 2),
        filter_size=(1, 3),
        input_size=(1, 1),
        precision=BITS,
    )
    return layer, _accelerator((1, 4), {"dram": _held("I1 I2 O", 10**9, 10.0)})


def _window_on_both_sides_of_a_boundary() -> tuple[Layer, dict[str, Any]]:
    """Taps lie on the rows below the buffer, outputs on macros above it.

    What fans out is less than the window.
    """
    layer = conv_layer(
        "conv",
        out_channels=1,
        in_channels=1,
        output_size=(1, 8),
        filter_size=(1, 4),
        precision=BITS,
    )
    above = {
        "buffer": _held("I1", 512, 0.1, 64),
        "dram": _held("I1 I2 O", 10**9, 100.0, served="D1 D2 D3"),
    }
    return layer, _accelerator((1, 4, 2), above)


def _packed_outputs() -> tuple[Layer, dict[str, Any]]:
    """One partial sum fits in the register, but three finished outputs."""
    layer = matmul_layer(
        "gemm", rows=4, out_channels=2, in_channels=3, precision=Precision(8, 8, 16, 8)
    )
    above = {
        "buffer": _held("I2", 24, 0.1),
        "dram_i": _held("I1", 10**9, 0.1, 64),
        "dram": _held("I2 O", 10**9, 10.0),
    }
    return layer, _accelerator((3, 1), above, outputs=24)


def _inputs_and_outputs_in_each_others_way() -> tuple[Layer, dict[str, Any]]:
    """A buffer with room for either operand's tile, but hardly for both."""
    layer = matmul_layer("gemm", rows=1, out_channels=6, in_channels=2, precision=BITS)
    above = {"buffer": _held("I1 O", 48, 0.5, 16), "dram": _held("I1 I2 O", 10**9, 10.0)}
    return layer, _accelerator((2, 1), above)


def _outputs_that_grow_when_finished() -> tuple[Layer, dict[str, Any]]:
    """Partial sums of 4 bits leave the registers.

    Summed over the macros, they leave the buffer with 32.
    """
    layer = conv_layer(
        "depthwise",
        groups=3,
        out_channels=1,
        in_channels=1,
        output_size=(1, 1),
        filter_size=(1, 3),
        precision=Precision(8, 8, 4, 32),
    )
    above = {"buffer": _held("O", 96, 1.0), "dram": _held("I1 I2 O", 10**9, 10.0, 16, "D1 D2 D3")}
    return layer, _accelerator((1, 2, 2), above)


def _finished_outputs_too_large_for_the_partial_ones() -> tuple[Layer, dict[str, Any]]:
    """A reduction that sinks below the cut of the outputs finishes them: then they do not fit."""
    layer = conv_layer(
        "conv",
        out_channels=2,
        in_channels=1,
        output_size=(1, 2),
        filter_size=(2, 1),
        precision=Precision(8, 8, 16, 32),
    )
    above = {"buffer": _held("I1 O", 48, 0.5), "dram": _held("I1 I2 O", 10**9, 10.0)}
    return layer, _accelerator((1, 1), above)


def _weights_in_the_cells_alone() -> tuple[Layer, dict[str, Any]]:
    """The cells have room for all weights as long as these are spread over rows or columns."""
    layer = matmul_layer("gemm", rows=2, out_channels=4, in_channels=3, precision=BITS)
    return layer, _accelerator((2, 2), {"dram": _held("I1 O", 10**9, 10.0)}, depth=6)


DRAWS = (
    _input_of_one_position,
    _window_on_both_sides_of_a_boundary,
    _packed_outputs,
    _inputs_and_outputs_in_each_others_way,
    _outputs_that_grow_when_finished,
    _finished_outputs_too_large_for_the_partial_ones,
    _weights_in_the_cells_alone,
)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__.strip("_"))
def test_nothing_is_cut_off(draw: Any, profile: CostProfile) -> None:
    layer, data = draw()
    drawn = Case(0, layer, data, accelerator_from_dict(data, "corner"), profile)
    everything = enumerated(drawn)
    assert everything.mappings > 3
    wrong = list(bounds_above_costs(drawn, OBJECTIVES))
    for objective in OBJECTIVES:
        result = solved(drawn, objective, pareto=objective == "edp")
        wrong += against_enumeration(result.layers[0], objective, everything)
        wrong += against_checker(result)
    assert not wrong, "\n".join(wrong)
