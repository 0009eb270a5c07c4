"""An in-memory-computing accelerator: one array of macros under a hierarchy of memories."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal

from zigzag_imc.core.arguments import instance, instances, text
from zigzag_imc.core.circuit import USUAL, Circuit
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.technology import NODE_28NM, Technology


class Direction(StrEnum):
    """The four data movements at a memory."""

    FROM_HIGH = "fh"
    """written by the level above"""
    TO_LOW = "tl"
    """read to the level below"""
    FROM_LOW = "fl"
    """written by the level below"""
    TO_HIGH = "th"
    """read to the level above"""

    @property
    def writes(self) -> bool:
        """Whether the memory is written (else it is read)."""
        return self in (Direction.FROM_HIGH, Direction.FROM_LOW)


@dataclass(frozen=True, slots=True)
class Port:
    """A physical port of a memory.

    ``bandwidth_min`` is the smallest access and ``bandwidth_max`` the full width, both in bits per
    cycle. ``allocation`` lists the (operand, direction) pairs that share the port.

    Attributes
    ----------
    name
        Name of the port in its memory.
    kind
        Whether it reads, writes, or does both.
    bandwidth_min, bandwidth_max
        Smallest access and full width, in bits per cycle.
    allocation
        (operand, direction) pairs that share the port.
    """

    name: str
    kind: Literal["read", "write", "read_write"]
    bandwidth_min: int
    bandwidth_max: int
    allocation: tuple[tuple[str, Direction], ...]


@dataclass(frozen=True)
class MemoryInstance:
    """One memory of the hierarchy.

    Attributes
    ----------
    size_bits
        Capacity of one instance.
    read_energy_pj, write_energy_pj
        Energy of one access of full width.
    area_mm2
        Area as the accelerator file gives it: of one instance.
    latency_cycles
        Access latency; documented only, no cost term uses it.
    operands
        Layer operands held, of ``W``, ``I``, ``O``.
    served
        Array dimensions that one instance serves; there is one instance per index of every other
        dimension.
    name
        Name of the memory.
    ports
        Its physical ports.
    double_buffered
        Whether it keeps room for a second tile of every operand in any case.
    cost_source
        Who says what it costs; empty where the file does not say.
    kept
        Operands that lie here whole from layer to layer. It is their top memory, and their room is
        set aside: what ``size_bits`` says is left for the tiles of the others.
    """

    name: str
    size_bits: int
    read_energy_pj: float
    write_energy_pj: float
    area_mm2: float
    latency_cycles: int
    operands: tuple[str, ...]
    served: frozenset[str]
    ports: tuple[Port, ...]
    double_buffered: bool = False
    cost_source: str = ""
    kept: tuple[str, ...] = ()

    def port_of(self, operand: str, direction: Direction) -> Port | None:
        """Return the port that carries ``operand`` in ``direction``.

        ``None`` when the file allocates none.
        """
        for port in self.ports:
            if (operand, direction) in port.allocation:
                return port
        return None


@dataclass(frozen=True, slots=True)
class ImcArray:
    """The array of macros that multiply in place.

    Attributes
    ----------
    analog
        Analog (ADC per column) or digital (adder tree per column).
    activation_bits, weight_bits
        Precision of the operands in the array.
    bits_per_cycle
        Activation bits applied per clock cycle (bit-serial operation).
    adc_bits
        ADC resolution; 0 when digital.
    dimensions
        ``(name, size)`` pairs: first the wordline dimension (columns), then the bitline dimension
        (rows), then counts of macros.
    activation_cycles
        Clock cycles for one activation where the bits of a layer decide it; ``None`` in hardware
        seen without a layer.
    wide_lines
        Whether a wordline carries several inputs, and a bitline several sums, where the ports of
        the lowest memories are wide enough: no array does, but the reference says so.
    unit_diagonals
        Whether a diagonal window takes one row per step, whatever its stride and dilation.
    adc_model
        Whose energy and area of an ADC count: ``fit`` or ``survey``.
    circuit
        How the periphery of a macro is built where it is another than the usual one.
    """

    analog: bool
    activation_bits: int
    weight_bits: int
    bits_per_cycle: float
    adc_bits: float
    dimensions: tuple[tuple[str, int], ...]
    activation_cycles: int | None = None
    wide_lines: bool = False
    unit_diagonals: bool = False
    adc_model: Literal["fit", "survey"] = "fit"
    circuit: Circuit = USUAL

    @property
    def wordline(self) -> str:
        """Name of the wordline dimension."""
        return self.dimensions[0][0]

    @property
    def bitline(self) -> str:
        """Name of the bitline dimension."""
        return self.dimensions[1][0]

    @property
    def columns(self) -> int:
        """Weights per row of a macro."""
        return self.dimensions[0][1]

    @property
    def rows(self) -> int:
        """Weights per column of a macro."""
        return self.dimensions[1][1]

    @property
    def macros(self) -> int:
        """Number of macros."""
        return math.prod(size for _, size in self.dimensions[2:])

    @property
    def units(self) -> int:
        """Multipliers in all macros."""
        return math.prod(size for _, size in self.dimensions)

    @property
    def cycles_per_activation(self) -> float:
        """Clock cycles for one activation of the array.

        All activation bits, ``bits_per_cycle`` at a time, in the last one those that are left; if
        no layer asks for others.
        """
        if self.activation_cycles is not None:
            return self.activation_cycles
        return float(math.ceil(self.activation_bits / self.bits_per_cycle))


@dataclass(frozen=True)
class Accelerator:
    """An array and its memories, lowest first.

    Attributes
    ----------
    name
        Name of the accelerator.
    array
        The array of macros.
    memories
        All memories, lowest first.
    technology
        Gate constants of the array.
    clock_ns
        Period of the system's clock in ns, where that is slower than the array could be; ``None``
        for the delay of the array's critical path.
    notices
        What a person should know about how its file was read, a sentence each; two accelerators
        that differ in nothing else are equal.
    dataflows
        What its file asks of the unrollings of every layer; here, too, accelerators that differ in
        nothing else are equal.
    hardware
        The accelerator as it is built, where this is one as the bits of a layer see it.
    whole
        Where weights that stay in its cells leave a layer a part of them, or the weights of a layer
        stay in a memory below their top one: the accelerator without what stays.
    weight_inferences
        For how many inferences weights are loaded once into what is their top memory here; zero
        where they are none that stay.
    """

    name: str
    array: ImcArray
    memories: tuple[MemoryInstance, ...]
    technology: Technology = NODE_28NM
    clock_ns: float | None = None
    notices: tuple[str, ...] = field(default=(), compare=False)
    dataflows: Constraints = field(default=(), compare=False)
    hardware: Accelerator | None = None
    whole: Accelerator | None = None
    weight_inferences: int = 0

    def __post_init__(self) -> None:
        text("accelerator: name", self.name, "a text", AcceleratorError)
        instance("accelerator: array", self.array, ImcArray, "an ImcArray", AcceleratorError)
        instances("accelerator: memories", self.memories, MemoryInstance, AcceleratorError)
        object.__setattr__(self, "memories", tuple(self.memories))

    @cached_property
    def levels(self) -> Mapping[str, tuple[int, ...]]:
        """Indices into ``memories`` per operand, lowest level first."""
        return {
            operand: tuple(
                index for index, memory in enumerate(self.memories) if operand in memory.operands
            )
            for operand in OPERANDS
        }

    @cached_property
    def cells(self) -> MemoryInstance:
        """The weight cells of the array: the lowest level of the weights."""
        return self.memories[self.levels["W"][0]]

    def instances(self, memory: MemoryInstance) -> int:
        """How many instances of a memory there are: one at each index of what none of them serves.

        An instance serves all indices of some array dimensions; each index of the others has one
        of its own.
        """
        return math.prod(size for name, size in self.array.dimensions if name not in memory.served)

    @property
    def group_depth(self) -> int:
        """Weights that each multiplier holds."""
        return self.cells.size_bits // self.array.weight_bits

    def memory(self, operand: str, level: int) -> MemoryInstance:
        """Return the memory that holds ``operand`` at ``level`` (0 is the lowest)."""
        return self.memories[self.levels[operand][level]]

    def replace(self, **changes: object) -> Accelerator:
        """Return a copy with some attributes changed."""
        return replace(self, **changes)  # type: ignore[arg-type]
