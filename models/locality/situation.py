"""The situation of a layer: which of its operands are kept on chip, and what room that leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance, Port
from zigzag_imc.core.constraints import Constraints, Stationary


@dataclass(frozen=True, slots=True)
class Kept:
    """An operand that lies whole in a memory while its layer runs.

    Attributes
    ----------
    operand
        ``W``, ``I`` or ``O``.
    memory
        Name of the memory: the operand's top one.
    """

    operand: str
    memory: str


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a memory for the tiles of a layer.

    Attributes
    ----------
    memory
        Name of the memory.
    bits
        Its size without the tensors that lie there while the layer runs; of the cells, the share of
        a layer whose weights stay there.
    """

    memory: str
    bits: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What a layer finds on chip.

    Attributes
    ----------
    kept
        Operands that are kept, in the order ``W``, ``I``, ``O``.
    rooms
        Room in the memories that hold any tensor, as far as tiles lie there; in their order.
    finished
        Whether outputs may only come finished to the memory that keeps them, because its room is
        measured for finished ones.
    inferences
        For how many inferences the weights are loaded once into the memory that keeps them; zero
        where they come and go with every inference, or are activations.
    """

    kept: tuple[Kept, ...] = ()
    rooms: tuple[Room, ...] = ()
    finished: bool = False
    inferences: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether it is no different from a layer alone."""
        return not (self.kept or self.rooms)

    def top_of(self, operand: str) -> str | None:
        """Name of the memory that keeps an operand; ``None`` where none does."""
        return next((one.memory for one in self.kept if one.operand == operand), None)

    def accelerator(self, whole: Accelerator) -> Accelerator:
        """Return the accelerator as the layer finds it.

        A kept operand has its memory as its top level: memories above do not hold it, and their
        ports do not carry it. What nothing uses any more is left out. The other operands have the
        room that is left. Weights that stay in the cells have the layer's share of them.
        """
        if self.is_plain:
            return whole
        rooms = {room.memory: room.bits for room in self.rooms}
        above: set[str] = set()
        memories = []
        for memory in whole.memories:
            left = _without(memory, above)
            kept = tuple(one.operand for one in self.kept if one.memory == memory.name)
            above.update(kept)
            if left is not None:
                size = rooms.get(memory.name, left.size_bits)
                aside = () if memory is whole.cells else kept
                memories.append(replace(left, size_bits=size, kept=aside))
        found = whole.replace(memories=tuple(memories))
        if self.inferences or whole.cells.name in rooms:
            return found.replace(whole=whole, weight_inferences=self.inferences)
        return found

    def constraints(self, whole: Accelerator) -> Constraints:
        """Return what a mapping has to keep so that outputs come finished to their memory.

        Their tiles in the memory below leave it once. Sums over several instances of that one are
        joined on the way up, so nothing is asked of the unrollings.
        """
        top = self.top_of("O")
        if not self.finished or top is None:
            return ()
        below = memory_below(whole, "O", top)
        assert below is not None, "right above the array, nothing tells partial sums from others"
        return (Stationary("O", below.name),)


def memory_below(accelerator: Accelerator, operand: str, memory: str) -> MemoryInstance | None:
    """Return the next lower memory of an operand; ``None`` above the array."""
    held = [accelerator.memories[place] for place in accelerator.levels[operand]]
    place = next(place for place, one in enumerate(held) if one.name == memory)
    return held[place - 1] if place else None


def _without(memory: MemoryInstance, gone: set[str]) -> MemoryInstance | None:
    """Return a memory without some operands; ``None`` where nothing is left in it."""
    operands = tuple(operand for operand in memory.operands if operand not in gone)
    if not operands:
        return None
    ports = (_port_without(port, gone) for port in memory.ports)
    return replace(memory, operands=operands, ports=tuple(port for port in ports if port))


def _port_without(port: Port, gone: set[str]) -> Port | None:
    """Return a port without some operands; ``None`` where it carries nothing any more."""
    carried = tuple(pair for pair in port.allocation if pair[0] not in gone)
    return replace(port, allocation=carried) if carried else None
