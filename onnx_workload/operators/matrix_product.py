"""Matrix products.

``MatMul``, its quantized and fused forms: batched, broadcast, transposed, with either operand
learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.stored_operand import Position, StoredOperand
from zigzag_imc.onnx_workload.operators.node_view import NodeView

_RIGHT_AT = {"QLinearMatMul": 3}


@dataclass(frozen=True, slots=True)
class Factor:
    """One side of a product of matrices.

    Attributes
    ----------
    stack
        Shape of the stack of matrices; empty for a single one.
    rows, columns
        Size of each matrix.
    learned
        Whether the values are known before any input arrives.
    bits
        Bits of a value, if the model quantizes it.
    tensor
        Name of the tensor that it is.
    position
        Which operand of the product it is in the graph.
    """

    stack: tuple[int, ...]
    rows: int
    columns: int
    learned: bool
    bits: int | None = None
    tensor: str = ""
    position: Position = "first"

    @property
    def transposed(self) -> Factor:
        """The same stack of matrices, each of them transposed."""
        return replace(self, rows=self.columns, columns=self.rows)

    def stack_of_rank(self, rank: int) -> tuple[int, ...]:
        """Return the shape of the stack, filled up with ones in front."""
        return (1,) * (rank - len(self.stack)) + self.stack


def build_matrix_product(view: NodeView) -> Layer:
    """Turn a product of (stacks of) matrices into a layer.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    right_at = _RIGHT_AT.get(view.node.op_type, 1)
    return product_layer(view, _factor(view, 0, "A"), _factor(view, right_at, "B"))


def _factor(view: NodeView, position: int, side: str) -> Factor:
    """Read an operand; a vector on the left is a row, one on the right a column."""
    sizes = list(view.sizes(position))
    if not sizes:
        raise view.error("an operand is a scalar, expected a vector or matrix")
    if len(sizes) == 1:
        sizes = [1, *sizes] if side == "A" else [*sizes, 1]
    if view.integer(f"transBatch{side}", 0):  # the rows come before the stack
        sizes = [*sizes[1:-1], sizes[0], sizes[-1]]
    bits = 1 if view.node.op_type == "XnorPopcountMatMul" else view.bits(position)
    factor = Factor(
        tuple(sizes[:-2]),
        sizes[-2],
        sizes[-1],
        view.is_constant(position),
        bits,
        view.tensor(position),
    )
    return factor.transposed if view.integer(f"trans{side}", 0) else factor


def product_layer(view: NodeView, left: Factor, right: Factor) -> Layer:
    """Build the layer of ``left @ right``.

    The learned factor becomes the weights, else the right one. Where neither is learned, the layer
    knows that the other one could be stored as well.

    Notes
    -----
    ``O = A B`` equals ``O^T = B^T A^T``, which turns weights on the left into weights on the right.

    Dimensions of the stacks fall into three kinds. Those in which both factors vary are batch and
    heads, over which the weights differ too. Those in which only the weights vary are more output
    columns for the same input. Those in which only the input varies are more rows for the same
    weights; they stay batch and heads unless those differ in weights. Of the dimensions that stay,
    the last one before the matrix is the heads if there are others; those are the batch.

    Raises
    ------
    WorkloadError
        If the shapes of the factors do not go together.
    """
    if left.columns != right.rows:
        raise view.error(
            f"cannot multiply: left has {left.columns} columns, right {right.rows} rows, "
            "expected equal"
        )
    right = replace(right, position="second")
    if _weights_on_the_left(left, right):
        left, right = right.transposed, left.transposed
    rank = max(len(left.stack), len(right.stack))
    inputs, weights = left.stack_of_rank(rank), right.stack_of_rank(rank)
    pairs = list(zip(inputs, weights, strict=True))
    if not all(i == w or 1 in (i, w) for i, w in pairs):
        raise view.error(f"cannot broadcast batches {list(left.stack)} and {list(right.stack)}")
    shared = tuple(i if i == w else 1 for i, w in pairs)
    more_columns = math.prod(weights) // math.prod(shared)
    more_rows = math.prod(inputs) // math.prod(shared)
    weight_batched = math.prod(shared) > 1
    stack = shared if weight_batched else inputs
    heads = stack[-1] if rank > 1 else 1
    layer = matmul_layer(
        view.name,
        operator=view.node.op_type,
        batch=math.prod(stack) // heads,
        heads=heads,
        rows=left.rows * (more_rows if weight_batched else 1),
        out_channels=right.columns * more_columns,
        in_channels=left.columns,
        weight_batched=weight_batched,
    )
    if not (left.learned or right.learned):
        stored = StoredOperand(right.tensor, left.tensor, right.position)
        layer = layer.replace(stored=stored)
    return view.with_bits(layer, right.bits, left.bits)


def _weights_on_the_left(left: Factor, right: Factor) -> bool:
    """Whether the left factor is what stays while the other one streams past.

    One matrix applied to each of a stack is weights, too, when both sides are learned, or neither.
    """
    if left.learned != right.learned:
        return left.learned
    return math.prod(left.stack) == 1 < math.prod(right.stack)
