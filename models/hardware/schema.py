"""The entries that an accelerator file may have.

One line tells the first that is missing, misspelt or of a wrong type.

The keys are those of ZigZag. What the entries mean together is checked in ``array_checks``,
``memory_checks`` and ``hierarchy``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zigzag_imc.core.circuit import Cut
from zigzag_imc.core.errors import AcceleratorError, nearest, some_of
from zigzag_imc.models.hardware.yaml_text import write_yaml

LARGEST = 10**15
"""Largest number of an accelerator file, whatever it measures: sums of products of such numbers
are far from what floating point holds."""

MOST_BITS = 1024
"""Most bits of an operand in the array."""

MOST_ADC_BITS = 64
"""Most bits of an ADC, whose energy grows exponentially with them."""


_CAPACITANCE = "a capacitance in pF, above 0"
_DELAY = "a delay in ns, above 0"
_AREA = "an area in mm2, above 0"


class _Entry(BaseModel):
    # Strict: 8.0, "8" or true where a whole number belongs is a slip worth showing, as it is in
    # ZigZag.
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # Files are validated as a whole: their parts need no validators of their own.
        defer_build=True,
    )


class PortEntry(_Entry):
    """A port of a memory. Descriptions complete the sentence "expected ..."."""

    name: str = Field(description="a name")
    type: Literal["read", "write", "read_write"] = Field(description="read, write or read_write")
    bandwidth_min: int = Field(
        ge=1, le=LARGEST, description="a whole number of bits per cycle, at least 1"
    )
    bandwidth_max: int = Field(
        ge=1, le=LARGEST, description="a whole number of bits per cycle, at least 1"
    )
    allocation: list[str] = Field(description="a list of movements such as 'I1, fh'")


class MemoryEntry(_Entry):
    """A memory. ``mem_type`` only matters to CACTI and is ignored."""

    size: int = Field(ge=1, le=LARGEST, description="a whole number of bits, at least 1")
    r_cost: float | None = Field(
        None, ge=0, le=LARGEST, description="the energy of a full-width read in pJ, at least 0"
    )
    w_cost: float | None = Field(
        None, ge=0, le=LARGEST, description="the energy of a full-width write in pJ, at least 0"
    )
    area: float | None = Field(None, ge=0, le=LARGEST, description="an area in mm2, at least 0")
    latency: int = Field(ge=0, le=LARGEST, description="a whole number of cycles, at least 0")
    mem_type: str = Field("sram", description="text, such as sram")
    auto_cost_extraction: bool = Field(False, description="true or false")
    operands: list[Literal["I1", "I2", "O"]] = Field(
        description="a list of I1 (inputs), I2 (weights) and O (outputs)"
    )
    ports: list[PortEntry] = Field(
        description=f"a list of ports, each a mapping with {', '.join(PortEntry.model_fields)}"
    )
    served_dimensions: list[str] = Field(description="a list of array dimensions, such as [D1, D2]")
    force_double_buffering: bool = Field(False, description="true or false")
    cost_source: str | None = Field(None, description="a text: who says what it costs")
    bandwidth_gb_s: float | None = Field(
        None, gt=0, le=LARGEST, description="what each port moves in 10^9 bytes per s, above 0"
    )


class CircuitEntry(_Entry):
    """How the periphery of a macro is built; what is left out is as usual."""

    adcs_per_output: int | None = Field(
        None, ge=1, le=MOST_BITS, description="a whole number of ADCs, at least 1"
    )
    conversion_phases: int = Field(1, ge=1, le=16, description="a whole number, 1 to 16")
    booth: bool = Field(False, description="true or false")
    accumulator_bits: int | None = Field(
        None, ge=1, le=MOST_BITS, description="a whole number of bits, at least 1"
    )
    accumulators_first: bool = Field(False, description="true or false")
    enable_lines: bool = Field(False, description="true or false")
    trees_per_weight_bit: bool = Field(False, description="true or false")
    tree_stages: int = Field(1, ge=1, le=64, description="a whole number, 1 to 64")
    pipeline_after: list[Cut] = Field(
        default_factory=list, description=f"a list of {', '.join(get_args(Cut))}"
    )


class ArrayEntry(_Entry):
    """The array.

    Systolic dimensions and the figures of arrays without in-memory computing are ignored.
    """

    dimensions: list[str] = Field(description="a list of names, such as [D1, D2]")
    sizes: list[Annotated[int, Field(le=LARGEST)]] = Field(
        description="a list of whole numbers, one per dimension, each at least 1"
    )
    is_imc: bool = Field(False, description="true or false")
    imc_type: Literal["analog", "digital"] | None = Field(None, description="analog or digital")
    input_precision: list[Annotated[int, Field(le=MOST_BITS)]] | None = Field(
        None, description="[activation bits, weight bits], whole numbers"
    )
    bit_serial_precision: float | None = Field(
        None, description="the activation bits applied per cycle"
    )
    adc_resolution: float | None = Field(
        None, ge=0, le=MOST_ADC_BITS, description="the bits of an ADC, none when digital"
    )
    adc_model: Literal["fit", "survey"] | None = Field(None, description="fit or survey")
    circuit: CircuitEntry | None = Field(
        None, description=f"a mapping with some of {', '.join(CircuitEntry.model_fields)}"
    )
    systolic_dimensions: list[str] = Field(
        default_factory=list, description="a list of array dimensions"
    )
    unit_energy: float | None = Field(None, description="a number")
    unit_area: float | None = Field(None, description="a number")


class TechnologyEntry(_Entry):
    """Gate constants; what is left out follows from the NAND2 gate, or is that of 28 nm."""

    node_nm: float | None = Field(None, gt=0, le=LARGEST, description="the node in nm, above 0")
    supply_v: float | None = Field(None, gt=0, le=LARGEST, description="a voltage in V, above 0")
    nand2_pf: float | None = Field(None, gt=0, le=LARGEST, description=_CAPACITANCE)
    nand2_ns: float | None = Field(None, gt=0, le=LARGEST, description=_DELAY)
    nand2_mm2: float | None = Field(None, gt=0, le=LARGEST, description=_AREA)
    xor2_pf: float | None = Field(None, gt=0, le=LARGEST, description=_CAPACITANCE)
    xor2_ns: float | None = Field(None, gt=0, le=LARGEST, description=_DELAY)
    xor2_mm2: float | None = Field(None, gt=0, le=LARGEST, description=_AREA)
    dff_pf: float | None = Field(None, gt=0, le=LARGEST, description=_CAPACITANCE)
    dff_ns: float | None = Field(None, ge=0, le=LARGEST, description="a delay in ns, at least 0")
    dff_mm2: float | None = Field(None, gt=0, le=LARGEST, description=_AREA)
    wordline_pf: float | None = Field(None, gt=0, le=LARGEST, description=_CAPACITANCE)
    bitline_pf: float | None = Field(None, gt=0, le=LARGEST, description=_CAPACITANCE)


class AcceleratorEntry(_Entry, defer_build=False):
    """A whole file. ``dataflows``, ZigZag's choice of spatial mapping, are constraints."""

    name: str = Field(description="a name")
    memories: dict[str, MemoryEntry] = Field(
        description="a mapping from the name of each memory to its entries"
    )
    operational_array: ArrayEntry = Field(description="a mapping that describes the array")
    dataflows: Any = Field(
        None, description="unrollings by array dimension, such as {D1: ['K, 16']}"
    )
    technology: TechnologyEntry | None = Field(
        None,
        description=f"a mapping with some of {', '.join(TechnologyEntry.model_fields)}",
    )
    clock_ns: float | None = Field(
        None, gt=0, le=LARGEST, description="the period of the system's clock in ns, above 0"
    )


def parse_entries(data: object, source: str) -> AcceleratorEntry:
    """Check the keys and types of ``data``, read from ``source``.

    Raises
    ------
    AcceleratorError
        Naming the file, the path of the field, what was found and what would be valid.
    """
    if not isinstance(data, dict):
        found = "nothing" if data is None else shown(data)
        raise AcceleratorError(
            f"{source}: found {found}, expected a mapping with {_keys(AcceleratorEntry)}"
        )
    try:
        return AcceleratorEntry.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    # A misspelt key is also a missing one; the spelling is what the user can act on.
    first = next(
        (problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0]
    )
    location, found = first["loc"], first["input"]
    is_name = first["type"] == "string_type" and location[-1] == "[key]"
    if is_name or first["type"] == "invalid_key":
        raise AcceleratorError(f"{source}: {_wrong_key(location, found)}")
    if first["type"] == "less_than_equal":
        raise AcceleratorError(
            f"{source}: {field_path(location)}: found {shown(found)}, "
            f"expected at most {first['ctx']['le']:g}"
        )
    raise AcceleratorError(
        f"{source}: {field_path(location)}: {_explain(first['type'], location, found)}"
    )


def _wrong_key(location: Sequence[str | int], found: object) -> str:
    """Say which key is no text; ``location`` ends with it."""
    if location[-1] == "[key]":
        return f"memories: found the name {shown(found)}, expected text; put it in quotes"
    where = field_path(location[:-1])
    return f"{f'{where}: ' if where else ''}found the key {shown(found)}, expected text"


def field_path(location: Sequence[str | int]) -> str:
    """Return ``('memories', 'sram', 'ports', 0)`` as ``memories.sram.ports[0]``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return " ".join("".join(parts).removeprefix(".").split())


def shown(value: object) -> str:
    """Return ``value`` as a short text on one line."""
    if isinstance(value, (dict, list)):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, int) and abs(value) >= 10**40:
        return f"a number of {value.bit_length()} bits"  # Python writes no number of any length
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _explain(kind: str, location: Sequence[str | int], found: object) -> str:
    if kind == "model_type":
        model = _model_of_mapping(location)
        return f"found {shown(found)}, expected a mapping with {_keys(model)}"
    model, key = _field_at(location)
    if kind == "extra_forbidden":
        return f"unknown key; expected {_keys(model)}{nearest(key, model.model_fields)}"
    field = model.model_fields[key]
    if kind == "missing":
        return f"missing; expected {field.description}"
    relation = ", expected" if location[-1] == key else " in what should be"
    message = f"found {shown(found)}{relation} {field.description}"
    if kind == "literal_error" and isinstance(found, str):
        return message + nearest(found, _literals(field.annotation))
    return message + (_number_hint(found) if kind in ("int_type", "float_type") else "")


def _model_of_mapping(location: Sequence[str | int]) -> type[_Entry]:
    """Return the model of the mapping that should be at ``location``."""
    if location[0] == "technology":
        return TechnologyEntry
    if location[-1] == "circuit":
        return CircuitEntry
    return (ArrayEntry, MemoryEntry, PortEntry)[len(location) // 2]


def _field_at(location: Sequence[str | int]) -> tuple[type[_Entry], str]:
    """Return the model and the key of it at which ``location`` points, or inside which it does."""
    if location[0] == "memories" and len(location) > 2:
        if location[2] == "ports" and len(location) > 4:
            return PortEntry, str(location[4])
        return MemoryEntry, str(location[2])
    if location[:2] == ("operational_array", "circuit") and len(location) > 2:
        return CircuitEntry, str(location[2])
    if location[0] == "operational_array" and len(location) > 1:
        return ArrayEntry, str(location[1])
    if location[0] == "technology" and len(location) > 1:
        return TechnologyEntry, str(location[1])
    return AcceleratorEntry, str(location[0])


def _keys(model: type[_Entry]) -> str:
    return some_of(model.model_fields)


def _literals(annotation: object) -> list[str]:
    """Return the strings of a ``Literal``, also one inside ``list`` or ``| None``."""
    if isinstance(annotation, str):
        return [annotation]
    return [text for argument in get_args(annotation) for text in _literals(argument)]


def _number_hint(found: object) -> str:
    """Return how to write a number that YAML reads as text.

    In quotes, or an exponent without point or sign.
    """
    if not isinstance(found, str):
        return ""
    try:
        number = float(found)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    plain = int(number) if number.is_integer() else number
    return f"; YAML reads it as text, write {write_yaml(plain).split()[0]}"
