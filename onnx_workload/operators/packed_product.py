"""Products with weights of few bits, packed into blocks (``MatMulNBits`` and the like)."""

from __future__ import annotations

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.operators.matrix_product import Factor, product_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView


def build_packed_product(view: NodeView) -> Layer:
    """Turn a product with packed weights into a layer whose weights have as many bits.

    Attributes ``K`` and ``N`` are the rows and columns of the weights before packing.

    Raises
    ------
    WorkloadError
        If a size is unknown, or the attributes are missing.
    """
    rows, columns = view.integer("K", 0), view.integer("N", 0)
    if rows < 1 or columns < 1:
        raise view.error(f"K is {rows} and N is {columns}, expected at least 1")
    sizes = view.sizes(0)
    sizes = sizes if len(sizes) > 1 else (1, *sizes)
    left = Factor(sizes[:-2], sizes[-2], sizes[-1], view.is_constant(0), view.bits(0))
    bits = view.integer("bits", 4)
    if not 1 <= bits <= 64:
        raise view.error(f"weights of {bits} bits, expected 1 to 64")
    return product_layer(view, left, Factor((), rows, columns, True, bits))
