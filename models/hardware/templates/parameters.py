"""The parameters of an accelerator template, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from zigzag_imc.core.arguments import as_number, is_real, shown
from zigzag_imc.core.circuit import Circuit, Cut
from zigzag_imc.core.errors import OptionError, nearest, some_of
from zigzag_imc.core.technology import NODE_28NM, Technology
from zigzag_imc.models.hardware.costs.dram import DRAM_KINDS, DramKind
from zigzag_imc.models.hardware.costs.sram import (
    LEAST_BYTES,
    LEAST_NODE_NM,
    LEAST_WIDTH,
    MOST_BYTES,
    MOST_NODE_NM,
    SramPorts,
)
from zigzag_imc.models.hardware.schema import MOST_ADC_BITS, MOST_BITS

MOST_CELLS = 2**20
"""Most rows, columns and macros of a template."""

_CELLS = f"a whole number of cells, 1 to {MOST_CELLS}"
_COUNT = f"a whole number, 1 to {MOST_CELLS}"
_BITS = f"a whole number of bits, 1 to {MOST_BITS}"

Place = Literal["sram", "dram"]

Problem = tuple[str, object, str]
"""Parameter, what was found and what would be valid."""


class TemplateParameters(BaseModel):
    """What an architect chooses of an array and the memories above it.

    Attributes
    ----------
    kind
        ``aimc``: analog, an ADC per bitline; ``dimc``: digital, an adder tree per column.
    rows, columns
        Cells along a bitline and along a wordline of one macro: bits, not weights.
    weights_per_cell
        Weights that each multiplier holds, of which it selects one at a time.
    macros
        Macros under the same memories.
    weight_bits, activation_bits
        Bits of a weight and of an activation.
    bits_per_cycle
        Activation bits applied in a clock cycle; ``None``: 2 where analog, 1 where digital.
    adc_bits
        Bits of an ADC; ``auto``: those of a cycle and half a bit for every doubling of the rows.
    adc_model
        Whose ADC energy and area: ``fit``, to macros of 28 nm, or ``survey``, a regression.
    adcs_per_output, conversion_phases, enable_lines, booth, accumulator_bits, accumulators_first, \
    trees_per_weight_bit, tree_stages, pipeline_after
        How the periphery of a macro is built: the keys of ``circuit`` in an accelerator file.
    output_bits
        Bits of an output register; ``None``: those of activation and weight together.
    node_nm, supply_v
        Technology node in nm and supply voltage in V.
    activations_in, weights_from
        The highest memory of inputs and outputs, and that of weights: ``sram`` or ``dram``.
    sram_kb
        Capacity of the SRAM in units of 1024 bytes.
    sram_model
        ``study``: CACTI's figures as the ICCAD 2023 study corrects them; ``cacti``: its own, in the
        best number of banks.
    sram_ports
        Ports such as ``1rw``, ``1r1w``, ``3r3w``; ``None``: 3r3w at the costs of 1rw, as in the
        study, else 1r1w.
    sram_bits_per_cycle
        Width of the SRAM in bits; ``None``: what all rows need, or all columns give, in a cycle, as
        far as there is such an SRAM.
    dram
        Kind of the DRAM.
    dram_pj_per_bit, dram_gb_s
        Its energy in pJ per bit and bandwidth in 10^9 bytes per second; ``None``: of the kind.
    dram_mb
        Its capacity in units of 1024 x 1024 bytes.
    name
        Name of the accelerator; ``None``: kind and sizes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: Literal["aimc", "dimc"] = Field(description="aimc (analog) or dimc (digital)")
    rows: int = Field(default=128, ge=1, le=MOST_CELLS, description=_CELLS)
    columns: int = Field(default=128, ge=1, le=MOST_CELLS, description=_CELLS)
    weights_per_cell: int = Field(default=1, ge=1, le=MOST_CELLS, description=_COUNT)
    macros: int = Field(default=1, ge=1, le=MOST_CELLS, description=_COUNT)
    weight_bits: int = Field(default=8, ge=1, le=MOST_BITS, description=_BITS)
    activation_bits: int = Field(default=8, ge=1, le=MOST_BITS, description=_BITS)
    bits_per_cycle: int | None = Field(default=None, ge=1, le=MOST_BITS, description=_BITS)
    adc_bits: Literal["auto"] | float = Field(
        default="auto", description="auto or a number of bits"
    )
    adc_model: Literal["fit", "survey"] = Field(default="fit", description="fit or survey")
    adcs_per_output: int | None = Field(default=None, ge=1, le=MOST_BITS, description=_COUNT)
    conversion_phases: int = Field(default=1, ge=1, le=16, description="a whole number, 1 to 16")
    enable_lines: bool = Field(default=False, description="true or false")
    booth: bool = Field(default=False, description="true or false")
    accumulator_bits: int | None = Field(default=None, ge=1, le=MOST_BITS, description=_BITS)
    accumulators_first: bool = Field(default=False, description="true or false")
    trees_per_weight_bit: bool = Field(default=False, description="true or false")
    tree_stages: int = Field(default=1, ge=1, le=64, description="a whole number, 1 to 64")
    pipeline_after: tuple[Cut, ...] = Field(
        default=(), description=f"a list of {', '.join(get_args(Cut))}"
    )
    output_bits: int | None = Field(default=None, ge=1, le=MOST_BITS, description=_BITS)
    node_nm: float = Field(
        default=NODE_28NM.node_nm,
        ge=LEAST_NODE_NM,
        le=MOST_NODE_NM,
        description=f"a node of {LEAST_NODE_NM:g} to {MOST_NODE_NM:g} nm",
    )
    supply_v: float = Field(
        default=NODE_28NM.supply_v,
        gt=0,
        le=10,
        description="a voltage in V, above 0 and at most 10",
    )
    activations_in: Place = Field(default="sram", description="sram or dram")
    weights_from: Place = Field(default="dram", description="dram or sram")
    sram_kb: float = Field(
        default=256,
        ge=LEAST_BYTES / 1024,
        le=MOST_BYTES / 1024,
        description=f"{LEAST_BYTES / 1024:g} to {MOST_BYTES // 1024} KB (of 1024 bytes)",
    )
    sram_model: Literal["study", "cacti"] = Field(default="study", description="study or cacti")
    sram_ports: str | None = Field(default=None, description="some such as 1rw or 1r1w")
    sram_bits_per_cycle: int | None = Field(
        default=None, ge=LEAST_WIDTH, le=MOST_CELLS, description=f"bits, at least {LEAST_WIDTH}"
    )
    dram: str = Field(default="study", description=f"one of {', '.join(DRAM_KINDS)}")
    dram_pj_per_bit: float | None = Field(
        default=None, ge=0, le=1e6, description="an energy in pJ per bit, at least 0"
    )
    dram_gb_s: float | None = Field(
        default=None, gt=0, le=1e9, description="10^9 bytes per second, above 0"
    )
    dram_mb: int = Field(
        default=100, ge=1, le=2**20, description="a whole number of MB (of 1024 KB)"
    )
    name: str | None = Field(default=None, description="a text")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**{key: _plain(value) for key, value in given.items()})
        except ValidationError as error:
            raise OptionError(_complaint(error)) from None

    @model_validator(mode="after")
    def _fits_together(self) -> TemplateParameters:
        for parameter, found, expected in chain(_array_problems(self), _memory_problems(self)):
            said = f"{found:g}" if isinstance(found, float) else shown(found)
            raise OptionError(f"{parameter}: found {said}, expected {expected}")
        return self

    # ------------------------------------------------------------- the array
    @property
    def analog(self) -> bool:
        """Whether the array is analog."""
        return self.kind == "aimc"

    @property
    def lanes(self) -> int:
        """Rows of multipliers: inputs of one macro at a time (``D2``)."""
        return self.rows // self.weights_per_cell

    @property
    def outputs(self) -> int:
        """Columns of weights: outputs of one macro at a time (``D1``)."""
        return self.columns // self.weight_bits

    @property
    def serial_bits(self) -> int:
        """Activation bits applied in a clock cycle."""
        return self.bits_per_cycle or min(2 if self.analog else 1, self.activation_bits)

    @property
    def resolution(self) -> float:
        """Bits of an ADC; 0 where there is none."""
        if not self.analog:
            return 0.0
        if self.adc_bits == "auto":
            return self.serial_bits + 0.5 * math.log2(self.lanes)
        return float(self.adc_bits)

    @property
    def circuit(self) -> Circuit:
        """How the periphery of a macro is built."""
        return Circuit(**{choice.name: getattr(self, choice.name) for choice in fields(Circuit)})

    @property
    def register_bits(self) -> int:
        """Bits of an output register."""
        return self.output_bits or self.activation_bits + self.weight_bits

    @property
    def technology(self) -> Technology:
        """Gate constants: those of 28 nm, scaled where the node is another."""
        return NODE_28NM.scaled(self.node_nm, self.supply_v)

    # ------------------------------------------------------------- the memories
    @property
    def has_dram(self) -> bool:
        """Whether anything is in a DRAM."""
        return "dram" in (self.activations_in, self.weights_from)

    @property
    def ports_of_sram(self) -> SramPorts:
        """Ports of the SRAM."""
        return SramPorts.of(self.sram_ports or ("3r3w" if self.sram_model == "study" else "1r1w"))

    @property
    def dram_kind(self) -> DramKind:
        """The kind of the DRAM."""
        return DRAM_KINDS[self.dram]

    @property
    def label(self) -> str:
        """Name of the accelerator."""
        macros = f"_{self.macros}_macros" if self.macros > 1 else ""
        return self.name or f"{self.kind}_{self.rows}x{self.columns}{macros}"


def _array_problems(asked: TemplateParameters) -> Iterator[Problem]:
    """Yield parameters of the array that contradict each other."""
    if asked.columns % asked.weight_bits:
        expected = f"a multiple of weight_bits, which is {asked.weight_bits}"
        yield "columns", asked.columns, expected
    if asked.rows % asked.weights_per_cell:
        expected = f"a multiple of weights_per_cell, which is {asked.weights_per_cell}"
        yield "rows", asked.rows, expected
    if asked.serial_bits > asked.activation_bits:
        expected = f"at most activation_bits, which is {asked.activation_bits}"
        yield "bits_per_cycle", asked.bits_per_cycle, expected
    if asked.adc_bits != "auto" and not asked.analog:
        yield "adc_bits", asked.adc_bits, "none with kind dimc, which has no ADC"
    if asked.analog and not 1 <= asked.resolution <= MOST_ADC_BITS:
        yield "adc_bits", asked.adc_bits, f"auto or 1 to {MOST_ADC_BITS}"
    if asked.adc_model == "survey" and not asked.analog:
        yield "adc_model", asked.adc_model, "fit with kind dimc, which has no ADC"


def _memory_problems(asked: TemplateParameters) -> Iterator[Problem]:
    """Yield parameters of the memories that contradict each other."""
    ports = asked.ports_of_sram
    if ports.read_write and (ports.read or ports.write):
        yield "sram_ports", asked.sram_ports, "ports that read and write, or some of each, not both"
    if asked.dram not in DRAM_KINDS:
        expected = f"one of {', '.join(DRAM_KINDS)}{nearest(asked.dram, DRAM_KINDS)}"
        yield "dram", asked.dram, expected
    top, size = asked.weights_from, asked.sram_kb if asked.weights_from == "sram" else asked.dram_mb
    kilobytes = size * (1 if top == "sram" else 1024)
    cells_kb = asked.rows * asked.columns * asked.macros / 8 / 1024
    if cells_kb > kilobytes:
        expected = f"at least the {cells_kb:g} KB of the cells, whose weights it holds"
        yield ("sram_kb" if top == "sram" else "dram_mb"), size, expected


def _complaint(error: ValidationError) -> str:
    """Return the first thing that is wrong with a parameter, in one line."""
    problems = error.errors(include_url=False)
    misspelt = [problem for problem in problems if problem["type"] == "extra_forbidden"]
    problem = (misspelt or problems)[0]
    parameter, known = str(problem["loc"][0]), TemplateParameters.model_fields
    if misspelt:
        near = nearest(parameter, known)
        return f"{parameter}: unknown parameter, expected {some_of(known)}{near}"
    missing = problem["type"] == "missing"
    found = "missing" if missing else f"found {shown(problem['input'])}"
    return f"{parameter}: {found}, expected {known[parameter].description}"


def _plain(value: object) -> object:
    """Return a number of any library in Python's own type, a list as a tuple, all else as it is."""
    if isinstance(value, list):
        return tuple(value)
    return as_number(value) if is_real(value) else value
