"""A layer of a result, played."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import path, whole
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.exchange.trace import MOST_EVENTS, Trace, trace_of
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import profile_named
from zigzag_imc.replaying.play import Replay, Wait, play
from zigzag_imc.replaying.transfer import Blame
from zigzag_imc.results.parts import LatencyRecord
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.records import cost_fields
from zigzag_imc.results.replacing import check_writable
from zigzag_imc.results.replay import REPLAY_ID, PortRecord, ReplayResult, WaitRecord
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.writing import write_text

MOST_STEPS = 100_000
"""Activations of the array that are played if nobody asks for more: about half a minute."""


@dataclass(frozen=True, slots=True)
class PlayedLayer:
    """A layer that was played.

    Attributes
    ----------
    found, layer
        The result that its mapping is of, and its name.
    accelerator
        What the layer found on chip when it was mapped.
    model
        Its cost model.
    mapping
        What was played.
    replay
        What came of it.
    """

    found: NetworkResult
    layer: str
    accelerator: Accelerator
    model: CostModel
    mapping: LayerMapping
    replay: Replay

    @property
    def title(self) -> str:
        """What was played, in words."""
        return f"{self.layer} of {self.found.network.name} on {self.found.accelerator.name}"

    def record(self) -> ReplayResult:
        """Return what came of it beside what the latency model says."""
        played, cost = self.replay, cost_fields(self.model.evaluate(self.mapping))
        return ReplayResult(
            schema=REPLAY_ID,
            network=self.found.network.name,
            accelerator=self.found.accelerator.name,
            layer=self.layer,
            cost_model=self.found.cost_model,
            steps=played.steps,
            cycles=played.cycles,
            latency=LatencyRecord(
                compute_cycles=float(played.compute),
                stall_cycles=float(played.stall),
                onloading_cycles=float(played.onloading),
                offloading_cycles=float(played.offloading),
            ),
            model_cycles=cost["latency_cycles"],
            model_latency=cost["breakdown"].latency,
            waits=_grouped(played.waits),
            ports=_busiest(played),
        )

    def trace(self, most_events: int = MOST_EVENTS) -> Trace:
        """Return what happened when, if that was kept, as a trace that Perfetto opens."""
        most_events = whole("most_events", most_events, error=OptionError)
        return trace_of(self.replay, self.accelerator, self.title, self.model.tclk_ns, most_events)


def replay(
    result: str | os.PathLike[str] | NetworkResult,
    layer: str,
    *,
    most_steps: int = MOST_STEPS,
    trace: str | os.PathLike[str] | None = None,
) -> ReplayResult:
    """Play the mapping of a layer, transfer by transfer.

    Parameters
    ----------
    result
        A result, or the path of its file.
    layer
        Name of the layer.
    most_steps
        Activations of the array up to which a mapping is played, 100,000 by default; a step takes
        up to a millisecond.
    trace
        File for what happened when, in the trace event format that Perfetto opens, the first
        100,000 events of it.

    Returns
    -------
    ReplayResult
        Clock cycles, what the array waits for, and what the latency model says.

    Raises
    ------
    OptionError
        When the layer has no mapping, or one of too many steps, or the trace cannot be written.
    ZigzagImcError
        When the file is not a result, or has no such layer.
    """
    if trace is not None:
        check_writable(path("trace", trace, "the path of a file"))
    played = play_layer(result, layer, most_steps=most_steps, keep=trace is not None)
    if trace is not None:
        write_text(played.trace().text, trace)
    return played.record()


def play_layer(
    result: str | os.PathLike[str] | NetworkResult,
    layer: str,
    *,
    most_steps: int = MOST_STEPS,
    keep: bool = False,
    first_steps: int | None = None,
) -> PlayedLayer:
    """Play the mapping of a layer; see `replay`.

    Parameters
    ----------
    keep
        Whether to keep all that happens, for a trace.
    first_steps
        Play no more than these steps of a mapping that has no more than ``most_steps``.
    """
    most_steps = whole("most_steps", most_steps, error=OptionError)
    found = result if isinstance(result, NetworkResult) else read_result(result)
    record = found.record_of(layer)
    mapping, profile = record.mapping(), profile_named(found.cost_model)
    if mapping is None:
        raise OptionError(
            f"layer {layer!r}: has no mapping to play, it is {record.status}: {record.reason}"
        )
    shape = record.layer()
    hardware = accelerator_from_dict(found.accelerator.description, "accelerator.description")
    accelerator = record.found_by(hardware)
    check_mapping(shape, accelerator, mapping, profile)
    model = CostModel(shape, accelerator, profile)
    steps = model.spread(mapping.spatial).steps
    if steps > most_steps:
        raise OptionError(
            f"most_steps: layer {layer!r} takes {steps} steps of the array, found a limit of "
            f"{most_steps}; a higher one plays it, in up to a millisecond a step"
        )
    played = play(shape, accelerator, mapping, profile, keep=keep, first_steps=first_steps)
    return PlayedLayer(found, layer, accelerator, model, mapping, played)


def _grouped(waits: Iterable[Wait]) -> tuple[WaitRecord, ...]:
    """Add up the waits that are put down to the same, the longest first."""
    groups: dict[Blame, list[Wait]] = {}
    for wait in waits:
        groups.setdefault(wait.blame, []).append(wait)
    records = (
        WaitRecord.model_validate(
            {
                "operand": blamed.operand,
                "direction": "up" if blamed.is_up else "down",
                "memory": blamed.memory,
                "port": blamed.port,
                "why": blamed.why,
                "first_cycle": group[0].begin,
                "times": len(group),
                "cycles": sum(wait.cycles for wait in group),
            }
        )
        for blamed, group in groups.items()
    )
    return tuple(sorted(records, key=lambda record: -record.cycles))


def _busiest(played: Replay) -> tuple[PortRecord, ...]:
    records = (
        PortRecord(
            memory=port.memory,
            port=port.name,
            busy_cycles=port.busy,
            share=port.busy / played.cycles,
        )
        for port in played.ports
    )
    return tuple(sorted(records, key=lambda record: -record.busy_cycles))
