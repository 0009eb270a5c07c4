"""Halos: what of the inputs is moved with two tiles of outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from tests.solver.presolve.spatial.halo_cases import halo_case
from tests.solver.presolve.spatial.macro_cases import MacroCase
from tests.solver.presolve.spatial.test_scenarios import bounds_too_high
from zigzag_imc.core.layer import INPUTS, Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial import halos, rest
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.by_tiles import ByTiles
from zigzag_imc.solver.presolve.spatial.conflicts import Smallest
from zigzag_imc.solver.presolve.spatial.halos import halo, has_halos, longer_tiles
from zigzag_imc.solver.presolve.spatial.rest import CutsAbove
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.short_ends import first_lengths

SMALL = Template(kind="aimc", rows=8, columns=16, macros=3, sram_kb=8, adc_bits=5.0).accelerator()
ROUNDING = 1 + 1e-9


def along(steps: int, taps: int, stride: int = 1, dilation: int = 1) -> Layer:
    """Return a convolution along one window."""
    return conv_layer(
        "along",
        out_channels=2,
        in_channels=2,
        output_size=(1, steps),
        filter_size=(1, taps),
        stride=(1, stride),
        dilation=(1, dilation),
    )


def arrays_of(layer: Layer) -> SpatialArrays:
    """Return all spatial mappings of a layer on a small array, with outputs on macros, too."""
    spatials = SpatialSpace.of(layer, SMALL, IMC, Space(diagonals=True))
    return SpatialArrays(CostModel(layer, SMALL, IMC), spatials)


def moved(layer: Layer, outputs: int) -> int:
    """Input positions of tiles of so many outputs, counted one by one."""
    (window,) = (one for one in layer.windows if one.output_dim == "OX")
    steps, taps = layer.sizes["OX"], layer.sizes["FX"]
    count = 0
    for first in range(0, steps, outputs):
        touched = {
            window.stride * output + window.dilation * tap
            for output in range(first, min(first + outputs, steps))
            for tap in range(taps)
        }
        count += min(len(touched), window.size)
    return count


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize(("steps", "taps"), [(7, 3), (8, 2), (9, 1), (12, 4)])
def test_positions_are_those_of_all_tiles(
    steps: int, taps: int, stride: int, dilation: int
) -> None:
    """Of all tiles that make as many steps in time, whatever is unrolled: the least of them."""
    layer = along(steps, taps, stride, dilation)
    arrays = arrays_of(layer)
    left, factor = arrays.temporal["OX"], arrays.factor("OX")
    for length in range(1, steps + 1):
        found = halo(arrays, {"OX": np.minimum(length, left)})
        for place, (size, lanes) in enumerate(zip(left.tolist(), factor.tolist(), strict=True)):
            rounds = -(-size // min(length, size))
            alike = (one for one in range(1, int(size) + 1) if -(-size // one) == rounds)
            least = min(moved(layer, one * int(lanes)) for one in alike)
            assert found[place] == pytest.approx(least / moved(layer, steps))


def test_two_windows_multiply() -> None:
    """Halves of 4 x 4 outputs under 3 x 3 taps: 8 of 6 positions along either."""
    layer = conv_layer("c", out_channels=2, in_channels=2, output_size=(4, 4), filter_size=(3, 3))
    arrays = arrays_of(layer)
    plain = (arrays.factor("OX") == 1) & (arrays.factor("OY") == 1)
    halves = {"OX": 2 * arrays.ones, "OY": 2 * arrays.ones}
    assert halo(arrays, halves)[plain] == pytest.approx((8 / 6) ** 2)
    assert halo(arrays, {"OX": 2 * arrays.ones, "OY": 4 * arrays.ones})[plain] == pytest.approx(
        8 / 6
    )


def test_without_taps_there_are_none() -> None:
    assert has_halos(along(4, 3))
    assert not has_halos(along(4, 1))
    assert not has_halos(matmul_layer("product", rows=4, out_channels=4, in_channels=4))


def test_a_longer_tile_is_twice_as_long_or_all_there_is() -> None:
    arrays = arrays_of(along(7, 2))
    plain = int(np.flatnonzero(arrays.factor("OX") == 1)[0])
    for length, longer in ((1, 2), (3, 6), (4, 7), (7, None)):
        ((tile, is_longer),) = longer_tiles(arrays, {"OX": length * arrays.ones})
        assert bool(is_longer[plain]) == (longer is not None)
        assert longer is None or tile["OX"][plain] == longer


def least_of(drawn: MacroCase, with_halos: bool) -> Array:
    """Bound the latency of every spatial mapping of a case, tile by tile."""
    lengths = first_lengths if drawn.space.tile_sizes == "any-outermost" else divisors
    spatials = spatials_of(drawn)
    bounds = ByTiles(drawn.model, Goal("latency"), lengths, with_halos)
    return bounds.least(spatials, np.zeros(len(spatials))).value


def spatials_of(drawn: MacroCase) -> SpatialSpace:
    """Return the spatial mappings of a case."""
    return SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)


def is_sound(seed: int, number: int) -> bool:
    """Whether no mapping with a spatial mapping of a case is faster than its bound."""
    drawn = halo_case(seed)
    bound = float(least_of(drawn, with_halos=True)[number])
    mappings = drawn.mappings(number, spatials_of(drawn))
    fastest = min(drawn.model.evaluate(mapping).latency_cycles for mapping in mappings)
    return bound <= fastest * ROUNDING


@pytest.mark.parametrize("seed", [3, 4, 17, 22, 33])
def test_no_bound_is_above_the_exact_cost(seed: int) -> None:
    """Of any objective, and of cases in which there are halos."""
    assert not list(bounds_too_high(halo_case(seed), step=3))


def test_bounds_are_tighter_and_never_weaker() -> None:
    tighter = 0
    for seed in range(60):
        drawn = halo_case(seed)
        plain, told = (least_of(drawn, with_halos) for with_halos in (False, True))
        assert np.all(told * ROUNDING >= plain)
        tighter += int(np.sum(told > plain * ROUNDING))
    assert tighter > 30


# ------------------------------------------------------------------ planted faults
def inputs_hold_no_more(patch: pytest.MonkeyPatch) -> None:
    """No cut around the resting tile holds more of a window than that."""
    patch.setattr(rest, "longer_tiles", lambda *_: iter(()))


def longer_tiles_have_halos(patch: pytest.MonkeyPatch) -> None:
    """Of all inputs, whatever of a window is held."""

    def ways(self: Any, tile: Mapping[str, Any]) -> Iterator[Any]:
        bits, often = self._bits(tile), halo(self._arrays, tile)
        inputs = [cut for cut in self._others if cut.operand == INPUTS]
        for around in rest._subsets(self._others):
            yield self._way(around, Smallest(bits), dict.fromkeys(inputs, often))

    patch.setattr(CutsAbove, "ways_with_halos", ways)


def a_round_more(patch: pytest.MonkeyPatch) -> None:
    """Tiles are a third shorter than they are."""
    right = halos.halo

    def shorter(arrays: SpatialArrays, tile: Mapping[str, Any]) -> Any:
        return right(arrays, {dim: length / 1.5 for dim, length in tile.items()})

    patch.setattr(rest, "halo", shorter)


@pytest.mark.parametrize(
    ("plant", "seed", "number"),
    [
        (inputs_hold_no_more, 12, 1),
        (longer_tiles_have_halos, 12, 1),
        (a_round_more, 4, 3),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    seed: int,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each under a spatial mapping that is known to show it."""
    assert is_sound(seed, number)
    plant(monkeypatch)
    assert not is_sound(seed, number)
