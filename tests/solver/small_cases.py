"""Random layers and accelerators so small that every mapping can be enumerated."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.accelerators import (
    SHARED_PORT,
    base,
    cells,
    memory,
    moves,
    port,
    rebuilt,
    registers,
)
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC, CostProfile

PROFILES = (IMC, ZIGZAG, ZIGZAG_IMC)


@dataclass(frozen=True)
class Case:
    """What is mapped onto what, under which profile, in which mapspace."""

    seed: int
    layer: Layer
    data: dict[str, Any]
    accelerator: Accelerator
    profile: CostProfile
    space: Space = DIVISORS

    @property
    def seen(self) -> Accelerator:
        """The accelerator as the bits of the layer see it."""
        return seen_by(self.accelerator, self.layer.precision, self.profile)


def case(seed: int, most_mappings: int = 4000) -> Case:
    """Draw one case; the same seed gives the same case."""
    rng, profile = random.Random(seed), PROFILES[seed % len(PROFILES)]
    while True:
        data = random_accelerator(rng)
        accelerator = accelerator_from_dict(data, "random")
        layer = random_layer(rng)
        if is_small(layer, accelerator, profile, most_mappings):
            return Case(seed, layer, data, accelerator, profile)


def stalling_case(seed: int, most_mappings: int = 4000) -> Case:
    """Draw a case whose narrow ports hardly keep up with the array.

    Its memories have little room for second tiles.
    """
    rng, profile = random.Random(f"stalling {seed}"), (IMC, ZIGZAG)[seed % 2]
    while True:
        data = random_accelerator(rng)
        data["operational_array"]["bit_serial_precision"] = 8
        for name, entry in data["memories"].items():
            if name.startswith("sram"):
                entry["size"] = 8 * rng.randint(2, 16)
            for used in entry["ports"] if name.startswith(("sram", "dram")) else ():
                used["bandwidth_min"] = used["bandwidth_max"] = rng.choice((1, 2, 4, 8))
        accelerator = accelerator_from_dict(data, "stalling")
        layer = random_layer(rng)
        if is_small(layer, accelerator, profile, most_mappings, fewest_primes=3):
            return Case(seed, layer, data, accelerator, profile)


def diagonal_case(seed: int, most_mappings: int = 4000) -> Case:
    """Draw a case some of whose windows or groups may lie diagonally, on more rows than others."""
    rng, profile = random.Random(f"diagonal {seed}"), (IMC, ZIGZAG_IMC)[seed % 2]
    space = Space(diagonals=True)
    while True:
        data = random_accelerator(rng)
        array = data["operational_array"]
        array["sizes"][:2] = [rng.choice((2, 3, 4)), rng.choice((2, 4, 6, 8))]
        accelerator = accelerator_from_dict(data, "diagonal")
        layer = random_layer(rng)
        if is_small(layer, accelerator, profile, most_mappings, space=space):
            drawn = Case(seed, layer, data, accelerator, profile, space)
            if any(has_diagonal(drawn, spatial) for spatial in spatials_of(drawn)):
                return drawn


def spatials_of(drawn: Case) -> SpatialSpace:
    """Return the spatial mappings of a case."""
    return SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)


def has_diagonal(drawn: Case, spatial: SpatialMapping) -> bool:
    """Whether a spatial mapping has a diagonal window or a diagonal block."""
    columns, rows = (set(spatial.on(name)) for name in ("D1", "D2"))
    outputs = {window.output_dim for window in drawn.layer.windows}
    return bool(outputs & columns) or bool(columns & rows)


def resting_case(seed: int, most_mappings: int = 4000) -> Case:
    """Draw a case whose lowest memories hold a single element, so that one operand rests at most.

    Finished outputs may be packed there, several of them in the room of a partial sum.
    """
    rng = random.Random(f"resting {seed}")
    profile = PROFILES[seed % len(PROFILES)]
    while True:
        data = random_accelerator(rng)
        above = {
            name: entry for name, entry in data["memories"].items() if name[:2] in ("sr", "dr")
        }
        for entry in above.values():
            entry.pop("force_double_buffering", None)
            for used in entry["ports"]:
                used["bandwidth_max"] = used["bandwidth_min"] = rng.choice((2, 4, 8, 16, 64))
        lowest = {"cells": cells(), "rf_i": registers("I1", 1, 8), "rf_o": registers("O", 1, 24)}
        data["memories"] = lowest | above
        accelerator = accelerator_from_dict(data, "resting")
        layer = random_layer(rng)
        if is_small(layer, accelerator, profile, most_mappings, fewest_primes=3):
            return Case(seed, layer, data, accelerator, profile)


def is_small(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    most_mappings: int,
    fewest_primes: int = 2,
    space: Space = DIVISORS,
) -> bool:
    """Whether there is something to choose, and not too much of it."""
    primes = sum(exponent for _, size in layer.loop_dims for _, exponent in prime_factors(size))
    if not fewest_primes <= primes <= 7:
        return False
    return 1 < mapspace_size(layer, accelerator, profile, space) <= most_mappings


def cases(seeds: range, most_mappings: int = 4000) -> Iterator[Case]:
    """Draw one case per seed."""
    return (case(seed, most_mappings) for seed in seeds)


def told(drawn: Case) -> str:
    """What to know of a case that fails."""
    sizes = ", ".join(f"{dim} {size}" for dim, size in drawn.layer.loop_dims if size > 1)
    return f"case({drawn.seed}): {drawn.layer.name} ({sizes}) under {drawn.profile.name}"


FEATURES = (
    "group depth 1",
    "group depth 2",
    "one macro",
    "several macros",
    "analog",
    "digital",
    *(f"{operand} in {levels} memories" for operand in OPERANDS for levels in (2, 3)),
    "memory shared by 2",
    "memory shared by 3",
    "forced double buffer",
    "port shared by operands",
    "convolution",
    "matrix product",
    "groups",
    "batch",
    "stride",
    "dilation",
    "clipped input",
    "not dividing",
    "diagonal",
    "outputs diagonal alone",
    "diagonal blocks",
)
"""Everything that cases have more or less of."""


def features(drawn: Case) -> frozenset[str]:
    """Which of the `FEATURES` a case has."""
    layer, accelerator = drawn.layer, drawn.accelerator
    spatials = spatials_of(drawn)
    holds = {
        "one macro": len(accelerator.array.dimensions) == 2,
        "several macros": len(accelerator.array.dimensions) > 2,
        "analog": accelerator.array.analog,
        "digital": not accelerator.array.analog,
        "forced double buffer": any(memory.double_buffered for memory in accelerator.memories),
        "port shared by operands": any(
            len({operand for operand, _ in used.allocation}) > 1
            for held in accelerator.memories
            for used in held.ports
        ),
        "convolution": not layer.is_matrix_product,
        "matrix product": layer.is_matrix_product,
        "groups": layer.sizes.get("G", 1) > 1,
        "batch": layer.sizes.get("B", 1) > 1,
        "stride": any(window.stride > 1 for window in layer.windows),
        "dilation": any(window.dilation > 1 for window in layer.windows),
        "clipped input": any(
            (layer.sizes[w.output_dim] - 1) * w.stride
            + (layer.sizes[w.filter_dim] - 1) * w.dilation
            + 1
            > w.size
            for w in layer.windows
        ),
        "not dividing": any(
            layer.sizes[dim] % factor
            for spatial in spatials
            for dim, factor in spatial.factors.items()
        ),
        "diagonal": any(
            {"OX", "OY"} & s.on("D1").keys() and {"FX", "FY"} & s.on("D2").keys() for s in spatials
        ),
        "outputs diagonal alone": any(
            {"OX", "OY"} & s.on("D1").keys() and not {"FX", "FY"} & s.on("D2").keys()
            for s in spatials
        ),
        "diagonal blocks": any(s.on("D1").keys() & s.on("D2").keys() for s in spatials),
    }
    counted = {
        f"group depth {accelerator.group_depth}",
        *(f"{operand} in {len(accelerator.levels[operand])} memories" for operand in OPERANDS),
        *(f"memory shared by {len(held.operands)}" for held in accelerator.memories[:-1]),
    }
    return frozenset(feature for feature in FEATURES if holds.get(feature) or feature in counted)


# ---------------------------------------------------------------- layers
def random_layer(rng: random.Random) -> Layer:
    """Convolutions of every kind and matrix products, with few prime factors."""
    precision = Precision(8, 8, rng.choice((16, 24)), rng.choice((8, 8, 16)))
    kind = rng.choice(
        (
            "conv",
            "conv",
            "conv",
            "strided",
            "dilated",
            "grouped",
            "depthwise",
            "batch",
            "gemm",
            "gemm",
        )
    )
    if kind == "gemm":
        batch = rng.choice((1, 1, 2))
        return matmul_layer(
            kind,
            rows=rng.choice((1, 2, 3, 4, 6)),
            out_channels=rng.choice((1, 2, 3, 4, 5, 8)),
            in_channels=rng.choice((1, 2, 3, 4, 7, 8)),
            batch=batch,
            heads=rng.choice((1, 1, 2)),
            weight_batched=rng.random() < 0.5,
            precision=precision,
        )

    def some(*values: int) -> int:
        return rng.choice((1, 1, *values))

    output = (some(2, 3, 4), some(2, 3, 4, 5))
    taps = (some(2, 3), some(2, 3))
    stride = (
        (rng.choice((1, 2, 3)), rng.choice((1, 2, 3)))
        if kind == "strided" or rng.random() < 0.2
        else (1, 1)
    )
    dilation = (
        (rng.choice((1, 2, 3)), rng.choice((1, 2, 3)))
        if kind == "dilated" or rng.random() < 0.2
        else (1, 1)
    )
    reach = [
        (o - 1) * s + (f - 1) * d + 1
        for o, s, f, d in zip(output, stride, taps, dilation, strict=True)
    ]
    clipped = (max(1, reach[0] - rng.choice((0, 1, 2))), max(1, reach[1] - rng.choice((0, 1, 2))))
    return conv_layer(
        kind,
        batch=rng.choice((2, 3)) if kind == "batch" else 1,
        groups=rng.choice((2, 3, 4)) if kind in ("grouped", "depthwise") else 1,
        out_channels=1 if kind == "depthwise" else some(2, 3, 4, 5),
        in_channels=1 if kind == "depthwise" else some(2, 3, 4),
        output_size=output,
        filter_size=taps,
        stride=stride,
        dilation=dilation,
        input_size=clipped if rng.random() < 0.5 else None,
        precision=precision,
    )


# ---------------------------------------------------------------- accelerators
@dataclass(frozen=True)
class _Levels:
    """Draws memories; ``everything`` are all array dimensions."""

    rng: random.Random
    everything: str

    def cost(self) -> float:
        """Draw the energy of an access."""
        scale = self.rng.choice((0.0, 0.1, 1.0, 10.0))
        return round(scale * self.rng.uniform(0.5, 2.0), 3)

    def width(self) -> tuple[int, int]:
        """Draw the smallest and the full access of a port."""
        low = self.rng.choice((8, 16, 32))
        return low, low * self.rng.choice((1, 1, 2, 4))

    def ports(self, operands: str, structure: str) -> list[dict[str, Any]]:
        """Draw ports: one for all, one to read and one to write, or one for each movement."""
        if structure == "rw":
            return [port("read_write", *self.width(), *moves(operands, *SHARED_PORT))]
        if structure == "shared":
            return [
                port("read", *self.width(), *moves(operands, "tl", "th")),
                port("write", *self.width(), *moves(operands, "fh", "fl")),
            ]
        kinds = (("tl", "read"), ("fh", "write"), ("th", "read"), ("fl", "write"))
        return [
            port(kind, *self.width(), *moves(operand, direction))
            for operand in operands.split()
            for direction, kind in kinds
            if moves(operand, direction)
        ]

    def level(
        self, operands: str, size: int, served: str | None = None, structure: str | None = None
    ) -> dict[str, Any]:
        """Draw a memory."""
        drawn = structure or self.rng.choice(("rw", "shared", "separate"))
        made = memory(size, operands, self.ports(operands, drawn), served or self.everything)
        made |= {"r_cost": self.cost(), "w_cost": self.cost()}
        if size < 10**9 and self.rng.random() < 0.1:
            made["force_double_buffering"] = True
        return made

    def register(self, operand: str, word: int, served: str) -> dict[str, Any]:
        """Draw a register of one or several words."""
        made = self.level(operand, word * self.rng.choice((1, 1, 2, 4)), served)
        made.pop("force_double_buffering", None)
        return made


def random_accelerator(rng: random.Random) -> dict[str, Any]:
    """Small arrays, registers of one or several words, scarce memories, ports of all kinds."""
    rows, macros = rng.choice((2, 4)), rng.choice((0, 0, 0, 2))
    everything = "D1 D2 D3" if macros else "D1 D2"
    draw = _Levels(rng, everything)
    depth = rng.choice((1, 1, 2))
    memories: dict[str, Any] = {"cells": cells(depth) | {"w_cost": draw.cost()}}
    if rng.random() < 0.8:
        memories["rf_i"] = draw.register("I1", 8, "D1")
    if rng.random() < 0.8:
        memories["rf_o"] = draw.register("O", 24, "D2")
    middle = rng.choice(("", "I1 O", "I1 O", "I1 I2 O", "I1 I2 O", "I1,O", "O", "I2,I1 O"))
    for number, operands in enumerate(middle.split(",") if middle else ()):
        served = "D1 D2" if macros and operands == "I1" and rng.random() < 0.5 else everything
        memories[f"sram{number}"] = draw.level(
            operands, 8 * rng.choice((2, 4, 6, 8, 12, 16, 24, 48, 96)), served
        )
    memories["dram"] = draw.level(
        "I1 I2 O", 10**10, structure=rng.choice(("rw", "rw", "shared", "separate"))
    )
    for key in ("r_cost", "w_cost"):
        memories["dram"][key] = round(10 * rng.uniform(1, 5), 3)
    data = base(rng.choice(("aimc", "dimc")))
    array: dict[str, Any] = {"dimensions": ["D1", "D2"], "sizes": [rng.choice((1, 2, 3, 4)), rows]}
    if macros:
        array = {"dimensions": ["D1", "D2", "D3"], "sizes": [*array["sizes"], macros]}
    array["bit_serial_precision"] = rng.choice((1, 2, 8))
    return rebuilt(data, "random", memories, **array)
