"""Accelerators in and out of files in ZigZag's YAML format, and their digest.

In the file the operands are ``I1`` (inputs), ``I2`` (weights) and ``O``; memories stand lowest
first. Files of ZigZag 3.0 to 3.8.1 are rewritten first (``old_form``). Entries that ZigZag knows
and that change nothing here (``mem_type``, ``systolic_dimensions``, ``unit_energy``, ``unit_area``)
are accepted and dropped; ``dataflows`` are constraints of the searches, no part of the hardware.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from zigzag_imc.core.accelerator import Accelerator, ImcArray, MemoryInstance, Port
from zigzag_imc.core.arguments import path
from zigzag_imc.core.circuit import USUAL
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.core.errors import AcceleratorError, nearest
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.hardware.array_checks import array_problems
from zigzag_imc.models.hardware.circuits import (
    check_accumulators,
    circuit_contents,
    circuit_of,
    circuit_problems,
)
from zigzag_imc.models.hardware.clock import check_clock, with_bandwidths
from zigzag_imc.models.hardware.dataflows import unrolled_as
from zigzag_imc.models.hardware.hierarchy import hierarchy_problems
from zigzag_imc.models.hardware.memory_checks import memory_problems
from zigzag_imc.models.hardware.movements import FILE_OPERANDS, parse_movement
from zigzag_imc.models.hardware.old_form import in_new_form
from zigzag_imc.models.hardware.presets import preset_names, preset_text
from zigzag_imc.models.hardware.problems import name_problems
from zigzag_imc.models.hardware.schema import (
    AcceleratorEntry,
    ArrayEntry,
    MemoryEntry,
    PortEntry,
    parse_entries,
)
from zigzag_imc.models.hardware.technology import (
    technology_contents,
    technology_of,
    technology_problems,
)
from zigzag_imc.models.hardware.yaml_text import LONGEST_TEXT, read_yaml, write_yaml

_FILE_NAMES = {operand: name for name, operand in FILE_OPERANDS.items()}


def load_accelerator(name_or_path: str | Path) -> Accelerator:
    """Read an accelerator that ships with the tool, or a file in ZigZag's format.

    Parameters
    ----------
    name_or_path
        Name of a preset (``"aimc"``, ``"dimc"``), else the path of a YAML file. A file that is
        called like a preset is reached as ``"./aimc"``.

    Raises
    ------
    AcceleratorError
        In one line: the file, the path of the field, what was found, what would be valid.
    OptionError
        When it is neither a name nor a path.
    """
    name = path("accelerator", name_or_path, "the path of a file or the name of a preset")
    if name in preset_names():
        text, source = preset_text(name), f"preset {name}"
    else:
        source = name if name.isprintable() else repr(name)  # a message stays on one line
        text = _read(Path(name_or_path), source)
    return accelerator_from_dict(read_yaml(text, source), source)


def accelerator_from_dict(data: object, source: str) -> Accelerator:
    """Build an accelerator from the parsed contents of a file; ``source`` names them in messages.

    Raises
    ------
    AcceleratorError
        In one line: the source, the path of the field, what was found, what would be valid.
    """
    asked = parse_entries(in_new_form(data, source), source)
    entries = _with_all_costs(asked)
    for where, message in _problems(entries):
        raise AcceleratorError(" ".join(f"{source}: {where}: {message}".split()))
    accelerator = Accelerator(
        name=entries.name,
        array=_array(entries.operational_array),
        memories=tuple(_memory(name, memory) for name, memory in entries.memories.items()),
        technology=technology_of(entries.technology),
        clock_ns=None if entries.clock_ns is None else float(entries.clock_ns),
        notices=tuple(_notices(asked, entries, source)),
        dataflows=_dataflows(entries, source),
    )
    check_accumulators(accelerator.array, source)
    check_clock(accelerator, source)
    gigabytes = {
        name: memory.bandwidth_gb_s
        for name, memory in entries.memories.items()
        if memory.bandwidth_gb_s is not None
    }
    return with_bandwidths(accelerator, gigabytes, source) if gigabytes else accelerator


def _with_all_costs(entries: AcceleratorEntry) -> AcceleratorEntry:
    """Fill in the costs that a file leaves to the tool; most files leave none."""
    if not any(memory.auto_cost_extraction for memory in entries.memories.values()):
        return entries
    from zigzag_imc.models.hardware.costs.extraction import with_extracted_costs

    return with_extracted_costs(entries)


def accelerator_to_dict(accelerator: Accelerator) -> dict[str, Any]:
    """Return the contents of a file that describes ``accelerator``.

    ``accelerator_from_dict`` reads them back.

    Equal accelerators give equal contents, also in the order of keys.
    """
    array = accelerator.array
    names = [name for name, _ in array.dimensions]
    contents: dict[str, Any] = {
        "is_imc": True,
        "imc_type": "analog" if array.analog else "digital",
        "input_precision": [array.activation_bits, array.weight_bits],
        "bit_serial_precision": float(array.bits_per_cycle),
    }
    if array.analog:
        contents["adc_resolution"] = float(array.adc_bits)
    if array.adc_model != "fit":
        contents["adc_model"] = array.adc_model
    circuit = circuit_contents(array.circuit)
    if circuit is not None:
        contents["circuit"] = circuit
    contents |= {"dimensions": names, "sizes": [size for _, size in array.dimensions]}
    whole: dict[str, Any] = {
        "name": accelerator.name,
        "memories": {memory.name: _memory_contents(memory) for memory in accelerator.memories},
        "operational_array": contents,
        "technology": technology_contents(accelerator.technology),
        "clock_ns": accelerator.clock_ns,
    }
    return {key: value for key, value in whole.items() if value is not None}


def zigzag_contents(accelerator: Accelerator) -> dict[str, Any]:
    """Return the contents of a file that ZigZag reads.

    It counts cycles of any clock, and knows no sources.

    Raises
    ------
    AcceleratorError
        When the technology or the model of the ADCs is another than those that ZigZag has.
    """
    if accelerator.technology != NODE_28NM:
        raise AcceleratorError(
            f"accelerator {accelerator.name!r}: technology: ZigZag has only the constants of "
            f"{NODE_28NM.node_nm:g} nm at {NODE_28NM.supply_v:g} V; leave it out for ZigZag"
        )
    array = accelerator.array
    for key, is_usual in (
        ("adc_model", array.adc_model == "fit"),
        ("circuit", array.circuit == USUAL),
    ):
        if not is_usual:
            raise AcceleratorError(
                f"accelerator {accelerator.name!r}: operational_array.{key}: ZigZag has only the "
                "usual one; leave it out for ZigZag"
            )
    contents = accelerator_to_dict(accelerator.replace(clock_ns=None))
    for memory in contents["memories"].values():
        memory.pop("cost_source", None)
    return contents


def check_accelerator(accelerator: Accelerator) -> None:
    """Refuse an accelerator, made without a file, that no file could describe.

    Raises
    ------
    AcceleratorError
        In one line: its name, the path of the field in a file, what was found, what would be valid.
    """
    accelerator_from_dict(accelerator_to_dict(accelerator), f"accelerator {accelerator.name!r}")


def dump_accelerator(accelerator: Accelerator) -> str:
    """Return ``accelerator`` as YAML in ZigZag's format; loading it gives an equal accelerator."""
    return write_yaml(accelerator_to_dict(accelerator))


def accelerator_digest(accelerator: Accelerator) -> str:
    """Return the SHA-256 of the accelerator's contents as compact JSON, in hexadecimal.

    Names count too. Keys stay in the order of ``accelerator_to_dict``: that of the memories has
    meaning.
    """
    text = json.dumps(
        accelerator_to_dict(accelerator), separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _problems(entries: AcceleratorEntry) -> Iterator[tuple[str, str]]:
    dimensions = entries.operational_array.dimensions
    return chain(
        name_problems("name", entries.name),
        technology_problems(entries.technology),
        array_problems(entries.operational_array),
        circuit_problems(entries.operational_array),
        chain.from_iterable(
            memory_problems(name, memory, dimensions) for name, memory in entries.memories.items()
        ),
        hierarchy_problems(entries),
    )


def _notices(asked: AcceleratorEntry, entries: AcceleratorEntry, source: str) -> Iterator[str]:
    """Say what was made of a file: what it asked for, and its entries with all costs."""
    dataflows = _dataflows(entries, source)
    if dataflows:
        yield f"{source}: dataflows: taken as constraints: {'; '.join(texts_of(dataflows))}"
    for name, memory in asked.memories.items():
        if memory.auto_cost_extraction:
            found = entries.memories[name].cost_source
            yield f"{source}: memories.{name}: costs extracted: {found}"


def _dataflows(entries: AcceleratorEntry, source: str) -> Constraints:
    """Return what ``dataflows`` ask of the unrollings of all layers."""
    if entries.dataflows is None:
        return ()
    return unrolled_as(entries.dataflows, f"{source}: dataflows")


def _array(entry: ArrayEntry) -> ImcArray:
    assert entry.input_precision is not None  # array_problems asks for both
    assert entry.bit_serial_precision is not None
    activation_bits, weight_bits = entry.input_precision
    return ImcArray(
        analog=entry.imc_type == "analog",
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        bits_per_cycle=float(entry.bit_serial_precision),
        adc_bits=float(entry.adc_resolution or 0),
        adc_model=entry.adc_model or "fit",
        circuit=circuit_of(entry.circuit),
        # ZigZag goes by the name too, not by the place in the list: the wordlines are those of the
        # first name.
        dimensions=tuple(sorted(zip(entry.dimensions, entry.sizes, strict=True))),
    )


def _memory(name: str, entry: MemoryEntry) -> MemoryInstance:
    return MemoryInstance(
        name=name,
        size_bits=entry.size,
        read_energy_pj=float(entry.r_cost or 0),
        write_energy_pj=float(entry.w_cost or 0),
        area_mm2=float(entry.area or 0),
        latency_cycles=entry.latency,
        operands=tuple(FILE_OPERANDS[operand] for operand in entry.operands),
        served=frozenset(entry.served_dimensions),
        ports=tuple(_port(port) for port in entry.ports),
        double_buffered=entry.force_double_buffering,
        cost_source=entry.cost_source or "",
    )


def _port(entry: PortEntry) -> Port:
    movements = [
        movement for movement in map(parse_movement, entry.allocation) if movement is not None
    ]
    return Port(
        name=entry.name,
        kind=entry.type,
        bandwidth_min=entry.bandwidth_min,
        bandwidth_max=entry.bandwidth_max,
        allocation=tuple((FILE_OPERANDS[operand], direction) for operand, direction in movements),
    )


def _memory_contents(memory: MemoryInstance) -> dict[str, Any]:
    contents: dict[str, Any] = {
        "size": memory.size_bits,
        "r_cost": float(memory.read_energy_pj),
        "w_cost": float(memory.write_energy_pj),
        "area": float(memory.area_mm2),
        "latency": memory.latency_cycles,
        "operands": [_FILE_NAMES[operand] for operand in memory.operands],
        "ports": [
            {
                "name": port.name,
                "type": port.kind,
                "bandwidth_min": port.bandwidth_min,
                "bandwidth_max": port.bandwidth_max,
                "allocation": [
                    f"{_FILE_NAMES[operand]}, {direction}" for operand, direction in port.allocation
                ],
            }
            for port in memory.ports
        ],
        "served_dimensions": sorted(memory.served),
    }
    if memory.double_buffered:
        contents["force_double_buffering"] = True
    if memory.cost_source:
        contents["cost_source"] = memory.cost_source
    return contents


def _read(path: Path, source: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:  # a device may have no end
            return file.read(LONGEST_TEXT + 1)
    except (FileNotFoundError, NotADirectoryError):
        presets = preset_names()
        near = nearest(path.name, [*presets, *_yaml_files(path.parent)])
        raise AcceleratorError(
            f"{source}: no such file, nor a preset ({', '.join(presets)}){near}"
        ) from None
    except IsADirectoryError:
        raise AcceleratorError(f"{source}: is a folder, expected a YAML file") from None
    except UnicodeDecodeError:
        raise AcceleratorError(f"{source}: is not UTF-8 text, expected a YAML file") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise AcceleratorError(f"{source}: cannot be read: {reason}") from None


def _yaml_files(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        return []
