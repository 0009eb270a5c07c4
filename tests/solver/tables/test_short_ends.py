"""Energies of tiles of any lengths, against the exact cost model."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mappings import sunk_cuts
from tests.models.odd_cases import odd_case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.short_tiles import LoopNest
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.tables.short_ends import (
    Lengths,
    ShortEndEnergy,
    first_lengths,
    least_by_steps,
)


def lengths_at(model: CostModel, mapping: LayerMapping) -> list[list[Lengths]]:
    """Per operand, the lengths of the full tiles at every boundary."""
    nest = LoopNest(mapping.temporal.loops, model.spread(mapping.spatial).temporal)
    found = []
    for operand in OPERANDS:
        relevant = model.layer.relevant(operand)
        resting = 0
        while operand != "O" and resting < len(nest.loops):
            if nest.loops[resting][0] in relevant:
                break
            resting += 1
        cuts = sunk_cuts(mapping.temporal, operand, relevant)
        found.append([nest.tiles[place] for place in (resting, *cuts)])
    return found


@pytest.mark.parametrize("seed", range(60))
def test_tables_have_the_exact_energy(seed: int) -> None:
    case = odd_case(seed, IMC)
    for mapping in case.mappings:
        lengths = lengths_at(case.model, mapping)
        found = ShortEndEnergy(case.model, mapping.spatial).energy_pj(lengths[0][0], lengths)
        assert found == pytest.approx(case.model.evaluate(mapping).energy_pj, rel=1e-12)


def test_arrays_of_lengths_have_the_energy_of_each() -> None:
    """Rows, output and input channels in all lengths at once."""
    layer = matmul_layer("odd", rows=11, out_channels=17, in_channels=300)
    model = CostModel(layer, load_accelerator("dimc"), IMC)
    spatial = SpatialMapping.of({"D1": {"K": 3}, "D2": {"C": 100}})
    energies = ShortEndEnergy(model, spatial)
    ranges = [np.arange(1, size + 1) for size in energies.sizes.values()]
    grid = dict(zip(energies.sizes, np.meshgrid(*ranges, indexing="ij", sparse=True), strict=True))
    for index, a in ((INPUTS, 2), (OUTPUTS, 1), (OUTPUTS, 2)):
        table = np.broadcast_to(energies.over(index, a, grid), [len(r) for r in ranges])
        for place in np.ndindex(table.shape):
            one = {dim: number + 1 for dim, number in zip(grid, place, strict=True)}
            assert table[place] == pytest.approx(energies.over(index, a, one), rel=1e-12)


def test_the_least_by_steps_is_below_all_lengths_of_so_many_steps() -> None:
    """And reached by one of them."""
    layer = matmul_layer("odd", rows=29, out_channels=16, in_channels=700)
    model = CostModel(layer, load_accelerator("aimc"), IMC)
    energies = ShortEndEnergy(model, SpatialMapping.of({"D1": {"K": 16}, "D2": {"C": 20}}))
    sizes = (energies.sizes["D"], energies.sizes["C"])
    rows, inputs = np.ogrid[1 : sizes[0] + 1, 1 : sizes[1] + 1]
    lengths = dict.fromkeys(energies.sizes, 1) | {"D": rows, "C": inputs}
    table = energies.over(INPUTS, 2, lengths)
    least = least_by_steps(table, sizes)
    numbers = [[math.ceil(size / low) for low in first_lengths(size)] for size in sizes]
    groups: dict[tuple[int, int], list[float]] = {}
    for place in np.ndindex(table.shape):
        steps = [math.ceil(size / (at + 1)) for size, at in zip(sizes, place, strict=True)]
        where = (numbers[0].index(steps[0]), numbers[1].index(steps[1]))
        groups.setdefault(where, []).append(float(table[place]))
    assert len(groups) == least.size
    assert all(least[where] == min(found) for where, found in groups.items())


@given(st.integers(1, 3000))
def test_first_lengths_are_the_shortest_of_their_steps(size: int) -> None:
    numbers = [-(-size // length) for length in range(1, size + 1)]
    shortest = [n for n in range(1, size + 1) if n == 1 or numbers[n - 1] < numbers[n - 2]]
    assert first_lengths(size) == shortest


def _short_tiles_in_full(patch: pytest.MonkeyPatch) -> None:
    kinds = ShortEndEnergy.kinds

    def full(self: ShortEndEnergy, index: int, lengths: Lengths) -> list[tuple[Lengths, int]]:
        (tile, _), *_ = kinds(self, index, lengths)
        return [(tile, math.prod([-(-self.sizes[dim] // tile[dim]) for dim in tile]))]

    patch.setattr(ShortEndEnergy, "kinds", full)


def _no_short_tiles(patch: pytest.MonkeyPatch) -> None:
    kinds = ShortEndEnergy.kinds
    patch.setattr(ShortEndEnergy, "kinds", lambda *args: [next(kinds(*args))])


def _idle_steps_rounded_down(patch: pytest.MonkeyPatch) -> None:
    def visits(self: ShortEndEnergy, index: int, lengths: Lengths) -> int:
        idle = self._layer.idle_dims(OPERANDS[index])
        return math.prod([self.sizes[dim] // lengths[dim] for dim in idle])

    patch.setattr(ShortEndEnergy, "visits", visits)


@pytest.mark.parametrize("plant", [_short_tiles_in_full, _no_short_tiles, _idle_steps_rounded_down])
def test_planted_faults_are_seen(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    """Against the exact energies of a few cases."""
    cases = [odd_case(seed, IMC) for seed in range(12)]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = [
            ShortEndEnergy(case.model, mapping.spatial).energy_pj(
                lengths_at(case.model, mapping)[0][0], lengths_at(case.model, mapping)
            )
            for case in cases
            for mapping in case.mappings
        ]
    exact = [case.model.evaluate(m).energy_pj for case in cases for m in case.mappings]
    assert found != pytest.approx(exact, rel=1e-9)
