"""Steps, tiles and pieces against loops that are written out."""

from __future__ import annotations

import itertools
import random

import pytest

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import Loop, SpatialMapping
from zigzag_imc.replaying.lanes import Lanes, Portion
from zigzag_imc.replaying.nest import Nest, Pieces, Visits

from tests.replaying.machines import cells, machine, top  # isort: skip

Point = dict[str, int]


def drawn(rng: random.Random) -> tuple[tuple[Loop, ...], dict[str, int]]:
    """Draw loops, innermost first, and sizes that end within the outermost loop of a dimension."""
    loops: list[Loop] = [(rng.choice("KCD"), rng.randint(2, 3)) for _ in range(rng.randint(1, 5))]
    sizes = {}
    for dim in "KCD":
        inside = 1
        factors = [factor for of, factor in loops if of == dim]
        for factor in factors[:-1]:
            inside *= factor
        last = factors[-1] if factors else 1
        sizes[dim] = rng.randint(inside * (last - 1) + 1, inside * last)
    return tuple(loops), sizes


def walked(loops: tuple[Loop, ...], sizes: dict[str, int]) -> list[tuple[Point, ...]]:
    """Per step, and per cut, the first index of every dimension in the tile below the cut."""
    steps = []
    for places in itertools.product(*(range(factor) for _, factor in reversed(loops))):
        starts = []
        for cut in range(len(loops) + 1):
            start, inside = dict.fromkeys(sizes, 0), dict.fromkeys(sizes, 1)
            for number, ((dim, factor), place) in enumerate(
                zip(loops, reversed(places), strict=True)
            ):
                if number >= cut:
                    start[dim] += place * inside[dim]
                inside[dim] *= factor
            starts.append(start)
        if all(starts[0][dim] < sizes[dim] for dim in sizes):
            steps.append(tuple(starts))
    return steps


@pytest.mark.parametrize("seed", range(60))
def test_visits_are_those_of_loops_written_out(seed: int) -> None:
    rng = random.Random(seed)
    loops, sizes = drawn(rng)
    nest, steps = Nest.of(loops, sizes), walked(loops, sizes)
    assert nest.steps == len(steps)
    dims = set(rng.sample("KCD", rng.randint(1, 3)))
    low, high = sorted(rng.choices(range(len(loops) + 1), k=2))
    for cut in (low, high):
        tiles = [tuple(step[cut][dim] for dim in sorted(dims)) for step in steps]
        runs = [(key, len(list(run))) for key, run in itertools.groupby(tiles)]
        visits = Visits.of(nest, dims, cut)
        lengths = [last - first + 1 for first, last in zip(visits.first, visits.last, strict=True)]
        assert lengths == [length for _, length in runs]
        assert visits.again == [
            key in {other for other, _ in runs[:place]} for place, (key, _) in enumerate(runs)
        ]


@pytest.mark.parametrize("seed", range(60))
def test_the_tiles_of_a_cut_cover_every_index_once(seed: int) -> None:
    """So nothing is computed twice and nothing is padded, also where a last tile is short."""
    rng = random.Random(f"cover {seed}")
    loops, sizes = drawn(rng)
    visits = Visits.of(Nest.of(loops, sizes), sizes, rng.randint(0, len(loops)))
    first = {key: place for place, key in reversed(list(enumerate(visits.keys)))}.values()
    for dim, size in sizes.items():
        ranges = {(int(visits.begins[dim][v]), int(visits.lengths[dim][v])) for v in first}
        covered = sorted(i for begin, length in ranges for i in range(begin, begin + length))
        assert covered == list(range(size))


@pytest.mark.parametrize("seed", range(60))
def test_pieces_are_the_lower_tiles_during_a_visit(seed: int) -> None:
    rng = random.Random(f"pieces {seed}")
    loops, sizes = drawn(rng)
    nest = Nest.of(loops, sizes)
    dims = set(rng.sample("KCD", rng.randint(1, 3)))
    low, high = sorted(rng.choices(range(len(loops) + 1), k=2))
    below, above = Visits.of(nest, dims, low), Visits.of(nest, dims, high)
    pieces = Pieces.of(below, above)
    for parent in range(len(above)):
        children = [v for v, of in enumerate(pieces.parent) if of == parent]
        assert all(
            above.first[parent] <= below.first[v] <= below.last[v] <= above.last[parent]
            for v in children
        )
        keys = [below.keys[v] for v in children]
        known = list(dict.fromkeys(keys))
        assert [pieces.piece[v] for v in children] == [known.index(key) for key in keys]
        assert pieces.count[parent] == len(known)
        assert [pieces.is_last[v] for v in children] == [
            key not in keys[place + 1 :] for place, key in enumerate(keys)
        ]


# ---------------------------------------------------------------- elements
def distinct(layer: Layer, operand: str, indices: list[Point]) -> int:
    """Count the distinct elements of an operand at some points of all loops."""
    windows = layer.windows_of(operand)
    plain = sorted(layer.relevant(operand) - layer.window_dims(operand))
    return len(
        {
            (
                *(point[dim] for dim in plain if dim in point),
                *(
                    w.stride * point[w.output_dim] + w.dilation * point[w.filter_dim]
                    for w in windows
                ),
            )
            for point in indices
        }
    )


@pytest.mark.parametrize("seed", range(60))
def test_elements_of_a_tile_are_counted_one_by_one(seed: int) -> None:
    """A whole tile in the whole array: every point of its loops, as far as the layer has it."""
    rng = random.Random(f"elements {seed}")
    layer = conv_layer(
        "conv",
        out_channels=rng.randint(1, 5),
        in_channels=rng.randint(1, 5),
        output_size=(1, rng.randint(1, 7)),
        filter_size=(1, rng.randint(1, 4)),
        stride=rng.randint(1, 3),
        dilation=rng.randint(1, 3),
    )
    unrolled = {dim: rng.randint(1, layer.sizes[dim]) for dim in ("K", "C", "OX", "FX")}
    sizes = {dim: -(-size // unrolled.get(dim, 1)) for dim, size in layer.loop_dims}
    ranges = {}
    for dim, size in sizes.items():
        begin = rng.randrange(size)
        ranges[dim] = begin, rng.randint(1, size - begin)
    for operand in ("W", "I", "O"):
        portion = Portion(layer, operand, sizes, unrolled, unrolled)
        dims = layer.relevant(operand)
        told = {
            dim: (length, begin + length == sizes[dim])
            for dim, (begin, length) in ranges.items()
            if dim in dims
        }
        lanes = {
            dim: range(
                begin * unrolled.get(dim, 1),
                min(layer.sizes[dim], (begin + length) * unrolled.get(dim, 1)),
            )
            for dim, (begin, length) in ranges.items()
            if dim in dims
        }
        points = [
            dict(zip(lanes, point, strict=True)) for point in itertools.product(*lanes.values())
        ]
        assert portion.elements(told) == distinct(layer, operand, points)


def test_a_diagonal_window_takes_a_row_for_every_distinct_input() -> None:
    """Four outputs at stride two and three taps touch nine inputs, and a row carries one."""
    layer = conv_layer(
        "strided", out_channels=2, in_channels=1, output_size=(1, 8), filter_size=(1, 3), stride=2
    )
    spatial = SpatialMapping.of({"D1": {"OX": 4}, "D2": {"FX": 3}})
    lanes = Lanes.of(layer, machine(cells(), top()).array, spatial)
    assert lanes.rows == 9
    assert lanes.inside("I", ["D1"]) == {}
    assert lanes.inside("I", ["D1", "D2"]) == {"OX": 4, "FX": 3}
    assert lanes.inside("O", ["D2"]) == {"FX": 3}


def test_a_diagonal_block_counts_once_and_has_lines_of_its_own() -> None:
    layer = matmul_layer("heads", rows=2, out_channels=3, in_channels=5, heads=4)
    spatial = SpatialMapping.of({"D1": {"H": 4, "K": 3}, "D2": {"H": 4, "C": 5}})
    lanes = Lanes.of(layer, machine(cells(), top()).array, spatial)
    assert lanes.unrolled == {"H": 4, "K": 3, "C": 5}
    assert lanes.inside("I", ["D1"]) == {"K": 3}
    assert lanes.inside("O", ["D2"]) == {"C": 5}
    assert lanes.rows == 20
