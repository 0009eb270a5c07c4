"""``zigzag-imc help``."""

from __future__ import annotations

from typing import Annotated

import typer


def commands(context: typer.Context, incomplete: str) -> list[str]:
    """Return names of commands that begin so, for the shell."""
    known = getattr(context.find_root().command, "commands", {})
    return [name for name in known if name.startswith(incomplete)]


def help_command(
    context: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(metavar="COMMAND", help="Which one.", autocompletion=commands),
    ] = None,
    man: Annotated[
        bool, typer.Option("--man", help="Print the manual page of all commands, for man.")
    ] = False,
) -> None:
    """Print the options of a command, with examples."""
    from zigzag_imc.commands.examples import EXAMPLES
    from zigzag_imc.core.errors import OptionError, nearest

    root = context.find_root()
    if man:
        from zigzag_imc.commands.manual import manual

        print(manual(root), end="")
        return
    if command is None:
        print(root.get_help())
        return
    known = getattr(root.command, "commands", {})
    if command not in known:
        hint = nearest(command, known) or f", expected one of {', '.join(known)}"
        raise OptionError(f"help: no command {command!r}{hint}")
    asked = known[command]
    print(asked.get_help(asked.make_context(command, [], parent=root, resilient_parsing=True)))
    print("\nExamples:")
    for what, typed in EXAMPLES.get(command, ()):
        print(f"  # {what}\n  zigzag-imc {typed}")
