"""From an ONNX model to a network of layers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.paths import path_text
from zigzag_imc.core.precision_rules import PrecisionWish, rules_of
from zigzag_imc.onnx_workload.bits.notices import bits_notices
from zigzag_imc.onnx_workload.building import build_layers, named_apart
from zigzag_imc.onnx_workload.dataflow import dataflow_of
from zigzag_imc.onnx_workload.edges import connect_layers
from zigzag_imc.onnx_workload.external_values import read_external_values
from zigzag_imc.onnx_workload.graph import Graph, prepare_graph
from zigzag_imc.onnx_workload.layer_shapes import find_shapes, guess_notices
from zigzag_imc.onnx_workload.left_out import gather
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.onnx_workload.operators import UnknownSizeError
from zigzag_imc.onnx_workload.outcome import Outcome
from zigzag_imc.onnx_workload.propagation import Propagated
from zigzag_imc.onnx_workload.reading import find_model, is_readable, read_model
from zigzag_imc.onnx_workload.shipped import NETWORKS
from zigzag_imc.onnx_workload.sizes.advice import Advice
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
        Path of an ONNX file, the name of a shipped network such as ``resnet18``, or a model in
        memory (left as it is).
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
        by name or pattern, such as ``{"conv*": {"W": 4}}``.

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
    given = GivenSizes.of(batch, shapes, dims)
    network = _read(_opened(source), given, rules.all_layers).with_precision(rules)
    if network.coverage.is_whole:
        return network
    share = f"the layers of the network hold {network.coverage.described()}"
    return replace(network, notices=(*network.notices, share))


@dataclass(frozen=True)
class _Opened:
    """A model, how messages name it, its name, its missing files, and whether it is shipped."""

    model: onnx.ModelProto
    label: str
    name: str
    missing: tuple[str, ...] = ()
    is_shipped: bool = False


def _read(opened: _Opened, given: GivenSizes, said: Bits, *, tries: bool = True) -> Network:
    """Read a network; advice in an error is tried before it is given."""
    graph = prepare_graph(opened.model, opened.label, given)
    graph = replace(graph, missing_files=opened.missing)
    try:
        found, outcome = _layers(graph, said)
    except UnknownSizeError as error:
        if tries and graph.open_inputs and not _works(opened, given, graph.advice):
            advised = str(error).replace(graph.advice.text, graph.advice.plain)
            raise WorkloadError(advised) from None
        raise
    layers = dict(named_apart(outcome.layers, graph.names))
    names = {at: tuple(layer.name for layer in members) for at, members in layers.items()}
    flat = tuple(layer for members in layers.values() for layer in members)
    return Network(
        name=opened.name,
        layers=flat,
        unsupported=gather(node for nodes in outcome.left_out.values() for node in nodes),
        edges=connect_layers(graph.nodes, names),
        notices=(
            *(() if opened.is_shipped else graph.notices),  # their batch is known to be open
            *guess_notices(graph, found),
            *bits_notices(flat, said),
        ),
        dataflow=dataflow_of(graph, layers, outcome.left_out, found.shapes),
    )


def _layers(graph: Graph, said: Bits) -> tuple[Propagated, Outcome]:
    """Return what is known of shapes, and what became of the nodes: some layer if any could be."""
    found = find_shapes(graph)
    built = build_layers(graph, found, said)
    if built.unknown is not None and not any(built.outcome.layers.values()):
        raise built.unknown
    return found, built.outcome


def _works(opened: _Opened, given: GivenSizes, advice: Advice) -> bool:
    """Whether the network can be read with the sizes of an advice."""
    shapes, dims = {**given.shapes, **advice.shapes}, {**given.dims, **advice.dims}
    try:
        _read(opened, GivenSizes(given.batch, shapes, dims), Bits(), tries=False)
    except WorkloadError:
        return False
    return True


def _opened(source: object) -> _Opened:
    """Return the model, how messages name it, the name of its network, and its missing files."""
    if isinstance(source, onnx.ModelProto):
        label = f"model {source.graph.name!r}"
        if not source.graph.node:
            raise WorkloadError(f"{label}: found no operators, expected a model with a graph")
        if not is_readable(source):
            raise WorkloadError(f"{label}: found names that are not UTF-8, expected text")
        return _Opened(source, label, source.graph.name or "network")
    if not isinstance(source, str | os.PathLike):
        raise WorkloadError(
            f"model: found a {type(source).__name__}, expected an ONNX file, a shipped network, "
            "a ModelProto or a Network"
        )
    path = find_model(Path(source))
    model = read_model(path)
    missing = read_external_values(model, path.parent)
    is_shipped = isinstance(source, str) and source in NETWORKS
    return _Opened(model, path_text(path), path_text(path.stem), missing, is_shipped)
