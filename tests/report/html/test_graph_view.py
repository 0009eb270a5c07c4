"""The graph of a network: all layers in their order, the dearest highest, arcs of the edges."""

from __future__ import annotations

from zigzag_imc.report.html.graph_view import MOST_LAYERS, graph_of
from zigzag_imc.report.html.layer_view import layers_of
from zigzag_imc.results.result import NetworkResult


def test_all_layers_stand_in_their_order(small: NetworkResult) -> None:
    order = ["conv", "depthwise", "again", "classify"]
    edges = [("conv", "depthwise"), ("conv", "again"), ("again", "classify"), ("conv", "gone")]
    graph = graph_of(layers_of(small), order, edges)
    assert graph is not None
    assert [node.label.partition(":")[0] for node in graph.nodes] == order
    first, second, third, _ = graph.nodes
    assert (first.anchor, first.height) == (third.anchor, third.height)
    assert first.anchor != second.anchor
    dearest = max(small.layers, key=lambda layer: layer.objective_value or 0)
    highest = max(graph.nodes, key=lambda node: node.height)
    assert highest.label.startswith(dearest.name)
    assert len(graph.arcs) == 3, "a layer that the result does not have is left out"


def test_without_the_model_identical_layers_stand_together(small: NetworkResult) -> None:
    graph = graph_of(layers_of(small), None, ())
    assert graph is not None
    assert not graph.is_known
    assert len(graph.nodes) == 4
    assert not graph.arcs


def test_a_network_of_too_many_layers_is_not_drawn(small: NetworkResult) -> None:
    names = tuple(f"n{number}" for number in range(MOST_LAYERS + 1))
    first = small.layers[0].model_copy(update={"names": names, "count": len(names)})
    many = small.model_copy(update={"layers": (first, *small.layers[1:])})
    assert graph_of(layers_of(many), None, ()) is None
