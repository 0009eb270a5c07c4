"""Loops that a file calls by names of its own, told apart by what they index and how long they are.

The names of loops in a workload file of ZigZag are its author's; those of a layer here are the
field's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.stored_operand import Position

_OPERAND = re.compile(r"\b([OIW])((?:\s*\[[^\[\]]{1,40}\]){1,20})")
_INDEX = re.compile(r"\[\s*([^\[\]]{1,40}?)\s*\]")

Signature = tuple[bool, ...]
"""Whether a loop indexes weights, inputs (alone, not in a window) and outputs."""


def field_names(sizes: Mapping[str, int], equation: str, layer: Layer, at: str) -> dict[str, str]:
    """Return the field's name for every loop that has a name of its own.

    Parameters
    ----------
    sizes
        Loops of the file.
    equation
        What they index, such as ``O[d0][d1] += I[d0][d2] * W[d2][d1]``; loops that it does not
        hold are told apart by their sizes alone.
    layer
        Layer of the network with as many loops.
    at
        Where the loops stand, for messages.

    Raises
    ------
    ResultError
        When a loop fits none of the layer's, or several.
    """
    # A loop that the layer has as well, but with one step, may be another one of the field, too.
    own = [name for name, size in sizes.items() if size > 1 and layer.sizes.get(name, 1) == 1]
    free = [dim for dim, size in layer.sizes.items() if size > 1 and sizes.get(dim, 1) == 1]
    indexed = _signatures(equation)
    names: dict[str, str] = {}
    for name in own:
        fitting = [dim for dim in free if layer.sizes[dim] == sizes[name]]
        if name.lower() in indexed:
            wanted = indexed[name.lower()]
            fitting = [dim for dim in fitting if _signature_of(layer, dim) == wanted]
        if len(fitting) != 1 and name in layer.sizes:
            continue  # of another size; who compares sizes says so
        if len(fitting) != 1:
            raise ResultError(_refusal(own, free, name, fitting, at))
        names[name] = fitting[0]
        free.remove(fitting[0])
    return names


def stored_in(equation: str, layer: Layer) -> Position | None:
    """Which operand of a product of two activations an equation has as ``W``.

    ``None`` for other layers, and where the equation does not tell: it has other names for the
    loops, or both operands have the same.
    """
    if layer.stored is None:
        return None
    indexed = _signatures(equation)
    dims = [dim for dim, size in layer.loop_dims if size > 1]
    fitting = [
        one.stored.position
        for one in (layer, layer.swapped())
        if one.stored is not None
        and all(indexed.get(dim.lower()) == _signature_of(one, dim) for dim in dims)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _signatures(equation: str) -> dict[str, Signature]:
    indexed = {operand: set[str]() for operand in OPERANDS}
    for operand, indices in _OPERAND.findall(equation[:2000]):
        indexed[operand].update(index.lower() for index in _INDEX.findall(indices))
    names = set[str]().union(*indexed.values())
    return {name: tuple(name in indexed[operand] for operand in OPERANDS) for name in names}


def _signature_of(layer: Layer, dim: str) -> Signature:
    windowed = {name for window in layer.windows for name in (window.output_dim, window.filter_dim)}
    return tuple(
        dim in layer.relevant(operand) and not (operand == "I" and dim in windowed)
        for operand in OPERANDS
    )


def _refusal(
    own: Sequence[str], free: Sequence[str], name: str, fitting: Sequence[str], at: str
) -> str:
    why = f"{name} may be {' or '.join(fitting)}" if fitting else f"{name} fits none of them"
    return (
        f"{at}: found loops {', '.join(own)}, expected {', '.join(free) or 'no more loops'} as in "
        f"the network; {why}"
    )
