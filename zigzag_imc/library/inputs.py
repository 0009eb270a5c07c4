"""What callers may hand over, and what it stands for.

For a model, an accelerator or layers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError, nearest, some_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.paths import path_text
from zigzag_imc.library.query import Query

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.models.profile import CostProfile
    from zigzag_imc.onnx_workload.network import LayerGroup, Network


def profile_of(name: str) -> CostProfile:
    """Return the profile of a name."""
    from zigzag_imc.models.profile import profile_named

    return profile_named(name)


def layer_of(layer: object) -> Layer:
    """Return a layer that is one.

    Raises
    ------
    OptionError
        When it is something else, such as its name.
    """
    if not isinstance(layer, Layer):
        raise OptionError(
            f"layer: found {_shown(layer)}, expected a Layer, as conv_layer and matmul_layer "
            "make them, "
            "or one of load_network(...).layers"
        )
    return layer


def accelerator_of(accelerator: str | os.PathLike[str] | Accelerator) -> Accelerator:
    """Return an accelerator, read where it is a file or a preset."""
    from zigzag_imc.models.hardware.files import load_accelerator

    if isinstance(accelerator, Accelerator):
        return accelerator
    if not isinstance(accelerator, str | os.PathLike):
        raise OptionError(
            f"accelerator: found {_shown(accelerator)}, expected a file, a preset or an Accelerator"
        )
    return load_accelerator(os.fspath(accelerator))


def network_of(model: str | os.PathLike[str] | ModelProto | Network, query: Query) -> Network:
    """Return a network, read unless it was before.

    Raises
    ------
    ZigzagImcError
        When it cannot be read, or none of its operators with multiply-accumulates can be mapped.
    """
    from zigzag_imc.onnx_workload.network import Network

    if isinstance(model, Network):
        return model
    from zigzag_imc.onnx_workload.loader import load_network

    network = load_network(
        model,
        batch=query.batch,
        shapes=query.shapes,
        dims=query.dims,
        precision=query.precision,
    )
    network.require_layers()
    return network


def _shown(value: object) -> str:
    """What a caller handed over, in short."""
    text = repr(value)
    return (
        text
        if isinstance(value, str | int | float | None) and len(text) <= 60
        else f"a {type(value).__name__}"
    )


def path_of(model: object) -> str | None:
    """Return the path of a model as text, ``None`` where it has none."""
    return path_text(model) if isinstance(model, str | os.PathLike) else None


def groups_of(network: Network, names: str | Sequence[str] | None) -> tuple[LayerGroup, ...]:
    """Return the distinct layers, of those named; a single name may stand alone.

    Raises
    ------
    OptionError
        When the network has no such layer.
    """
    from zigzag_imc.onnx_workload.network import Network

    if names is None:
        return network.groups()
    if isinstance(names, str):
        names = [names]
    known = {layer.name: None for layer in network.layers}
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f", which has {some_of(known, 4)}"
            raise OptionError(f"layer {name!r}: not in network {network.name!r}{hint}")
    return Network(
        network.name, tuple(layer for layer in network.layers if layer.name in set(names))
    ).groups()
