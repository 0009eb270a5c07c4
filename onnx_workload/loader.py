"""From an ONNX model to a network of layers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.paths import path_text
from zigzag_imc.core.precision_rules import PrecisionWish, rules_of
from zigzag_imc.onnx_workload.bits.notices import bits_notices
from zigzag_imc.onnx_workload.building import build_layers, named_apart
from zigzag_imc.onnx_workload.edges import connect_layers
from zigzag_imc.onnx_workload.external_values import read_external_values
from zigzag_imc.onnx_workload.graph import prepare_graph
from zigzag_imc.onnx_workload.layer_shapes import find_shapes, guess_notices
from zigzag_imc.onnx_workload.left_out import gather
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.onnx_workload.reading import find_model, read_model
from zigzag_imc.onnx_workload.shipped import NETWORKS
from zigzag_imc.onnx_workload.sizes.given import GivenSizes


def load_network(
    source: str | os.PathLike[str] | onnx.ModelProto,
    *,
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: PrecisionWish | None = None,
) -> Network:
    """Read a neural network.

    Only shapes matter, so weights are never loaded; of external weight files, only the few small
    values that decide a shape.

    Parameters
    ----------
    source
        Path of an ONNX file, the name of a shipped network (see `NETWORKS`), or a model in memory
        (left as it is).
    batch
        Batch size of a model whose batch is open: a size that is named like one (``batch_size``,
        ``N`` where it stands first) or that has no name and stands first. The default is 1. A model
        with a fixed batch accepts no other.
    shapes
        All sizes of an input that leaves some open, by its name.
    dims
        The size that a symbol stands for, by the symbol.
    precision
        Bits per element of every layer, such as ``"W=4"`` or ``{"W": 4}``; for the operands left
        out, those to which the model quantizes them, else the default. Layers may have other bits
        by name or pattern, such as ``{"conv*": {"W": 4}}``; see
        `zigzag_imc.core.precision_rules.PrecisionRules`.

    Returns
    -------
    Network
        All layers in graph order. A layer of which a size cannot be told is among ``unsupported``.

    Raises
    ------
    WorkloadError
        If the file is not an ONNX model, a layer waits for an open size of an input, or no layer is
        left but some whose sizes cannot be told.
    """
    rules = rules_of(precision)
    model, label, name, missing = _opened(source)
    given = GivenSizes.of(batch, shapes, dims)
    graph = replace(prepare_graph(model, label, given), missing_files=missing)
    found = find_shapes(graph)
    built = build_layers(graph, found, rules.all_layers)
    if built.unknown is not None and not any(built.layers.values()):
        raise built.unknown
    layers = dict(named_apart(built.layers, graph.names))
    names = {at: tuple(layer.name for layer in members) for at, members in layers.items()}
    shipped = isinstance(source, str) and source in NETWORKS  # their batch is known to be open
    flat = tuple(layer for members in layers.values() for layer in members)
    network = Network(
        name=name,
        layers=flat,
        unsupported=gather(built.left_out),
        edges=connect_layers(graph.nodes, names),
        notices=(
            *(() if shipped else graph.notices),
            *guess_notices(graph, found),
            *bits_notices(flat, rules.all_layers),
        ),
    ).with_precision(rules)
    if network.coverage.is_whole:
        return network
    share = f"the layers of the network hold {network.coverage.described()}"
    return replace(network, notices=(*network.notices, share))


def _opened(source: object) -> tuple[onnx.ModelProto, str, str, tuple[str, ...]]:
    """Return the model, how messages name it, the name of its network, and its missing files."""
    if isinstance(source, onnx.ModelProto):
        label = f"model {source.graph.name!r}"
        if not source.graph.node:
            raise WorkloadError(f"{label}: found no operators, expected a model with a graph")
        return source, label, source.graph.name or "network", ()
    if not isinstance(source, str | os.PathLike):
        raise WorkloadError(
            f"model: found a {type(source).__name__}, expected an ONNX file, a shipped network, "
            "a ModelProto or a Network"
        )
    path = find_model(Path(source))
    model = read_model(path)
    return model, path_text(path), path_text(path.stem), read_external_values(model, path.parent)
