"""``zigzag-imc report``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    QuietOption,
    WhatIfJobsOption,
    WhatIfTimeLimitOption,
    naming,
    say_written,
)

if TYPE_CHECKING:
    from zigzag_imc.explain.records import Explanation
    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.results.result import NetworkResult


def report_command(  # noqa: PLR0913  (options of the command line)
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT.json|DIR",
            help="Result file of `map`, `search` or `evaluate`, or folder of a sweep.",
        ),
    ],
    second: Annotated[
        str | None,
        typer.Argument(metavar="[B.json]", help="Another result: both side by side."),
    ] = None,
    *,
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="A .html file.")],
    what_if: Annotated[
        int,
        typer.Option(
            "--what-if",
            metavar="N",
            min=0,
            help="Map the N dearest layers again on changed accelerators, as `explain` does.",
        ),
    ] = 3,
    jobs: WhatIfJobsOption = None,
    time_limit: WhatIfTimeLimitOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a page of HTML about a result or a sweep: one file that loads nothing.

    Of a result: the verdict, where to start, all layers, each one's loop nest, array, energy and
    time by part, what binds it, and where the result comes from. Of a sweep: its points along any
    two axes, fronts, and what makes each accelerator.
    """
    from zigzag_imc.commands.outputs import check_outputs
    from zigzag_imc.results.replacing import check_writable, write_bytes

    check_outputs({"--out": out}, [result, *([second] if second else [])], to_stdout="")
    check_writable(out)
    stopped = False
    if second is not None:
        page = _of_both(result, second)
    elif os.path.isdir(result):
        from zigzag_imc.report.html.sweep_page import sweep_page

        page = sweep_page(result)
    else:
        page, stopped = _of_result(result, what_if, jobs, time_limit, quiet)
    write_bytes(page.encode("utf-8", "replace"), out)
    say_written(out, "report", quiet)
    if stopped:
        raise typer.Exit(INTERRUPTED)


def _of_both(first: str, second: str) -> str:
    """Return the page of two results."""
    from zigzag_imc.report.html.comparison_page import comparison_page
    from zigzag_imc.report.html.provenance import Source
    from zigzag_imc.results.reading import read_result

    one, other = read_result(first), read_result(second)
    return comparison_page(one, other, (Source.read(first), Source.read(second)))


def _of_result(
    path: str, layers: int, jobs: int | None, limit: float | None, quiet: bool
) -> tuple[str, bool]:
    """Return the page of a result, and whether Ctrl-C ended the searches for it."""
    from zigzag_imc.report.html.provenance import Source
    from zigzag_imc.report.html.result_page import result_page
    from zigzag_imc.results.reading import read_result

    contents = read_result(path)
    with naming(path):
        told, stopped = _explained(contents, layers, jobs, limit, quiet)
        return result_page(contents, Source.read(path), told, _network(contents)), stopped


def _network(result: NetworkResult) -> Network | None:
    """Return the network of a result, where its model is here and still has its layers."""
    from zigzag_imc.core.errors import ZigzagImcError
    from zigzag_imc.onnx_workload.loader import load_network

    path = result.network.path
    if path is None or not os.path.isfile(path):
        path = result.network.name  # one that ships with the tool
    try:
        network = load_network(path)
    except ZigzagImcError:
        return None
    known = {layer.name for layer in network.layers}
    is_same = all(name in known for layer in result.layers for name in layer.names)
    return network if is_same else None


def _explained(
    result: NetworkResult, layers: int, jobs: int | None, limit: float | None, quiet: bool
) -> tuple[dict[str, Explanation], bool]:
    """Explain the dearest layers, and say whether Ctrl-C ended that."""
    from zigzag_imc.explain.explaining import explain_layer
    from zigzag_imc.report.html.layer_view import dearest_names
    from zigzag_imc.report.terminal.progress import progress_bar

    told: dict[str, Explanation] = {}
    for name in dearest_names(result, layers):
        with progress_bar(quiet) as progress:
            told[name] = explain_layer(result, name, jobs=jobs, time_limit=limit, progress=progress)
        if told[name].stopped == "interrupted":
            return told, True
    return told, False
