"""The ``circuit`` block of an accelerator file: how the periphery of a macro is built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.circuit import USUAL, Circuit
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.array.structure import Structure
from zigzag_imc.models.array.trees import tree_depth
from zigzag_imc.models.hardware.problems import Problem
from zigzag_imc.models.hardware.schema import ArrayEntry, CircuitEntry

_ANALOG_ONLY = ("adcs_per_output", "conversion_phases", "enable_lines")
_DIGITAL_ONLY = ("booth", "accumulators_first", "trees_per_weight_bit", "tree_stages")
_CUTS = {"analog": ("adcs", "adders_pv"), "digital": ("mults", "adders_regular", "adders_pv")}
_AT = "operational_array.circuit"


def circuit_problems(array: ArrayEntry) -> Iterator[Problem]:
    """Yield what is wrong with the block; the array around it is in order."""
    if array.circuit is None or array.imc_type is None:
        return
    circuit, kind = array.circuit, array.imc_type
    for key in _DIGITAL_ONLY if kind == "analog" else _ANALOG_ONLY:
        if key in circuit.model_fields_set:
            yield (
                f"{_AT}.{key}",
                f"found, expected none in {'an analog' if kind == 'analog' else 'a digital'} array",
            )
    yield from _pipeline_problems(circuit, array)
    bits = int(array.bit_serial_precision or 1)
    if circuit.booth and bits % 2:
        yield (
            f"{_AT}.booth",
            f"found true with {bits} activation bits per cycle, expected an even number of them: a "
            "digit is two bits",
        )
    for key in ("booth", "accumulators_first"):
        if circuit.trees_per_weight_bit and getattr(circuit, key):
            yield (
                f"{_AT}.trees_per_weight_bit",
                f"found true with {key}, whose words are wider than a bit; expected one of them",
            )
    if circuit.accumulators_first and bits != 1:
        yield (
            f"{_AT}.accumulators_first",
            f"found true with {bits} activation bits per cycle, expected 1",
        )


def _pipeline_problems(circuit: CircuitEntry, array: ArrayEntry) -> Iterator[Problem]:
    """Yield what is wrong with the places of registers."""
    valid = _CUTS[array.imc_type or "digital"]
    if circuit.accumulators_first:
        valid = (*valid, "accumulators")
    for index, cut in enumerate(circuit.pipeline_after):
        at = f"{_AT}.pipeline_after[{index}]"
        if cut not in valid:
            yield at, f"found {cut}, expected one of {', '.join(valid)}"
        if cut in circuit.pipeline_after[:index]:
            yield at, f"{cut} is named twice"
    by_name = sorted(zip(array.dimensions, array.sizes, strict=True))
    depth = tree_depth(by_name[1][1])
    if circuit.tree_stages > max(1, depth):
        yield (
            f"{_AT}.tree_stages",
            f"found {circuit.tree_stages}, expected at most the {depth} levels of the adder tree",
        )


def check_accumulators(array: ImcArray, source: str) -> None:
    """Refuse accumulators that are narrower than what they add.

    Raises
    ------
    AcceleratorError
        When they are.
    """
    asked, added = array.circuit.accumulator_bits, Structure(array).accumulated_bits
    if asked is not None and asked <= added:
        raise AcceleratorError(
            f"{source}: {_AT}.accumulator_bits: found {asked}, expected more than the {added:g} "
            "bits of what is added in a cycle"
        )


def circuit_of(entry: CircuitEntry | None) -> Circuit:
    """Return what a block says; the usual circuit where there is none."""
    if entry is None:
        return USUAL
    given = entry.model_dump()
    return Circuit(**given | {"pipeline_after": tuple(entry.pipeline_after)})


def circuit_contents(circuit: Circuit) -> dict[str, Any] | None:
    """Return the block of a file: what is not usual; ``None`` where all is."""
    usual = asdict(USUAL)
    contents = {key: value for key, value in asdict(circuit).items() if value != usual[key]}
    if "pipeline_after" in contents:
        contents["pipeline_after"] = list(contents["pipeline_after"])
    return contents or None
