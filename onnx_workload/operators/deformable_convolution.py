"""``DeformConv``: its inputs lie where other numbers say, so no loops index them."""

from __future__ import annotations

import math

from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped


def count_deformable_convolution(view: NodeView) -> Unmapped:
    """Count the multiply-accumulates, without those of the interpolation between inputs."""
    filters, offsets = view.sizes(1), view.sizes(2)
    macs = offsets[0] * math.prod(offsets[2:]) * math.prod(filters)
    return Unmapped("deformable convolution", macs)
