"""What the attributes of a ``Scan`` say."""

from __future__ import annotations

from dataclasses import dataclass

import onnx

from zigzag_imc.onnx_workload.nodes import integer, integers


@dataclass(frozen=True, slots=True)
class ScanAxes:
    """Axes along which a ``Scan`` goes through tensors, and puts results together.

    Attributes
    ----------
    inputs
        An axis of each tensor that it goes through.
    outputs
        An axis of each tensor that it puts together; 0 where there is none.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @classmethod
    def of(cls, node: onnx.NodeProto) -> ScanAxes:
        """Read the attributes."""
        count = integer(node, "num_scan_inputs", 0)
        inputs = integers(node, "scan_input_axes") or (0,) * count
        return cls(inputs, integers(node, "scan_output_axes"))

    def of_output(self, number: int) -> int:
        """Return the axis of a tensor that it puts together."""
        return self.outputs[number] if number < len(self.outputs) else 0


def is_whole_scan(node: onnx.NodeProto, body: onnx.GraphProto) -> bool:
    """Whether a ``Scan`` has all that it must have, in the form of operator set 9 and later.

    The form before has lengths of sequences as a first input, and an axis for the batch.
    """
    count = integer(node, "num_scan_inputs", 0)
    states = len(body.input) - count
    return (
        0 < count <= len(body.input) == len(node.input)
        and all(node.input)
        and len(ScanAxes.of(node).inputs) == count
        and states <= len(body.output)
    )
