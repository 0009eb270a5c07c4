"""What lies on the lines of a macro, multiplier by multiplier: a check that shares no rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping

Index = Mapping[str, int]


def lines_are_kept(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    """Whether every wordline of a macro carries one input and every bitline forms one sum."""
    columns, rows = (spatial.on(name) for name, _ in accelerator.array.dimensions[:2])
    inputs: dict[tuple[int, ...], set[object]] = {}
    sums: dict[tuple[int, ...], set[object]] = {}
    for column, row in itertools.product(_indices(columns), _indices(rows)):
        index = {
            dim: column.get(dim, 0) * rows.get(dim, 1) + row.get(dim, 0)
            for dim in {**columns, **rows}
        }
        inputs.setdefault(tuple(row.values()), set()).add(_input_at(layer, index))
        sums.setdefault(tuple(column.values()), set()).add(_output_at(layer, index))
    return all(len(seen) == 1 for seen in (*inputs.values(), *sums.values()))


def _indices(unrolled: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """All positions along an array dimension."""
    for place in itertools.product(*(range(factor) for factor in unrolled.values())):
        yield dict(zip(unrolled, place, strict=True))


def _input_at(layer: Layer, index: Index) -> object:
    """Which input a multiplier reads: a position along every axis."""
    axes = [
        w.stride * index.get(w.output_dim, 0) + w.dilation * index.get(w.filter_dim, 0)
        for w in layer.windows
    ]
    in_window = {dim for w in layer.windows for dim in (w.output_dim, w.filter_dim)}
    rest = sorted((dim, i) for dim, i in index.items() if dim in layer.input_dims - in_window)
    return tuple(axes), tuple(rest)


def _output_at(layer: Layer, index: Index) -> object:
    """Which output a multiplier's product belongs to."""
    return tuple(sorted((dim, i) for dim, i in index.items() if dim in layer.output_dims))
