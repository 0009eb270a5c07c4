"""Faults to plant into the floors of spatial mappings, and into what is made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.parts import around, floors, least_shares, paired_cuts
from zigzag_imc.solver.joint.parts.side_by_side import Together
from zigzag_imc.solver.joint.use import array_pj


# ---------------------------------------------------------------- which tile is around the others
def tiles_around_hold_one(patch: pytest.MonkeyPatch) -> None:
    """The tile around the others is one element, though finished outputs may be several."""

    def of_one(*asked: Any) -> Any:
        return (replace(each, most=1.0) for each in around.each_around(*asked))

    patch.setattr(floors, "each_around", of_one)


def all_dimensions_held(patch: pytest.MonkeyPatch) -> None:
    """The tile around the others takes room along every dimension."""

    def of_all(costs: Any, tiles: Any) -> Any:
        dims = frozenset(dim for dim, _ in costs.layer.loop_dims)
        return (replace(each, held=dims) for each in around.each_around(costs, tiles))

    patch.setattr(floors, "each_around", of_all)


def weights_around_the_others(patch: pytest.MonkeyPatch) -> None:
    """Only the tile of the weights is around the others."""
    patch.setattr(floors, "each_around", lambda *asked: list(around.each_around(*asked))[:1])


def outputs_around_the_others(patch: pytest.MonkeyPatch) -> None:
    """Only the tile of the outputs is around the others."""
    patch.setattr(floors, "each_around", lambda *asked: list(around.each_around(*asked))[-1:])


# ---------------------------------------------------------------- what passes the cuts
def outputs_of_one(patch: pytest.MonkeyPatch) -> None:
    """Outputs leave the lowest memory one by one, finished or not."""
    patch.setattr(
        paired_cuts.PairedCuts, "_is_one", lambda self, cut, inside: np.full(len(cut.idle), True)
    )


def the_largest_shares(patch: pytest.MonkeyPatch) -> None:
    """Every unrolling has what its worst tile has."""
    largest = least_shares._by_unrolling

    def the_largest(share: Any, *asked: Any) -> Any:
        return -largest(-share, *asked)

    patch.setattr(least_shares, "_by_unrolling", the_largest)


def energy_too_high(patch: pytest.MonkeyPatch) -> None:
    """The array takes a thousandth more than it does."""
    patch.setattr(floors, "array_pj", lambda *asked: array_pj(*asked) * 1.001)


def windows_of_no_time(patch: pytest.MonkeyPatch) -> None:
    """Nothing hides behind an activation."""
    unhidden = Load.unhidden
    patch.setattr(Load, "unhidden", lambda self, _window: unhidden(self, 0.0))


def the_first_tile_competes(patch: pytest.MonkeyPatch) -> None:
    """The transfer that is on- or offloading counts among those that compete with computing."""
    patch.setattr(Load, "busy", property(lambda self: (self.later + 1) * self.cycles))


# ---------------------------------------------------------------- what is listed
def the_last_spatial_mapping_forgotten(patch: pytest.MonkeyPatch) -> None:
    """One of all spatial mappings is not listed."""
    listed = vars(Together)["of"].__func__

    def all_but_the_last(cls: Any, *asked: Any) -> Any:
        every = listed(cls, *asked)
        rows = {dim: each[:-1] for dim, each in every.rows.items()}
        columns = {name: each[:-1] for name, each in every.used.columns.items()}
        return cls(every.unrollings, rows, replace(every.used, columns=columns))

    patch.setattr(Together, "of", classmethod(all_but_the_last))
