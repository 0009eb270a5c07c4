"""Transfers of single tiles that compete with computing: together they are what tables of busy say.

The tables add up in arrays over all lengths, the transfers are worked out from the lengths of some
tiles, also of cuts of which constraints have left few lengths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.tables.any_sizes import moved, transfers
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut, Transferred


def cuts() -> Iterator[AnyCut]:
    """Cuts of a matrix product of odd sizes, whole and with some lengths along a dimension.

    But for two cuts that coincide: of these, the lower one's transfers are in busy alone.
    """
    layer = matmul_layer("x", rows=11, out_channels=7, in_channels=5)
    aimc = load_accelerator("aimc")
    small = aimc.replace(array=replace(aimc.array, dimensions=(("D1", 2), ("D2", 2))))
    costs = CostModel(layer, small, IMC)
    spatial = next(iter(SpatialSpace.of(layer, small, IMC)))
    for own in AnyColumnBuilder(costs, with_latency=True).fine(spatial).cuts:
        for cut in (one for one in own if len(one.boundaries) == 1):
            yield cut
            for dim, size in cut.lattice.sizes.items():
                allowed = np.arange(1, size + 1) % 2 == size % 2
                yield cut.restricted(dim, allowed)


def most_difference() -> float:
    """Greatest difference of busy cycles, in cycles, over all tiles of all cuts and ports."""
    found = []
    for cut in cuts():
        axes = np.meshgrid(*map(np.arange, cut.shape), indexing="ij")
        index = tuple(axis.ravel() for axis in axes)
        told = cut.activities_at(index)
        assert told.keys() == cut.busy.keys()
        for key, own in told.items():
            busy = sum(each.transfers * each.cycles for each in own)
            found.append(float(np.max(np.abs(busy - cut.at(cut.busy[key], index)))))
    assert len(found) > 10
    return max(found)


def test_transfers_add_up_to_what_ports_are_busy() -> None:
    assert most_difference() <= 1e-6


def test_a_transfer_too_few_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the last kind of tiles is not moved."""
    whole = moved.transferred

    def without_the_last(*args: object) -> list[Transferred]:
        return list(whole(*args))[:-1]  # type: ignore[arg-type]

    monkeypatch.setattr(transfers, "transferred", without_the_last)
    assert most_difference() > 1
