"""A mapping: how a layer is spread over the array, ordered in time and kept in the memories."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from zigzag_imc.core.arguments import shown, whole
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS

Loop = tuple[str, int]
"""A temporal loop: layer dimension and number of iterations."""


@dataclass(frozen=True)
class SpatialMapping:
    """Unrollings of layer dimensions on array dimensions.

    With ``(("D1", (("K", 32),)),)``, 32 indices of ``K`` lie side by side along ``D1``.

    Attributes
    ----------
    unrollings
        Per array dimension in use, (layer dimension, factor) pairs; factors above one, sorted.
    """

    unrollings: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.unrollings, tuple):  # SpatialMapping.of takes dicts
            _refuse("unrollings", self.unrollings, _UNROLLINGS)

    @classmethod
    def of(cls, unrollings: Mapping[str, Mapping[str, int]]) -> SpatialMapping:
        """Build from nested dictionaries; unrollings of one are left out and names are sorted.

        Raises
        ------
        MappingError
            When it is no nested dictionary, or an unrolling no whole number.
        """
        _check_unrollings(unrollings)
        return cls(
            tuple(
                (array_dim, kept)
                for array_dim, dims in sorted(unrollings.items())
                if (
                    kept := tuple(
                        sorted((dim, int(factor)) for dim, factor in dims.items() if factor != 1)
                    )
                )
            )
        )

    @cached_property
    def by_array_dim(self) -> Mapping[str, Mapping[str, int]]:
        """Nested dictionaries: array dimension, layer dimension, factor."""
        return {array_dim: dict(dims) for array_dim, dims in self.unrollings}

    @cached_property
    def factors(self) -> Mapping[str, int]:
        """Product of the unrollings of each layer dimension over the whole array."""
        total: dict[str, int] = {}
        for _, dims in self.unrollings:
            for dim, factor in dims:
                total[dim] = total.get(dim, 1) * factor
        return total

    def on(self, array_dim: str) -> Mapping[str, int]:
        """Unrollings on one array dimension."""
        return self.by_array_dim.get(array_dim, {})

    def product(self, array_dim: str) -> int:
        """Lanes used along one array dimension."""
        return math.prod(self.on(array_dim).values())

    def temporal_sizes(self, loop_dims: Iterable[tuple[str, int]]) -> dict[str, int]:
        """Iterations left for time, ``T_d``: ``N_d`` over the unrollings of ``d``, rounded up."""
        return temporal_sizes(loop_dims, self.factors)


def temporal_sizes(
    loop_dims: Iterable[tuple[str, int]], factors: Mapping[str, Any]
) -> dict[str, Any]:
    """Iterations left for time, given the product of the unrollings of each layer dimension.

    Products are numbers, or arrays elementwise; one where left out.
    """
    return {dim: -(-size // factors.get(dim, 1)) for dim, size in loop_dims}


@dataclass(frozen=True)
class TemporalMapping:
    """Loops, innermost first, and where each operand's memories cut them.

    Attributes
    ----------
    loops
        All temporal loops, innermost first; none has one iteration.
    cuts
        Per operand (``W``, ``I``, ``O``), per memory level below the top one: how many of the
        innermost loops that level and the ones below it hold. Non-decreasing.
    """

    loops: tuple[Loop, ...]
    cuts: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]

    def __post_init__(self) -> None:
        if not isinstance(self.loops, tuple):
            _refuse("loops", self.loops, _LOOPS)
        if not isinstance(self.cuts, tuple):
            _refuse("cuts", self.cuts, "a tuple of cuts for each of W, I and O")

    def of_operand(self, operand: str) -> tuple[int, ...]:
        """Cuts of one operand."""
        return self.cuts[OPERANDS.index(operand)]

    @classmethod
    def from_levels(cls, levels: Mapping[str, Sequence[Sequence[Loop]]]) -> TemporalMapping:
        """Build from one list of loops per operand and memory level, lowest first.

        Raises
        ------
        MappingError
            When an operand is missing or the operands disagree about the order of the loops.
        """
        orders: dict[str, tuple[Loop, ...]] = {}
        cuts: list[tuple[int, ...]] = []
        if not isinstance(levels, Mapping):
            _refuse("temporal", levels, "a dict with W, I and O")
        for operand in OPERANDS:
            if operand in levels:
                _check_levels(operand, levels[operand])
            else:
                raise MappingError(
                    f"temporal.{operand}: missing, expected one list of loops per memory level"
                )
            kept = [
                [(dim, int(factor)) for dim, factor in level if factor != 1]
                for level in levels[operand]
            ]
            orders[operand] = tuple(loop for level in kept for loop in level)
            ends = [
                sum(len(level) for level in kept[: index + 1]) for index in range(len(kept) - 1)
            ]
            cuts.append(tuple(ends))
        loops = orders["W"]
        for operand in OPERANDS[1:]:
            if orders[operand] != loops:
                raise MappingError(
                    f"temporal.{operand}: its loops are {list(orders[operand])} from the "
                    "innermost, "
                    f"those of temporal.W are {list(loops)}; all operands share one loop order"
                )
        return cls(loops, (cuts[0], cuts[1], cuts[2]))

    def levels(self, operand: str) -> tuple[tuple[Loop, ...], ...]:
        """Loops per memory level of ``operand``, lowest level first."""
        edges = (0, *self.of_operand(operand), len(self.loops))
        return tuple(self.loops[low:high] for low, high in itertools.pairwise(edges))


@dataclass(frozen=True)
class LayerMapping:
    """A whole mapping of one layer.

    Attributes
    ----------
    spatial
        How the layer is spread over the array.
    temporal
        How it is ordered in time and kept in the memories.
    """

    spatial: SpatialMapping
    temporal: TemporalMapping

    def __post_init__(self) -> None:
        if not isinstance(self.spatial, SpatialMapping):
            _refuse("spatial", self.spatial, "a SpatialMapping, as SpatialMapping.of makes it")
        if not isinstance(self.temporal, TemporalMapping):
            _refuse(
                "temporal", self.temporal, "a TemporalMapping, as TemporalMapping.from_levels makes"
            )


_UNROLLINGS = "unrollings by array dimension, such as {'D1': {'K': 32}}"
_LOOPS = "(dimension, iterations) pairs"


def _refuse(name: str, found: object, expected: str) -> NoReturn:
    raise MappingError(f"{name}: found {shown(found)}, expected {expected}")


def _check_unrollings(found: object) -> None:
    if not isinstance(found, Mapping):
        _refuse("unrollings", found, _UNROLLINGS)
    for array_dim, dims in found.items():
        if not isinstance(array_dim, str):
            _refuse("unrollings", array_dim, _UNROLLINGS)
        if not isinstance(dims, Mapping) or not all(isinstance(dim, str) for dim in dims):
            _refuse(f"unrollings of {array_dim}", dims, _UNROLLINGS)
        for dim, factor in dims.items():
            whole(f"unrolling of {dim} on {array_dim}", factor, error=MappingError)


def _check_levels(operand: str, found: object) -> None:
    """Refuse what is no list of loops per memory level."""
    where = f"temporal.{operand}"
    if not isinstance(found, list | tuple):
        _refuse(where, found, "one list of loops per memory level")
    for level in found:
        if not isinstance(level, list | tuple) or not all(
            isinstance(loop, list | tuple) and len(loop) == 2 and isinstance(loop[0], str)
            for loop in level
        ):
            _refuse(where, level, _LOOPS)
        for dim, factor in level:
            whole(f"{where}: iterations of {dim}", factor, error=MappingError)
