"""The values of a tensor that a model stores."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

_BROKEN = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError)
"""What reading raises where data, sizes and type of a tensor do not fit each other."""


def values_of(tensor: onnx.TensorProto) -> np.ndarray | None:
    """Return the values of a tensor; ``None`` where its data are broken or elsewhere.

    What is needed of other files `external_values` has read, with its own care for where they lie;
    ONNX would look for them wherever this process happens to run.
    """
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return None
    try:
        return numpy_helper.to_array(tensor)
    except _BROKEN:
        return None
