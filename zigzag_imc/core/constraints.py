"""User constraints: what a mapping has to keep beside the limits of the hardware.

Each kind is a frozen type whose text is what a user writes. What it means for a mapping is said
once, in `zigzag_imc.models.mapspace.constraints.kept`.

A size that is asked for, of an unrolling or a tile, is as large as the layer's dimension at most:
``unroll K on D1 = 32`` unrolls all of a layer with 16 output channels. So one constraint serves a
whole network.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Relation = Literal["=", "<=", ">="]
"""How a size is compared with the one asked for."""


_COMPARE: Mapping[Relation, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
}


def related(found: Any, relation: Relation, wanted: int) -> Any:
    """Whether a size keeps a relation to the one asked for; of many, elementwise."""
    return _COMPARE[relation](found, wanted)


@dataclass(frozen=True, slots=True)
class FixedUnrolling:
    """How far a layer dimension is unrolled on an array dimension.

    Attributes
    ----------
    dim, array_dim
        Layer dimension and array dimension.
    relation, factor
        Lanes: exactly, at most, or at least so many.
    """

    dim: str
    array_dim: str
    relation: Relation
    factor: int

    def __str__(self) -> str:
        return f"unroll {self.dim} on {self.array_dim} {self.relation} {self.factor}"


@dataclass(frozen=True, slots=True)
class AllowedDims:
    """Which layer dimensions may be unrolled on an array dimension.

    Attributes
    ----------
    dims
        Those that may; none at all where it is empty.
    array_dim
        Array dimension.
    """

    dims: tuple[str, ...]
    array_dim: str

    def __str__(self) -> str:
        return f"allow {', '.join(self.dims) or 'nothing'} on {self.array_dim}"


FixedLoop = tuple[str, int | None]
"""A layer dimension and its iterations; ``None`` for all that are left of it."""


@dataclass(frozen=True, slots=True)
class InnerLoops:
    """The innermost temporal loops.

    Attributes
    ----------
    loops
        From the innermost out.
    """

    loops: tuple[FixedLoop, ...]

    def __str__(self) -> str:
        return f"inner {_listed(self.loops)}"


@dataclass(frozen=True, slots=True)
class OuterLoops:
    """The outermost temporal loops.

    Attributes
    ----------
    loops
        From the outermost in.
    """

    loops: tuple[FixedLoop, ...]

    def __str__(self) -> str:
        return f"outer {_listed(self.loops)}"


@dataclass(frozen=True, slots=True)
class LoopOrder:
    """The order of the temporal loops over some dimensions; others may lie anywhere.

    Attributes
    ----------
    dims
        From the outermost in: every loop over one of them is outside all loops over those after it.
    """

    dims: tuple[str, ...]

    def __str__(self) -> str:
        return f"order {' > '.join(self.dims)}"

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every two of them, the outer one first."""
        return frozenset(
            (outer, inner)
            for place, outer in enumerate(self.dims)
            for inner in self.dims[place + 1 :]
        )


@dataclass(frozen=True, slots=True)
class TileSize:
    """How much of a dimension an operand's tile in a memory spans.

    Attributes
    ----------
    dim, operand, memory
        Layer dimension, ``W``, ``I`` or ``O``, and name of the memory.
    relation, size
        Positions along the dimension in all instances together: unrolled ones times iterations
        below the cut; exactly, at most, or at least so many.
    """

    dim: str
    operand: str
    memory: str
    relation: Relation
    size: int

    def __str__(self) -> str:
        return f"tile {self.dim} of {self.operand} in {self.memory} {self.relation} {self.size}"


@dataclass(frozen=True, slots=True)
class EvenAllocation:
    """All operands that some memories hold are cut at one place of the loop order.

    Attributes
    ----------
    memories
        Names of memories that are cut together; where there is none, every memory that several
        operands share, each by itself.
    """

    memories: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"even in {', '.join(self.memories)}" if self.memories else "even"


@dataclass(frozen=True, slots=True)
class Stationary:
    """Every tile of an operand is moved into a memory (outputs: out of it) once.

    Attributes
    ----------
    operand, memory
        ``W``, ``I`` or ``O``, and name of the memory.
    """

    operand: str
    memory: str

    def __str__(self) -> str:
        return f"stationary {self.operand} in {self.memory}"


@dataclass(frozen=True, slots=True)
class LeastUtilization:
    """Least useful share of all multipliers over the computing cycles.

    Attributes
    ----------
    share
        From 0 to 1.
    """

    share: float

    def __str__(self) -> str:
        return f"utilization >= {self.share!r}"


Constraint = (
    FixedUnrolling
    | AllowedDims
    | InnerLoops
    | OuterLoops
    | LoopOrder
    | TileSize
    | EvenAllocation
    | Stationary
    | LeastUtilization
)
"""A constraint of any kind."""

Constraints = tuple[Constraint, ...]
"""All that the mapping of one layer has to keep."""


def texts_of(constraints: Constraints) -> tuple[str, ...]:
    """Return constraints as a user writes them."""
    return tuple(map(str, constraints))


def _listed(loops: tuple[FixedLoop, ...]) -> str:
    return ", ".join(f"{dim} {'*' if size is None else size}" for dim, size in loops)
