"""What commands do with the result of a network: search under a progress bar, write, tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from zigzag_imc.commands.common import INTERRUPTED, LONGEST_LINE, say_written
from zigzag_imc.commands.forms import TableFormat, print_bytes
from zigzag_imc.commands.outputs import Unwritten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zigzag_imc.onnx_workload.network import UnsupportedOperator
    from zigzag_imc.results.result import NetworkResult, UnsupportedRecord
    from zigzag_imc.runs.run import ProgressCallback

KEEPS = "Ctrl-C keeps the best so far"
"""What can be done when a search takes long."""


def search_until_interrupted(
    search: Callable[[ProgressCallback | None], NetworkResult], quiet: bool, advice: str = KEEPS
) -> NetworkResult:
    """Search under a progress bar; after Ctrl-C, return what was found until then.

    The advice is shown when a search takes long.
    """
    from zigzag_imc.report.terminal.progress import progress_bar

    with progress_bar(quiet, advice) as progress:  # before what reads and searches is imported
        from zigzag_imc.library.mapping import MappingInterrupted

        try:
            return search(progress)
        except MappingInterrupted as stop:
            return stop.result


def write_and_warn(result: NetworkResult, out: str | None, quiet: bool) -> Unwritten:
    """Write a result where that is asked for, and say what of the network is not in it.

    Returns
    -------
    Unwritten
        To be told when the result is printed.
    """
    from zigzag_imc.results.saving import save_result

    unwritten = Unwritten()
    if out is not None:
        with unwritten.kept():
            save_result(result, out)
            say_written(out, "result", quiet)
    say_notices((*result.network.notices, *result.accelerator.notices), quiet)
    warn_unsupported(result.unsupported, quiet)
    return unwritten


def print_and_exit(result: NetworkResult, output: TableFormat, unwritten: Unwritten) -> None:
    """Print a result to stdout as asked, then tell what could not be written.

    Where Ctrl-C came, end the command as that does.
    """
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.mapping_table import print_result
    from zigzag_imc.results.saving import result_bytes

    if output is TableFormat.TABLE:
        print_result(result, results_console())
    else:
        print_bytes(result_bytes(result, output.value), output)
    unwritten.tell()
    if result.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def warn_unsupported(
    operators: Sequence[UnsupportedOperator | UnsupportedRecord], quiet: bool
) -> None:
    """Say on stderr which operators with multiply-accumulates are not among the layers."""
    if quiet:
        return
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.labels import shorten

    for operator in operators:
        shown = ", ".join(repr(name) for name in operator.node_names[:3])
        more = f" and {operator.count - 3} more" if operator.count > 3 else ""
        macs = "" if operator.macs is None else f"{operator.macs:,} MACs"
        why = "; ".join(filter(None, (operator.reason, macs)))
        said = (
            f"warning: {operator.count} {operator.op_type} not mapped"
            f"{f' ({why})' if why else ''}: {shown}{more}"
        )
        notice(shorten(said, LONGEST_LINE))


def say_notices(notices: Sequence[str], quiet: bool) -> None:
    """Say on stderr what a person should know about how files were read."""
    if quiet:
        return
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.labels import shorten

    for said in notices:
        notice(shorten(f"notice: {said}", LONGEST_LINE))
