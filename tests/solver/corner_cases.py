"""Small cases full of what the others hardly have.

Odd precisions, padding, memories and ports of unusual structure.
"""

from __future__ import annotations

import random
from typing import Any

from tests.accelerators import SHARED_PORT, base, cells, memory, moves, port, rebuilt
from tests.solver.small_cases import PROFILES, Case, is_small
from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.errors import AcceleratorError, MappingError
from zigzag_imc.core.layer import OPERANDS, Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.feeding import wide_operands
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, ZIGZAG_IMC


def corner_case(seed: int, most_mappings: int = 2000) -> Case:
    """Draw one case; the same seed gives the same case."""
    rng, profile = random.Random(f"corner {seed}"), PROFILES[seed % len(PROFILES)]
    while True:
        layer, data = corner_layer(rng), corner_accelerator(rng)
        try:
            accelerator = accelerator_from_dict(data, "corner")
            seen_by(accelerator, layer.precision, profile)
        except (AcceleratorError, MappingError):
            # Registers of all macros together that are larger than the top memory, or weights of
            # more slices than columns, or cells' ports that do not split into bits of the layer.
            continue
        if is_small(layer, accelerator, profile, most_mappings):
            return Case(seed, layer, data, accelerator, profile)


def bits_case(seed: int, most_mappings: int = 2000) -> Case:
    """Draw a case whose layer has any bits from 1 to 16, under a profile in which they decide."""
    rng, profile = random.Random(f"bits {seed}"), (IMC, ZIGZAG_IMC)[seed % 2]
    while True:
        layer, data = corner_layer(rng), corner_accelerator(rng)
        bits = [rng.choice((rng.randint(1, 8), rng.randint(1, 16))) for _ in range(4)]
        layer = layer.replace(precision=Precision(*bits))
        try:
            accelerator = accelerator_from_dict(data, "bits")
            seen_by(accelerator, layer.precision, profile)
        except (AcceleratorError, MappingError):
            continue
        if is_small(layer, accelerator, profile, most_mappings):
            return Case(seed, layer, data, accelerator, profile)


# ---------------------------------------------------------------- features
CORNER_FEATURES = (
    "outputs grow when finished",
    "outputs shrink by half or more",
    "finished outputs packed",
    "odd precision",
    "input of one position",
    "half of the windows padding",
    "stride beyond the filter",
    *(f"memory for {operand} only" for operand in OPERANDS),
    *(f"{operand} in 1 memory" for operand in OPERANDS),
    *(f"{operand} in 4 or more memories" for operand in OPERANDS),
    "top memory apart",
    "buffer per macro",
    "registers of every multiplier",
    "array of one row",
    "group depth above 2",
    "wide lowest port",
    "narrow lowest port",
    "odd port width",
    "port of mixed movements",
    "window over rows and macros",
    "window over columns and macros",
    "reduction over macros",
)
"""What corner cases have more often than others."""


def corner_features(drawn: Case) -> frozenset[str]:
    """Which of the `CORNER_FEATURES` a case has."""
    holds = _layer_features(drawn.layer) | _hierarchy_features(drawn.accelerator)
    holds |= _port_features(drawn.layer, drawn.accelerator) | _unrolling_features(drawn)
    return frozenset(feature for feature in CORNER_FEATURES if holds[feature])


def _layer_features(layer: Layer) -> dict[str, bool]:
    bits = layer.precision
    reach = [
        (
            (layer.sizes[w.output_dim] - 1) * w.stride
            + (layer.sizes[w.filter_dim] - 1) * w.dilation
            + 1,
            w,
        )
        for w in layer.windows
    ]
    return {
        "outputs grow when finished": bits.O_final > bits.O,
        "outputs shrink by half or more": 2 * bits.O_final <= bits.O,
        "odd precision": any(n % 4 for n in (bits.W, bits.I, bits.O, bits.O_final)),
        "input of one position": any(w.size == 1 < steps for steps, w in reach),
        "half of the windows padding": any(2 * w.size <= steps for steps, w in reach),
        "stride beyond the filter": any(
            w.stride > (layer.sizes[w.filter_dim] - 1) * w.dilation + 1
            and layer.sizes[w.output_dim] > 1
            for w in layer.windows
        ),
    }


def _hierarchy_features(accelerator: Accelerator) -> dict[str, bool]:
    levels, memories, array = accelerator.levels, accelerator.memories, accelerator.array
    buffers = [held for held in memories[1:-1] if not held.name.startswith("rf")]
    return {
        **{
            f"memory for {op} only": any(held.operands == (op,) for held in buffers)
            for op in OPERANDS
        },
        **{f"{op} in 1 memory": len(levels[op]) == 1 for op in OPERANDS},
        **{f"{op} in 4 or more memories": len(levels[op]) > 3 for op in OPERANDS},
        "top memory apart": len({levels[op][-1] for op in OPERANDS}) > 1,
        "buffer per macro": any(
            {"D1", "D2"} <= held.served < {n for n, _ in array.dimensions} for held in buffers
        ),
        "registers of every multiplier": any(not held.served for held in memories[1:]),
        "array of one row": array.rows == 1,
        "group depth above 2": accelerator.group_depth > 2,
    }


def _port_features(layer: Layer, accelerator: Accelerator) -> dict[str, bool]:
    ports = [used for held in accelerator.memories[1:] for used in held.ports]
    lowest = {}
    for op in OPERANDS:
        used = accelerator.memory(op, 0).port_of(
            op, Direction.FROM_LOW if op == "O" else Direction.TO_LOW
        )
        assert used is not None
        lowest[op] = used.bandwidth_max
    outputs = accelerator.memory("O", 0).size_bits
    bits = layer.precision
    return {
        "finished outputs packed": len(accelerator.levels["O"]) > 1
        and 2 * bits.O_final <= outputs < 2 * max(bits.O, bits.O_final + 1),
        "wide lowest port": bool(wide_operands(layer, accelerator)),
        "narrow lowest port": any(width < bits.bits(op) for op, width in lowest.items()),
        "odd port width": any(
            n & (n - 1) for used in ports for n in (used.bandwidth_min, used.bandwidth_max)
        ),
        "port of mixed movements": any(
            used.kind == "read_write" and len(held.ports) > 1
            for held in accelerator.memories
            for used in held.ports
        ),
    }


def _unrolling_features(drawn: Case) -> dict[str, bool]:
    layer, accelerator = drawn.layer, drawn.accelerator
    windows = [{w.output_dim, w.filter_dim} for w in layer.windows]
    found = dict.fromkeys(
        ("window over rows and macros", "window over columns and macros", "reduction over macros"),
        False,
    )
    columns, rows, *macros = (name for name, _ in accelerator.array.dimensions)
    for spatial in SpatialSpace.of(layer, accelerator, drawn.profile):
        on_macros = {dim for name in macros for dim in spatial.on(name)}
        found["reduction over macros"] |= bool(on_macros - layer.relevant("O"))
        for window in windows:
            if on_macros & window:
                found["window over rows and macros"] |= bool(window & spatial.on(rows).keys())
                found["window over columns and macros"] |= bool(window & spatial.on(columns).keys())
    return found


# ---------------------------------------------------------------- layers
def corner_layer(rng: random.Random) -> Layer:
    """Draw a layer of few loops, most often with a window."""
    precision = corner_precision(rng)
    if rng.random() < 0.35:
        return matmul_layer(
            "gemm",
            rows=rng.choice((1, 1, 2, 3, 4)),
            out_channels=rng.choice((1, 2, 3, 4, 5, 6)),
            in_channels=rng.choice((1, 2, 3, 4, 5, 6, 8)),
            heads=rng.choice((1, 1, 1, 2)),
            weight_batched=rng.random() < 0.5,
            precision=precision,
        )
    (rows, taps_down, *down), (columns, taps_along, *along) = corner_window(rng), corner_window(rng)
    if rng.random() < 0.5:
        rows, taps_down, *down = (
            1,
            1,
            1,
            1,
            1,
        )  # a convolution of one dimension has room for longer windows
    depthwise = rng.random() < 0.15
    return conv_layer(
        "conv",
        batch=rng.choice((1, 1, 1, 1, 2)),
        groups=rng.choice((2, 3)) if depthwise else 1,
        out_channels=1 if depthwise else rng.choice((1, 1, 2, 3, 4)),
        in_channels=1 if depthwise else rng.choice((1, 1, 2, 3)),
        output_size=(rows, columns),
        filter_size=(taps_down, taps_along),
        stride=(down[0], along[0]),
        dilation=(down[1], along[1]),
        input_size=(down[2], along[2]),
        precision=precision,
    )


def corner_precision(rng: random.Random) -> Precision:
    """Weights and inputs of odd widths now and then.

    Finished outputs of any width beside partial sums of any.
    """
    return Precision(
        rng.choice((8, 8, 8, 4, 2, 5)),
        rng.choice((8, 8, 8, 4, 16, 5)),
        rng.choice((4, 8, 13, 16, 16, 24, 32)),
        rng.choice((4, 5, 8, 8, 13, 16, 24, 32)),
    )


def corner_window(rng: random.Random) -> tuple[int, int, int, int, int]:
    """Outputs, taps, stride, dilation and real input of one direction.

    Often most of the input is padding.
    """
    outputs, taps = rng.choice((1, 1, 2, 3, 4, 6)), rng.choice((1, 1, 2, 3, 4))
    stride, dilation = rng.choice((1, 1, 1, 2, 3)), rng.choice((1, 1, 1, 2, 3))
    reach = (outputs - 1) * stride + (taps - 1) * dilation + 1
    return (
        outputs,
        taps,
        stride,
        dilation,
        rng.choice((reach, reach, reach, 1, min(2, reach), rng.randint(1, reach))),
    )


# ---------------------------------------------------------------- accelerators
def corner_accelerator(rng: random.Random) -> dict[str, Any]:
    """Draw the entries of an accelerator file."""
    dimensions, sizes = ["D1", "D2"], [rng.choice((1, 2, 3, 4)), rng.choice((1, 2, 4))]
    if rng.random() < 0.5:
        dimensions, sizes = [*dimensions, "D3"], [*sizes, rng.choice((2, 3, 4))]
    weight_bits = rng.choice((8, 8, 8, 4))
    depth = rng.choice((1, 1, 1, 2, 3, 4))
    width = rng.choice((None, None, 3, 2 * weight_bits))
    memories: dict[str, Any] = {"cells": cells(depth, weight_bits, width) | {"w_cost": _cost(rng)}}
    memories |= _registers(rng)
    if rng.random() < 0.05:
        memories["cells"]["size"] = (
            16 * weight_bits
        )  # room for all weights, which no other memory holds
        memories |= {"dram": _level(rng, "I1 O", 10**10, " ".join(dimensions))}
    else:
        memories |= _buffers(rng, dimensions) | _tops(rng, dimensions)
    return rebuilt(
        base(rng.choice(("aimc", "dimc"))),
        "corner",
        memories,
        dimensions=dimensions,
        sizes=sizes,
        bit_serial_precision=rng.choice((1, 2, 8)),
        input_precision=[8, weight_bits],
    )


def _registers(rng: random.Random) -> dict[str, Any]:
    """Lowest memories.

    Of one or a few words, along the usual dimension, or none, or of every multiplier.
    """
    found = {}
    if rng.random() < 0.8:
        served = rng.choice(("D1", "D1", "D1", "D1", "D1 D2", ""))
        found["rf_i"] = _level(rng, "I1", rng.choice((8, 8, 8, 16, 24, 40)), served)
    if rng.random() < 0.8:
        served = rng.choice(("D2", "D2", "D2", "D2", "D1 D2", ""))
        found["rf_o"] = _level(rng, "O", rng.choice((8, 16, 16, 24, 24, 32, 48, 64)), served)
    return found


def _buffers(rng: random.Random, dimensions: list[str]) -> dict[str, Any]:
    """Up to three buffers of scarce room for any of the operands.

    The lowest one per macro now and then.
    """
    held = rng.choice(
        (
            "",
            "",
            "I1 O",
            "I1 I2 O",
            "I1",
            "I2",
            "O",
            "I1 I2",
            "I2 O",
            "I1,O",
            "I2,I1 O",
            "I1,I2",
            "I1,I1 O",
            "I1 O,I1 I2 O",
            "I2 O,I1 O",
            "I2,I1,O",
            "I1,I1,I1",
            "O,O,O",
            "I2,I2,I2",
            "I1,I1 O,I2",
        )
    )
    found = {}
    for number, operands in enumerate(held.split(",") if held else ()):
        served = dimensions[: rng.choice((2, len(dimensions)))] if number == 0 else dimensions
        size = 8 * rng.choice((2, 3, 4, 5, 6, 8, 12, 16, 32)) * (number + 1) + rng.choice(
            (0, 0, 0, 5)
        )
        found[f"sram{number}"] = _level(rng, operands, size, " ".join(served))
    return found


def _tops(rng: random.Random, dimensions: list[str]) -> dict[str, Any]:
    """One memory above all, or weights and the rest apart, or inputs and outputs apart."""
    found = {}
    for number, operands in enumerate(
        rng.choice(("I1 I2 O", "I1 I2 O", "I1 I2 O", "I2,I1 O", "O,I1 I2")).split(",")
    ):
        top = _level(rng, operands, 10**10, " ".join(dimensions))
        top.pop("force_double_buffering", None)
        found[f"dram{number}"] = top | {
            key: round(10 * rng.uniform(0.1, 5), 3) for key in ("r_cost", "w_cost")
        }
    return found


def _level(rng: random.Random, operands: str, size: int, served: str) -> dict[str, Any]:
    """One memory with some costs and ports."""
    made = memory(size, operands, corner_ports(rng, operands), served)
    made |= {"r_cost": _cost(rng), "w_cost": _cost(rng)}
    if rng.random() < 0.08:
        made["force_double_buffering"] = True
    return made


def _cost(rng: random.Random) -> float:
    return round(rng.choice((0.0, 0.1, 1.0, 10.0)) * rng.uniform(0.5, 2.0), 3)


def corner_ports(rng: random.Random, operands: str) -> list[dict[str, Any]]:
    """Ports of a memory.

    One for all, one per direction, one per movement, or movements mixed over several.
    """
    structure = rng.choice(("one", "one", "directions", "movements", "mixed"))
    if structure == "one":
        return [_port(rng, "read_write", moves(operands, *SHARED_PORT))]
    if structure == "directions":
        return [
            _port(rng, "read", moves(operands, "tl", "th")),
            _port(rng, "write", moves(operands, "fh", "fl")),
        ]
    every = moves(operands, *SHARED_PORT)
    if structure == "movements":
        return [
            _port(rng, "read" if move.endswith(("tl", "th")) else "write", [move]) for move in every
        ]
    rng.shuffle(every)
    count = rng.randint(1, min(3, len(every)))
    return [_port(rng, "read_write", every[first::count]) for first in range(count)]


def _port(rng: random.Random, kind: str, movements: list[str]) -> dict[str, Any]:
    """Port of a width that divides elements, or one that does not."""
    if rng.random() < 0.3:
        low = rng.choice((1, 3, 5, 7, 10, 12))
        return port(kind, low, low * rng.choice((1, 1, 2, 3)) + rng.choice((0, 0, 1)), *movements)
    low = rng.choice((2, 4, 8, 8, 16, 32))
    return port(kind, low, low * rng.choice((1, 1, 2, 4, 8)), *movements)
