"""Whatever holds mappings, read by what it is: our own files, ZigZag's dumps, loop nests."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.layer import Layer
from zigzag_imc.exchange.loopnest_reading import parse_loopnest
from zigzag_imc.exchange.zigzag_dump_reading import WITHOUT_WEIGHTS, layer_type, parse_dump
from zigzag_imc.results.mapping_file import MappingFile
from zigzag_imc.results.reading import parse_mapping_file, read_text, source_name

DUMPS = "*_complete.json"
"""Files of ZigZag's output folder that hold mappings."""

_HINTS = re.compile(
    r"^[\s-]*(spatial_mapping|spatial_mapping_hint|memory_operand_links)\s*:", re.MULTILINE
)
"""Keys of ZigZag's mapping files, which narrow its search and hold no loops."""


def read_mappings(
    path: str | os.PathLike[str], accelerator: Accelerator, layers: Mapping[str, Layer]
) -> MappingFile:
    """Read mappings from a file or folder.

    Parameters
    ----------
    path
        A result file, a mapping file, a loop nest as text, a ``complete.json`` of ZigZag, or the
        folder of a run of ZigZag. What is in it decides, not its name.
    accelerator, layers
        What the mappings are for: the accelerator, and the layers of the network by name.

    Raises
    ------
    ResultError
        In one line: the file, the place in it, what was found, what would be valid.
    """
    if os.path.isdir(path):
        return _folder(Path(path), accelerator, layers)
    source = source_name(path)
    text = read_text(path, "JSON or a loop nest")
    if _HINTS.search(text):
        raise ResultError(
            f"{source}: is a mapping file of ZigZag, which has no loops; expected a result, a "
            "mapping file, a loop nest or ZigZag's complete.json (map takes it as --constraints)"
        )
    start = text.lstrip()[:1]
    if start and start not in "{[":
        return parse_loopnest(text, source, accelerator)
    if _is_dump(text):
        return MappingFile(layers=(parse_dump(text, source, accelerator, layers),))
    return parse_mapping_file(text, source)


def _folder(folder: Path, accelerator: Accelerator, layers: Mapping[str, Layer]) -> MappingFile:
    source = source_name(folder)
    found = sorted(folder.glob(DUMPS))
    if not found:
        raise ResultError(
            f"{source}: is a folder without {DUMPS}, expected one of a run of ZigZag, or a file"
        )
    entries = []
    for path in found:
        text = read_text(path)
        if not _is_dump(text):
            continue  # sums over layers
        if layer_type(text, source_name(path)) not in WITHOUT_WEIGHTS:
            entries.append(parse_dump(text, source_name(path), accelerator, layers))
    return MappingFile(layers=tuple(entries))


def _is_dump(text: str) -> bool:
    try:
        contents = json.loads(text)
    except (ValueError, RecursionError):  # it will be told by whoever reads it as something else
        return False
    return isinstance(contents, dict) and "inputs" in contents and "layers" not in contents
