"""``zigzag-imc replay``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import Format, FormatOption, QuietOption, naming, say_written
from zigzag_imc.commands.outputs import Unwritten, check_outputs
from zigzag_imc.commands.stdout import print_json

if TYPE_CHECKING:
    from zigzag_imc.exchange.trace import Trace


def replay_command(  # noqa: PLR0913  (options of the command line)
    result: Annotated[
        str,
        typer.Argument(metavar="RESULT.json", help="Result file of `map`, `search` or `evaluate`."),
    ],
    layer: Annotated[str, typer.Argument(metavar="LAYER", help="Name of a layer in it.")],
    most_steps: Annotated[
        int,
        typer.Option(
            "--most-steps",
            metavar="N",
            min=1,
            help="Activations of the array up to which a mapping is played.",
        ),
    ] = 100_000,
    trace: Annotated[
        str | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            help="Write what happens when to a .json file that https://ui.perfetto.dev opens.",
        ),
    ] = None,
    trace_events: Annotated[
        int,
        typer.Option("--trace-events", metavar="N", min=1, help="Events of the trace at most."),
    ] = 100_000,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Play the mapping of a layer, transfer by transfer.

    Simulates array, ports and memories from the loop nest alone, and shares no formula with the
    latency model: cycles beside the model's, when and how often the array waits, for which port
    and why, and how busy all ports are.
    """
    from zigzag_imc.library.replaying import play_layer
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.replay import print_replay
    from zigzag_imc.results.reading import read_result

    _check_trace(trace, result)
    contents = read_result(result)
    with naming(result):
        kept = play_layer(contents, layer, most_steps=most_steps, keep=trace is not None)
        played = kept.record()
    unwritten = Unwritten()
    if trace is not None:
        with unwritten.kept():
            _write_trace(kept.trace(trace_events), trace, quiet)
    if output is Format.JSON:
        print_json(played.model_dump(mode="json", by_alias=True))
    else:
        print_replay(played, results_console())
    unwritten.tell()


def _check_trace(trace: str | None, result: str) -> None:
    """Refuse a file that could not be written after the replay."""
    from zigzag_imc.results.replacing import check_writable

    check_outputs({"--trace": trace}, [result], to_stdout="")
    if trace is not None:
        check_writable(trace)


def _write_trace(trace: Trace, path: str, quiet: bool) -> None:
    """Write a trace, and say where its end is missing."""
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.writing import write_text

    write_text(trace.text, path)
    say_written(path, "trace", quiet)
    if trace.is_cut and not quiet:
        notice(
            f"warning: {path}: shows cycles 0 to {trace.until:,} of {trace.cycles:,}, "
            f"{trace.events:,} events; a higher --trace-events shows more"
        )
