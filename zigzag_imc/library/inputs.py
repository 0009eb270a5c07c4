"""What callers may hand over, and what it stands for.

For a model, an accelerator or layers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import path, shown
from zigzag_imc.core.errors import OptionError, nearest, some_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.paths import path_text
from zigzag_imc.core.patterns import named_by
from zigzag_imc.core.precision_rules import PrecisionRules
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
            f"layer: found {shown(layer)}, expected a Layer, as conv_layer and matmul_layer "
            "make them, "
            "or one of load_network(...).layers"
        )
    return layer


def accelerator_of(accelerator: str | os.PathLike[str] | Accelerator) -> Accelerator:
    """Return an accelerator, read where it is a file or a preset.

    Raises
    ------
    AcceleratorError
        When it cannot be read, or was built with numbers or parts that no file may have.
    """
    from zigzag_imc.models.hardware.files import check_accelerator, load_accelerator

    if isinstance(accelerator, Accelerator):
        check_accelerator(accelerator)
        return accelerator
    return load_accelerator(path("accelerator", accelerator, "a file, a preset or an Accelerator"))


def accelerators_of(accelerators: object) -> dict[str, Accelerator]:
    """Return accelerators by name.

    Raises
    ------
    OptionError
        When they are something else.
    """
    if not isinstance(accelerators, Mapping):
        raise OptionError(
            f"accelerators: found {shown(accelerators)}, expected a dict of accelerators by name"
        )
    for name in accelerators:
        if not isinstance(name, str):
            raise OptionError(f"accelerators: found {shown(name)}, expected a name as text")
    return {name: accelerator_of(one) for name, one in accelerators.items()}


def network_of(model: str | os.PathLike[str] | ModelProto | Network, query: Query) -> Network:
    """Return a network, read unless it was before.

    Raises
    ------
    ZigzagImcError
        When it cannot be read, or none of its operators with multiply-accumulates can be mapped.
    """
    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.onnx_workload.sizes.given import GivenSizes

    rules = query.precision_rules
    if isinstance(model, Network):
        GivenSizes.of(query.batch, query.shapes, query.dims)
        return model.with_precision(rules)
    network = _read(model, query, rules)
    network.require_layers()
    return network


def _read(
    model: str | os.PathLike[str] | ModelProto, query: Query, rules: PrecisionRules
) -> Network:
    from zigzag_imc.exchange.workload_file import is_workload_file

    if isinstance(model, str | os.PathLike) and is_workload_file(model):
        from zigzag_imc.exchange.workload_reading import read_workload

        _refuse_open_sizes(model, query)
        return read_workload(model, rules.all_layers).with_precision(rules)
    from zigzag_imc.onnx_workload.loader import load_network

    return load_network(
        model,
        batch=query.batch,
        shapes=query.shapes,
        dims=query.dims,
        precision=rules,
    )


def _refuse_open_sizes(model: str | os.PathLike[str], query: Query) -> None:
    """A workload file leaves no size open."""
    given = {"batch": query.batch, "shape": query.shapes, "dim": query.dims}
    for option, found in given.items():
        if found:
            raise OptionError(
                f"{option}: found with {os.fspath(model)}, whose loops all have sizes; expected "
                "none with a workload file"
            )


def path_of(model: object) -> str | None:
    """Return the path of a model as text, ``None`` where it has none."""
    return path_text(model) if isinstance(model, str | os.PathLike) else None


def groups_of(network: Network, names: str | Sequence[str] | None) -> tuple[LayerGroup, ...]:
    """Return the distinct layers, of those named by themselves or by patterns such as ``conv*``.

    A single name may stand alone.

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
    wanted: set[str] = set()
    for name in names:
        found = named_by(name, known)
        if not found:
            hint = nearest(name, known) or f", which has {some_of(known, 4)}"
            raise OptionError(f"layer {name!r}: not in network {network.name!r}{hint}")
        wanted.update(found)
    return Network(
        network.name, tuple(layer for layer in network.layers if layer.name in wanted)
    ).groups()
