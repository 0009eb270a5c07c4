"""Reading neural networks from ONNX files; the only room that imports ``onnx``.

Public names are looked up on first use, because importing ``onnx`` costs the user about half a
second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.loader import load_network
    from zigzag_imc.onnx_workload.network import LayerGroup, Network, UnsupportedOperator
    from zigzag_imc.onnx_workload.shipped import NETWORKS, network_path

__all__ = [
    "NETWORKS",
    "LayerGroup",
    "Network",
    "UnsupportedOperator",
    "load_network",
    "network_path",
]

_HOMES = {
    "load_network": "loader",
    "LayerGroup": "network",
    "Network": "network",
    "UnsupportedOperator": "network",
    "NETWORKS": "shipped",
    "network_path": "shipped",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
