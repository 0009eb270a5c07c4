"""What is kept of a network that was mapped with tensors that stay on chip between its layers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.stored_operand import Position
from zigzag_imc.results.layer_result import LayerResult
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.sweep.quantities import Reuse, energies_by_use
from zigzag_imc.sweep.record import PointRecord, is_answer


@dataclass(frozen=True, slots=True)
class KeptLayer:
    """Layers of a network that are mapped alike and find the same on chip.

    Attributes
    ----------
    names
        Names of the layers.
    kept
        Which operands stay where, such as ``I sram, O sram``; empty where none does.
    stored
        Which operand of a product of two activations is written into the array.
    record
        The mapping of one of them, and what it costs.
    """

    names: tuple[str, ...]
    kept: str
    stored: Position | None
    record: PointRecord

    @classmethod
    def of(cls, found: LayerResult, accelerator: Accelerator) -> KeptLayer:
        """Return what is kept of the result of a layer."""
        situation, stored = found.situation, found.stored_operand
        kept = () if situation is None else situation.kept
        return cls(
            found.names,
            ", ".join(f"{one.operand} {one.memory}" for one in kept),
            None if stored is None else stored.position,
            _record_of(found, accelerator),
        )


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A solved network.

    Attributes
    ----------
    status, reason
        How far the choice of what stays is proved, with all mappings, and why no further.
    objective_value, bound
        Objective of the network, and its certified bound; ``None`` where not all is mapped.
    tensors, kept_tensors
        Tensors that could stay, and those that do.
    layers
        The layers, in the order of the network.
    solve_seconds
        Time of all searches and of the choice.
    limit_s
        Time limit of a layer.
    """

    status: str
    reason: str | None
    objective_value: float | None
    bound: float | None
    tensors: int
    kept_tensors: int
    layers: tuple[KeptLayer, ...]
    solve_seconds: float
    limit_s: float | None

    @property
    def is_proved(self) -> bool:
        """Whether more time cannot change it."""
        return self.answers(None)

    def answers(self, limit_s: float | None) -> bool:
        """Whether a search of such a limit would find nothing better."""
        return is_answer(self.status, self.limit_s, limit_s)

    def text(self) -> str:
        """Return it as JSON."""
        contents = asdict(self)
        for layer, one in zip(contents["layers"], self.layers, strict=True):
            layer["record"] = json.loads(one.record.text())
        return json.dumps(contents, separators=(",", ":"), allow_nan=False)

    @classmethod
    def of_contents(cls, contents: dict[str, Any]) -> KeptRecord:
        """Read what `text` wrote, as JSON has it."""
        return cls(**contents | {"layers": tuple(_layers(contents["layers"]))})

    @classmethod
    def of(
        cls, found: NetworkResult, accelerator: Accelerator, seconds: float, limit_s: float | None
    ) -> KeptRecord:
        """Return what is kept of a result."""
        locality = found.locality
        assert locality is not None, "something was asked to stay"
        lost = next((one.reason for one in found.layers if one.energy_pj is None), None)
        return cls(
            status=locality.status,
            reason=lost or locality.reason,
            objective_value=locality.objective_value,
            bound=locality.bound,
            tensors=len(locality.tensors),
            kept_tensors=sum(one.memory is not None for one in locality.tensors),
            layers=tuple(KeptLayer.of(one, accelerator) for one in found.layers),
            solve_seconds=round(seconds, 6),
            limit_s=limit_s,
        )


def record_of_text(text: str) -> PointRecord | KeptRecord:
    """Read the record of a layer or of a network."""
    contents: dict[str, Any] = json.loads(text)
    return KeptRecord.of_contents(contents) if "layers" in contents else PointRecord(**contents)


def _layers(contents: list[dict[str, Any]]) -> Iterator[KeptLayer]:
    for one in contents:
        yield KeptLayer(
            tuple(one["names"]), one["kept"], one["stored"], PointRecord(**one["record"])
        )


def _record_of(found: LayerResult, accelerator: Accelerator) -> PointRecord:
    """Return what is kept of the mapping of a layer."""
    fields: dict[str, Any] = {
        "status": found.status,
        "reason": found.reason,
        "objective_value": found.objective_value,
        "bound": found.bound,
        "solve_seconds": round(found.solve_seconds, 6),
    }
    mapping, breakdown = found.mapping(), found.breakdown
    if mapping is None or breakdown is None:
        return PointRecord(**fields)
    latency = breakdown.latency
    reuse = Reuse.of(found.layer(), accelerator, mapping.spatial)
    return PointRecord(
        **fields,
        spatial=found.spatial,
        temporal=found.temporal,
        energy_pj=found.energy_pj,
        latency_cycles=found.latency_cycles,
        compute_cycles=latency.compute_cycles,
        stall_cycles=latency.stall_cycles,
        loading_cycles=latency.onloading_cycles + latency.offloading_cycles,
        utilization=found.utilization,
        energies_pj=energies_by_use(
            breakdown.array_energy_pj, breakdown.memory_energy, accelerator
        ),
        input_reuse=reuse.inputs,
        output_reuse=reuse.outputs,
    )
