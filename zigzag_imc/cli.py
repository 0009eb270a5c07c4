"""The command line tool: its commands, and what all of them do with errors and Ctrl-C."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zigzag_imc.commands.accelerators import accelerators_command
from zigzag_imc.commands.common import INTERRUPTED
from zigzag_imc.commands.crosscheck import crosscheck_command
from zigzag_imc.commands.evaluate import evaluate_command
from zigzag_imc.commands.explain import explain_command
from zigzag_imc.commands.export import export_command
from zigzag_imc.commands.layers import layers_command
from zigzag_imc.commands.map import map_command
from zigzag_imc.commands.networks import networks_command
from zigzag_imc.commands.search import search_command
from zigzag_imc.commands.verify import verify_command

WRONG_INPUT = 2
"""Exit code when an input is wrong, as for a wrong option."""


class _Group(TyperGroup):
    """Turns the errors a wrong input can cause into one line on stderr."""

    def invoke(self, ctx: Any) -> Any:
        from zigzag_imc.core.errors import ZigzagImcError

        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # names of layers may not fit the terminal's encoding
        try:
            return super().invoke(ctx)
        except ZigzagImcError as error:
            print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
            raise typer.Exit(WRONG_INPUT) from None
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=_Group,
    name="zigzag-imc",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 verify or crosscheck found something wrong; 2 wrong input; 130 Ctrl-C.",
)


def _print_version(asked: bool) -> None:
    if asked:
        from zigzag_imc import __version__

        print(f"zigzag-imc {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Proven-optimal mappings of neural networks onto in-memory-computing accelerators."""


app.command("map")(map_command)
app.command("search")(search_command)
app.command("crosscheck")(crosscheck_command)
app.command("evaluate")(evaluate_command)
app.command("verify")(verify_command)
app.command("explain")(explain_command)
app.command("export")(export_command)
app.command("layers")(layers_command)
app.command("networks")(networks_command)
app.command("accelerators")(accelerators_command)
