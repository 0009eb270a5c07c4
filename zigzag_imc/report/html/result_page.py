"""The page of one result."""

from __future__ import annotations

from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.html.findings import NOTHING, Findings
from zigzag_imc.report.html.graph_view import graph_of
from zigzag_imc.report.html.kept_view import kept_view
from zigzag_imc.report.html.layer_view import layers_of
from zigzag_imc.report.html.priorities import priorities_of
from zigzag_imc.report.html.provenance import Source, provenance_of
from zigzag_imc.report.html.roofline import roofline
from zigzag_imc.report.html.templating import render
from zigzag_imc.report.html.verdict import Verdict
from zigzag_imc.results.result import NetworkResult


def result_page(
    result: NetworkResult,
    source: Source,
    findings: Findings = NOTHING,
    network: Network | None = None,
) -> str:
    """Return a result as a page.

    Parameters
    ----------
    result
        The result.
    source
        Where it was read.
    findings
        What was worked out for single layers.
    network
        The network as its model has it; without it nobody knows what hands on to what.

    Raises
    ------
    ZigzagImcError
        When a mapping is not legal on the accelerator of the result.
    """
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    layers = layers_of(result, findings)
    roofs = roofline(layers, accelerator)
    order = None if network is None else [layer.name for layer in network.layers]
    kept = kept_view(result.locality)
    mapped = [layer.mapped for layer in layers if layer.mapped is not None]
    of_layers = [chart for one in mapped for chart in (one.front, one.timeline, one.buffer)]
    return render(
        "result.html",
        title=f"{result.network.name} on {result.accelerator.name}",
        result=result,
        totals=result.totals,
        verdict=Verdict.of(result),
        layers=layers,
        priorities=priorities_of(layers),
        graph=graph_of(layers, order, () if network is None else network.edges),
        roofline=roofs,
        kept=kept,
        charts=(roofs, kept, *of_layers),
        provenance=provenance_of(result, source),
    )
