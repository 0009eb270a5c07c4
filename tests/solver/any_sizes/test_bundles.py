"""Bundles of tiles of any lengths: a model takes none of their mappings for slower than it is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.solver.any_sizes.model_checks import is_above, latencies_in_the_model
from tests.solver.any_sizes.test_bounds import known_cases
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.formulation.candidate import Plane
from zigzag_imc.solver.presolve.bundled import Bundled
from zigzag_imc.solver.presolve.bundles import Pieces, bundles_at, least_ratio
from zigzag_imc.solver.presolve.planes import LengthsOf, plane_below
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut

ROWS = 101


def is_any_above(most: int) -> bool:
    """Whether models of classes, each in one piece, take some tiles for slower than they are."""
    cases = known_cases()
    told = [pair for known in cases for pair in latencies_in_the_model(known, most, Pieces)]
    assert told
    return any(is_above(*pair) for pair in told)


def test_no_mapping_is_faster_than_in_a_model_of_bundles() -> None:
    assert not is_any_above(most=2)


def test_bundles_of_the_most_are_seen() -> None:
    """A planted fault: of every amount, a bundle has the most that any of its tiles has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bundled, "least", Bundled.most)
        assert is_any_above(most=2)


def outputs_cut() -> AnyCut:
    """The uppermost cut of the outputs of a matrix product of a prime number of rows."""
    layer = matmul_layer("x", rows=ROWS, out_channels=3, in_channels=2)
    dimc = load_accelerator("dimc")
    one = dimc.replace(array=replace(dimc.array, dimensions=(("D1", 1), ("D2", 1))))
    costs = CostModel(layer, one, IMC)
    (spatial,) = SpatialSpace.of(layer, one, IMC)
    return AnyColumnBuilder(costs, with_latency=True).fine(spatial).cuts[2][-1]


def test_pieces_are_split_until_they_hold_one_length() -> None:
    cut, pieces = outputs_cut(), Pieces()
    axes = [np.arange(len(cut.lengths[dim])) for dim in cut.lattice.dims]
    index = tuple(axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    whole = list(bundles_at(cut, index, cut.relevant, pieces))
    assert len(whole) == cut.lattice.steps.size  # a bundle for every class
    tile = {"D": 70, "K": 2, "C": 1}
    while pieces.split(cut, tile):
        pass
    parts = list(bundles_at(cut, index, cut.relevant, pieces))
    own = [one for one in parts if 70 in one.at.lengths["D"]]
    assert all(list(one.at.lengths["D"]) == [70] for one in own)
    # Every tile is in one bundle, which has the least of all its tiles.
    tiles = list(bundles_at(cut, index, cut.relevant))
    assert sum(len(np.atleast_1d(one.at.held_steps)) for one in parts) == len(tiles)
    for one in whole:
        inside = [each for each in tiles if each.at.lengths["D"][0] in one.at.lengths["D"]]
        inside = [each for each in inside if each.at.lengths["K"] == one.at.lengths["K"]]
        inside = [each for each in inside if each.at.lengths["C"] == one.at.lengths["C"]]
        assert one.energy_pj == min(each.energy_pj for each in inside)
        assert one.room.bits == min(each.room.bits for each in inside)
        assert one.room.most_need == max(each.room.need for each in inside)


def test_least_ratio_is_exact() -> None:
    amounts, of = np.array([10.0, 7.0, 20.0]), np.array([3, 2, 6])
    assert least_ratio(amounts, of) == Fraction(10, 3)


def height_at(plane: Plane, lengths: dict[str, int]) -> int:
    """Return what a plane is at some lengths."""
    slopes = plane.slopes.items()
    return plane.origin + sum(rise * (lengths[dim] - origin) for dim, (origin, rise) in slopes)


@pytest.mark.parametrize("seed", range(40))
def test_planes_are_below_all_tiles_and_touch_one(seed: int) -> None:
    """Of products, more or less, of which some tiles are missing; in every corner."""
    rng = np.random.default_rng(seed)
    known = [np.unique(rng.integers(1, 40, size=rng.integers(2, 6))) for _ in range(2)]
    pairs = np.array(list(itertools.product(*map(range, map(len, known)))))
    of = pairs[rng.random(len(pairs)) < rng.choice([0.6, 1.0])]
    of = of if len(of) else pairs
    lengths = {
        dim: LengthsOf(tuple(own.tolist()), of[:, axis])
        for axis, (dim, own) in enumerate(zip("DK", known, strict=True))
    }
    noise = rng.integers(0, rng.choice([1, 9]), size=len(of))
    amounts = (known[0][of[:, 0]] * known[1][of[:, 1]] + noise).astype(float)
    for corner, sign in itertools.product(itertools.product((0, -1), repeat=2), (1, -1)):
        plane = plane_below(lengths, sign * amounts, corner)
        heights = [
            height_at(plane, {dim: own.known[own.of[tile]] for dim, own in lengths.items()})
            for tile in range(len(of))
        ]
        assert (sign * amounts - heights).min() == 0


def test_products_are_touched_in_the_corners() -> None:
    """Of four to seven times two to three, in all corners but those that are not asked for."""
    lengths = {
        "D": LengthsOf((4, 5, 6, 7), np.repeat(np.arange(4), 2)),
        "K": LengthsOf((2, 3), np.tile(np.arange(2), 4)),
    }
    products = np.outer([4, 5, 6, 7], [2, 3]).ravel().astype(float)
    for corner in ((0, 0), (-1, -1)):
        ends = {
            dim: own.known[end] for (dim, own), end in zip(lengths.items(), corner, strict=True)
        }
        touching = plane_below(lengths, products, corner)
        assert height_at(touching, ends) == ends["D"] * ends["K"]
    for corner in ((0, -1), (-1, 0)):
        ends = {
            dim: own.known[end] for (dim, own), end in zip(lengths.items(), corner, strict=True)
        }
        touching = plane_below(lengths, -products, corner)
        assert height_at(touching, ends) == -ends["D"] * ends["K"]


def most_above_the_least() -> float:
    """By how much some amount by length is above that of a tile of the length, at most."""
    cut, pieces = outputs_cut(), Pieces()
    axes = [np.arange(len(cut.lengths[dim])) for dim in cut.lattice.dims]
    index = tuple(axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    bundles = list(bundles_at(cut, index, cut.relevant, pieces))
    tiles = list(bundles_at(cut, index, cut.relevant))
    found = []
    for tile in tiles:
        own = {dim: lengths[0] for dim, lengths in tile.at.lengths.items()}
        (bundle,) = (
            one
            for one in bundles
            if all(length in one.at.lengths[dim] for dim, length in own.items())
        )
        for by_length, amount in (
            (bundle.energy_by, tile.energy_pj),
            (bundle.ports.exposed_by, tile.ports.exposed),
            (bundle.room.need_by, tile.room.need),
        ):
            for dim, points in by_length.items():
                found.append(dict(zip(*points, strict=True))[own[dim]] - amount)
    return max(found)


def test_by_length_no_amount_is_above_that_of_a_tile() -> None:
    assert most_above_the_least() == 0


def test_the_most_of_every_length_is_seen() -> None:
    """A planted fault: by length, a bundle has the most of its tiles, in their next places."""
    points = LengthsOf.points
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            LengthsOf,
            "points",
            lambda self, amounts, most: points(self, np.roll(amounts, 1), not most),
        )
        assert most_above_the_least() > 0
