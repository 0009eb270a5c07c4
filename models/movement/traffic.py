"""Memory energy: the word accesses of every operand, level and direction, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator, Direction, MemoryInstance, Port
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.models.movement.words import Amount, full_accesses
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True, slots=True)
class FlowOrder:
    """Order of the flows in every list of them.

    A *flow* is what crosses one boundary of one operand in one direction. Weights come first, then
    inputs, then outputs on their way up; last, in the same order, the same outputs on their way
    back down as partial sums.

    Attributes
    ----------
    tops
        Per operand, whether the boundary over its top memory is listed too: where this memory also
        receives tiles of other operands, with which those in their top memory compete for room
        (kept operands do not). Nothing crosses it.
    first, boundaries
        Per operand, the place of its flow over boundary 0, and how many boundaries are listed.
    back
        How far behind its way up the way back down of an output stands.
    """

    tops: tuple[bool, bool, bool]
    first: tuple[int, int, int]
    boundaries: tuple[int, int, int]
    back: int

    @classmethod
    def of(cls, accelerator: Accelerator) -> FlowOrder:
        """List the flows of an accelerator."""
        levels = [accelerator.levels[operand] for operand in OPERANDS]
        received = {memory for memories in levels for memory in memories[:-1]}
        w_top, i_top, o_top = (
            memories[-1] in received and operand not in accelerator.memories[memories[-1]].kept
            for operand, memories in zip(OPERANDS, levels, strict=True)
        )
        w, i, o = (len(memories) for memories in levels)
        w, i, o = w + w_top, i + i_top, o + o_top
        return cls((w_top, i_top, o_top), (0, w, w + i), (w, i, o), o)

    def place(self, operand: str, boundary: int, back: bool = False) -> int:
        """Place of a flow; ``back`` for partial sums on their way down."""
        return self.first[OPERANDS.index(operand)] + boundary + (self.back if back else 0)


@dataclass(frozen=True, slots=True)
class Access:
    """One movement of an operand through a port of a memory.

    Where it happens and what a full-width access costs.

    ``flow`` is its place in the order of flows.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    flow
        Place of its flow in the order of flows.
    level
        Memory level of the operand; 0 is the lowest.
    memory, memory_index
        The memory that is accessed, and its place in the accelerator.
    direction
        From or to the level above or below.
    port, port_index
        The port that is used, and its place in the memory.
    energy_pj
        Energy of one access of full width.
    """

    operand: str
    flow: int
    level: int
    memory: MemoryInstance
    memory_index: int
    direction: Direction
    port: Port
    port_index: int
    energy_pj: float
    upper: bool
    """Whether this memory is the one above the boundary."""

    def amount(self, elements: Amount, fan: Amount) -> Amount:
        """Elements of one transfer on this side of the boundary; elementwise over arrays.

        The memory above the boundary sees the elements of all instances it fans out to.
        """
        return elements * fan if self.upper else elements


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary of an operand and the accesses that a transfer over it makes.

    ``down`` accesses move data towards the array and ``up`` accesses away from it; inputs only move
    down, outputs move up and, as partial sums, also back down.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    index
        Number of the boundary; 0 is that between the array and the lowest memory.
    down, up
        Accesses of one transfer towards the array, and away from it.
    """

    operand: str
    index: int
    down: tuple[Access, ...]
    up: tuple[Access, ...]

    @property
    def onward(self) -> tuple[Access, ...]:
        """Accesses of a load, or of outputs on their way up."""
        return self.up if self.operand == "O" else self.down


def boundaries(accelerator: Accelerator, operand: str) -> tuple[Boundary, ...]:
    """Compile the boundaries of one operand, lowest first."""
    compiled = []
    for index in range(len(accelerator.levels[operand])):
        down = [_access(accelerator, operand, index, Direction.TO_LOW)]
        up = [_access(accelerator, operand, index, Direction.FROM_LOW)] if operand == "O" else []
        if index:
            down.append(_access(accelerator, operand, index, Direction.FROM_HIGH))
            if operand == "O":
                up.append(_access(accelerator, operand, index, Direction.TO_HIGH))
        compiled.append(Boundary(operand, index, tuple(down), tuple(up)))
    return tuple(compiled)


def all_boundaries(accelerator: Accelerator) -> dict[str, tuple[Boundary, ...]]:
    """Compile the boundaries of every operand."""
    return {operand: boundaries(accelerator, operand) for operand in OPERANDS}


def _access(accelerator: Accelerator, operand: str, boundary: int, direction: Direction) -> Access:
    upper = direction in (Direction.TO_LOW, Direction.FROM_LOW)
    level = boundary if upper else boundary - 1
    memory = accelerator.memory(operand, level)
    port = memory.port_of(operand, direction)
    if port is None:
        raise ValueError(
            f"{memory.name}: no port for {operand} {direction}"
        )  # the reader of the file checks this
    back = operand == "O" and direction in (Direction.TO_LOW, Direction.FROM_HIGH)
    return Access(
        operand=operand,
        flow=FlowOrder.of(accelerator).place(operand, boundary, back),
        level=level,
        memory=memory,
        memory_index=accelerator.levels[operand][level],
        direction=direction,
        port=port,
        port_index=memory.ports.index(port),
        energy_pj=memory.write_energy_pj if direction.writes else memory.read_energy_pj,
        upper=upper,
    )


def output_bits(layer: Layer, reduced_above: Amount) -> Amount:
    """Bits of one output on its way over a boundary; elementwise over arrays of booleans.

    It is a partial sum while a reduction is still above the boundary.
    """
    final = layer.precision.O_final
    return final + reduced_above * (layer.precision.O - final)


def words(
    port: Port, bits: Amount, transfers: Amount, instances: float, profile: CostProfile
) -> Amount:
    """Full-width accesses that all transfers over a boundary make at one memory.

    Elementwise over arrays; ``bits`` are those of one transfer, see `Access.amount`.
    """
    share = port.bandwidth_min / port.bandwidth_max
    return full_accesses(bits, port.bandwidth_min, share, transfers, instances, profile.whole_words)
