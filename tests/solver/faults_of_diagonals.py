"""Faults to plant where the solver lists, lays out and bounds diagonals."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import mapped_rows
from zigzag_imc.models.array.use import Rows
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace import spatial_space
from zigzag_imc.solver.presolve.spatial import arrays, sharing
from zigzag_imc.solver.tables.lattice import TileLattice
from zigzag_imc.solver.tables.layout import Layout


def bands_a_row_short(patch: pytest.MonkeyPatch) -> None:
    """A diagonal window seems to take a row less than it does, and is listed where it is short."""
    patch.setattr(spatial_space, "mapped_rows", lambda *args: mapped_rows(*args) - 1)


def full_bands_left_out(patch: pytest.MonkeyPatch) -> None:
    """Diagonals that take more than all rows but two are never looked at."""
    plain = spatial_space.SpatialSpace.one_of_each

    def fewer(layer: Any, accelerator: Any, *args: Any) -> spatial_space.SpatialSpace:
        found = plain(layer, accelerator, *args)
        array = accelerator.array
        rows = [mapped_rows(layer, array, spatial.by_array_dim) for spatial in found]
        products = [spatial.product(array.bitline) for spatial in found]
        is_band = np.array(rows, dtype=np.int64) != np.array(products, dtype=np.int64)
        is_short = np.array(rows, dtype=np.int64) < array.rows - 1
        return found.where(~is_band | is_short)

    patch.setattr(sharing, "SpatialSpace", SimpleNamespace(one_of_each=fewer))


def blocks_count_twice(patch: pytest.MonkeyPatch) -> None:
    """A diagonal block leaves as little for time as if its two unrollings multiplied."""

    def of(cls: type[Layout], model: CostModel, spatial: SpatialMapping) -> Layout:
        left = spatial.temporal_sizes(model.layer.loop_dims)
        return cls(spatial, model.spread(spatial), TileLattice.of(left))

    patch.setattr(Layout, "of", classmethod(of))


def columns_add_up_the_whole_band(patch: pytest.MonkeyPatch) -> None:
    """In the quick bound, the adder trees of a diagonal switch as if all rows were theirs."""

    def whole_band(rows_of: Callable[..., Rows]) -> Callable[..., Rows]:
        def faulty(*args: Any) -> Rows:
            rows = rows_of(*args)
            return Rows(rows.mapped, rows.mapped)

        return faulty

    faulty_rows = SimpleNamespace(of=whole_band(Rows.of), on_average=whole_band(Rows.on_average))
    patch.setattr(arrays, "Rows", faulty_rows)
