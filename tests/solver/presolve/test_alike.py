"""Spatial mappings that are said to be alike take as long as each other, and as much room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from tests.solver.any_sizes.test_bounds import ANY
from zigzag_imc import conv_layer, load_accelerator
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.presolve.alike import KnownLatencies, timing_of
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.cut import Cut
from zigzag_imc.solver.tables.lattice import Array

LAYER = conv_layer("x", out_channels=12, in_channels=6, output_size=(4, 5), filter_size=(3, 2))


def four_macros() -> Accelerator:
    """Return a small digital array with four macros that all memories but its own serve."""
    dimc = load_accelerator("dimc")
    served = frozenset({"D1", "D2"})
    memories = tuple(
        replace(one, served=one.served | {"D3"}) if one.served >= served else one
        for one in dimc.memories
    )
    dimensions = (("D1", 4), ("D2", 4), ("D3", 4))
    return dimc.replace(array=replace(dimc.array, dimensions=dimensions), memories=memories)


COSTS = CostModel(LAYER, four_macros(), IMC)


@cache
def groups() -> list[list[SpatialMapping]]:
    """Return groups of several spatial mappings that are said to be alike."""
    found: dict[Hashable, list[SpatialMapping]] = defaultdict(list)
    for spatial in SpatialSpace.of(LAYER, COSTS.accelerator, IMC, ANY):
        found[timing_of(COSTS, spatial)].append(spatial)
    return [own for own in found.values() if len(own) > 1]


def tables_of(cut: Cut) -> dict[object, Array | float]:
    """All that is known of the time and the room of classes at a cut."""
    of_ports: dict[object, Array | float] = {
        (kind, key): amount
        for kind in ("busy", "stuck", "loads", "passing", "taken")
        for key, amount in getattr(cut, kind).items()
    }
    return {"bits": cut.bits, "link": cut.link, "allowed": cut.energy_pj, **of_ports}


def same_tables(spatials: Sequence[SpatialMapping]) -> bool:
    """Whether all that is known of the time of some spatial mappings is the same."""
    builder = AnyColumnBuilder(COSTS, with_latency=True)
    first, *others = (builder.fine(spatial).timed for spatial in spatials)
    for other in others:
        for one, two in zip(first.all_cuts, other.all_cuts, strict=True):
            ours, theirs = tables_of(one), tables_of(two)
            if ours.keys() != theirs.keys():
                return False
            if not all(np.array_equal(ours[key], theirs[key]) for key in ours):
                return False
        fixed = [(own.fixed_busy, own.fixed_stuck, own.fixed_bits) for own in (first, other)]
        if fixed[0] != fixed[1] or first.compute_cycles != other.compute_cycles:
            return False
    return True


def test_those_alike_have_equal_tables() -> None:
    assert len(groups()) > 20
    assert all(map(same_tables, groups()[::4]))


def test_what_is_known_of_one_is_known_of_all() -> None:
    one, two = groups()[0][:2]
    (other, *_) = groups()[1]
    known = KnownLatencies(COSTS)
    known.tell(one, 70.0)
    known.tell(two, 50.0)
    assert (known.least(one), known.least(two), known.least(other)) == (70.0, 70.0, 0.0)


def test_equal_steps_are_not_enough() -> None:
    found: dict[Hashable, list[SpatialMapping]] = defaultdict(list)
    for spatial in SpatialSpace.of(LAYER, COSTS.accelerator, IMC, ANY):
        found[tuple(COSTS.spread(spatial).temporal.items())].append(spatial)
    assert not all(same_tables(own) for own in found.values() if len(own) > 1)
