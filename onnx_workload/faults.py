"""The exceptions of onnx and protobuf that a broken model can cause."""

from __future__ import annotations

import onnx
from google.protobuf import message  # type: ignore[import-untyped,unused-ignore]
from onnx.version_converter import ConvertError

PARSING_FAULTS: tuple[type[Exception], ...] = (message.DecodeError, RuntimeError, ValueError)
"""What parsing a file may raise."""

INFERENCE_FAULTS: tuple[type[Exception], ...] = (
    onnx.shape_inference.InferenceError,
    onnx.checker.ValidationError,
    onnx.defs.SchemaError,
    ConvertError,
    RuntimeError,
    ValueError,
    TypeError,
    message.DecodeError,
    message.EncodeError,
)
"""What shape inference may raise; it hands the model to C++ as a serialized protobuf and back."""
