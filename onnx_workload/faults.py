"""The exceptions of onnx and protobuf that a broken model can cause."""

from __future__ import annotations

import onnx
from google.protobuf.message import DecodeError, EncodeError  # type: ignore[import-untyped,unused-ignore]

PARSING_FAULTS: tuple[type[Exception], ...] = (DecodeError, RuntimeError, ValueError)
"""What parsing a file may raise."""

INFERENCE_FAULTS: tuple[type[Exception], ...] = (
    onnx.shape_inference.InferenceError,
    onnx.checker.ValidationError,
    onnx.defs.SchemaError,
    RuntimeError,
    ValueError,
    TypeError,
    DecodeError,
    EncodeError,
)
"""What shape inference may raise; it hands the model to C++ as a serialized protobuf and back."""
