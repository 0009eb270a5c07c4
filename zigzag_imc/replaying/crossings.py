"""The boundaries between memories: what crosses each of them, through which ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zigzag_imc.core.accelerator import Accelerator, Direction, MemoryInstance
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.replaying.lanes import Lanes, Portion
from zigzag_imc.replaying.nest import Nest, Pieces, Visits
from zigzag_imc.replaying.timeline import Timeline

ROWS = "rows"
"""Name of what writes the rows of the cells, as if it were a port."""


@dataclass(eq=False)
class PortTime:
    """A port of a memory and what it does when.

    Of several instances of a memory, which all do the same, that with the most to do.

    Attributes
    ----------
    memory, name
        Names of the memory and of its port.
    width
        Bits a cycle.
    line
        When it is busy.
    busy
        Cycles in which it moves a word.
    """

    memory: str
    name: str
    width: int
    line: Timeline = field(default_factory=Timeline)
    busy: int = 0

    def take(self, ready: int, cycles: int) -> tuple[int, int]:
        """Be busy in the earliest free cycles from ``ready`` on; begin and end of them."""
        self.busy += cycles
        return self.line.take(ready, cycles)


@dataclass(frozen=True, eq=False)
class Way:
    """A direction over a boundary.

    Attributes
    ----------
    operand, boundary
        Whose, and which: 0 is that between the array and the lowest memory.
    is_up
        Whether it leads away from the array.
    upper, lower
        Ports above and below; below boundary 0 there is none.
    carried
        Per visit, bits that a transfer of the whole tile takes through the upper and lower port.
    """

    operand: str
    boundary: int
    is_up: bool
    upper: PortTime
    lower: PortTime | None
    carried: tuple[list[int], list[int]]


@dataclass(frozen=True, eq=False)
class Crossing:
    """A boundary of one operand in one mapping.

    Attributes
    ----------
    visits
        Tiles below the boundary.
    pieces
        What they are of the tiles below the next boundary; ``None`` at the highest one, above which
        the operand lies whole.
    bits
        Per visit, bits of the tile in one instance of the memory below.
    down, up
        Ways over it; only outputs have one up.
    """

    visits: Visits
    pieces: Pieces | None
    bits: list[int]
    down: Way
    up: Way | None


class Ports:
    """All ports of an accelerator, looked up by what passes through them.

    Where the rows of the cells are written one by one, what writes them is a port that is busy
    whenever the ``array`` is.
    """

    def __init__(self, accelerator: Accelerator, array: Timeline | None) -> None:
        self._cells, self._array = accelerator.cells, array
        self._known: dict[tuple[str, str], PortTime] = {}

    def of(self, memory: MemoryInstance, operand: str, direction: Direction) -> PortTime:
        """Return the port that carries an operand in a direction."""
        port = memory.port_of(operand, direction)
        if port is None:
            raise ValueError(
                f"{memory.name}: no port for {operand} {direction}"
            )  # the reader of the file checks this
        if memory is self._cells and direction is Direction.FROM_HIGH and self._array is not None:
            key = memory.name, ROWS
            return self._known.setdefault(key, PortTime(*key, port.bandwidth_max, self._array))
        key = memory.name, port.name
        return self._known.setdefault(key, PortTime(*key, port.bandwidth_max))

    def all(self) -> list[PortTime]:
        """Return all ports that were asked for."""
        return list(self._known.values())


def crossings(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, nest: Nest, ports: Ports
) -> dict[str, list[Crossing]]:
    """Compile all boundaries of every operand, lowest first."""
    lanes = Lanes.of(layer, accelerator.array, mapping.spatial)
    return {
        operand: _Compiler(layer, accelerator, lanes, nest, ports, operand).compiled(
            mapping.temporal.of_operand(operand)
        )
        for operand in ("W", "I", "O")
    }


@dataclass(frozen=True)
class _Compiler:
    """Compiles the boundaries of one operand."""

    layer: Layer
    accelerator: Accelerator
    lanes: Lanes
    nest: Nest
    ports: Ports
    operand: str

    def compiled(self, cuts: tuple[int, ...]) -> list[Crossing]:
        """Compile boundary after boundary."""
        dims = self.layer.relevant(self.operand) & self.nest.sizes.keys()
        rests = self.operand != "O"  # outputs leave the array after every step
        visits = [Visits.of(self.nest, dims, 0, resting=rests)]
        visits += [Visits.of(self.nest, dims, cut) for cut in cuts]
        return [
            self._crossing(boundary, of, visits[boundary + 1 : boundary + 2])
            for boundary, of in enumerate(visits)
        ]

    def _crossing(self, boundary: int, visits: Visits, above: list[Visits]) -> Crossing:
        memory = self.accelerator.memory(self.operand, boundary)
        element = self._element_bits(visits, memory)
        upper = self._bits(visits, memory, element)
        below, lower, held = None, upper, upper
        if boundary:
            below = self.accelerator.memory(self.operand, boundary - 1)
            lower = self._bits(visits, below, element)
            # Sums of several instances are added on their way: before that, they are partial.
            held = self._bits(visits, below, self._element_bits(visits, below))
        carried = upper, lower
        down = self._way(boundary, memory, below, carried, Direction.TO_LOW)
        up = None
        if self.operand == "O":
            up = self._way(boundary, memory, below, carried, Direction.FROM_LOW)
        pieces = Pieces.of(visits, above[0]) if above else None
        return Crossing(visits, pieces, held, down, up)

    def _way(
        self,
        boundary: int,
        memory: MemoryInstance,
        below: MemoryInstance | None,
        carried: tuple[list[int], list[int]],
        direction: Direction,
    ) -> Way:
        is_up = direction is Direction.FROM_LOW
        opposite = Direction.TO_HIGH if is_up else Direction.FROM_HIGH
        lower = self.ports.of(below, self.operand, opposite) if below else None
        upper = self.ports.of(memory, self.operand, direction)
        return Way(self.operand, boundary, is_up, upper, lower, carried)

    def _element_bits(self, visits: Visits, memory: MemoryInstance) -> int:
        """Bits of an element in an instance of a memory: of a partial sum if more is to be added.

        In later visits of its tile, or with what other instances have summed up.
        """
        precision = self.layer.precision
        if self.operand != "O":
            return precision.bits(self.operand)
        partial = any(visits.again) or self.lanes.reduced_outside(memory.served)
        return precision.O if partial else precision.O_final

    def _bits(self, visits: Visits, memory: MemoryInstance, element: int) -> list[int]:
        inside = self.lanes.inside(self.operand, memory.served)
        portion = Portion(self.layer, self.operand, self.nest.sizes, inside, self.lanes.unrolled)
        return [count * element for count in portion.of_visits(visits)]


def whole_bits(
    layer: Layer, operand: str, sizes: Mapping[str, int], lanes: Lanes, element: int
) -> int:
    """Bits of all of an operand."""
    portion = Portion(layer, operand, sizes, lanes.unrolled, lanes.unrolled)
    dims = layer.relevant(operand) & sizes.keys()
    return portion.elements({dim: (sizes[dim], True) for dim in dims}) * element
