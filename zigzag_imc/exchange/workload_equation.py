"""The equation of a layer in a workload file of ZigZag: which loop indexes which operand.

``O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]`` with the relations ``ix=2*ox+1*fx`` and
``iy=2*oy+1*fy``. Names of loops are their author's; upper and lower case are the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.errors import WorkloadError, nearest
from zigzag_imc.core.layer import OPERANDS

_SHAPE = re.compile(
    r"\s*([A-Z])([^=*+]*)\+?=\s*([A-Z])([^=*+]*)([*+]+)\s*([A-Z])([^=*+]*)", re.IGNORECASE
)
_INDICES = re.compile(r"(?:\s*\[\s*\w*\s*\])*\s*")
_RELATION = re.compile(r"\s*(\w+)\s*=\s*(?:(\d+)\s*\*\s*)?(\w+)\s*\+\s*(?:(\d+)\s*\*\s*)?(\w+)\s*")


@dataclass(frozen=True, slots=True)
class Relation:
    """An index of the input that two loops make: ``index = stride * out + dilation * tap``.

    Attributes
    ----------
    index
        Name of the index, in lower case.
    output_dim, filter_dim
        The loops.
    stride, dilation
        Steps of the index for one step of each.
    """

    index: str
    output_dim: str
    filter_dim: str
    stride: int
    dilation: int


def operand_indices(equation: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return the indices of every operand, in lower case; ``None`` if nothing is multiplied.

    Raises
    ------
    WorkloadError
        When the text is no equation of an output and two operands.
    """
    match = _SHAPE.fullmatch(equation) if len(equation) <= 1000 else None
    parts = match.groups() if match else ()
    indices = (parts[1], parts[3], parts[6]) if match else ()
    if not match or not all(map(_INDICES.fullmatch, indices)):
        raise WorkloadError(
            f"equation: found {equation[:60]!r}, expected such as 'O[b][k]+=I[b][c]*W[c][k]'"
        )
    if parts[4] != "*":
        return None
    names = (parts[0], parts[2], parts[5])
    return {
        name.upper(): tuple(index.lower() for index in re.findall(r"\w+", text))
        for name, text in zip(names, indices, strict=True)
    }


def relations_of(
    texts: Sequence[str], loops: Mapping[str, str], outputs: Collection[str]
) -> dict[str, Relation]:
    """Return the relations by their index.

    Parameters
    ----------
    texts
        Relations as they are written.
    loops
        Names of the loops as the file spells them, by their names in lower case.
    outputs
        Indices of the output: which of a relation's loops it has, the other one is of the filter.

    Raises
    ------
    WorkloadError
        When a text is no relation of two loops, one of the output and one that it does not have.
    """
    found: dict[str, Relation] = {}
    for text in texts:
        match = _RELATION.fullmatch(text) if len(text) <= 200 else None
        if match is None:
            raise WorkloadError(
                f"dimension_relations: found {text[:60]!r}, expected such as 'ix=2*ox+1*fx'"
            )
        index, first, one, second, other = match.groups()
        terms = [(one.lower(), int(first or 1)), (other.lower(), int(second or 1))]
        for name, step in terms:
            if name not in loops:
                raise WorkloadError(
                    f"dimension_relations: {text!r} names {name!r}, which is no loop"
                    f"{nearest(name, loops)}"
                )
            if step < 1:
                raise WorkloadError(f"dimension_relations: {text!r} has a step of 0")
        terms.sort(key=lambda term: term[0] not in outputs)
        (outer, stride), (tap, dilation) = terms
        if outer not in outputs or tap in outputs:
            raise WorkloadError(
                f"dimension_relations: {text!r}: expected one loop that indexes O and one that "
                "does not"
            )
        found[index.lower()] = Relation(index.lower(), loops[outer], loops[tap], stride, dilation)
    return found


def dims_of(
    indices: Mapping[str, Sequence[str]],
    loops: Mapping[str, str],
    relations: Mapping[str, Relation],
) -> dict[str, frozenset[str]]:
    """Return the loops that index each of `OPERANDS`, those of a relation for their index.

    Raises
    ------
    WorkloadError
        When an index is neither a loop nor one of a relation, or a relation is not used.
    """
    for index in relations:
        if index not in indices["I"]:
            raise WorkloadError(f"dimension_relations: {index!r} is no index of I in the equation")
    return {operand: _dims(operand, indices[operand], loops, relations) for operand in OPERANDS}


def _dims(
    operand: str,
    indices: Sequence[str],
    loops: Mapping[str, str],
    relations: Mapping[str, Relation],
) -> frozenset[str]:
    dims: set[str] = set()
    for index in indices:
        if index in loops:
            dims.add(loops[index])
        elif operand == "I" and index in relations:
            dims |= {relations[index].output_dim, relations[index].filter_dim}
        else:
            known = [*loops, *(relations if operand == "I" else ())]
            raise WorkloadError(
                f"equation: index {index!r} of {operand} is no loop{nearest(index, known)}; the "
                f"loops are {', '.join(loops.values())}"
            )
    return frozenset(dims)
