"""The question of what to keep on chip: tensors, memories, layers, what is known of their costs.

`zigzag_imc.solver.network.keeping` answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keepable:
    """A tensor that may be kept.

    Attributes
    ----------
    name
        Name of the tensor.
    bits
        Room that it takes at rest.
    steps
        First and last step at which it is held.
    memories
        Names of the memories that may keep it.
    needs
        Tensors that have to be kept in the memory where this one is.
    is_settled
        Whether it is kept in one of the memories for sure: no choice is left.
    """

    name: str
    bits: int
    steps: tuple[int, int]
    memories: tuple[str, ...]
    needs: tuple[str, ...] = ()
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A lower bound of the cost of an option.

    Attributes
    ----------
    value
        The bound; infinite where nothing fits.
    rooms
        Memories, and least and most bits that the tensors at rest leave of each: where the bound
        holds. Wherever it is where nothing is said.
    """

    value: float
    rooms: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A way to run a layer.

    Attributes
    ----------
    keeps
        Each of the layer's tensors, and the memory that keeps it; ``None`` where none does.
    extra_bits
        Bits that its output takes beyond those at rest, by memory.
    facts
        What its cost is known to be at least.
    is_last_resort
        Whether another one is taken where that is not known to cost more.
    """

    keeps: tuple[tuple[str, str | None], ...]
    extra_bits: Mapping[str, int]
    facts: tuple[Fact, ...]
    is_last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A layer at its step.

    Attributes
    ----------
    step
        Place of the step.
    options
        All ways to run the layer.
    least_slots
        Slots of the cells that its weights take at least if they stay there; ``None`` of a layer
        whose stored operand is an activation.
    """

    step: int
    options: tuple[Option, ...]
    least_slots: int | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a multiplier, which all layers share if their weights stay there.

    Attributes
    ----------
    tensor
        Name of what stands for the weights of all layers.
    memory
        Name of the cells.
    slots, slot_bits
        Weights that a multiplier holds, and bits of each.
    reserved
        Slots that no share may take.
    """

    tensor: str
    memory: str
    slots: int
    slot_bits: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Life:
    """From when to when a tensor is held, whatever the order of the steps.

    Attributes
    ----------
    begins
        Step that writes it; ``None`` where it is there from the beginning.
    ends
        Steps that read it, up to the last of which it is held; to the very end where there is none.
    """

    begins: int | None = None
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeOrder:
    """An order of the steps that is a part of the choice.

    Attributes
    ----------
    earlier
        Steps that come before each step in any order; with all that come before those.
    lives
        Life of each tensor, by name; one that has none is always held.
    """

    earlier: tuple[frozenset[int], ...]
    lives: Mapping[str, Life]


@dataclass(frozen=True, slots=True)
class KeepingProblem:
    """All that the choice of what is kept depends on.

    Attributes
    ----------
    steps
        How many steps there are.
    sizes
        Bits of each memory.
    tensors
        What may be kept.
    stages
        All layers.
    cells
        The cells that layers share, where weights may stay there.
    order
        Where the order of the steps is a part of the choice, what it depends on; ``None`` where
        they have that of their numbers.
    """

    steps: int
    sizes: Mapping[str, int]
    tensors: tuple[Keepable, ...]
    stages: tuple[Stage, ...]
    cells: Cells | None = None
    order: FreeOrder | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """An answer of the model.

    Attributes
    ----------
    placement
        Memory of each kept tensor.
    options
        Option of every stage.
    bound
        Lower bound of the sum of all costs, whatever is kept.
    optimal
        Whether no choice has a lower sum of known bounds.
    slots
        Slots of the cells that every stage has, where weights stay there.
    order
        All steps in their order, where that was a part of the choice.
    """

    placement: Mapping[str, str]
    options: tuple[int, ...]
    bound: float
    optimal: bool
    slots: tuple[int, ...] = ()
    order: tuple[int, ...] | None = None
