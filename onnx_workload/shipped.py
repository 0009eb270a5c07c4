"""The small weight-free networks that come with the product."""

from __future__ import annotations

from pathlib import Path

from zigzag_imc.core.errors import WorkloadError, nearest

NETWORKS: tuple[str, ...] = (
    "alexnet",
    "resnet18",
    "resnet50",
    "mobilenetv2",
    "vit_tiny",
    "resnet8",
    "ds_cnn",
    "mobilenetv1_025",
    "deep_autoencoder",
)
"""Names of the shipped networks: five for ImageNet, then the four of MLPerf Tiny."""


def network_path(name: str) -> Path:
    """Return the ONNX file of a shipped network.

    Parameters
    ----------
    name
        One of `NETWORKS`.

    Raises
    ------
    WorkloadError
        If no shipped network has this name.
    """
    if name not in NETWORKS:
        hint = nearest(name, NETWORKS) or f"; shipped are {', '.join(NETWORKS)}"
        raise WorkloadError(f"network {name!r}: not shipped{hint}")
    return Path(__file__).parent / f"{name}.onnx"
