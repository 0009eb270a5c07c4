"""Products and convolutions of vendors: the shapes of the standard operators they stand for."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import (
    RuleView,
    channels_first,
    channels_last,
    shape_of,
    swapped,
)
from zigzag_imc.onnx_workload.shapes import Shape

_CONV_ATTRIBUTES = ("kernel_shape", "strides", "pads", "dilations", "group", "auto_pad")


def convolve(view: RuleView) -> tuple[Shape | None, ...]:
    """Convolve as ``Conv`` does."""
    if view.integer("channels_last"):
        return convolve_channels_last(view)
    attributes = view.attributes(*_CONV_ATTRIBUTES)
    return (shape_of("Conv", (view.shape(0), view.shape(_weight_at(view))), **attributes),)


def convolve_channels_last(view: RuleView) -> tuple[Shape | None, ...]:
    """Convolve an image with channels last; filters have theirs second or last."""
    attributes = view.attributes(*_CONV_ATTRIBUTES)
    image, filters = channels_first(view.shape(0)), view.shape(_weight_at(view))
    if image is None or filters is None:
        return ()
    group = view.integer("group", 1)
    filters = filters_channels_second(filters, image[1], group)
    return (channels_last(shape_of("Conv", (image, filters), **attributes)),)


def filters_channels_second(filters: Shape, channels: object, group: int) -> Shape:
    """Return the shape of filters with the channels second, wherever they are."""
    second = isinstance(channels, int) and filters[1] == channels // max(1, group)
    return filters if second else (filters[0], filters[-1], *filters[1:-1])


def multiply(view: RuleView) -> tuple[Shape | None, ...]:
    """Multiply stacks of matrices, either of them transposed where attributes say so."""
    left, right = view.shape(0), view.shape(_weight_at(view))
    left = rows_behind_stack(left) if view.integer("transBatchA") else left
    right = rows_behind_stack(right) if view.integer("transBatchB") else right
    left = swapped(left) if view.integer("transA") else left
    right = swapped(right) if view.integer("transB") else right
    return (shape_of("MatMul", (left, right)),)


def rows_behind_stack(shape: Shape | None) -> Shape | None:
    """Return a shape with its first size behind those of the stack."""
    return None if shape is None or len(shape) < 2 else (*shape[1:-1], shape[0], shape[-1])


def multiply_plainly(view: RuleView) -> tuple[Shape | None, ...]:
    """Multiply two matrices as ``Gemm`` does."""
    operands = (view.shape(0), view.shape(_weight_at(view)))
    return (shape_of("Gemm", operands, **view.attributes("transA", "transB")),)


def multiply_packed(view: RuleView) -> tuple[Shape | None, ...]:
    """Multiply with packed weights: attribute ``N`` counts the output columns."""
    shape, columns = view.shape(0), view.integer("N")
    return ((*shape[:-1], columns),) if shape and columns else ()


def _weight_at(view: RuleView) -> int:
    quantized = view.node.op_type in ("QLinearConv", "QLinearMatMul", "QGemm")
    return 3 if quantized else 1


PRODUCT_RULES = {
    "FusedConv": convolve,
    "QLinearConv": convolve,
    **dict.fromkeys(("NhwcConv", "NhwcFusedConv"), convolve_channels_last),
    **dict.fromkeys(
        (
            "FusedMatMul",
            "TransposeMatMul",
            "FusedMatMulActivation",
            "GemmFastGelu",
            "DynamicQuantizeMatMul",
            "MatMulIntegerToFloat",
            "MatMulInteger16",
            "QLinearMatMul",
            "XnorPopcountMatMul",
            "SparseToDenseMatMul",
            "MVAU",
            "MVAU_hls",
            "MVAU_rtl",
            "MatrixVectorActivation",
        ),
        multiply,
    ),
    **dict.fromkeys(("FusedGemm", "QGemm", "GemmFloat8"), multiply_plainly),
    **dict.fromkeys(("MatMulNBits", "MatMulBnb4", "MatMulFpQ4"), multiply_packed),
}
