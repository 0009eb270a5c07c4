"""The page of one result."""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.explain.records import Explanation
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.report.html.layer_view import layers_of
from zigzag_imc.report.html.priorities import priorities_of
from zigzag_imc.report.html.provenance import Source, provenance_of
from zigzag_imc.report.html.roofline import roofline
from zigzag_imc.report.html.templating import render
from zigzag_imc.report.html.verdict import Verdict
from zigzag_imc.results.result import NetworkResult


def result_page(
    result: NetworkResult, source: Source, told: Mapping[str, Explanation] | None = None
) -> str:
    """Return a result as a page.

    Parameters
    ----------
    result
        The result.
    source
        Where it was read.
    told
        Explanations of layers with what-ifs, by name.

    Raises
    ------
    ZigzagImcError
        When a mapping is not legal on the accelerator of the result.
    """
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    layers = layers_of(result, told or {})
    return render(
        "result.html",
        title=f"{result.network.name} on {result.accelerator.name}",
        result=result,
        totals=result.totals,
        verdict=Verdict.of(result),
        layers=layers,
        priorities=priorities_of(layers),
        roofline=roofline(layers, accelerator),
        provenance=provenance_of(result, source),
    )
