"""Names in constraints: of dimensions, array dimensions and memories."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraint,
    EvenAllocation,
    FixedUnrolling,
    InnerLoops,
    LoopOrder,
    OuterLoops,
    Stationary,
    TileSize,
)
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.layer import LAYER_DIMS


def check_names(
    constraints: Iterable[Constraint], dims: Collection[str], accelerator: Accelerator
) -> None:
    """Refuse names that neither layers nor accelerator have.

    Parameters
    ----------
    dims
        Loop dimensions of the layers that the constraints are about; those that layers usually
        have are known anyway, for one constraint may serve a whole network.

    Raises
    ------
    OptionError
        With the constraint, the name, and the nearest one that there is.
    """
    known_dims = dict.fromkeys((*dims, *LAYER_DIMS))
    array_dims = [name for name, _ in accelerator.array.dimensions]
    memories = [memory.name for memory in accelerator.memories]
    for one in constraints:
        for dim in _dims_in(one):
            _check(one, "loop dimension", dim, known_dims)
        if isinstance(one, FixedUnrolling | AllowedDims):
            _check(one, "array dimension", one.array_dim, array_dims)
        for memory in _memories_in(one):
            _check(one, "memory", memory, memories)
        if isinstance(one, TileSize | Stationary):
            held = [accelerator.memories[place].name for place in accelerator.levels[one.operand]]
            _check(one, f"memory of {one.operand}", one.memory, held)


def _check(one: Constraint, kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise OptionError(
            f"constraint: found {str(one)!r}, but there is no {kind} {name!r}"
            f"{nearest(name, known)}; expected one of {', '.join(known)}"
        )


def _dims_in(one: Constraint) -> Iterator[str]:
    """Yield the loop dimensions that a constraint names."""
    if isinstance(one, FixedUnrolling | TileSize):
        yield one.dim
    elif isinstance(one, AllowedDims | LoopOrder):
        yield from one.dims
    elif isinstance(one, InnerLoops | OuterLoops):
        yield from (dim for dim, _ in one.loops)


def _memories_in(one: Constraint) -> Iterator[str]:
    """Yield the memories that a constraint names."""
    if isinstance(one, TileSize | Stationary):
        yield one.memory
    elif isinstance(one, EvenAllocation):
        yield from one.memories
