"""``Gemm``: the fully connected layer, a product of two matrices that may come transposed."""

from __future__ import annotations

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.operators.matrix_product import Factor, product_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView


def build_gemm(view: NodeView) -> Layer:
    """Turn ``A' B' + C`` into a layer whose rows ``D`` are those of ``A'``.

    The added ``C`` costs no products.

    Raises
    ------
    WorkloadError
        If a size is unknown, or an operand is not a matrix.
    """
    right_at = 3 if view.node.op_type == "QGemm" else 1
    factors = []
    for position, flag in ((0, "transA"), (right_at, "transB")):
        sizes = view.sizes(position)
        if len(sizes) != 2:
            raise view.error(
                f"input {view.tensor(position)!r} has {len(sizes)} dimensions, expected a matrix"
            )
        bits = view.bits(position)
        tensor = view.tensor(position)
        factor = Factor((), sizes[0], sizes[1], view.is_constant(position), bits, tensor)
        factors.append(factor.transposed if view.integer(flag, 0) else factor)
    return product_layer(view, factors[0], factors[1])
