"""Loop order: what constraints ask of the order of the temporal loops.

Loops that are fixed at either end make *milestones*: tiles, as functions of ``T[d]``, that every
order passes. Each is in the chain with all cuts. Where every loop over ``d`` is outside all over
``e``, no tile has any of ``d`` before all of ``e``:

``s[c,d] = 1  or  s[c,e] = T[e]``     for every cut and every milestone ``c``
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from zigzag_imc.core.constraints import Constraints, InnerLoops, LoopOrder, OuterLoops
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.solver.joint.chain import add_order
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.short_milestones import Ends, short_milestones
from zigzag_imc.solver.joint.tiles import Tiles, add_tile
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_loop_order(
    sheet: Sheet,
    unrollings: Mapping[str, Unrolling],
    tiles: Sequence[Tiles],
    constraints: Constraints,
    *,
    ends_short: bool = False,
) -> list[Tiles]:
    """Let all tiles lie below some place of an order that is asked for; return the milestones.

    ``ends_short``: the last tile along a dimension may be shorter.
    """
    passed_by = short_milestones if ends_short else _milestones
    links = list(tiles)
    milestones: list[Tiles] = []
    ends = [one for one in constraints if isinstance(one, InnerLoops | OuterLoops)]
    for number, one in enumerate(ends):
        own_milestones = list(passed_by(sheet, unrollings, one, f"milestone {number}"))
        for milestone, beside in itertools.product(own_milestones, links):
            add_order(sheet, f"passed {number}", milestone, beside)
        links += own_milestones  # those of one constraint are nested by themselves
        milestones += own_milestones
    pairs = frozenset[tuple[str, str]]().union(
        *(one.pairs for one in constraints if isinstance(one, LoopOrder))
    )
    own = {pair for pair in pairs if unrollings.keys() >= set(pair)}
    for (outer, inner), each in itertools.product(sorted(own), links):
        is_begun = sheet.any_of(each[outer].chosen, each[outer].size > 1)
        is_done = sheet.any_of(each[inner].chosen, each[inner].steps == 1)
        sheet.model.add_implication(is_begun, is_done)
    _add_acyclic(sheet, unrollings, own)
    return milestones


def _milestones(
    sheet: Sheet, unrollings: Mapping[str, Unrolling], one: Ends, name: str
) -> Iterator[Tiles]:
    """Create the tiles that every order passes because of one constraint."""
    missing = {dim for dim, _ in one.loops} - unrollings.keys()
    if any(_size(one, len(one.loops), dim, 1) is None for dim in missing):
        sheet.forbid()  # a dimension that the layer does not have has one iteration
    for passed in range(1, len(one.loops) + 1):
        yield {
            dim: add_tile(sheet, each, f"{name}.{passed} {dim}", _Sizes(one, passed, dim))
            for dim, each in unrollings.items()
        }


class _Sizes:
    """Size of a milestone along one dimension, after so many of the loops; none may be."""

    def __init__(self, one: Ends, passed: int, dim: str) -> None:
        self._one, self._passed, self._dim = one, passed, dim

    def __call__(self, temporal: int) -> tuple[int, ...]:
        size = _size(self._one, self._passed, self._dim, temporal)
        return () if size is None else (size,)


def _size(one: Ends, passed: int, dim: str, temporal: int) -> int | None:
    """Iterations of a dimension in a milestone; ``None`` where its loops do not fit."""
    own = tuple(loop for loop in one.loops[:passed] if loop[0] == dim)
    if not own:
        return 1 if isinstance(one, InnerLoops) else temporal
    rules = LoopRules.of((type(one)(own),), {dim: temporal})
    return rules.milestones[-1].get(dim, 1) if rules.possible else None


def _add_acyclic(
    sheet: Sheet, unrollings: Mapping[str, Unrolling], pairs: Iterable[tuple[str, str]]
) -> None:
    """Let no dimension be outside itself, of those that have loops at all."""
    pairs = list(pairs)
    dims = sorted(set(itertools.chain(*pairs)))
    place = {dim: sheet.model.new_int_var(0, len(dims), f"place {dim}") for dim in dims}
    loops = {
        dim: sheet.any_of(unrollings[dim].chosen, np.asarray(unrollings[dim].temporal > 1))
        for dim in dims
    }
    for outer, inner in pairs:
        both = [loops[outer], loops[inner]]
        sheet.model.add(place[outer] > place[inner]).only_enforce_if(both)
