"""``zigzag-imc report``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import INTERRUPTED, QuietOption, naming, say_written

if TYPE_CHECKING:
    from zigzag_imc.commands.report_findings import Wanted
    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.results.result import NetworkResult

SEARCH_SECONDS = 5.0
"""For each search, if nothing else is said: a page is not to wait."""


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
        typer.Argument(metavar="B.json", help="Another result: both side by side."),
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
    buffers: Annotated[
        int,
        typer.Option(
            "--buffers",
            metavar="N",
            min=0,
            help="Search the least energy of the N dearest layers against the size of the largest "
            "memory on chip.",
        ),
    ] = 1,
    replays: Annotated[
        int,
        typer.Option(
            "--replay",
            metavar="N",
            min=0,
            help="Play the N dearest layers, up to 4000 steps of each, for what ports do when.",
        ),
    ] = 3,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            min=1,
            help="Searches side by side; default: all cores.",
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit", metavar="S", help="Seconds per search; then its gap is shown."
        ),
    ] = SEARCH_SECONDS,
    quiet: QuietOption = False,
) -> None:
    """Write a page about a result or a sweep, to send on.

    One file of HTML that loads nothing. Of a result: the verdict, where to start, all layers, each
    one's loop nest, array, energy and time by part, what binds it, and where the result comes from;
    of the dearest, what ports do over time and what smaller and larger memories would change. Of a
    sweep: its points along any two axes, fronts, and what makes each accelerator.
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
        from zigzag_imc.commands.report_findings import Wanted

        wanted = Wanted(what_if, buffers, replays, jobs, time_limit, quiet)
        page, stopped = _of_result(result, wanted)
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


def _of_result(path: str, wanted: Wanted) -> tuple[str, bool]:
    """Return the page of a result, and whether Ctrl-C ended what was worked out for it."""
    from zigzag_imc.commands.report_findings import findings_of
    from zigzag_imc.report.html.provenance import Source
    from zigzag_imc.report.html.result_page import result_page
    from zigzag_imc.results.reading import read_result

    contents = read_result(path)
    with naming(path):
        findings, stopped = findings_of(contents, wanted)
        return result_page(contents, Source.read(path), findings, _network(contents)), stopped


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
