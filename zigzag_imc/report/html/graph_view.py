"""The network as a graph: layers in a row, as high as they are dear, and what hands on to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zigzag_imc.report.html.layer_view import LayerView
from zigzag_imc.results.units import percent

STEP, BASE, TALLEST, DEEPEST = 14, 100, 84, 56
"""Width of a layer, its foot, height of the dearest, and how far arcs reach below."""

MOST_LAYERS = 400
"""Layers that are drawn: more would make a page wide and slow."""


@dataclass(frozen=True, slots=True)
class Node:
    """A layer of the network.

    Attributes
    ----------
    x, height
        Its left edge, and how high it stands.
    anchor, label
        Where it leads to, and what it is, as words.
    is_mapped
        Whether it has a mapping.
    """

    x: int
    height: float
    anchor: str
    label: str
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """A network, drawn.

    Attributes
    ----------
    width, height
        Size of the drawing.
    nodes
        Layers in the order of the graph, repeats included.
    arcs
        From layers to those that take their outputs, as paths.
    is_known
        Whether the model told which these are.
    """

    width: int
    height: int
    nodes: tuple[Node, ...]
    arcs: tuple[str, ...]
    is_known: bool


def graph_of(
    layers: Sequence[LayerView], order: Sequence[str] | None, edges: Sequence[tuple[str, str]]
) -> Graph | None:
    """Draw a network; ``None`` where it has too many layers.

    Parameters
    ----------
    layers
        The distinct layers.
    order
        Names of all layers in the order of the graph; ``None`` where the model is not known, and
        identical layers stand together.
    edges
        Pairs of the names of a layer and of one that takes its output.
    """
    by_name = {name: layer for layer in layers for name in layer.record.names}
    names = [name for name in order or by_name if name in by_name]
    if len(names) > MOST_LAYERS:
        return None
    most = max((_each(by_name[name]) for name in names), default=0.0) or 1.0
    nodes = tuple(
        _node(name, by_name[name], 4 + STEP * place, most) for place, name in enumerate(names)
    )
    places = {name: place for place, name in enumerate(names)}
    known = [(places[a], places[b]) for a, b in edges if a in places and b in places]
    return Graph(
        width=8 + STEP * len(names),
        height=BASE + DEEPEST,
        nodes=nodes,
        arcs=tuple(_arc(*edge) for edge in dict.fromkeys(known)),
        is_known=order is not None,
    )


def _each(layer: LayerView) -> float:
    """Return the share of the objective of one of the identical layers."""
    return layer.cost_share / layer.record.count


def _node(name: str, layer: LayerView, x: int, most: float) -> Node:
    label = f"{name}: {layer.record.operator}, {percent(_each(layer))} of the objective"
    height = round(max(3.0, TALLEST * _each(layer) / most), 1)
    return Node(x, height, layer.anchor, label, layer.mapped is not None)


def _arc(start: int, end: int) -> str:
    """Return a curve below the layers, the deeper the further it leads."""
    left, right = (4 + STEP * place + STEP // 2 - 1 for place in (start, end))
    depth = min(DEEPEST - 4, 6 + 5 * abs(end - start))
    return f"M{left} {BASE + 2}C{left} {BASE + depth} {right} {BASE + depth} {right} {BASE + 2}"
