"""``Einsum``: sums of products, written as an equation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.operators.matrix_product import Factor, product_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation of two operands, each axis by its label.

    Attributes
    ----------
    left, right, output
        Labels of the axes in their order.
    sizes
        Size of every label.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    output: tuple[str, ...]
    sizes: Mapping[str, int]

    def product(self, labels: Iterable[str]) -> int:
        """Multiply the sizes of some labels."""
        return math.prod(self.sizes[label] for label in labels)

    @property
    def stacked(self) -> tuple[str, ...]:
        """Labels over which both operands and the output vary."""
        return tuple(x for x in self.left if x in self.right and x in self.output)

    @property
    def summed(self) -> tuple[str, ...]:
        """Labels of both operands that are summed over."""
        return tuple(x for x in self.left if x in self.right and x not in self.output)


def build_einsum(view: NodeView) -> Layer | Unmapped | tuple[Layer, ...]:
    """Turn a contraction of two tensors into the product of stacks of matrices that it is.

    An equation of one tensor, or one that sums over nothing, accumulates no products.

    Raises
    ------
    WorkloadError
        If a size is unknown, or the equation does not fit the operands.
    """
    text = view.text("equation", "").replace(" ", "")
    operands = text.partition("->")[0].split(",")
    if len(operands) == 1:
        return ()
    if len(operands) > 2:
        return Unmapped(f"contraction of {len(operands)} tensors")
    equation = _read(view, text)
    if not equation.summed:
        return ()
    alone = [x for x in _alone(equation.left, equation.right) if x not in equation.output]
    alone += [x for x in _alone(equation.right, equation.left) if x not in equation.output]
    macs = equation.product(equation.sizes)
    if alone:
        return Unmapped("contraction that also sums over an axis of one tensor", macs)
    repeated = any(len(set(x)) < len(x) for x in (equation.left, equation.right))
    if repeated:
        return Unmapped("contraction of a diagonal", macs)
    return _product(view, equation)


def _product(view: NodeView, equation: Equation) -> Layer:
    """Build the layer: axes of the left alone are stacked, but for the last of them, the rows."""
    stacked, summed = equation.stacked, equation.summed
    rows = _alone(equation.left, equation.right)
    columns = _alone(equation.right, equation.left)
    only_left = tuple(equation.sizes[label] for label in rows[:-1])
    both = tuple(equation.sizes[label] for label in stacked)
    depth = equation.product(summed)
    left = Factor(
        (*only_left, *both),
        equation.product(rows[-1:]),
        depth,
        view.is_constant(0),
        view.bits(0),
        view.tensor(0),
    )
    right = Factor(
        (1,) * len(only_left) + both,
        depth,
        equation.product(columns),
        view.is_constant(1),
        view.bits(1),
        view.tensor(1),
    )
    return product_layer(view, left, right)


def _alone(labels: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(label for label in labels if label not in others)


def _read(view: NodeView, text: str) -> Equation:
    inputs, arrow, output = text.partition("->")
    first, second = inputs.split(",")
    ranks = len(view.shape(0)), len(view.shape(1))
    left, right = _labels(view, first, ranks[0]), _labels(view, second, ranks[1])
    sizes: dict[str, int] = {}
    for position, labels in enumerate((left, right)):
        for axis, label in enumerate(labels):
            size = view.size(position, axis)
            known = sizes.setdefault(label, size)
            if size != known and 1 not in (size, known):
                raise view.error(f"axis {label!r} has sizes {known} and {size}, expected equal")
            sizes[label] = max(size, known)
    # An axis of size one that spreads over the other operand's is none of its own.
    left = _spread(view, 0, left, sizes)
    right = _spread(view, 1, right, sizes)
    if arrow:
        most = max(_dots(first, ranks[0]), _dots(second, ranks[1]))
        kept = tuple(_expand(output, most))
    else:  # as all labels that occur once, dots first
        once = [label for label in (*left, *right) if (*left, *right).count(label) == 1]
        kept = tuple(label for label in sizes if label in once or label.startswith("."))
    return Equation(left, right, kept, sizes)


def _labels(view: NodeView, text: str, rank: int) -> tuple[str, ...]:
    """Label every axis of an operand; those behind dots count from the last one."""
    labels = tuple(_expand(text, _dots(text, rank)))
    if len(labels) != rank:
        raise view.error(f"equation part {text!r} does not fit an operand of {rank} dimensions")
    return labels


def _dots(text: str, rank: int) -> int:
    return max(0, rank - len(text.replace("...", ""))) if "..." in text else 0


def _expand(text: str, dots: int) -> list[str]:
    before, found, after = text.partition("...")
    unnamed = [f".{place}" for place in range(dots, 0, -1)] if found else []
    return [*before, *unnamed, *after]


def _spread(
    view: NodeView, position: int, labels: tuple[str, ...], sizes: Mapping[str, int]
) -> tuple[str, ...]:
    own = view.sizes(position)
    return tuple(x for axis, x in enumerate(labels) if own[axis] == sizes[x])
