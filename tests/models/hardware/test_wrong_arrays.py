"""What is said of a wrong entry of the array in a right file."""

from __future__ import annotations

import pytest

from tests.models.hardware.small_file import (
    ARRAY,
    REMOVE,
    Keys,
    edited,
    message_of,
    small,
)
from zigzag_imc.models.hardware.files import accelerator_from_dict

WRONG: list[tuple[Keys, object, list[str]]] = [
    (
        (*ARRAY, "is_imc"),
        False,
        ["operational_array.is_imc: found false, expected true", "in-memory-computing"],
    ),
    ((*ARRAY, "is_imc"), REMOVE, ["operational_array.is_imc: missing; expected true"]),
    (
        (*ARRAY, "imc_type"),
        "analogue",
        ["operational_array.imc_type: found 'analogue'", "mean 'analog'?"],
    ),
    (
        (*ARRAY, "imc_type"),
        REMOVE,
        ["operational_array.imc_type: missing; expected analog or digital"],
    ),
    (
        (*ARRAY, "dimensions"),
        ["D1"],
        ["operational_array.dimensions: found [D1], expected at least two"],
    ),
    (
        (*ARRAY, "dimensions", 2),
        "D1",
        ["operational_array.dimensions[2]: dimension D1 is named twice"],
    ),
    (
        (*ARRAY, "dimensions", 2),
        "X",
        ["operational_array.dimensions[2]: found 'X', expected D and one digit"],
    ),
    (
        (*ARRAY, "sizes"),
        [8, 4],
        ["operational_array.sizes: found 2 sizes for the 3 dimensions [D2, D1, D3]"],
    ),
    (
        (*ARRAY, "sizes", 1),
        0,
        ["operational_array.sizes[1]: found 0, expected a whole number, at least 1"],
    ),
    (
        (*ARRAY, "sizes", 1),
        "4",
        ["operational_array.sizes[1]: found '4' in what should be a list of whole numbers"],
    ),
    (
        (*ARRAY, "systolic_dimensions"),
        ["D9"],
        ["operational_array.systolic_dimensions[0]: found 'D9'"],
    ),
    (
        (*ARRAY, "input_precision"),
        REMOVE,
        ["operational_array.input_precision: missing; expected two whole numbers"],
    ),
    (
        (*ARRAY, "input_precision"),
        [8],
        ["operational_array.input_precision: found 1 numbers, expected two whole"],
    ),
    (
        (*ARRAY, "input_precision", 0),
        -6,
        ["operational_array.input_precision[0]: found -6, expected a whole number of bits"],
    ),
    (
        (*ARRAY, "input_precision", 1),
        0,
        ["operational_array.input_precision[1]: found 0, expected a whole number of bits"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        REMOVE,
        ["bit_serial_precision: missing; expected the activation bits"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        2.5,
        ["bit_serial_precision: found 2.5, expected", "a whole number up to 8"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        0.5,
        ["bit_serial_precision: found 0.5, expected", "a whole number up to 8"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        16,
        ["bit_serial_precision: found 16, expected", "up to 8 (activation bits)"],
    ),
    (
        (*ARRAY, "adc_resolution"),
        5,
        ["operational_array.adc_resolution: found 5, but a digital array has no ADC"],
    ),
    (
        (*ARRAY, "adc_resolution"),
        -1,
        ["operational_array.adc_resolution: found -1, expected the bits of an ADC"],
    ),
    (
        (*ARRAY, "imc_type"),
        "analog",
        ["operational_array.adc_resolution: missing; expected the bits of an ADC"],
    ),
]


@pytest.mark.parametrize(
    ("keys", "value", "fragments"),
    WRONG,
    ids=[f"{number}-{row[0][-1]}" for number, row in enumerate(WRONG)],
)
def test_wrong_entry_of_the_array(keys: Keys, value: object, fragments: list[str]) -> None:
    text = message_of(edited(small(), keys, value))
    for fragment in fragments:
        assert fragment in text


def test_analog_needs_an_adc_of_a_bit_and_any_number_of_rows() -> None:
    analog = edited(edited(small(), (*ARRAY, "imc_type"), "analog"), (*ARRAY, "sizes", 0), 12)
    assert "adc_resolution: found 0, expected the bits" in message_of(
        edited(analog, (*ARRAY, "adc_resolution"), 0)
    )
    assert (
        accelerator_from_dict(edited(analog, (*ARRAY, "adc_resolution"), 4.5), "my.yaml").array.rows
        == 12
    )
