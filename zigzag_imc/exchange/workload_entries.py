"""What stands in a workload file of ZigZag, checked key by key."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.results.messages import explained
from zigzag_imc.results.parts import Record

Size = Annotated[int, Field(ge=1, lt=2**63)]

MOST_LAYERS = 10_000
"""Layers of a workload file."""


class WorkloadEntry(Record):
    """One layer of a workload file.

    Attributes
    ----------
    id
        Its number, by which others name it as the source of an operand.
    name
        Its name; ``LayerID`` where there is none.
    operator_type
        Such as ``Conv`` or ``Gemm``.
    equation, dimension_relations
        Which loops index which operand, and which make an index of the input together.
    loop_dims, loop_sizes
        Names and sizes of the loops.
    operand_precision
        Bits per element by operand: ``W``, ``I``, ``O``, ``O_final``.
    operand_source
        Number of the layer that makes an operand, its own for what is stored.
    pr_loop_dims, pr_loop_sizes, padding
        Indices of the input that two loops make, how large the input is along them, and how much of
        what the loops reach is padding, before and behind.
    """

    model_config = ConfigDict(strict=True)

    id: int
    name: str | None = None
    operator_type: str
    equation: str
    dimension_relations: list[str] = Field(default_factory=list)
    loop_dims: list[str]
    loop_sizes: list[Size]
    operand_precision: dict[str, int] = Field(default_factory=dict)
    operand_source: dict[str, int] = Field(default_factory=dict)
    pr_loop_dims: list[str] | None = None
    pr_loop_sizes: list[Size] | None = None
    padding: list[list[int]] | None = None


class _Workload(Record):
    layers: list[WorkloadEntry]


def _found(contents: object) -> str:
    """Say what a file holds that should be a list of layers."""
    if not isinstance(contents, dict):
        return f"a {type(contents).__name__}"
    if "memories" in contents:
        return "an accelerator file"
    return f"a dict with {', '.join(map(str, contents))[:60]}"


def parse_workload(contents: object, source: str) -> list[WorkloadEntry]:
    """Return the entries of a file; ``source`` names it in messages.

    Raises
    ------
    WorkloadError
        In one line: the source, the path of the field, what was found, what would be valid.
    """
    if not isinstance(contents, list):
        raise WorkloadError(
            f"{source}: found {_found(contents)}, expected a list of layers, each with id, "
            "operator_type, equation, loop_dims and loop_sizes"
        )
    if not 1 <= len(contents) <= MOST_LAYERS:
        raise WorkloadError(
            f"{source}: found {len(contents)} layers, expected 1 to {MOST_LAYERS:,}"
        )
    try:
        return TypeAdapter(_Workload).validate_python({"layers": contents}).layers
    except ValidationError as error:
        text = explained(error, _Workload).removeprefix("layers")
        raise WorkloadError(f"{source}: {text}") from None
