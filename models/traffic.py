"""Memory energy: the word accesses of every operand, level and direction, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator, Direction, MemoryInstance, Port
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.words import full_accesses


@dataclass(frozen=True, slots=True)
class Access:
    """One movement of an operand through a port of a memory: where it happens and what a full-width access costs."""

    operand: str
    level: int
    memory: MemoryInstance
    memory_index: int
    direction: Direction
    port: Port
    port_index: int
    energy_pj: float
    upper: bool
    """Whether this memory is the one above the boundary."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary of an operand and the accesses that a transfer over it makes.

    ``down`` accesses move data towards the array and ``up`` accesses away from it; inputs only move down, outputs move
    up and, as partial sums, also back down.
    """

    operand: str
    index: int
    down: tuple[Access, ...]
    up: tuple[Access, ...]


def boundaries(accelerator: Accelerator, operand: str) -> tuple[Boundary, ...]:
    """Compile the boundaries of one operand, lowest first."""
    levels = accelerator.levels[operand]
    compiled = []
    for index in range(len(levels)):
        upper, lower = levels[index], levels[index - 1] if index else None
        down = [_access(accelerator, operand, index, upper, Direction.TO_LOW, True)]
        up = [_access(accelerator, operand, index, upper, Direction.FROM_LOW, True)] if operand == "O" else []
        if lower is not None:
            down.append(_access(accelerator, operand, index - 1, lower, Direction.FROM_HIGH, False))
            if operand == "O":
                up.append(_access(accelerator, operand, index - 1, lower, Direction.TO_HIGH, False))
        compiled.append(Boundary(operand, index, tuple(down), tuple(up)))
    return tuple(compiled)


def all_boundaries(accelerator: Accelerator) -> dict[str, tuple[Boundary, ...]]:
    """Compile the boundaries of every operand."""
    return {operand: boundaries(accelerator, operand) for operand in OPERANDS}


def _access(
    accelerator: Accelerator, operand: str, level: int, memory_index: int, direction: Direction, upper: bool
) -> Access:
    memory = accelerator.memories[memory_index]
    port = memory.port_of(operand, direction)
    if port is None:
        raise ValueError(f"{memory.name}: no port for {operand} {direction}")  # the reader of the file checks this
    energy = memory.write_energy_pj if direction.writes else memory.read_energy_pj
    return Access(
        operand, level, memory, memory_index, direction, port, memory.ports.index(port), energy, upper
    )  # fmt: skip


def output_bits(layer: Layer, reduced_above: bool) -> int:
    """Bits of one output on its way over a boundary: a partial sum while a reduction is still above it."""
    return layer.precision.O if reduced_above else layer.precision.O_final


def words(
    access: Access, elements: float, bits: int, transfers: float, instances: float, fan: float, profile: CostProfile
) -> float:
    """Full-width accesses that all transfers over a boundary make at one memory; elementwise over arrays.

    The memory above the boundary sees the elements of all instances it fans out to in one transfer.
    """
    port = access.port
    amount = elements * fan if access.upper else elements
    return full_accesses(
        amount * bits, port.bandwidth_min, port.bandwidth_min / port.bandwidth_max, transfers, instances,
        profile.whole_words,
    )  # fmt: skip
