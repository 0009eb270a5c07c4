"""Scripts that write the shipped networks, one file per network.

``python -m zigzag_imc.onnx_workload.networks`` writes all of them into the package, byte for byte
the same every time. The networks carry no weights: each weight is a ``ConstantOfShape``, so that
any ONNX tool can check, show and even run them. Batch normalization counts as folded into the
convolutions and biases are left out; neither multiplies matrices.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import onnx

from zigzag_imc.onnx_workload.shipped import NETWORKS, network_path


def build_network(name: str) -> onnx.ModelProto:
    """Build one of `NETWORKS` from its script."""
    model = importlib.import_module(f"{__name__}.{name}").build()
    assert isinstance(model, onnx.ModelProto)
    return model


def write_networks(folder: Path | None = None) -> list[Path]:
    """Write all shipped networks, to where the package keeps them unless a folder is given.

    Return their paths.
    """
    paths = []
    for name in NETWORKS:
        path = network_path(name) if folder is None else folder / f"{name}.onnx"
        path.write_bytes(build_network(name).SerializeToString(deterministic=True))
        paths.append(path)
    return paths
