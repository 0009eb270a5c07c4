"""``dataflows`` of an accelerator file, and unrollings as ZigZag writes them, as constraints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.constraints import AllowedDims, Constraint, FixedUnrolling
from zigzag_imc.core.errors import AcceleratorError

_UNROLLING = re.compile(r"\s*(?P<dim>[^\s,]+)\s*,\s*(?P<factor>[1-9]\d*)\s*")
_EXPECTED = "expected unrollings by array dimension, such as {D1: ['K, 16']}"


def unrolled_as(entries: object, where: str) -> tuple[Constraint, ...]:
    """Return the constraints that ZigZag's unrollings stand for.

    Every dimension named is unrolled so far, or as far as it goes, and no other lies on the same
    array dimension. Array dimensions that are not named are free.

    Parameters
    ----------
    entries
        Texts such as ``K, 16`` by array dimension, or a list of such.
    where
        Where they stand, for messages.

    Raises
    ------
    AcceleratorError
        When they are something else.
    """
    found = entries if isinstance(entries, list | tuple) else [entries]
    return tuple(one for entry in found for one in _of_mapping(entry, where))


def _of_mapping(entry: object, where: str) -> Iterator[Constraint]:
    if not isinstance(entry, Mapping):
        raise AcceleratorError(f"{where}: found {shown(entry)}, {_EXPECTED}")
    for array_dim, unrollings in entry.items():
        pairs = list(_pairs(unrollings, f"{where}.{array_dim}"))
        yield AllowedDims(tuple(dict.fromkeys(dim for dim, _ in pairs)), str(array_dim))
        for dim, factor in pairs:
            yield FixedUnrolling(dim, str(array_dim), "=", factor)


def _pairs(unrollings: object, where: str) -> Iterator[tuple[str, int]]:
    """Yield dimensions and factors."""
    for one in unrollings if isinstance(unrollings, list | tuple) else [unrollings]:
        text = ", ".join(map(str, one)) if isinstance(one, list | tuple) else one
        found = _UNROLLING.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise AcceleratorError(f"{where}: found {shown(one)}, {_EXPECTED}")
        yield found["dim"], int(found["factor"])
