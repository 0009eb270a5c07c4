"""``zigzag-imc compare``."""

from __future__ import annotations

from typing import Annotated

import typer

from zigzag_imc.commands.common import Format, FormatOption


def compare_command(
    first: Annotated[
        str, typer.Argument(metavar="A.json", help="Result file of `map`, `search` or `evaluate`.")
    ],
    second: Annotated[str, typer.Argument(metavar="B.json", help="Another one.")],
    output: FormatOption = Format.TABLE,
) -> None:
    """Compare two results: totals, and which layers differ."""
    from zigzag_imc.commands.stdout import print_json
    from zigzag_imc.report.terminal.comparison import print_comparison
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.results.comparison import compare_results

    compared = compare_results(first, second)
    if output is Format.JSON:
        print_json(compared.model_dump(mode="json", by_alias=True))
    else:
        print_comparison(compared, results_console())
