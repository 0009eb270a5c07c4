"""Chain of tiles of any lengths: of two cuts, the tile of the inner one divides that of the outer.

Or the outer one lies below all of the dimension, which is always the last link. Every cut has the
length of its tile along every dimension. A candidate says what it is, or for a dimension that is
irrelevant to its operand, which lengths it may be: those of equally many steps cost the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.chain import Nested
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Lengths = Mapping[str, cp_model.IntVar]
"""Length of the tile at one cut along every dimension."""

Numbers = npt.NDArray[np.int64]


def add_length_chain(
    problem: Problem, sizes: Mapping[str, int], model: cp_model.CpModel, variables: Variables
) -> tuple[Mapping[CutPlace, Lengths], list[Nested]]:
    """Order the cuts; return the lengths at every cut, and which two cuts are nested."""
    lengths = {
        place: {dim: _length(model, variables, f"length{place}{dim}", dim, group) for dim in sizes}
        for place, group in problem.by_place.items()
    }
    nested: list[Nested] = []
    for first, second in itertools.combinations(lengths, 2):
        if first[0] == second[0]:  # of one operand, the lower boundary is inside
            nested.append(Nested(first, second, None))
        else:
            swapped = model.new_bool_var(f"inner{second}{first}")
            nested.append(Nested(first, second, swapped.negated()))
            nested.append(Nested(second, first, swapped))
    for pair in nested:
        for dim, size in sizes.items():
            inner, outer = lengths[pair.inner][dim], lengths[pair.outer][dim]
            add_divides(model, (inner, outer), size, pair.when)
    return lengths, nested


def divides(inner: Numbers, outer: Numbers, size: int) -> npt.NDArray[np.bool_]:
    """Whether a tile fits an outer one: it divides it, or that is all of the dimension."""
    fits: npt.NDArray[np.bool_] = (outer % inner == 0) | (outer == size)
    return fits


def _length(
    model: cp_model.CpModel, variables: Variables, name: str, dim: str, group: TileGroup
) -> cp_model.IntVar:
    """Length at one cut along a dimension, tied to those that the chosen candidate may have."""
    options = group.each(lambda tile: tile.at.lengths[dim])
    known = sorted(set(itertools.chain.from_iterable(options)))
    length = model.new_int_var_from_domain(cp_model.Domain.from_values(known), name)
    tiles = variables.of(group)
    least = cp_model.LinearExpr.weighted_sum(tiles, [own[0] for own in options])
    most = cp_model.LinearExpr.weighted_sum(tiles, [own[-1] for own in options])
    model.add(length >= least)
    model.add(length <= most)
    return length


def add_divides(
    model: cp_model.CpModel,
    pair: tuple[cp_model.IntVar, cp_model.IntVar],
    size: int,
    when: cp_model.BoolVarT | None,
) -> None:
    """Require one length to divide another one, or that to be all, if ``when`` holds."""
    inner, outer = (np.array(_values(one), dtype=np.int64) for one in pair)
    allowed = divides(inner[:, None], outer[None, :], size)
    if allowed.all():
        return
    shorter = model.add(pair[0] <= pair[1])  # follows, and is seen sooner
    if when is not None:
        shorter.only_enforce_if(when)
    rows, columns = np.nonzero(allowed)
    table = np.column_stack([inner[rows], outer[columns]]).tolist()
    added = model.add_allowed_assignments(list(pair), table)
    if when is not None:
        added.only_enforce_if(when)


def _values(variable: cp_model.IntVar) -> Sequence[int]:
    """All values of a variable."""
    ends = list(variable.proto.domain)
    return list(
        itertools.chain.from_iterable(
            range(low, high + 1) for low, high in zip(ends[::2], ends[1::2], strict=True)
        )
    )
