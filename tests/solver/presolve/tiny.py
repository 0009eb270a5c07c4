"""An accelerator so small that its bounds can be worked out by hand."""

from __future__ import annotations

from typing import Any

from tests.accelerators import SHARED_PORT, base, cells, dram, memory, moves, port, rebuilt
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.files import accelerator_from_dict


def tiny_accelerator(**memories: dict[str, Any]) -> Accelerator:
    """Two columns and two rows, one weight per cell, one element per register, a DRAM.

    Every register, for one input (8 bits) or one partial sum (16 bits), takes 2 pJ to read and 3 pJ
    to write. The DRAM takes 10 pJ to read and 20 pJ to write, 8 bits at a time. Cells take 0.5 pJ
    per weight to write. All activation bits are applied at once: an activation takes a cycle.
    ``memories`` go between the registers and the DRAM, or replace those of the same name.
    """
    default = {
        "cells": cells() | {"w_cost": 0.5},
        "rf_i": _register("I1", 8, "D1"),
        "rf_o": _register("O", 16, "D2"),
    }
    top = {"dram": dram(low=8, high=8) | {"r_cost": 10.0, "w_cost": 20.0}}
    data = rebuilt(
        base("dimc"), "tiny", default | memories | top, sizes=[2, 2], bit_serial_precision=8
    )
    return accelerator_from_dict(data, "tiny")


def buffer(operands: str, bits: int, width: int = 8) -> dict[str, Any]:
    """Memory of ``bits`` with one port of ``width``; 1 pJ to read, 1.25 pJ to write."""
    return memory(
        bits, operands, [port("read_write", width, width, *moves(operands, *SHARED_PORT))]
    )


def product(rows: int = 1, out_channels: int = 1, in_channels: int = 1) -> Layer:
    """Matrix product of 8-bit operands, 16-bit partial sums and 8-bit outputs."""
    return matmul_layer("product", rows=rows, out_channels=out_channels, in_channels=in_channels)


def _register(operand: str, bits: int, served: str) -> dict[str, Any]:
    """Register of one element with a port of its width, shared by all movements."""
    ports = [port("read_write", bits, bits, *moves(operand, *SHARED_PORT))]
    return memory(bits, operand, ports, served) | {"r_cost": 2.0, "w_cost": 3.0}
