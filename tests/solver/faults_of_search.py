"""Faults to plant into what the solver searches: capacities, tiles, chains, exclusions.

Each replaces one function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zigzag_imc.core.layer import Window
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.mapspace import spatial_space
from zigzag_imc.solver import pareto, staircase
from zigzag_imc.solver.formulation import chain, model, remainder
from zigzag_imc.solver.formulation import session as cpsat
from zigzag_imc.solver.formulation.remainder import Remainder
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import affordable, promising
from zigzag_imc.solver.presolve import energy_bound as bounds
from zigzag_imc.solver.presolve.spatial import sharing
from zigzag_imc.solver.proof import batch, remaining, taken
from zigzag_imc.solver.proof import minimise as proof
from zigzag_imc.solver.scoring.scores import Scorer
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.tables import lattice
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import AT_ARRAY, Cut, SpatialColumns, per_cut


def _nothing(*_: Any, **__: Any) -> None:
    """Stand where something was done."""


# ---------------------------------------------------------------- capacities
def no_capacities_in_the_model(patch: pytest.MonkeyPatch) -> None:
    """CP-SAT may fill a shared memory twice."""
    patch.setattr(model, "add_capacities", _nothing)


def chains_always_fit(patch: pytest.MonkeyPatch) -> None:
    """The dynamic program takes any chain for one that fits."""
    patch.setattr(bounds, "overflow_bits", lambda *_: {})
    patch.setattr(promising, "fitting", lambda *_: True)


def single_tiles_always_fit(patch: pytest.MonkeyPatch) -> None:
    """No tile is discarded because it overflows its memory alone."""
    patch.setattr(ColumnBuilder, "_forbid_overflows", lambda self, groups, fixed_bits: groups)


def nothing_fits(patch: pytest.MonkeyPatch) -> None:
    """What memories hold as top memories seems to overflow them."""
    build = ColumnBuilder.build

    def pessimistic(self: ColumnBuilder, spatial: Any) -> SpatialColumns:
        return dataclasses.replace(build(self, spatial), fits=False)

    patch.setattr(ColumnBuilder, "build", pessimistic)


def partial_sums_as_small_as_outputs(patch: pytest.MonkeyPatch) -> None:
    """Outputs count with their final bits while they are still summed up."""

    def final(self: Amounts, partial: Any) -> Any:
        return np.where(partial, self.layer.precision.O_final, self.layer.precision.O_final)

    patch.setattr(Amounts, "output_bits", final)


# ---------------------------------------------------------------- tiles
def no_halo_in_columns(patch: pytest.MonkeyPatch) -> None:
    """Neighbouring windows share no input: tiles of inputs are too large."""
    extent = Window.extent

    def without(self: Window, outputs: Any, filters: Any, phantom: bool = False) -> Any:
        if isinstance(outputs, np.ndarray):
            return outputs * filters
        return extent(self, outputs, filters, phantom)

    patch.setattr(Window, "extent", without)


def halo_a_position_too_small(patch: pytest.MonkeyPatch) -> None:
    """The tiles of inputs lack a position: they seem to fit where they do not."""
    extent = Window.extent

    def smaller(self: Window, outputs: Any, filters: Any, phantom: bool = False) -> Any:
        found = extent(self, outputs, filters, phantom)
        return np.maximum(1, found - 1) if isinstance(outputs, np.ndarray) else found

    patch.setattr(Window, "extent", smaller)


def every_register_is_merged(patch: pytest.MonkeyPatch) -> None:
    """What rests at the array and what the lowest memory holds count as one tile, whatever fits."""
    plain = ColumnBuilder._merged

    def merging(self: ColumnBuilder, cuts: list[Cut]) -> Any:
        if len(cuts) < 2 or cuts[0].memory != AT_ARRAY:
            return plain(self, cuts)
        array, first, *higher = cuts
        bits = np.where(np.isinf(array.energy_pj), np.inf, first.bits)
        return plain(self, [array, dataclasses.replace(first, bits=bits), *higher])

    patch.setattr(ColumnBuilder, "_merged", merging)


def no_chain(patch: pytest.MonkeyPatch) -> None:
    """Tiles need not be inside one another."""
    patch.setattr(model, "add_chain", _nothing)


def no_chain_between_operands(patch: pytest.MonkeyPatch) -> None:
    """Only the tiles of one operand have to be inside one another."""
    divides = chain._add_divides

    def own_only(built: Any, inner: Any, outer: Any, when: Any) -> None:
        if when is None:
            divides(built, inner, outer, when)

    patch.setattr(chain, "_add_divides", own_only)


def one_order_of_operands(patch: pytest.MonkeyPatch) -> None:
    """The tile of a later operand is never inside that of an earlier one."""
    divides = chain._add_divides

    def first_inside(built: Any, inner: Any, outer: Any, when: Any) -> None:
        divides(built, inner, outer, when)
        if (
            when is not None and when.index < 0
        ):  # the negation of "swapped": the first is inside the second
            built.add(when == 1)

    patch.setattr(chain, "_add_divides", first_inside)


def chains_along_most_axes(patch: pytest.MonkeyPatch) -> None:
    """The dynamic program forgets that tiles may grow along the last dimension."""

    def inside(self: lattice.TileLattice, values: Any) -> Any:
        best = values
        for axis in range(values.ndim - 1):
            best = np.minimum.accumulate(best, axis=axis)
        return best

    patch.setattr(lattice.TileLattice, "best_inside", inside)


# ---------------------------------------------------------------- the search
def excluded_family_too_large(patch: pytest.MonkeyPatch) -> None:
    """A scored choice of tiles takes every other choice with one of its tiles with it."""

    def exclude(self: cpsat.Session, tiles: Any) -> None:
        self.model.add(self.variables.tiles[next(iter(tiles))] == 0)

    patch.setattr(cpsat.Session, "exclude", exclude)


def one_loop_order_of_many(patch: pytest.MonkeyPatch) -> None:
    """Only the last loop order of a choice of tiles is scored before all are excluded."""
    plain = TileChoice.arrangements
    patch.setattr(
        TileChoice, "arrangements", lambda self, layer: iter(list(plain(self, layer))[-1:])
    )


def tiles_discarded_too_eagerly(patch: pytest.MonkeyPatch) -> None:
    """Tiles go although the best chain through them is a tenth better than the incumbent."""
    plain: Callable[..., Any] = taken.candidates_of  # type: ignore[attr-defined]
    patch.setattr(taken, "candidates_of", lambda *args: plain(*args[:-1], args[-1] * 0.9))


def tiles_within_a_limit_seem_dearer(patch: pytest.MonkeyPatch) -> None:
    """Where energy is limited, tiles go though the best chain through them is just within it."""
    plain = affordable.energy_through  # type: ignore[attr-defined]

    def dearer(*args: Any) -> Any:
        return per_cut(lambda least_pj: least_pj * 1.001, plain(*args))

    patch.setattr(affordable, "energy_through", dearer)


def spatial_mappings_left_out(patch: pytest.MonkeyPatch) -> None:
    """Every third spatial mapping is never looked at."""
    plain = spatial_space.SpatialSpace.one_of_each

    def fewer(*args: Any) -> spatial_space.SpatialSpace:
        found = plain(*args)
        return found.where(np.arange(len(found)) % 3 != 1)

    patch.setattr(sharing, "SpatialSpace", SimpleNamespace(one_of_each=fewer))


def proofs_end_too_early(patch: pytest.MonkeyPatch) -> None:
    """Bound and value count as equal when they are a tenth apart."""
    for module in (cpsat, batch, proof, remaining):
        patch.setattr(module, "RESOLUTION", 0.1)
    patch.setattr(cpsat, "COARSEST", 0.1)


def the_last_word_is_always_no(patch: pytest.MonkeyPatch) -> None:
    """CP-SAT seems to refute whatever presolve has left."""
    patch.setattr(Remainder, "is_refuted", lambda *_: True)


def what_remains_seems_dearer(patch: pytest.MonkeyPatch) -> None:
    """The last model counts every bound a tenth too high."""
    plain = remaining.Remaining._rows

    def dearer(self: remaining.Remaining) -> Any:
        return ((each, bound * 1.1) for each, bound in plain(self))

    patch.setattr(remaining.Remaining, "_rows", dearer)


def an_array_dimension_of_what_remains_is_halved(patch: pytest.MonkeyPatch) -> None:
    """The last model has half of the rows and columns: it refutes what would fit."""
    plain = remainder.add_array_dimensions  # type: ignore[attr-defined]

    def halved(built: Any, array: Any, unrollings: Any) -> None:
        small = tuple((name, max(1, size // 2)) for name, size in array.dimensions)
        plain(built, dataclasses.replace(array, dimensions=small), unrollings)

    patch.setattr(remainder, "add_array_dimensions", halved)


def fronts_with_gaps(patch: pytest.MonkeyPatch) -> None:
    """The walk along a front steps over points within a fifth of the last one's latency."""
    plain = pareto.minimise  # type: ignore[attr-defined]

    def stepping(bench: Any, goal: Goal) -> Any:
        return plain(bench, dataclasses.replace(goal, most_latency=goal.most_latency * 0.8))

    patch.setattr(pareto, "minimise", stepping)


def a_gap_below_fronts_left_out(patch: pytest.MonkeyPatch) -> None:
    """Nothing is asked about mappings with less energy than the last point of a front."""
    plain = staircase.questions
    patch.setattr(staircase, "questions", lambda corners: list(plain(corners))[:-1])


def gaps_below_fronts_end_too_early(patch: pytest.MonkeyPatch) -> None:
    """Between two points of a front, only mappings as fast as the first one are asked about."""
    plain = staircase.questions

    def early(corners: Any) -> Any:
        first, *between, last = plain(corners)
        yield first
        for question, faster in zip(between, corners, strict=False):
            goal = dataclasses.replace(question.goal, most_latency=faster.latency_cycles)
            yield dataclasses.replace(question, goal=goal)
        yield last

    patch.setattr(staircase, "questions", early)


def scores_an_access_too_low(patch: pytest.MonkeyPatch) -> None:
    """The search scores mappings without one access of the cheapest kind that each makes."""
    plain = Scorer.score

    def lower(self: Scorer, mapping: Any) -> Cost:
        found = plain(self, mapping)
        access = min(
            (t.energy_pj / t.words for t in found.memory_terms if t.words and t.energy_pj),
            default=0.0,
        )
        return dataclasses.replace(found, energy_pj=found.energy_pj - access)

    patch.setattr(Scorer, "score", lower)


def scores_a_cycle_too_fast(patch: pytest.MonkeyPatch) -> None:
    """The search scores mappings that stall as if they stalled a cycle less."""
    plain = Scorer.score

    def faster(self: Scorer, mapping: Any) -> Cost:
        found = plain(self, mapping)
        spared = min(1.0, found.stall_cycles)
        return dataclasses.replace(
            found,
            latency_cycles=found.latency_cycles - spared,
            stall_cycles=found.stall_cycles - spared,
        )

    patch.setattr(Scorer, "score", faster)
