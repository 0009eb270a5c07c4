"""``zigzag-imc export``."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from zigzag_imc.commands.common import LayerOption, QuietOption, naming, say_written
from zigzag_imc.commands.outputs import check_outputs
from zigzag_imc.commands.stdout import print_text


class Form(enum.StrEnum):
    """What a result is exported to."""

    LOOPNEST = "loopnest"
    ZIGZAG = "zigzag"


def export_command(
    result: Annotated[
        str,
        typer.Argument(metavar="RESULT.json", help="Result file of `map`, `search` or `evaluate`."),
    ],
    to: Annotated[
        Form,
        typer.Option(
            "--to", help="Text of loop nests, or a folder of ZigZag's YAML and complete.json files."
        ),
    ] = Form.LOOPNEST,
    layer: LayerOption = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="File (loopnest; stdout by default) or folder (zigzag; RESULT_zigzag).",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Write mappings as loop nests, or as ZigZag's files.

    `evaluate` reads both back. ZigZag's folder has accelerator, workload and mapping as YAML, ready
    for its own run, and per layer a complete.json.
    """
    from zigzag_imc.exchange.loopnest import loopnest_text
    from zigzag_imc.exchange.zigzag_folder import (
        with_short_tiles,
        without_loops,
        write_files,
        zigzag_files,
    )
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.reading import read_result
    from zigzag_imc.results.replacing import check_writable
    from zigzag_imc.results.writing import write_text

    check_outputs({"--out": out}, (result,), to_stdout="; loop nests go to stdout without it")
    if to is Form.LOOPNEST and out is not None:
        check_writable(out)
    contents = read_result(result)
    if layer is not None:
        contents = contents.only(layer)
    if to is Form.ZIGZAG:
        folder = out if out is not None else f"{Path(result).stem}_zigzag"
        with naming(result):
            files = zigzag_files(contents)
        write_files(files, folder)
        if not quiet:
            notice(f"{folder}: {len(files)} files written")
            short = with_short_tiles(contents)
            if short:
                notice(
                    "note: ZigZag's loops divide, so it cannot hold mappings with a short last "
                    f"tile; left out of mapping.yaml: {', '.join(short)} (map --divisors-only "
                    "finds mappings without)"
                )
            unprintable = without_loops(contents)
            if unprintable:
                notice(
                    "note: ZigZag 3.9.1 ends with an error when it prints a mapping without "
                    "loops in time; "
                    f"leave out of workload.yaml: {', '.join(unprintable)}"
                )
        return
    with naming(result):
        text = loopnest_text(contents)
    if out is not None:
        write_text(text, out)
        say_written(out, "loop nests", quiet)
    else:
        print_text(text)
