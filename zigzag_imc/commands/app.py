"""The command line tool: its commands, and what all of them do with errors and Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zigzag_imc.commands.common import INTERRUPTED, LONGEST_LINE, WRONG_INPUT
from zigzag_imc.commands.on_demand import CommandsOnDemand
from zigzag_imc.commands.usage import one_line_complaints

NOBODY_READS = 141
"""Exit code when whoever read stdout has stopped, as ``head`` does; shells have it for a closed
pipe."""


_COMMANDS = (
    "map",
    "search",
    "crosscheck",
    "evaluate",
    "verify",
    "explain",
    "replay",
    "export",
    "report",
    "compare",
    "sweep",
    "plot",
    "explore",
    "results",
    "layers",
    "networks",
    "accelerators",
    "template",
    "peak",
    "validate",
    "help",
)


class _Group(TyperGroup):
    """Turns errors that a wrong input or a full stdout can cause into one line on stderr."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": CommandsOnDemand(*_COMMANDS)})

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
        with one_line_complaints():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        with one_line_complaints():
            return self._invoke(ctx)

    def _invoke(self, ctx: Any) -> Any:
        from zigzag_imc.core.errors import ZigzagImcError
        from zigzag_imc.core.one_line import one_line
        from zigzag_imc.results.labels import shorten

        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(
                    errors="replace"
                )  # names of layers may not fit the terminal's encoding
        try:
            return super().invoke(ctx)
        except ZigzagImcError as error:
            print(f"error: {shorten(one_line(str(error)), LONGEST_LINE)}", file=sys.stderr)
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
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Defaults of options; else $ZIGZAG_IMC_CONFIG, or zigzag-imc.toml in this folder.",
        ),
    ] = None,
) -> None:
    """Proven-optimal mappings of neural networks onto in-memory-computing accelerators."""
    from zigzag_imc.commands.config import config_path, read_defaults

    path = config_path(config)
    if path is None:
        return
    commands = getattr(context.command, "commands", {})
    context.obj = path  # named where one of its values is wrong
    context.default_map = read_defaults(path, {name: one.params for name, one in commands.items()})
