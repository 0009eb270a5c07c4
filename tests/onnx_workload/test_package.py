"""The package's public names."""

from __future__ import annotations

import pytest

from zigzag_imc import onnx_workload


def test_public_names() -> None:
    assert set(onnx_workload.__all__) == set(dir(onnx_workload))
    assert all(getattr(onnx_workload, name) is not None for name in onnx_workload.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        onnx_workload.nothing  # noqa: B018
