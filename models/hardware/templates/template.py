"""An accelerator from a few parameters, as an object and as a commented file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.hardware.circuits import circuit_contents
from zigzag_imc.models.hardware.costs.sram import SramModel
from zigzag_imc.models.hardware.costs.sram_table import SramTable
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.hardware.templates.commented import commented_yaml
from zigzag_imc.models.hardware.templates.memories import (
    PlannedMemory,
    planned_memories,
    rounded,
)
from zigzag_imc.models.hardware.templates.parameters import TemplateParameters


class Template(TemplateParameters):
    """An accelerator from a few parameters, such as ``Template(kind="aimc", rows=256)``.

    All parameters are given by name; all but ``kind`` have a default.
    """

    def accelerator(self, sram: SramModel | None = None) -> Accelerator:
        """Return the accelerator.

        Parameters
        ----------
        sram
            What one SRAM costs; by default the table that ships with the tool.

        Raises
        ------
        AcceleratorError
            When it cannot be built: in one line, what is missing and what would be valid.
        """
        memories = self._memories(sram)
        return accelerator_from_dict(self._contents(memories), f"template {self.label}")

    def text(self, sram: SramModel | None = None) -> str:
        """Return its file, with units and sources in comments; reading it gives the accelerator.

        Raises
        ------
        AcceleratorError
            When it cannot be built.
        """
        memories = self._memories(sram)
        contents = self._contents(memories)
        accelerator_from_dict(contents, f"template {self.label}")  # refuses what no file may say
        comments = dict(_array_comments(self)) | dict(_memory_comments(memories))
        header = _HEADER.format(asked=self, plural="s" if self.macros > 1 else "")
        return header + commented_yaml(contents, comments)

    def _memories(self, sram: SramModel | None) -> list[PlannedMemory]:
        return list(planned_memories(self, sram or SramTable.shipped()))

    def _contents(self, memories: list[PlannedMemory]) -> dict[str, Any]:
        technology = self.technology
        contents: dict[str, Any] = {"name": self.label}
        if technology != NODE_28NM:
            contents["technology"] = {
                key: rounded(value) for key, value in asdict(technology).items()
            }
        return contents | {
            "operational_array": _array(self),
            "memories": {memory.name: dict(memory.entry) for memory in memories},
        }


_HEADER = """\
# {asked.kind}: {asked.rows} rows x {asked.columns} columns of cells, {asked.macros} macro{plural}.
# {asked.node_nm:g} nm, {asked.supply_v:g} V.
#
# Energies in pJ per access of full width (bandwidth_max), areas in mm2 of one instance, sizes in
# bits of one instance, widths in bits per clock cycle. Memories stand lowest first.
"""


def _array(asked: TemplateParameters) -> dict[str, Any]:
    """Return the entries of the array."""
    array: dict[str, Any] = {
        "is_imc": True,
        "imc_type": "analog" if asked.analog else "digital",
        "input_precision": [asked.activation_bits, asked.weight_bits],
        "bit_serial_precision": asked.serial_bits,
    }
    if asked.analog:
        array["adc_resolution"] = rounded(asked.resolution)
        array["adc_model"] = asked.adc_model
    circuit = circuit_contents(asked.circuit)
    if circuit is not None:
        array["circuit"] = circuit
    dimensions = {"D1": asked.outputs, "D2": asked.lanes}
    if asked.macros > 1:
        dimensions["D3"] = asked.macros
    return array | {"dimensions": list(dimensions), "sizes": list(dimensions.values())}


def _array_comments(asked: TemplateParameters) -> Iterator[tuple[str, str]]:
    """Yield what the file says beside the keys of the array and of the technology."""
    at = "operational_array"
    yield f"{at}.input_precision", "bits of activations and weights"
    yield f"{at}.bit_serial_precision", "activation bits per clock cycle"
    if asked.adc_bits == "auto":
        yield (
            f"{at}.adc_resolution",
            "bits per cycle and half a bit for every doubling of the rows",
        )
    yield f"{at}.adc_model", "fit: to published macros of 28 nm; survey: regression"
    yield f"{at}.circuit", "how the periphery of a macro is built"
    yield f"{at}.dimensions", "columns of weights, rows of weights, macros"
    yield "technology", "the constants of 28 nm, scaled as fields stay constant: pF, ns, mm2, V"


def _memory_comments(memories: list[PlannedMemory]) -> Iterator[tuple[str, str]]:
    """Yield what the file says beside memories and their keys."""
    for memory in memories:
        for key, comment in memory.comments.items():
            yield f"memories.{memory.name}{'.' if key else ''}{key}", comment
