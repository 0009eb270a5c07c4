"""Unrollings on rows and columns, and those on macros that go with them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pytest

from tests.models.mapspace.plain_spatial_mappings import every_spatial_mapping
from tests.models.mapspace.test_interchangeable import CONV, PRODUCT, macros
from tests.models.mapspace.test_mirror import square
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import Space
from zigzag_imc.models.mapspace import combinations, mirror, pairs, spatial_space
from zigzag_imc.models.mapspace.array_axis import ArrayAxis
from zigzag_imc.models.mapspace.combinations import Block
from zigzag_imc.models.mapspace.pairs import Factors, Mask, Pairs
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC

COLUMNS = ArrayAxis.of("D1", [(), (("K", 2),), (("K", 3),)], ("K",))
ROWS = ArrayAxis.of("D2", [(), (("C", 2),)], ("C",))
MACROS = [ArrayAxis.of(name, [(), (("K", 2),)], ("K",)) for name in ("D3", "D4")]
CASES = [
    (CONV, macros(2, 3)),
    (PRODUCT, macros(3)),
    (square(), macros(3, 2)),
    (square(), macros(2, 2)),
]


def up_to_six(unrollings: Sequence[Factors]) -> Mask:
    """Allow a product of six at most."""
    found: Mask = np.prod(np.stack(list(unrollings)), axis=0) <= 6
    return found


def test_every_combination_is_looked_up_by_its_kind() -> None:
    """K three times on columns goes with twice on one array dimension of macros, not on two."""
    axes = [COLUMNS, ROWS, *MACROS]
    found = Pairs.of("K", axes, np.arange(3 * 2), np.arange(2 * 2), up_to_six)
    assert found.allowed.shape == (3, 4)
    everything = found.within(Block(slice(0, 6), slice(0, 4)))
    expected = [[k * one * other <= 6 for one in (1, 2) for other in (1, 2)] for k in (1, 2, 3)]
    assert everything.tolist() == [row for row in expected for _ in range(2)]  # whatever C
    assert found.within(Block(slice(3, 5), slice(1, 4))).tolist() == everything[3:5, 1:4].tolist()


def test_a_dimension_on_one_side_alone() -> None:
    on_lines = Pairs.of("K", [COLUMNS, ROWS], np.arange(6), np.array([0]), up_to_six)
    assert on_lines.within(Block(slice(0, 6), slice(0, 1))).all()
    axes = [ROWS, ROWS, *MACROS]
    on_macros = Pairs.of("K", axes, np.arange(4), np.arange(4), lambda each: each[0] < 2)
    assert on_macros.within(Block(slice(0, 1), slice(0, 4))).tolist() == [[True] * 2 + [False] * 2]


@pytest.mark.parametrize("one_of_each", [False, True])
@pytest.mark.parametrize(("layer", "accelerator"), CASES)
def test_blocks_of_any_size_from_any_place_on(
    layer: Layer, accelerator: Accelerator, one_of_each: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of a line, one, or several; where it is stopped, the next listing begins."""
    space = Space(diagonals=True)
    listed = SpatialSpace.one_of_each if one_of_each else SpatialSpace.of
    whole = list(listed(layer, accelerator, IMC, space))
    for size in (1, 3, 7, 50, 1000):
        monkeypatch.setattr(combinations, "BLOCK", size)
        assert list(listed(layer, accelerator, IMC, space)) == whole
        found: list[SpatialMapping] = []
        first, is_complete = 0, False
        while not is_complete:
            asked = itertools.count(1)
            part = listed(layer, accelerator, IMC, space, partial(_at_least, 20, asked), first)
            found += part
            assert part.complete or part.looked_at > first
            first, is_complete = part.looked_at, part.complete
        assert found == whole


def _at_least(most: int, asked: Iterator[int]) -> bool:
    """Whether it was asked often enough."""
    return next(asked) >= most


def kinds_in_another_order(patch: pytest.MonkeyPatch) -> None:
    """Pairs are asked in the order of macros."""
    right = Pairs.of

    def turned(
        dim: str, axes: Sequence[ArrayAxis], lines: object, on_macros: object, rule: object
    ) -> Pairs:
        found = right(dim, axes, lines, on_macros, rule)  # type: ignore[arg-type]
        turned = found.allowed.T.ravel().reshape(found.allowed.shape)
        return Pairs(found.on_lines, found.on_macros, turned)

    patch.setattr(pairs.Pairs, "of", turned)


def kinds_of_the_first_lines(patch: pytest.MonkeyPatch) -> None:
    """Every block looks up the lines at the front."""
    right = Pairs.within

    def within(self: Pairs, block: Block) -> Mask:
        count = block.lines.stop - block.lines.start
        return right(self, Block(slice(0, count), block.macros))

    patch.setattr(pairs.Pairs, "within", within)


def lowered_together(patch: pytest.MonkeyPatch) -> None:
    """A loop over several array dimensions may be larger than it has to be."""
    patch.setattr(spatial_space, "is_smallest", lambda _, unrollings, __: unrollings[0] > 0)


def all_lines_come_first(patch: pytest.MonkeyPatch) -> None:
    """Mirrored combinations on lines are both listed with all on macros."""

    def is_first(self: mirror.Mirror, lines: Factors, on_macros: Factors) -> Mask:
        return np.ones((len(lines), len(on_macros)), dtype=np.bool_)

    patch.setattr(mirror.Mirror, "is_first", is_first)


def no_line_is_its_own_mirror(patch: pytest.MonkeyPatch) -> None:
    """Combinations on lines that are their own mirrored ones are left out."""

    def first_lines(self: mirror.Mirror, lines: Factors) -> Factors:
        return lines[lines < self.on_lines[lines]]

    patch.setattr(mirror.Mirror, "first_lines", first_lines)


FAULTS = [
    kinds_in_another_order,
    kinds_of_the_first_lines,
    lowered_together,
    all_lines_come_first,
    no_line_is_its_own_mirror,
]


def is_right(layer: Layer, accelerator: Accelerator) -> bool:
    """Whether what is listed is what there is, or stands for as many."""
    space = Space(diagonals=True)
    everything = list(every_spatial_mapping(layer, accelerator, IMC, space))
    listed = SpatialSpace.of(layer, accelerator, IMC, space)
    stands_for = SpatialSpace.one_of_each(layer, accelerator, IMC, space).represented
    return list(listed) == everything and stands_for == len(everything)


@pytest.mark.parametrize("plant", FAULTS, ids=[plant.__name__ for plant in FAULTS])
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combinations, "BLOCK", 50)
    assert all(is_right(*each) for each in CASES)
    plant(monkeypatch)
    assert not all(is_right(*each) for each in CASES)
