"""A result as a folder of ZigZag's files.

Accelerator, workload, mapping, and a ``complete.json`` per layer.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import instance, path
from zigzag_imc.core.errors import OptionError
from zigzag_imc.exchange.checked_mapping import checked_mapping
from zigzag_imc.exchange.zigzag_dump import dump_contents
from zigzag_imc.exchange.zigzag_yaml import default_entry, mapping_entry, workload_entry
from zigzag_imc.models.hardware.files import accelerator_from_dict, zigzag_contents
from zigzag_imc.models.hardware.yaml_text import write_yaml
from zigzag_imc.models.movement.unrolled import loop_nest
from zigzag_imc.models.profile import profile_named
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.writing import format_json, write_text

ACCELERATOR, WORKLOAD, MAPPING = "accelerator.yaml", "workload.yaml", "mapping.yaml"
_LONGEST_NAME = 120


def write_zigzag_folder(result: NetworkResult, folder: str | os.PathLike[str]) -> list[Path]:
    """Write a result as ZigZag's files into a folder, which is made where there is none.

    Layers without a mapping are left out of the mapping file and have no ``complete.json``. Those
    with short tiles are left out of the mapping file, too: the loops of ZigZag's mappings divide.

    Returns
    -------
    list[Path]
        The files, in the order in which they were written.

    Raises
    ------
    ZigzagImcError
        When the result cannot be rebuilt, or a file not be written.
    """
    instance("result", result, NetworkResult, "a NetworkResult")
    return write_files(zigzag_files(result), path("folder", folder, "the path of a folder"))


def zigzag_files(result: NetworkResult) -> dict[str, str]:
    """Return the text of each of ZigZag's files for a result, by name.

    Raises
    ------
    ZigzagImcError
        When the result cannot be rebuilt.
    """
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    profile = profile_named(result.cost_model)
    workload: list[dict[str, Any]] = []
    mappings = [default_entry()]
    short = set(with_short_tiles(result))
    for record in result.layers:
        layer, mapping = (
            record.layer(),
            checked_mapping(record, record.found_by(accelerator), profile),
        )
        for name in record.names:
            workload.append(workload_entry(layer.replace(name=name), len(workload)))
            if mapping is not None and name not in short:
                mappings.append(mapping_entry(name, mapping.spatial, mapping.temporal.loops))
    return {
        ACCELERATOR: write_yaml(zigzag_contents(accelerator)),
        WORKLOAD: write_yaml(workload),
        MAPPING: write_yaml(mappings),
        **dict(_dumps(result, accelerator)),
    }


def without_loops(result: NetworkResult) -> list[str]:
    """Return the names of the layers whose loops are all spread over the array.

    ZigZag 3.9.1 scores their mappings, but fails when it prints them, which ends its run.
    """
    mapped = [(record, record.mapping()) for record in result.layers]
    return [
        name
        for record, mapping in mapped
        if mapping is not None and not mapping.temporal.loops
        for name in record.names
    ]


def with_short_tiles(result: NetworkResult) -> list[str]:
    """Return the names of the layers whose mappings ZigZag cannot hold: its loops divide."""
    accelerator = accelerator_from_dict(result.accelerator.description, "accelerator.description")
    return [
        name
        for record in result.layers
        if (mapping := record.mapping()) is not None
        and loop_nest(record.layer(), accelerator.array, mapping).ends_short
        for name in record.names
    ]


def write_files(files: Mapping[str, str], folder: str | os.PathLike[str]) -> list[Path]:
    """Write texts by name into a folder, which is made where there is none.

    Raises
    ------
    OptionError
        When one of them cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_text(text, target / name)
    except (FileExistsError, NotADirectoryError):
        raise OptionError(
            f"{folder}: is a file or below one, expected the name of a folder"
        ) from None
    except OSError as error:
        raise OptionError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return [target / name for name in files]


def _dumps(result: NetworkResult, accelerator: Accelerator) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for record in result.layers:
        if record.breakdown is None or record.mapping() is None:
            continue
        for name in record.names:
            yield (
                _file_name(name, taken),
                format_json(dump_contents(record, name, record.found_by(accelerator))) + "\n",
            )


def _file_name(name: str, taken: set[str]) -> str:
    """Name of a layer's file, like ZigZag's where that is short and its own.

    The file itself holds the name.
    """
    stem = re.sub(r"[^\w.+\-]", "_", name)
    if len(stem) > _LONGEST_NAME or stem.casefold() in taken or stem.startswith("."):
        stem = f"{stem[:_LONGEST_NAME]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    taken.add(stem.casefold())
    return f"{stem}_complete.json"
