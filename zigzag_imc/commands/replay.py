"""``zigzag-imc replay``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zigzag_imc.commands.common import Format, FormatOption, naming


def replay_command(
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
    output: FormatOption = Format.TABLE,
) -> None:
    """Play the mapping of a layer, transfer by transfer.

    Simulates array, ports and memories from the loop nest alone, and shares no formula with the
    latency model: cycles beside the model's, when and how often the array waits, for which port
    and why, and how busy all ports are.
    """
    from zigzag_imc.library.replaying import replay
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.replay import print_replay
    from zigzag_imc.results.reading import read_result
    from zigzag_imc.results.writing import format_json

    contents = read_result(result)
    with naming(result):
        played = replay(contents, layer, most_steps=most_steps)
    if output is Format.JSON:
        sys.stdout.write(format_json(played.model_dump(mode="json", by_alias=True)) + "\n")
    else:
        print_replay(played, results_console())
