"""What the entries of the array in an accelerator file must mean together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zigzag_imc.models.array.converters import LEAST_SURVEY_BITS
from zigzag_imc.models.hardware.problems import Problem, listed, unknown_dimension
from zigzag_imc.models.hardware.schema import ArrayEntry, shown


def array_problems(array: ArrayEntry) -> Iterator[Problem]:
    """Yield what is wrong with the array."""
    at = "operational_array"
    if not array.is_imc:
        found = "found false," if "is_imc" in array.model_fields_set else "missing;"
        yield (
            f"{at}.is_imc",
            f"{found} expected true: only accelerators with an in-memory-computing array are "
            "mapped",
        )
    yield from _dimension_problems(array)
    if array.imc_type is None:
        yield f"{at}.imc_type", "missing; expected analog or digital"
    yield from _precision_problems(array)
    yield from _adc_problems(array)


def _dimension_problems(array: ArrayEntry) -> Iterator[Problem]:
    names = array.dimensions
    yield from _dimension_name_problems(names)
    at = "operational_array"
    if len(names) < 2:
        yield (
            f"{at}.dimensions",
            f"found {listed(names)}, expected at least two: D1 (columns) and D2 (rows)",
        )
    if len(array.sizes) != len(names):
        yield (
            f"{at}.sizes",
            f"found {len(array.sizes)} sizes for the {len(names)} dimensions {listed(names)}",
        )
    for index, size in enumerate(array.sizes):
        if size < 1:
            yield f"{at}.sizes[{index}]", f"found {size}, expected a whole number, at least 1"
    for index, name in enumerate(array.systolic_dimensions):
        if name not in names:
            yield f"{at}.systolic_dimensions[{index}]", unknown_dimension(name, names)


def _dimension_name_problems(names: list[str]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if not re.fullmatch(r"D\d", name):
            yield (
                f"operational_array.dimensions[{index}]",
                f"found {shown(name)}, expected D and one digit, such as D{index + 1}",
            )
        if name in names[:index]:
            yield (
                f"operational_array.dimensions[{index}]",
                f"dimension {name} is named twice",
            )


def _precision_problems(array: ArrayEntry) -> Iterator[Problem]:
    at, precision = "operational_array.input_precision", array.input_precision
    if precision is None or len(precision) != 2:
        found = "missing;" if precision is None else f"found {len(precision)} numbers,"
        yield at, f"{found} expected two whole numbers: [activation bits, weight bits]"
        return
    for index, bits in enumerate(precision):
        if bits < 1:
            yield f"{at}[{index}]", f"found {bits}, expected a whole number of bits, at least 1"
    serial = array.bit_serial_precision
    if serial is None or not 1 <= serial <= precision[0] or serial != int(serial):
        yield (
            "operational_array.bit_serial_precision",
            f"{_found(serial)} expected the activation bits applied per cycle, a whole number up "
            f"to {precision[0]} (activation bits)",
        )


def _adc_problems(array: ArrayEntry) -> Iterator[Problem]:
    at, adc = "operational_array.adc_resolution", array.adc_resolution
    if array.imc_type == "analog" and (adc is None or adc < 1):
        yield at, f"{_found(adc)} expected the bits of an ADC, at least 1"
    if array.imc_type == "digital" and adc:
        yield (
            at,
            f"found {adc:g}, but a digital array has no ADC; leave it out, or set imc_type: analog",
        )
    if array.adc_model == "survey" and adc is not None and adc < LEAST_SURVEY_BITS:
        yield (
            at,
            f"found {adc:g}, expected at least {LEAST_SURVEY_BITS} with adc_model: survey, which "
            "has hardly any ADC of fewer bits",
        )
    if array.imc_type == "digital" and array.adc_model:
        yield (
            "operational_array.adc_model",
            f"found {array.adc_model}, but a digital array has no ADC; leave it out",
        )


def _found(number: float | None) -> str:
    return "missing;" if number is None else f"found {number:g},"
