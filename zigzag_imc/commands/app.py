"""The command line tool: its commands, and what all of them do with errors and Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zigzag_imc.commands.accelerators import accelerators_command
from zigzag_imc.commands.common import INTERRUPTED, LONGEST_LINE
from zigzag_imc.commands.compare import compare_command
from zigzag_imc.commands.crosscheck import crosscheck_command
from zigzag_imc.commands.evaluate import evaluate_command
from zigzag_imc.commands.explain import explain_command
from zigzag_imc.commands.explore import explore_command
from zigzag_imc.commands.export import export_command
from zigzag_imc.commands.layers import layers_command
from zigzag_imc.commands.map import map_command
from zigzag_imc.commands.networks import networks_command
from zigzag_imc.commands.peak import peak_command
from zigzag_imc.commands.plot import plot_command
from zigzag_imc.commands.replay import replay_command
from zigzag_imc.commands.report import report_command
from zigzag_imc.commands.results import results_command
from zigzag_imc.commands.search import search_command
from zigzag_imc.commands.sweep import sweep_command
from zigzag_imc.commands.template import template_command
from zigzag_imc.commands.usage import plain_reason, short_complaints, with_flags
from zigzag_imc.commands.validate import validate_command
from zigzag_imc.commands.verify import verify_command

WRONG_INPUT = 2
"""Exit code when an input is wrong, as for a wrong option."""

NOBODY_READS = 141
"""Exit code when whoever read stdout has stopped, as ``head`` does; shells have it for a closed
pipe."""


class _Group(TyperGroup):
    """Turns errors that a wrong input or a full stdout can cause into one line on stderr."""

    def main(self, *args: Any, **options: Any) -> Any:
        if sys.stdout is None:  # closed by the caller, who then wants nothing of it
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (stays open)
            sys.stdout = nowhere
        try:
            return super().main(*args, **options)
        except SystemExit:
            try:
                sys.stdout.flush()  # else Python would do so after us, and say it in its own words
            except OSError as error:
                sys.exit(_unwritten(error))
            raise
        except OSError as error:
            sys.exit(_unwritten(error))

    def make_context(self, *args: Any, **options: Any) -> Any:
        with short_complaints():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        with short_complaints():
            return self._invoke(ctx)

    def _invoke(self, ctx: Any) -> Any:
        from zigzag_imc.core.errors import OptionError, ZigzagImcError
        from zigzag_imc.core.one_line import one_line
        from zigzag_imc.results.labels import shorten

        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(
                    errors="replace"
                )  # names of layers may not fit the terminal's encoding
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plain_reason(error.__cause__) or error.message
            raise
        except ZigzagImcError as error:
            said = one_line(str(error))
            command = self.get_command(ctx, ctx.invoked_subcommand or "")
            if isinstance(error, OptionError) and command is not None:
                said = with_flags(said, command.params)
            print(f"error: {shorten(said, LONGEST_LINE)}", file=sys.stderr)
            raise typer.Exit(WRONG_INPUT) from None
        except MemoryError:
            print("error: out of memory", file=sys.stderr)
            raise typer.Exit(WRONG_INPUT) from None
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            raise typer.Exit(_unwritten(error)) from None


def _unwritten(error: OSError) -> int:
    """Say why stdout takes no more and return the exit code.

    What waits in its buffer is dropped.
    """
    if error.filename is not None:  # not of a stream: a fault of ours
        raise error
    closed = error.errno == errno.EPIPE
    with contextlib.suppress(OSError):  # stderr may be full, too
        if not closed:
            print(f"error: stdout cannot be written: {error.strerror or error}", file=sys.stderr)
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NOBODY_READS if closed else WRONG_INPUT


app = typer.Typer(
    cls=_Group,
    name="zigzag-imc",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Exit codes: 0 done; 1 verify or crosscheck found a fault; 2 wrong input; 130 "
        "Ctrl-C; 141 closed pipe."
    ),
)


def _print_version(asked: bool) -> None:
    if asked:
        from zigzag_imc import __version__

        print(f"zigzag-imc {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Proven-optimal mappings of neural networks onto in-memory-computing accelerators."""


app.command("map")(map_command)
app.command("search")(search_command)
app.command("crosscheck")(crosscheck_command)
app.command("evaluate")(evaluate_command)
app.command("verify")(verify_command)
app.command("explain")(explain_command)
app.command("replay")(replay_command)
app.command("export")(export_command)
app.command("report")(report_command)
app.command("compare")(compare_command)
app.command("sweep")(sweep_command)
app.command("plot")(plot_command)
app.command("explore")(explore_command)
app.command("results")(results_command)
app.command("layers")(layers_command)
app.command("networks")(networks_command)
app.command("accelerators")(accelerators_command)
app.command("template")(template_command)
app.command("peak")(peak_command)
app.command("validate")(validate_command)
